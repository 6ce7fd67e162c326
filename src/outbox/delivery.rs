//! The lanes of the outbox: each sends what is due of its kind, in order, and tries again what did not get through.

use std::{collections::BTreeMap, time::Duration};

use tokio::sync::watch;

use super::{Due, Kind, Parcel, RADAR_APP, letters, store};
use crate::{
    app::App,
    chat,
    db::Write,
    error::{Error, Result},
    ids::CompanyId,
    official,
    time::{HOUR, MINUTE, Millis, SECOND},
    weixin::CorpApp,
};

/// Parcels are looked up and sent so many at a time.
const BATCH: i64 = 100;
/// Tries before a parcel is given up; with the pauses between them that is most of a day.
const TRIES: i64 = 15;
/// Lines of one message to a salesperson, and its bytes: Work WeChat cuts off what is longer than 2048.
const LINES: usize = 10;
const BYTES: usize = 1900;
/// Delivered parcels are kept so long, those that were given up so long.
const KEPT: i64 = 7 * 24 * HOUR;
const KEPT_UNDELIVERED: i64 = 30 * 24 * HOUR;
/// How often old ones are looked for.
const CLEANING: Duration = Duration::from_hours(1);

/// What another try will not change: unknown people, templates, pictures, what they have not asked for.
const FINAL: [i64; 17] = [
    40003, 40004, 40007, 40009, 40037, 41028, 41029, 41030, 43004, 43101, 45002, 45015, 45047, 47003, 48001, 48002,
    50002,
];
/// WeChat's ways to say that somebody does not follow the official account (behaviour of the known installation).
const NO_FOLLOWER: [i64; 2] = [43004, 40013];
const NO_FOLLOWER_TIP: &str = "此客户【未关注】公众号";

/// Sends what is due until `stop` turns true.
pub async fn deliver_all(app: App, stop: watch::Receiver<bool>) {
    let lanes = Kind::ALL.map(|kind| deliver_lane(app.clone(), kind, stop.clone()));
    futures_util::future::join_all(lanes).await;
}

async fn deliver_lane(app: App, kind: Kind, mut stop: watch::Receiver<bool>) {
    loop {
        let pause = match deliver_due(&app, kind).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be worked on");
                Duration::from_secs(10)
            }
        };
        tokio::select! {
            () = app.outbox.lane(kind).notified() => {}
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
    }
}

/// Sends what is due now; how long to wait for the next. Companies do not wait for each other.
async fn deliver_due(app: &App, kind: Kind) -> Result<Duration> {
    loop {
        let now = Millis::now();
        let due = app.db.read(move |conn| store::due(conn, kind, now, BATCH)).await?;
        if due.is_empty() {
            let next = app.db.read(move |conn| store::next_at(conn, kind)).await?;
            let wait = next.map_or(MINUTE, |at| (at.0 - now.0).clamp(100, MINUTE));
            return Ok(Duration::from_millis(wait.unsigned_abs()));
        }
        let mut companies: BTreeMap<CompanyId, Vec<Due>> = BTreeMap::new();
        for parcel in due {
            companies.entry(parcel.company).or_default().push(parcel);
        }
        let rounds = companies.into_values().map(|parcels| deliver_in_order(app, parcels));
        futures_util::future::try_join_all(rounds).await?;
    }
}

/// One company's parcels. Once WeChat does not answer, the rest waits as long as the one that failed.
async fn deliver_in_order(app: &App, parcels: Vec<Due>) -> Result<()> {
    let mut waiting = std::collections::VecDeque::from(parcels);
    while let Some(parcel) = waiting.pop_front() {
        let mut together = vec![parcel];
        if let Parcel::StaffText { userid, .. } = &together[0].parcel {
            let userid = userid.clone();
            let is_theirs =
                |due: &Due| matches!(&due.parcel, Parcel::StaffText { userid: other, .. } if *other == userid);
            let (theirs, others): (Vec<_>, Vec<_>) = waiting.drain(..).partition(is_theirs);
            together.extend(theirs);
            waiting.extend(others);
        }
        let sent = deliver(app, &together).await;
        let rest: Vec<i64> = match &sent {
            Err(Error::WeixinUnreachable) => waiting.drain(..).map(|due| due.id).collect(),
            _ => Vec::new(),
        };
        let app_inside = app.clone();
        app.db.write(move |w| settle(w, &app_inside, &together, sent, &rest, Millis::now())).await?;
    }
    Ok(())
}

/// A delivery that got through.
#[derive(Debug, Default)]
pub struct Sent {
    /// Parcels that were not due yet and went along.
    pub along: Vec<i64>,
    /// What became of it, where that is not plain.
    pub note: &'static str,
    /// What a reader sent, fetched.
    pub received: Option<chat::Content>,
    /// WeChat has told the customer that there is something to read.
    pub is_notice: bool,
}

async fn deliver(app: &App, together: &[Due]) -> Result<Sent> {
    let Some(due) = together.first() else { return Ok(Sent::default()) };
    let company = due.company;
    match &due.parcel {
        Parcel::StaffText { userid, .. } => tell(app, company, userid).await,
        Parcel::OfficialChat { staff, customer, text, picture } => {
            letters::to_reader(app, chat::Pair { company, staff: *staff, customer: *customer }, text, picture).await
        }
        Parcel::MiniNotice { staff, customer, said_at, .. } => {
            letters::notice(app, chat::Pair { company, staff: *staff, customer: *customer }, Millis(*said_at)).await
        }
        Parcel::IncomingMedia { medium, address, media_id, .. } => {
            let content = official::fetch_media(app, company, *medium, address, media_id).await?;
            Ok(Sent { received: Some(content), ..Sent::default() })
        }
    }
}

/// Everything that waits for one salesperson, as one message.
async fn tell(app: &App, company: CompanyId, userid: &str) -> Result<Sent> {
    let (corp, agent) = radar_app(app, company)?.ok_or(Error::Unprepared("企业微信AI雷达应用尚未配置".into()))?;
    let to = userid.to_owned();
    let texts = app.db.read(move |conn| store::waiting_for(conn, company, &to)).await?;
    let (ids, lines): (Vec<i64>, Vec<String>) = texts.into_iter().unzip();
    if lines.is_empty() {
        return Ok(Sent::default());
    }
    let unknown = app.weixin.work_send_text(&corp, agent, userid, &joined(&lines)).await?;
    if !unknown.is_empty() {
        return Err(Error::no_such("企业微信成员"));
    }
    app.outbox.note_told(company, userid, Millis::now());
    Ok(Sent { along: ids, ..Sent::default() })
}

/// The lines below each other; of very many the newest, and how many there were.
fn joined(lines: &[String]) -> String {
    let mut shown = &lines[lines.len().saturating_sub(LINES)..];
    while shown.len() > 1 && shown.iter().map(|line| line.len() + 1).sum::<usize>() > BYTES {
        shown = &shown[1..];
    }
    let text = shown.join("\n");
    if shown.len() < lines.len() {
        return format!("{text}\n…等 {} 条", lines.len());
    }
    text
}

/// The company's radar application in Work WeChat: its credentials and agent id.
fn radar_app(app: &App, company: CompanyId) -> Result<Option<(CorpApp, i64)>> {
    let [corp_id, secret, agent] = RADAR_APP.map(|name| app.settings.get_of(company, name));
    let (Some(corp_id), Some(secret), Some(agent)) = (corp_id?, secret?, agent?) else { return Ok(None) };
    let Ok(agent) = agent.parse() else { return Ok(None) };
    Ok(Some((CorpApp { corp_id, secret: secret.into() }, agent)))
}

/// Writes down what became of parcels that went together, and does what follows from it.
fn settle(w: &Write<'_>, app: &App, together: &[Due], sent: Result<Sent>, rest: &[i64], now: Millis) -> Result<()> {
    match sent {
        Ok(sent) => {
            let mut ids: Vec<i64> = together.iter().map(|due| due.id).collect();
            ids.extend(&sent.along);
            store::delivered(w, &ids, sent.note, now)?;
            if let Some(due) = together.first() {
                let why = Error::WeixinUnreachable.to_string();
                store::revive(w, due.company, due.parcel.kind(), &why, now)?;
            }
            for due in together {
                arrived(w, app, due, &sent, now)?;
            }
            Ok(())
        }
        Err(error) => {
            let mut postponed = false;
            for due in together {
                if due.attempts + 1 >= TRIES || is_final(&error) {
                    store::given_up(w, due.id, &error.to_string(), now)?;
                    lost(w, app, due, &error, now)?;
                } else {
                    let next_at = now.plus(pause(due.attempts));
                    if !postponed {
                        store::postpone(w, rest, next_at)?;
                        postponed = true;
                    }
                    store::retry(w, due.id, next_at, &error.to_string())?;
                }
            }
            if !postponed {
                store::postpone(w, rest, now.plus(pause(0)))?;
            }
            Ok(())
        }
    }
}

/// What follows from a delivery.
fn arrived(w: &Write<'_>, app: &App, due: &Due, sent: &Sent, now: Millis) -> Result<()> {
    match &due.parcel {
        Parcel::IncomingMedia { staff, customer, .. } => {
            let Some(content) = sent.received.clone() else { return Ok(()) };
            hear(w, app, chat::Pair { company: due.company, staff: *staff, customer: *customer }, content, now)
        }
        Parcel::OfficialChat { staff, customer, .. } if sent.is_notice => {
            store::set_noticed(w, chat::Pair { company: due.company, staff: *staff, customer: *customer })
        }
        _ => Ok(()),
    }
}

/// What follows from giving a parcel up.
fn lost(w: &Write<'_>, app: &App, due: &Due, error: &Error, now: Millis) -> Result<()> {
    match &due.parcel {
        Parcel::OfficialChat { staff, customer, .. } if NO_FOLLOWER.contains(&error.code()) => {
            let pair = chat::Pair { company: due.company, staff: *staff, customer: *customer };
            forgiving(chat::tip(w, app, pair, NO_FOLLOWER_TIP, now))
        }
        Parcel::IncomingMedia { staff, customer, .. } => {
            let pair = chat::Pair { company: due.company, staff: *staff, customer: *customer };
            hear(w, app, pair, chat::Content::text("[图片或语音未能从微信取得]"), now)
        }
        _ => Ok(()),
    }
}

/// Puts what a reader said into the conversation.
fn hear(w: &Write<'_>, app: &App, pair: chat::Pair, content: chat::Content, now: Millis) -> Result<()> {
    forgiving(chat::send(w, app, pair, chat::Side::Customer, content, now).map(drop))
}

/// The customer or the salesperson may be gone meanwhile: then there is nobody to tell.
fn forgiving(outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(Error::NoRelation | Error::NotFound(_)) => Ok(()),
        other => other,
    }
}

fn is_final(error: &Error) -> bool {
    match error {
        Error::Weixin { errcode, .. } => FINAL.contains(errcode) || NO_FOLLOWER.contains(errcode),
        Error::NotFound(_) | Error::Refused(_) | Error::NoRelation => true,
        _ => false,
    }
}

/// 5 s, 10 s, 20 s … at most 4 hours.
fn pause(attempts: i64) -> i64 {
    ((5 * SECOND) << attempts.clamp(0, 12)).min(240 * MINUTE)
}

/// Forgets what was delivered a week ago and what was given up a month ago, until `stop` turns true.
pub async fn forget_old(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        let forgotten = app
            .db
            .write(|w| {
                let now = Millis::now();
                store::forget(w, store::DELIVERED, now.plus(-KEPT))?;
                store::forget(w, store::GIVEN_UP, now.plus(-KEPT_UNDELIVERED))
            })
            .await;
        if let Err(error) = forgotten {
            tracing::error!(%error, "old parcels cannot be forgotten");
        }
        tokio::select! {
            () = tokio::time::sleep(CLEANING) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_four_hours() {
        assert_eq!((pause(0), pause(1), pause(2)), (5 * SECOND, 10 * SECOND, 20 * SECOND));
        assert_eq!(pause(11), 5 * SECOND * 2048);
        assert_eq!(pause(60), 240 * MINUTE);
    }

    #[test]
    fn lines_are_joined_and_very_many_counted() {
        let lines = |count: usize| (1..=count).map(|n| format!("第{n}条")).collect::<Vec<_>>();
        assert_eq!(joined(&lines(1)), "第1条");
        assert_eq!(joined(&lines(3)), "第1条\n第2条\n第3条");
        assert_eq!(joined(&lines(10)).lines().count(), 10);
        let many = joined(&lines(15));
        assert_eq!((many.lines().next(), many.lines().last()), (Some("第6条"), Some("…等 15 条")));
        let long = joined(&vec!["长".repeat(400); 3]);
        assert!(long.len() < 2048 && long.ends_with("…等 3 条"), "{}", long.len());
    }
}
