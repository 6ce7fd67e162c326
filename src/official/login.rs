//! A reader opens a link to an article: the code of WeChat's authorize page becomes a customer with a token. Who is not
//! known yet is led to the page that asks for the profile.

use super::store;
use crate::{
    app::App,
    articles::{self, Binding, Place, Share, links},
    customers::{self, Profile, store::profile},
    db::Write,
    error::{Error, Result},
    identity::{self, AccountKind, Customer},
    ids::{ArticleId, CompanyId, CustomerId, StaffId},
    time::{HOUR, Millis},
    weixin::{AuthorizedPerson, PageToken},
};

const KIND: AccountKind = AccountKind::OfficialAccount;
/// Readers' `user_type`, and the `source` of who comes by an article.
const READER: i64 = 1;
const BY_ARTICLE: i64 = 4;
/// A repeated code is answered as the first time for this long.
const REMEMBERED: i64 = 24 * HOUR;

/// Who knocks, and by which link.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub code: String,
    /// As WeChat or the front end says it; checked.
    pub app_id: Option<String>,
    /// WeChat asked for the profile.
    pub is_asked: bool,
    pub company: Option<CompanyId>,
    pub article: ArticleId,
    pub staff: Option<StaffId>,
    pub parent: Option<CustomerId>,
    pub level: i64,
}

/// What becomes of who knocks.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Not a customer yet: to be led to this page.
    Ask(String),
    In(Reader),
}

/// A reader who was let in.
#[derive(Debug, Clone)]
pub struct Reader {
    pub customer: CustomerId,
    pub company: CompanyId,
    pub token: String,
    pub avatar: String,
    pub is_first: bool,
}

impl Arrival {
    fn share(&self, company: CompanyId) -> Share {
        Share { company, article: self.article, staff: self.staff, parent: self.parent, level: self.level }
    }
}

/// Exchanges a code. 301 for an account that is not the company's; what WeChat refuses passes through with its
/// `errcode`.
pub async fn log_in(app: &App, arrival: Arrival) -> Result<Outcome> {
    // In a task of its own: when the reader's browser hangs up, the code is spent at WeChat all the same, and the
    // second try must find its outcome.
    let app = app.clone();
    tokio::spawn(async move { exchange(&app, arrival).await }).await.map_err(Error::internal)?
}

async fn exchange(app: &App, arrival: Arrival) -> Result<Outcome> {
    let company = company_of(app, &arrival).await?;
    // Mini-programs keep their codes in the same table.
    let code = format!("gzh:{}", arrival.code);
    let _turn = app.logins.turn(company, &code).await;
    let spent = code.clone();
    match app.db.read(move |conn| store::reader_with_code(conn, company, &spent)).await? {
        Some(Some(reader)) => return Ok(Outcome::In(reader)),
        Some(None) => return consent(app, &arrival.share(company)).await,
        None => {}
    }
    let page = identity::with_account(app, company, KIND, async |account| {
        app.weixin.page_token(&account, &arrival.code).await
    })
    .await?;
    let openid = page.openid.clone();
    let known = app.db.read(move |conn| store::reader(conn, company, &openid)).await?;
    let person = match (arrival.is_asked, &known) {
        (true, _) => Some(app.weixin.page_person(&page).await?),
        (false, Some(_)) => None,
        (false, None) => {
            app.db.write(move |w| remember(w, company, &code, None, Millis::now())).await?;
            return consent(app, &arrival.share(company)).await;
        }
    };
    let (app_inside, openid) = (app.clone(), page.openid.clone());
    let replaced = known.as_ref().map(|reader| reader.avatar.clone()).unwrap_or_default();
    let avatar = person.as_ref().map(|person| person.avatar.clone()).unwrap_or_default();
    let reader = app.db.write(move |w| let_in(w, &app_inside, company, &arrival, page, person, &code)).await?;
    customers::copy_avatar_later(app, company, reader.customer, &avatar, replaced);
    look_after_later(app, company, reader.customer, openid);
    Ok(Outcome::In(reader))
}

/// The company that the link names, or the one whose account it is.
async fn company_of(app: &App, arrival: &Arrival) -> Result<CompanyId> {
    let owners = match &arrival.app_id {
        Some(app_id) => Some(identity::companies_of(app, KIND, app_id).await?),
        None => None,
    };
    match (arrival.company, owners) {
        (Some(company), None) => Ok(company),
        (Some(company), Some(owners)) if owners.contains(&company) => Ok(company),
        (Some(_), Some(_)) => Err(Error::field("appid", "不是该公司的公众号")),
        (None, Some(owners)) => owners.first().copied().ok_or_else(|| Error::field("appid", "没有此公众号")),
        (None, None) => Err(Error::field("appid", "此字段不能为空")),
    }
}

/// The page that asks for the profile, and comes back to our login with the same link.
async fn consent(app: &App, share: &Share) -> Result<Outcome> {
    let account = identity::app_ids(app, share.company, KIND).await?;
    let account = account.ok_or_else(|| Error::Unprepared("公众号尚未配置".into()))?;
    Ok(Outcome::Ask(links::authorize(&account, &links::login(app, share), links::ASKING)))
}

fn remember(w: &Write<'_>, company: CompanyId, code: &str, customer: Option<CustomerId>, now: Millis) -> Result<()> {
    customers::store::login::forget_codes(w, now.plus(-REMEMBERED))?;
    customers::store::login::remember_code(w, company, code, customer, now)
}

fn let_in(
    w: &Write<'_>,
    app: &App,
    company: CompanyId,
    arrival: &Arrival,
    page: PageToken,
    person: Option<AuthorizedPerson>,
    code: &str,
) -> Result<Reader> {
    let now = Millis::now();
    let is_first = store::reader(w, company, &page.openid)?.is_none();
    let unionid = person.as_ref().map(|person| person.unionid.clone()).filter(|unionid| !unionid.is_empty());
    let arrived = customers::Arrival {
        company,
        openid: page.openid.clone(),
        unionid: page.unionid.or(unionid),
        user_type: READER,
        source: BY_ARTICLE,
        session_key: String::new(),
    };
    let customer = customers::arrive(w, app, &arrived, now)?;
    if let Some(person) = person {
        profile::update(w, Customer { id: customer, company }, &profile_of(person))?;
    }
    bind(w, app, &arrival.share(company), customer, now)?;
    remember(w, company, code, Some(customer), now)?;
    let reader = store::reader(w, company, &arrived.openid)?.ok_or_else(|| Error::no_such("用户"))?;
    Ok(Reader { is_first, ..reader })
}

fn profile_of(person: AuthorizedPerson) -> Profile {
    Profile {
        nickname: person.nickname,
        avatar: Some(person.avatar).filter(|avatar| !avatar.is_empty()),
        sex: Some(person.sex).filter(|sex| matches!(sex, 1 | 2)),
        city: person.city,
        province: person.province,
        country: person.country,
        language: person.language,
    }
}

/// The reader's place in the tree of the article. A link that leads nowhere any more binds nobody, and keeps nobody out;
/// nor is anybody bound to themself.
fn bind(w: &Write<'_>, app: &App, share: &Share, customer: CustomerId, now: Millis) -> Result<()> {
    let Some(staff) = share.staff.filter(|_| share.parent != Some(customer)) else { return Ok(()) };
    let article = articles::store::desk::glance(w, share.company, share.article)?;
    let leads_there = article.is_some_and(|article| article.status == articles::PUBLISHED)
        && customers::store::is_enabled_staff(w, share.company, staff)?;
    if !leads_there {
        return Ok(());
    }
    let place = Place { company: share.company, article: share.article, staff, customer };
    articles::bind(w, app, Binding { place, parent: share.parent, level: Some(share.level) }, now).map(drop)
}

/// Asks WeChat, when the reader is in already, whether they follow the account.
fn look_after_later(app: &App, company: CompanyId, customer: CustomerId, openid: String) {
    let app = app.clone();
    tokio::spawn(async move {
        let asked = identity::with_account(&app, company, KIND, async |account| {
            app.weixin.is_follower(&account, &openid).await
        });
        let noted = match asked.await {
            Ok(follows) => app
                .db
                .write(move |w| store::set_following(w, company, customer, follows, Millis::now()))
                .await
                .map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = noted {
            tracing::debug!(%error, "whether a reader follows the account is not known");
        }
    });
}
