//! Many customers, radar entries and messages on top of the demo data, for benchmarks: the same ones every time, told so
//! that they end now, and made by the functions that real requests go through, so that every counter is right.

use super::{PASSWORD, connect, fill, store};
use crate::{
    app::App,
    articles::{self, Ad, Draft, Visit},
    cards,
    chat::{self, Content, Pair, Side},
    customers::{self, Arrival, Invitation, changes::Outlook},
    db::Write,
    error::{Error, Result},
    identity::{self, Customer},
    ids::{AdminId, ArticleId, CompanyId, CustomerId, StaffId, TagId},
    radar::{self, Act, Action, Effect},
    time::{HOUR, Millis, SECOND},
};

/// How much there is to be.
#[derive(Debug, Clone, Copy)]
pub struct Amounts {
    pub customers: usize,
    pub logs: usize,
    pub messages: usize,
    /// Of one article.
    pub readings: usize,
}

/// So many hands the article with the many readings goes through.
const LEVELS: usize = 8;

/// Rows a write job makes. More are slower: SQLite walks what a job has changed before at every statement.
const BATCH: usize = 500;
/// Customers come during ten days, and act and write during the thirty that follow: the demo company is older.
const ARRIVING: i64 = 10 * 24 * HOUR;
const ACTING: i64 = 30 * 24 * HOUR;

/// What they do, in turn.
#[derive(Clone, Copy)]
enum Deed {
    View,
    Card(cards::Deed),
    Look(Action, &'static str),
}

const DEEDS: [Deed; 8] = [
    Deed::View,
    Deed::Look(Action::ViewProduct, "正在查看云杉 CRM 标准版,尽快把握商机"),
    Deed::View,
    Deed::Look(Action::ViewWebsite, "查看了您公司的官网,看来TA对您公司感兴趣"),
    Deed::Card(cards::Deed::Forward),
    Deed::Look(Action::ConsultProduct, "向您咨询产品"),
    Deed::Card(cards::Deed::SavePhone),
    Deed::Card(cards::Deed::Call),
];

/// Fills an empty data directory with the demo data and, on top, with many customers of one salesperson, the first.
pub async fn fill_for_benchmarks(app: &App, amounts: Amounts) -> Result<()> {
    if app.db.read(identity::store::has_companies).await? {
        return Err(Error::Refused("the data directory is in use already: this needs an empty one".into()));
    }
    let now = Millis::now();
    let hash = identity::hash_password(PASSWORD.to_owned()).await?;
    let inside = app.clone();
    let staff = app
        .db
        .write(move |w| {
            fill(w, &inside, &hash, now)?;
            store::first_staff(w, CompanyId::FIRST)
        })
        .await?;
    let customers = arrive(app, staff, amounts.customers, now).await?;
    act(app, staff, &customers, amounts.logs, now).await?;
    talk(app, staff, &customers, amounts.messages, now).await?;
    if amounts.readings > 0 {
        spread(app, staff, &customers, amounts.readings, now).await?;
    }
    let inside = app.clone();
    app.db
        .write(move |w| {
            store::mark_seen(w, CompanyId::FIRST, now)?;
            connect(w, &inside)
        })
        .await
}

/// The moment of the `number`th of `many` things that are spread over a time.
fn moment(from: Millis, length: i64, number: usize, many: usize) -> Millis {
    let (number, many) = (i64::try_from(number).unwrap_or_default(), i64::try_from(many).unwrap_or(1));
    from.plus(length / many.max(1) * number)
}

async fn arrive(app: &App, staff: StaffId, many: usize, now: Millis) -> Result<Vec<CustomerId>> {
    let from = now.plus(-ACTING - ARRIVING);
    let mut customers = Vec::with_capacity(many);
    for first in (0..many).step_by(BATCH) {
        let inside = app.clone();
        let batch = app
            .db
            .write(move |w| {
                let tags = store::tags_of(w, "级别")?;
                let numbers = first..many.min(first + BATCH);
                numbers
                    .map(|number| newcomer(w, &inside, staff, &tags, number, moment(from, ARRIVING, number, many)))
                    .collect::<Result<Vec<_>>>()
            })
            .await?;
        customers.extend(batch);
    }
    Ok(customers)
}

fn newcomer(w: &Write<'_>, app: &App, staff: StaffId, tags: &[TagId], number: usize, at: Millis) -> Result<CustomerId> {
    let company = CompanyId::FIRST;
    let source = i64::try_from(number % 4).unwrap_or_default() + 1;
    let arrival = Arrival {
        company,
        openid: format!("many_{number}"),
        unionid: None,
        user_type: if source == 4 { 1 } else { 2 },
        source,
        session_key: String::new(),
    };
    let id = customers::arrive(w, app, &arrival, at)?;
    store::set_nickname(w, id, &format!("客户{number}"))?;
    let customer = Customer { id, company };
    customers::bind_at(w, app, customer, Invitation { staff: Some(staff), source, parent: None }, at)?;
    let pair = Pair { company, staff, customer: id };
    let tag = tags.get(number % tags.len().max(1)).copied();
    let rate = i64::try_from(number * 7 % 101).unwrap_or_default();
    let outlook = Outlook { tags: Some(tag.into_iter().collect()), rate: Some(rate), day: None };
    customers::changes::set_outlook_at(w, app, pair, &outlook, at)?;
    Ok(id)
}

async fn act(app: &App, staff: StaffId, customers: &[CustomerId], many: usize, now: Millis) -> Result<()> {
    for first in (0..many).step_by(BATCH) {
        let deeds: Vec<(Millis, CustomerId, Deed)> = (first..many.min(first + BATCH))
            .filter_map(|number| {
                let customer = *customers.get(number.wrapping_mul(7919) % customers.len().max(1))?;
                Some((moment(now.plus(-ACTING), ACTING, number, many), customer, *DEEDS.get(number / 3 % DEEDS.len())?))
            })
            .collect();
        let inside = app.clone();
        app.db
            .write(move |w| {
                deeds.iter().try_for_each(|(at, customer, deed)| {
                    perform(w, &inside, Pair { company: CompanyId::FIRST, staff, customer: *customer }, *deed, *at)
                })
            })
            .await?;
    }
    Ok(())
}

fn perform(w: &Write<'_>, app: &App, pair: Pair, deed: Deed, at: Millis) -> Result<()> {
    match deed {
        Deed::View => cards::view(w, app, pair, at),
        Deed::Card(deed) => cards::act(w, app, pair, deed, at),
        Deed::Look(action, text) => {
            let Pair { company, staff, customer } = pair;
            let act = Act { company, staff, customer, action, text: text.to_owned(), effect: Effect::Counts };
            radar::record_at(w, app, &act, at).map(drop)
        }
    }
}

/// One conversation in ten messages is the same long one.
async fn talk(app: &App, staff: StaffId, customers: &[CustomerId], many: usize, now: Millis) -> Result<()> {
    for first in (0..many).step_by(BATCH) {
        let words: Vec<(Millis, CustomerId, Side, String)> = (first..many.min(first + BATCH))
            .filter_map(|number| {
                let place = if number % 10 == 0 { 0 } else { number.wrapping_mul(104_729) % customers.len().max(1) };
                let side = if number / 2 % 2 == 0 { Side::Customer } else { Side::Staff };
                let at = moment(now.plus(-ACTING), ACTING, number, many);
                Some((at, *customers.get(place)?, side, format!("第{number}条消息，谢谢您的介绍")))
            })
            .collect();
        let inside = app.clone();
        app.db
            .write(move |w| {
                words.iter().try_for_each(|(at, customer, side, text)| {
                    let pair = Pair { company: CompanyId::FIRST, staff, customer: *customer };
                    chat::send(w, &inside, pair, *side, Content::text(text), *at).map(drop)
                })
            })
            .await?;
    }
    Ok(())
}

/// Every eighth customer has the article from the salesperson, each of the others from the one before: as many readers
/// on each level.
async fn spread(app: &App, staff: StaffId, customers: &[CustomerId], many: usize, now: Millis) -> Result<()> {
    let inside = app.clone();
    let article = app.db.write(move |w| publish(w, &inside, now.plus(-ACTING))).await?;
    for first in (0..many).step_by(BATCH) {
        let readings: Vec<(Millis, CustomerId, Option<CustomerId>, i64)> = (first..many.min(first + BATCH))
            .filter_map(|number| {
                let place = number % customers.len().max(1);
                let is_first = place.is_multiple_of(LEVELS);
                let parent = if is_first { None } else { Some(*customers.get(place - 1)?) };
                let stay = i64::try_from(number.wrapping_mul(7919) % 600).unwrap_or_default() * SECOND;
                Some((moment(now.plus(-ACTING), ACTING, number, many), *customers.get(place)?, parent, stay))
            })
            .collect();
        let inside = app.clone();
        app.db
            .write(move |w| {
                readings.iter().try_for_each(|(at, customer, parent, stay)| {
                    let by = Customer { id: *customer, company: CompanyId::FIRST };
                    let visit = Visit { article, staff: Some(staff), parent: *parent, level: None };
                    let Some(reading) = articles::read_at(w, &inside, by, visit, *at)? else { return Ok(()) };
                    let opened = articles::store::readers::opened(w, reading, article, by.id)?;
                    let reader = opened.and_then(|opened| opened.reader);
                    articles::store::readers::add_stay(w, reading, reader, *stay, *at)
                })
            })
            .await?;
    }
    Ok(())
}

fn publish(w: &Write<'_>, app: &App, at: Millis) -> Result<ArticleId> {
    let draft = Draft {
        title: "大家都在读的文章".to_owned(),
        summary: String::new(),
        cover: String::new(),
        content: "<p>谢谢阅读。</p>".to_owned(),
        ad: Ad::default(),
        tags: None,
        status: Some(articles::PUBLISHED),
        source: None,
    };
    articles::add_at(w, app, CompanyId::FIRST, AdminId(1), &draft, at)
}
