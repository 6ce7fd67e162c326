//! SQL of the radar log.

use rusqlite::{Connection, OptionalExtension};

use super::Act;
use crate::{
    error::Result,
    ids::{CompanyId, RadarId, RelationId},
    time::{Day, Millis},
};

pub fn company_expiry(conn: &Connection, company: CompanyId) -> Result<Option<Day>> {
    let expiry = conn
        .prepare_cached("SELECT expiry_day FROM company WHERE id = ?1")?
        .query_row([company], |row| row.get(0))
        .optional()?;
    Ok(expiry.flatten())
}

pub fn insert(conn: &Connection, act: &Act, day: Day, now: Millis) -> Result<RadarId> {
    conn.prepare_cached(
        "INSERT INTO radar_log (company_id, staff_id, customer_id, action, text, is_withdrawal, day, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((act.company, act.staff, act.customer, act.action.code(), &act.text, act.is_withdrawal, day, now))?;
    Ok(RadarId(conn.last_insert_rowid()))
}

/// The counters that lists and statistics read instead of counting rows.
pub fn count(conn: &Connection, act: &Act, relation: RelationId, day: Day, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO radar_day (staff_id, day, customer_id, action, entries) VALUES (?1, ?2, ?3, ?4, 1)
         ON CONFLICT DO UPDATE SET entries = entries + 1",
    )?
    .execute((act.staff, day, act.customer, act.action.code()))?;
    conn.prepare_cached("UPDATE staff SET radar_count = radar_count + 1 WHERE id = ?1")?.execute([act.staff])?;
    conn.prepare_cached(
        "UPDATE relation SET radar_count = radar_count + 1, last_activity_at = max(coalesce(last_activity_at, 0), ?2)
         WHERE id = ?1",
    )?
    .execute((relation, now))?;
    Ok(())
}
