//! Ends the sockets of people whose company has expired: requests are refused by themselves, an open socket is not.

use std::time::Duration;

use tokio::sync::watch;

use super::sessions::Family;
use crate::{app::App, error::Result, events::Person, time::Millis};

/// A company's last day ends at midnight; its sockets follow within this time.
const EVERY: Duration = Duration::from_secs(5);

/// Looks after the sockets of expired companies until `stop` turns true.
pub async fn end_expired_sockets(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
        if let Err(error) = end_sockets(&app).await {
            tracing::error!(%error, "sockets of expired companies cannot be looked up");
        }
    }
}

/// Disconnects every salesperson whose company has expired by now.
pub async fn end_sockets(app: &App) -> Result<()> {
    let today = app.zone.day(Millis::now());
    for person in app.hub.people() {
        let Person::Staff(staff) = person else { continue };
        let session = app.sessions.find(&app.db, Family::Staff, staff.0).await?;
        if session.is_none_or(|session| session.is_expired(today)) {
            app.hub.disconnect(person);
        }
    }
    Ok(())
}
