//! How the radar log is read: pages, what is new, who did how much.

use super::{
    Entry,
    store::{
        self, Filter, Span, Tally,
        recent::{self, DAYS},
    },
};
use crate::{
    app::App,
    error::Result,
    identity::Staff,
    time::{Day, Millis, Zone},
    web::Paging,
};

/// New entries handed out at once.
const MOST_NEW: i64 = 500;

/// From the first moment of a day to the last of another.
pub(super) fn span_of(from: Option<Day>, until: Option<Day>, zone: &Zone) -> Span {
    Span { from: from.map(|day| zone.start_of(day)), until: until.map(|day| zone.start_of(day.plus(1))) }
}

/// Counts look at the last seven days when none are named.
fn with_default_days(filter: Filter, zone: &Zone) -> Filter {
    if filter.from.is_some() || filter.until.is_some() {
        return filter;
    }
    Filter { from: Some(zone.day(Millis::now()).plus(1 - DAYS)), ..filter }
}

/// A page of the staff member's log, newest first, and how many rows there are in all. The page counts as seen.
pub async fn page(app: &App, staff: Staff, filter: Filter, paging: Paging) -> Result<(Vec<Entry>, i64)> {
    let span = span_of(filter.from, filter.until, &app.zone);
    let ((entries, unseen), total) = app
        .db
        .read(move |conn| {
            Ok((store::page(conn, staff, &filter, span, paging)?, store::total(conn, staff, &filter, span)?))
        })
        .await?;
    mark_seen(app, staff, unseen).await?;
    Ok((entries, total))
}

/// What the staff member has not seen yet, newest first; seen now.
pub async fn unseen(app: &App, staff: Staff, action: Option<i64>) -> Result<Vec<Entry>> {
    let entries = app.db.read(move |conn| store::unseen(conn, staff, action, MOST_NEW)).await?;
    mark_seen(app, staff, entries.iter().map(|entry| entry.id.0).collect()).await?;
    Ok(entries)
}

async fn mark_seen(app: &App, staff: Staff, ids: Vec<i64>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    app.db.write(move |w| store::mark_seen(w, staff, &ids)).await
}

/// What the most active customers did, each customer's actions together.
pub async fn by_customer(app: &App, staff: Staff, filter: Filter, paging: Paging) -> Result<Vec<Tally>> {
    let is_usual = filter.from.is_none() && filter.until.is_none() && filter.customer.is_none() && filter.id.is_none();
    if is_usual && let Some(tallies) = recently_by_customer(app, staff, paging).await? {
        return Ok(tallies);
    }
    let filter = with_default_days(filter, &app.zone);
    app.db
        .read(move |conn| match filter.id {
            Some(id) => store::tally_of(conn, staff, id),
            None => store::tallies(conn, staff, &filter, paging),
        })
        .await
}

/// The last seven days, from what is kept of them. Nothing when the clock has been set back: then the days are added up.
async fn recently_by_customer(app: &App, staff: Staff, paging: Paging) -> Result<Option<Vec<Tally>>> {
    let today = app.zone.day(Millis::now());
    let kept = app.db.read(move |conn| recent::tallies(conn, staff, today, paging)).await?;
    if kept.is_some() {
        return Ok(kept);
    }
    // The first look on a new day, before anything has happened on it.
    app.db.write(move |w| recent::advance(w, staff.id, today).map(drop)).await?;
    app.db.read(move |conn| recent::tallies(conn, staff, today, paging)).await
}

/// How often each action was done.
pub async fn by_action(app: &App, staff: Staff, filter: Filter) -> Result<Vec<(i64, i64)>> {
    let filter = with_default_days(filter, &app.zone);
    app.db
        .read(move |conn| match filter.id {
            Some(id) => Ok(store::tally_of(conn, staff, id)?.into_iter().map(|t| (t.action, t.entries)).collect()),
            None => store::counts(conn, staff, &filter),
        })
        .await
}
