//! SQL of the radar log.

mod handover;
pub mod office;
pub mod recent;

pub use handover::{hand_over, only_list_praise};

use rusqlite::{Connection, OptionalExtension, Row, ToSql};

use super::{Act, Action, Entry};
use crate::{
    chat::Pair,
    customers::store::NAME,
    db,
    error::Result,
    identity::Staff,
    ids::{CustomerId, RadarId, RelationId, StaffId},
    time::{Day, Millis},
    web::Paging,
};

pub fn insert(conn: &Connection, act: &Act, day: Day, now: Millis) -> Result<RadarId> {
    conn.prepare_cached(
        "INSERT INTO radar_log (company_id, staff_id, customer_id, action, text, effect, day, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        act.company,
        act.staff,
        act.customer,
        act.action.code(),
        &act.text,
        act.effect.number(),
        day,
        now,
    ))?;
    Ok(RadarId(conn.last_insert_rowid()))
}

/// The counters that lists and statistics read instead of counting rows.
pub fn count(conn: &Connection, act: &Act, relation: RelationId, day: Day, now: Millis) -> Result<()> {
    let counted = i64::from(act.effect == super::Effect::Counts);
    conn.prepare_cached(
        "INSERT INTO radar_day (staff_id, day, customer_id, action, entries, counted) VALUES (?1, ?2, ?3, ?4, 1, ?5)
         ON CONFLICT DO UPDATE SET entries = entries + 1, counted = counted + ?5",
    )?
    .execute((act.staff, day, act.customer, act.action.code(), counted))?;
    conn.prepare_cached(
        "INSERT INTO radar_action_day (staff_id, day, action, entries, counted) VALUES (?1, ?2, ?3, 1, ?4)
         ON CONFLICT DO UPDATE SET entries = entries + 1, counted = counted + ?4",
    )?
    .execute((act.staff, day, act.action.code(), counted))?;
    recent::count(conn, act.staff, act.customer, day, counted)?;
    conn.prepare_cached("UPDATE staff SET radar_count = radar_count + 1 WHERE id = ?2 AND company_id = ?1")?
        .execute((act.company, act.staff))?;
    conn.prepare_cached(
        "UPDATE relation SET radar_count = radar_count + 1, last_activity_at = max(coalesce(last_activity_at, 0), ?2)
         WHERE id = ?1",
    )?
    .execute((relation, now))?;
    Ok(())
}

/// How often a customer has done something to a staff member.
pub fn times_done(conn: &Connection, staff: StaffId, customer: CustomerId, action: Action) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(entries), 0) FROM radar_day INDEXED BY radar_day_by_customer
             WHERE customer_id = ?2 AND staff_id = ?1 AND action = ?3",
        )?
        .query_row((staff, customer, action.code()), |row| row.get(0))?)
}

/// Takes all that a customer did to a staff member out of what is counted over all customers.
fn take_out_of_days(conn: &Connection, pair: Pair) -> Result<()> {
    let both = (pair.staff, pair.customer);
    conn.prepare_cached(
        "UPDATE radar_action_day SET entries = radar_action_day.entries - gone.entries, counted = radar_action_day.counted - gone.counted
         FROM (SELECT day, action, entries, counted FROM radar_day INDEXED BY radar_day_by_customer
               WHERE staff_id = ?1 AND customer_id = ?2) AS gone
         WHERE radar_action_day.staff_id = ?1 AND radar_action_day.day = gone.day AND radar_action_day.action = gone.action",
    )?
    .execute(both)?;
    conn.prepare_cached("DELETE FROM radar_recent WHERE staff_id = ?1 AND customer_id = ?2")?.execute(both)?;
    Ok(())
}

/// Takes all that a customer did to a staff member out of the log and out of the counters of days.
pub fn forget(conn: &Connection, pair: Pair) -> Result<()> {
    let both = (pair.staff, pair.customer);
    take_out_of_days(conn, pair)?;
    conn.prepare_cached("DELETE FROM radar_day WHERE staff_id = ?1 AND customer_id = ?2")?.execute(both)?;
    conn.prepare_cached("DELETE FROM radar_log WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1")?
        .execute((pair.company, pair.staff, pair.customer))?;
    Ok(())
}

/// Which rows of a staff member's log are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    pub customer: Option<CustomerId>,
    pub action: Option<i64>,
    pub id: Option<RadarId>,
    /// First day.
    pub from: Option<Day>,
    /// Last day, inclusive.
    pub until: Option<Day>,
}

/// How often a customer did something.
#[derive(Debug, Clone)]
pub struct Tally {
    pub customer: CustomerId,
    pub name: String,
    pub avatar: String,
    pub action: i64,
    pub entries: i64,
}

/// The index that serves the order under a filter: the planner cannot know how selective each part is.
fn index_for(filter: &Filter) -> &'static str {
    match (filter.customer, filter.action) {
        (Some(_), _) => "radar_log_by_pair",
        (None, Some(_)) => "radar_log_by_action",
        (None, None) => "radar_log_by_staff",
    }
}

/// `AND …` for every part of a filter; the values are bound by name.
fn conditions(filter: &Filter) -> String {
    let parts = [
        (filter.customer.is_some(), " AND log.customer_id = :customer"),
        (filter.action.is_some(), " AND log.action = :action"),
        (filter.id.is_some(), " AND log.id = :id"),
        (filter.from.is_some(), " AND log.created_at >= :from"),
        (filter.until.is_some(), " AND log.created_at < :until"),
    ];
    parts.iter().filter(|(wanted, _)| *wanted).map(|(_, part)| *part).collect()
}

/// The first and last moment of a filter's days, in the configured zone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    pub from: Option<Millis>,
    pub until: Option<Millis>,
}

/// A page of a staff member's log, newest first; and which of it had not been seen.
pub fn page(
    conn: &Connection,
    staff: Staff,
    filter: &Filter,
    span: Span,
    paging: Paging,
) -> Result<(Vec<Entry>, Vec<i64>)> {
    let index = if filter.id.is_some() { String::new() } else { format!("INDEXED BY {}", index_for(filter)) };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT log.id, log.customer_id, {NAME}, customer.avatar, log.action, log.text, log.created_at, log.is_seen
         FROM radar_log AS log {index} JOIN customer ON customer.id = log.customer_id
         WHERE log.staff_id = :staff{}
         ORDER BY log.created_at DESC, log.id DESC LIMIT :limit OFFSET :offset",
        conditions(filter)
    ))?;
    let (limit, offset) = (paging.limit(), paging.offset());
    let mut values: Vec<(&str, &dyn ToSql)> = vec![(":staff", &staff.id), (":limit", &limit), (":offset", &offset)];
    bind_filter(filter, &span, &mut values);
    let mut rows = statement.query(values.as_slice())?;
    let (mut entries, mut unseen) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let entry = entry(row, staff)?;
        if !row.get::<_, bool>(7)? {
            unseen.push(entry.id.0);
        }
        entries.push(entry);
    }
    Ok((entries, unseen))
}

fn bind_filter<'a>(filter: &'a Filter, span: &'a Span, values: &mut Vec<(&'static str, &'a dyn ToSql)>) {
    if filter.customer.is_some() {
        values.push((":customer", &filter.customer));
    }
    if filter.action.is_some() {
        values.push((":action", &filter.action));
    }
    if filter.id.is_some() {
        values.push((":id", &filter.id));
    }
    if span.from.is_some() {
        values.push((":from", &span.from));
    }
    if span.until.is_some() {
        values.push((":until", &span.until));
    }
}

fn entry(row: &Row<'_>, staff: Staff) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        staff: staff.id,
        customer: row.get(1)?,
        customer_name: row.get(2)?,
        customer_avatar: row.get(3)?,
        action: row.get(4)?,
        text: row.get(5)?,
        created_at: row.get(6)?,
    })
}

/// How many rows a filter leaves. Read off the counters wherever they know; rows are counted only within the log of
/// one customer.
pub fn total(conn: &Connection, staff: Staff, filter: &Filter, span: Span) -> Result<i64> {
    let everything = filter.action.is_none() && filter.id.is_none() && filter.from.is_none() && filter.until.is_none();
    let total = match (filter.customer, everything) {
        (None, true) => conn
            .prepare_cached("SELECT radar_count FROM staff WHERE id = ?1 AND company_id = ?2")?
            .query_row((staff.id, staff.company), |row| row.get(0))
            .optional()?,
        (Some(customer), true) => conn
            .prepare_cached(
                "SELECT radar_count FROM relation WHERE staff_id = ?1 AND customer_id = ?2 AND company_id = ?3",
            )?
            .query_row((staff.id, customer, staff.company), |row| row.get(0))
            .optional()?,
        (None, false) if filter.id.is_none() => {
            let (from, until) = (filter.from.unwrap_or(Day(i64::MIN)), filter.until.unwrap_or(Day(i64::MAX)));
            let sum = conn
                .prepare_cached(
                    "SELECT sum(entries) FROM radar_action_day
                     WHERE staff_id = ?1 AND day BETWEEN ?2 AND ?3 AND (?4 IS NULL OR action = ?4)",
                )?
                .query_row((staff.id, from, until, filter.action), |row| row.get(0))?;
            Some(sum)
        }
        _ => {
            let mut statement = conn.prepare_cached(&format!(
                "SELECT count(*) FROM radar_log AS log WHERE log.staff_id = :staff{}",
                conditions(filter)
            ))?;
            let mut values: Vec<(&str, &dyn ToSql)> = vec![(":staff", &staff.id)];
            bind_filter(filter, &span, &mut values);
            Some(statement.query_row(values.as_slice(), |row| row.get(0))?)
        }
    };
    Ok(total.flatten().unwrap_or_default())
}

/// What the staff member has not seen yet, newest first, at most `most` rows.
pub fn unseen(conn: &Connection, staff: Staff, action: Option<i64>, most: i64) -> Result<Vec<Entry>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT log.id, log.customer_id, {NAME}, customer.avatar, log.action, log.text, log.created_at
         FROM radar_log AS log INDEXED BY radar_log_unseen JOIN customer ON customer.id = log.customer_id
         WHERE log.staff_id = ?1 AND log.is_seen = 0 AND (?2 IS NULL OR log.action = ?2)
         ORDER BY log.created_at DESC, log.id DESC LIMIT ?3"
    ))?;
    let entries =
        statement.query_map((staff.id, action, most), |row| entry(row, staff))?.collect::<rusqlite::Result<_>>()?;
    Ok(entries)
}

pub fn mark_seen(conn: &Connection, staff: Staff, ids: &[i64]) -> Result<()> {
    conn.prepare_cached("UPDATE radar_log SET is_seen = 1 WHERE id IN rarray(?2) AND staff_id = ?1 AND is_seen = 0")?
        .execute((staff.id, db::id_list(ids)))?;
    Ok(())
}

/// The second half of both kinds of tallies: what the `active` customers did from day ?2 to day ?3.
fn tallies_of_active() -> String {
    format!(
        "SELECT active.customer_id, {NAME}, customer.avatar, radar_day.action, sum(radar_day.counted)
         FROM active
         JOIN radar_day INDEXED BY radar_day_by_customer
           ON radar_day.customer_id = active.customer_id AND radar_day.staff_id = ?1 AND radar_day.day BETWEEN ?2 AND ?3
         JOIN customer ON customer.id = active.customer_id
         GROUP BY active.customer_id, radar_day.action HAVING sum(radar_day.counted) > 0
         ORDER BY active.total DESC, active.customer_id, radar_day.action"
    )
}

/// How often each customer did what within some days: the most active customers of a page, each action a row.
///
/// Adds up all that happened in these days: for the last seven, [`recent::tallies`] does with what is kept.
pub fn tallies(conn: &Connection, staff: Staff, filter: &Filter, paging: Paging) -> Result<Vec<Tally>> {
    let (from, until) = (filter.from.unwrap_or(Day(i64::MIN)), filter.until.unwrap_or(Day(i64::MAX)));
    let mut statement = conn.prepare_cached(&format!(
        "WITH active AS (
             SELECT customer_id, sum(counted) AS total FROM radar_day
             WHERE staff_id = ?1 AND day BETWEEN ?2 AND ?3 AND (?4 IS NULL OR customer_id = ?4)
             GROUP BY customer_id ORDER BY total DESC, customer_id LIMIT ?5 OFFSET ?6
         ) {}",
        tallies_of_active()
    ))?;
    let tallies = statement
        .query_map((staff.id, from, until, filter.customer, paging.limit(), paging.offset()), tally)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(tallies)
}

/// The same for the one entry of an id.
pub fn tally_of(conn: &Connection, staff: Staff, id: RadarId) -> Result<Vec<Tally>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT log.customer_id, {NAME}, customer.avatar, log.action, 1
         FROM radar_log AS log JOIN customer ON customer.id = log.customer_id WHERE log.id = ?2 AND log.staff_id = ?1"
    ))?;
    let tallies = statement.query_map((staff.id, id), tally)?.collect::<rusqlite::Result<_>>()?;
    Ok(tallies)
}

fn tally(row: &Row<'_>) -> rusqlite::Result<Tally> {
    Ok(Tally {
        customer: row.get(0)?,
        name: row.get(1)?,
        avatar: row.get(2)?,
        action: row.get(3)?,
        entries: row.get(4)?,
    })
}

/// How often each action was done within some days.
pub fn counts(conn: &Connection, staff: Staff, filter: &Filter) -> Result<Vec<(i64, i64)>> {
    let (from, until) = (filter.from.unwrap_or(Day(i64::MIN)), filter.until.unwrap_or(Day(i64::MAX)));
    let within = match filter.customer {
        Some(_) => "radar_day INDEXED BY radar_day_by_customer WHERE customer_id = ?4 AND",
        None => "radar_action_day WHERE ?4 IS NULL AND",
    };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT action, sum(counted) FROM {within} staff_id = ?1 AND day BETWEEN ?2 AND ?3
         GROUP BY action HAVING sum(counted) > 0 ORDER BY action"
    ))?;
    let counts = statement
        .query_map((staff.id, from, until, filter.customer), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    use crate::ids::{CompanyId, RoleId};

    #[test]
    fn statements_are_served_by_indexes() {
        let active = [
            ("WITH active", "the customers of some days, added up and then sorted by how active they were"),
            ("FROM radar_day INDEXED BY radar_day_by_customer WHERE", "the days of one customer, added up by action"),
            ("FROM radar_action_day WHERE", "some days of at most two dozen actions, added up by action"),
        ];
        let faults = greedy(&active, |conn| {
            let staff = Staff { id: StaffId(1), company: CompanyId(1), role: RoleId(3) };
            let paging = Paging::new(None, None, 10).unwrap();
            for customer in [None, Some(CustomerId(1))] {
                for action in [None, Some(1)] {
                    for (id, day) in [(None, None), (None, Some(Day(1))), (Some(RadarId(1)), None)] {
                        let filter = Filter { customer, action, id, from: day, until: day };
                        let span = Span { from: day.map(|_| Millis(0)), until: day.map(|_| Millis(1)) };
                        page(conn, staff, &filter, span, paging).unwrap();
                        total(conn, staff, &filter, span).unwrap();
                        tallies(conn, staff, &filter, paging).unwrap();
                        counts(conn, staff, &filter).unwrap();
                    }
                }
            }
            tally_of(conn, staff, RadarId(1)).unwrap();
            times_done(conn, staff.id, CustomerId(1), Action::ViewDiaries).unwrap();
            unseen(conn, staff, None, 10).unwrap();
            mark_seen(conn, staff, &[1]).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
