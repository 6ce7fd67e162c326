//! The back office looks at the radar of the whole company: the log, and how much was done.

use super::{
    Entry,
    reading::span_of,
    store::office::{self as store, Filter},
};
use crate::{
    app::App,
    error::Result,
    identity::{self, Admin},
    ids::{CompanyId, StaffId},
    time::{Day, Millis},
    web::Paging,
};

/// An entry, and the name of the staff member whose radar has it.
#[derive(Debug, Clone)]
pub struct Watched {
    pub entry: Entry,
    pub staff_name: String,
}

/// What was done within some days, today being the last.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Action codes and how often each was done, the most often first.
    pub actions: Vec<(i64, i64)>,
    /// Every day, also one without anything.
    pub days: Vec<(Day, i64)>,
    /// Staff members, their names and how much was done to them, the most first.
    pub staff: Vec<(StaffId, String, i64)>,
}

/// A page of the company's log, newest first, and how many rows there are in all. Nothing counts as seen by it.
pub async fn page(app: &App, admin: &Admin, filter: Filter, paging: Paging) -> Result<(Vec<Watched>, i64)> {
    let company = admin.company;
    let span = span_of(filter.from, filter.until, &app.zone);
    app.db
        .read(move |conn| {
            let entries = store::page(conn, company, &filter, span, paging)?;
            Ok((entries, store::total(conn, company, &filter, span)?))
        })
        .await
}

/// What was done to one staff member, or to all, within the last `days` days.
pub async fn activity(app: &App, admin: &Admin, staff: Option<StaffId>, days: i64) -> Result<Activity> {
    let (company, today) = (admin.company, app.zone.day(Millis::now()));
    let from = today.plus(1 - days);
    app.db
        .read(move |conn| {
            let counted = store::by_day(conn, company, staff, from)?;
            let value = |day: Day| counted.iter().find(|(counted, _)| *counted == day).map_or(0, |(_, value)| *value);
            Ok(Activity {
                actions: store::by_action(conn, company, staff, from)?,
                days: (0..days).map(|ago| from.plus(ago)).map(|day| (day, value(day))).collect(),
                staff: store::by_staff(conn, company, staff, from)?,
            })
        })
        .await
}

/// An entry that has just been recorded, with what the back office shows beside it.
pub async fn watched(app: &App, company: CompanyId, entry: Entry) -> Result<Watched> {
    let staff = entry.staff;
    let name = app.db.read(move |conn| identity::store::staff_name(conn, company, staff)).await?;
    Ok(Watched { entry, staff_name: name.unwrap_or_default() })
}
