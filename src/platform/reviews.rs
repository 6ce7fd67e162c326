//! What WeChat's reviewers say of a version: asked for now and then, or told by an event.

use std::time::Duration;

use tokio::sync::watch;

use super::{
    Status,
    release::{self, Deed, Outcome},
    store::releases::{self as store, MiniApp, ReviewState, Version},
    trouble::Trouble,
};
use crate::{
    app::App,
    clean,
    db::Write,
    error::Result,
    identity::{self, AccountKind, Admin},
    ids::CompanyId,
    time::{Millis, SECOND},
    weixin::{Verdict, xml::Fields},
};

/// How often WeChat is asked.
const INTERVAL: Duration = Duration::from_mins(15);

/// Asks about everything that is under review, until `stop` turns true.
pub async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
        match ask_all(&app, None).await {
            Ok(outcomes) => {
                for (trouble, mini) in
                    outcomes.iter().filter_map(|outcome| Some((outcome.trouble.as_ref()?, &outcome.app)))
                {
                    let app_id = mini.as_ref().map_or("", |mini| mini.app_id.as_str());
                    tracing::warn!(trouble = trouble.text(), app_id, "the state of a review is not known");
                }
            }
            Err(error) => tracing::error!(%error, "reviews cannot be followed"),
        }
    }
}

/// Asks WeChat about every version under review that the administrator may see.
pub async fn ask(app: &App, admin: &Admin) -> Result<Vec<Outcome>> {
    ask_all(app, admin.only_company()).await
}

async fn ask_all(app: &App, scope: Option<CompanyId>) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for mini in app.db.read(move |conn| store::under_review(conn, scope)).await? {
        let trouble = ask_about(app, &mini).await.err();
        let id = mini.id;
        let status = app.db.read(move |conn| store::status(conn, id)).await.ok();
        outcomes.push(Outcome { id, app: Some(mini), status, trouble });
    }
    Ok(outcomes)
}

async fn ask_about(app: &App, mini: &MiniApp) -> Result<(), Trouble> {
    let account = release::authorised(app, mini).await?;
    let review = identity::with_this(app, mini.company, AccountKind::MiniProgram, account, async |account| {
        app.weixin.latest_review(&account).await
    })
    .await??;
    settle(app, mini.clone(), review.verdict, move |version| {
        // Somebody may have handed in another version since WeChat answered.
        review.audit_id == 0 || version.audit_id.is_none_or(|known| known == review.audit_id)
    })
    .await?;
    Ok(())
}

/// An event of a mini-program: the reviewers have decided. Others, and repeated ones, do nothing.
///
/// `app_id` is whose event it is. Events do not say which version they are about, only when that was decided.
pub async fn audit_event(app: &App, app_id: &str, fields: &Fields) -> Result<()> {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let (verdict, time) = match field("Event") {
        "weapp_audit_success" => (Verdict::Passed, field("SuccTime")),
        "weapp_audit_fail" => (Verdict::Failed(field("Reason").to_owned()), field("FailTime")),
        _ => return Ok(()),
    };
    let time = if time.is_empty() { field("CreateTime") } else { time };
    let decided: i64 = time.parse().unwrap_or_default();
    let app_id = app_id.to_owned();
    let Some(mini) = app.db.read(move |conn| store::by_app_id(conn, &app_id)).await? else { return Ok(()) };
    settle(app, mini, verdict, move |version| version.submitted_at.is_none_or(|at| at.0 / SECOND <= decided)).await
}

/// Stores a verdict about the version under review, if it `is_about` that one.
async fn settle(
    app: &App,
    mini: MiniApp,
    verdict: Verdict,
    is_about: impl Fn(&Version) -> bool + Send + 'static,
) -> Result<()> {
    let release_now = verdict == Verdict::Passed && app.settings.releases_automatically();
    let inside = mini.clone();
    let is_settled = app
        .db
        .write(move |w| match store::pending(w, inside.id)?.filter(|version| is_about(version)) {
            Some(version) => note(w, &inside, &version, &verdict, Millis::now()),
            None => Ok(false),
        })
        .await?;
    if is_settled && release_now {
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(trouble) = release::perform(&app, &mini, &Deed::Release, None).await {
                tracing::warn!(trouble = trouble.text(), app_id = mini.app_id, "what was passed does not go online");
            }
        });
    }
    Ok(())
}

fn note(w: &Write<'_>, mini: &MiniApp, version: &Version, verdict: &Verdict, now: Millis) -> Result<bool> {
    let (review, status, reason) = match verdict {
        Verdict::Pending => return Ok(false),
        Verdict::Passed => (ReviewState::Passed, Status::Passed, ""),
        Verdict::Failed(reason) => (ReviewState::Failed, Status::Rejected, reason.as_str()),
        Verdict::Withdrawn => (ReviewState::Withdrawn, Status::Withdrawn, ""),
    };
    store::reviewed(w, version.id, review, now)?;
    store::set_status(w, mini.id, status, &clean::html(reason), Some(version.id), now)?;
    Ok(true)
}
