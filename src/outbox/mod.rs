//! Calls to WeChat that may wait: put into the database with what caused them, delivered in the background, retried
//! with back-off. WeChat being down fails nobody's request.

pub mod store;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::{
    app::App,
    db::Write,
    error::{Error, Result},
    ids::{CompanyId, StaffId},
    time::{HOUR, MINUTE, Millis, SECOND},
    weixin::CorpApp,
};

/// Parcels are looked up and sent so many at a time.
const BATCH: i64 = 100;
/// Tries before a parcel is given up; with the pauses between them that is most of a day.
const TRIES: i64 = 15;
/// The settings that make up a company's radar application in Work WeChat.
const RADAR_APP: [&str; 3] = ["work.corp_id", "work.radar_secret", "work.radar_agent_id"];
/// Delivered parcels are kept so long.
const KEPT: i64 = 7 * 24 * HOUR;
/// How often old ones are looked for.
const CLEANING: Duration = Duration::from_hours(1);

/// What is to be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Parcel {
    /// A text to a salesperson in Work WeChat, from the radar application.
    StaffText { userid: String, text: String },
}

/// A parcel on its way.
#[derive(Debug, Clone)]
pub struct Due {
    pub id: i64,
    pub company: CompanyId,
    pub parcel: Parcel,
    pub attempts: i64,
}

/// Queues a text to a salesperson's Work WeChat, within the caller's write job. Companies without a radar application
/// get none.
pub fn tell_staff(w: &Write<'_>, app: &App, company: CompanyId, staff: StaffId, text: &str, now: Millis) -> Result<()> {
    // Only whether they are set: decrypting is no work for the writer, and its failure no reason to refuse a customer.
    let is_set_up = RADAR_APP.iter().all(|name| app.settings.has_of(company, name));
    if !is_set_up {
        return Ok(());
    }
    let Some(userid) = store::userid(w, company, staff)? else { return Ok(()) };
    store::put(w, company, &Parcel::StaffText { userid, text: text.to_owned() }, now)?;
    let app = app.clone();
    w.after_commit(move || app.outbox.notify_one());
    Ok(())
}

/// The company's radar application in Work WeChat: its credentials and agent id.
fn radar_app(app: &App, company: CompanyId) -> Result<Option<(CorpApp, i64)>> {
    let [corp_id, secret, agent] = RADAR_APP.map(|name| app.settings.get_of(company, name));
    let (Some(corp_id), Some(secret), Some(agent)) = (corp_id?, secret?, agent?) else { return Ok(None) };
    let Ok(agent) = agent.parse() else { return Ok(None) };
    Ok(Some((CorpApp { corp_id, secret: secret.into() }, agent)))
}

/// Delivers what is due until `stop` turns true.
pub async fn deliver_all(app: App, mut stop: watch::Receiver<bool>) {
    let mut cleaned: Option<Instant> = None;
    loop {
        if cleaned.is_none_or(|at| at.elapsed() > CLEANING) {
            cleaned = Some(Instant::now());
            if let Err(error) = forget_old(&app).await {
                tracing::error!(%error, "old parcels cannot be forgotten");
            }
        }
        let pause = match deliver_due(&app).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be worked on");
                Duration::from_secs(10)
            }
        };
        tokio::select! {
            () = app.outbox.notified() => {}
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
    }
}

/// Sends what is due now; how long to wait for the next. Companies do not wait for each other.
async fn deliver_due(app: &App) -> Result<Duration> {
    loop {
        let now = Millis::now();
        let due = app.db.read(move |conn| store::due(conn, now, BATCH)).await?;
        if due.is_empty() {
            let next = app.db.read(store::next_at).await?;
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
    let mut parcels = parcels.into_iter();
    while let Some(parcel) = parcels.next() {
        let outcome = deliver(app, &parcel).await;
        let rest: Vec<i64> = match &outcome {
            Err(Error::WeixinUnreachable) => parcels.by_ref().map(|waiting| waiting.id).collect(),
            _ => Vec::new(),
        };
        app.db.write(move |w| settle(w, &parcel, &outcome, &rest, Millis::now())).await?;
    }
    Ok(())
}

async fn deliver(app: &App, due: &Due) -> Result<()> {
    match &due.parcel {
        Parcel::StaffText { userid, text } => {
            let (corp, agent) =
                radar_app(app, due.company)?.ok_or(Error::Unprepared("企业微信AI雷达应用尚未配置".into()))?;
            let unknown = app.weixin.work_send_text(&corp, agent, userid, text).await?;
            if unknown.is_empty() { Ok(()) } else { Err(Error::no_such("企业微信成员")) }
        }
    }
}

fn settle(w: &Write<'_>, due: &Due, outcome: &Result<()>, rest: &[i64], now: Millis) -> Result<()> {
    match outcome {
        Ok(()) => store::delivered(w, due.id),
        Err(error) if due.attempts + 1 >= TRIES => store::given_up(w, due.id, &error.to_string()),
        Err(error) => {
            let next_at = now.plus(pause(due.attempts));
            store::postpone(w, rest, next_at)?;
            store::retry(w, due.id, next_at, &error.to_string())
        }
    }
}

/// 5 s, 10 s, 20 s … at most 4 hours.
fn pause(attempts: i64) -> i64 {
    ((5 * SECOND) << attempts.clamp(0, 12)).min(240 * MINUTE)
}

/// Forgets what was delivered a week ago; the rest stays to be looked at.
async fn forget_old(app: &App) -> Result<()> {
    let before = Millis::now().plus(-KEPT);
    app.db.write(move |w| store::forget_delivered(w, before)).await
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
}
