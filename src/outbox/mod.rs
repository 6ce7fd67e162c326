//! Calls to WeChat that may wait: put into the database with what caused them, delivered in the background, retried
//! with back-off. WeChat being down fails nobody's request.

pub mod store;

use std::time::Duration;

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

/// Delivered rows are looked up and sent so many at a time.
const BATCH: i64 = 20;
/// Tries before a message is given up; with the pauses below that is about a day.
const TRIES: i64 = 12;

/// How long parcels that are done with can be looked up.
const KEPT: i64 = 7 * 24 * HOUR;

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
    if radar_app(app, company)?.is_none() {
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
    let get = |name: &str| app.settings.get_of(company, name);
    let (Some(corp_id), Some(secret), Some(agent)) =
        (get("work.corp_id")?, get("work.radar_secret")?, get("work.radar_agent_id")?)
    else {
        return Ok(None);
    };
    let Ok(agent) = agent.parse() else { return Ok(None) };
    Ok(Some((CorpApp { corp_id, secret: secret.into() }, agent)))
}

/// Delivers what is due until `stop` turns true.
pub async fn deliver_all(app: App, mut stop: watch::Receiver<bool>) {
    loop {
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

/// Sends what is due now; how long to wait for the next.
async fn deliver_due(app: &App) -> Result<Duration> {
    loop {
        let now = Millis::now();
        let due = app.db.read(move |conn| store::due(conn, now, BATCH)).await?;
        if due.is_empty() {
            let next = app.db.read(store::next_at).await?;
            let wait = next.map_or(MINUTE, |at| (at.0 - now.0).clamp(100, MINUTE));
            return Ok(Duration::from_millis(wait.unsigned_abs()));
        }
        for parcel in due {
            let outcome = deliver(app, &parcel).await;
            app.db.write(move |w| settle(w, &parcel, &outcome, Millis::now())).await?;
        }
    }
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

fn settle(w: &Write<'_>, due: &Due, outcome: &Result<()>, now: Millis) -> Result<()> {
    // With every parcel more than one, so that the table stays small.
    store::forget(w, now.plus(-KEPT), BATCH)?;
    match outcome {
        Ok(()) => store::delivered(w, due.id),
        Err(error) if due.attempts + 1 >= TRIES => store::given_up(w, due.id, &error.to_string()),
        Err(error) => {
            // 5 s, 10 s, 20 s … at most 4 hours.
            let pause = (5 * SECOND) << due.attempts.clamp(0, 12);
            store::retry(w, due.id, now.plus(pause.min(240 * MINUTE)), &error.to_string())
        }
    }
}
