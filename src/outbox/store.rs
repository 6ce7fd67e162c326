//! SQL of the outbox.

use rusqlite::{Connection, OptionalExtension};

use super::{Due, Parcel};
use crate::{
    db,
    error::Result,
    ids::{CompanyId, StaffId},
    time::Millis,
};

pub fn userid(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT userid FROM staff WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, staff), |row| row.get(0))
        .optional()?)
}

pub fn put(conn: &Connection, company: CompanyId, parcel: &Parcel, now: Millis) -> Result<()> {
    let payload = serde_json::to_value(parcel)?;
    conn.prepare_cached(
        "INSERT INTO outbox (company_id, kind, payload, next_at, created_at) VALUES (?1, ?2, ?3, ?4, ?4)",
    )?
    .execute((company, payload["kind"].as_str().unwrap_or_default(), payload.to_string(), now))?;
    Ok(())
}

pub fn due(conn: &Connection, now: Millis, most: i64) -> Result<Vec<Due>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, company_id, payload, attempts FROM outbox
         WHERE state = 0 AND next_at <= ?1 ORDER BY next_at, id LIMIT ?2",
    )?;
    let mut rows = statement.query((now, most))?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        let payload: String = row.get(2)?;
        due.push(Due {
            id: row.get(0)?,
            company: row.get(1)?,
            parcel: serde_json::from_str(&payload)?,
            attempts: row.get(3)?,
        });
    }
    Ok(due)
}

/// When the next waiting parcel is due.
pub fn next_at(conn: &Connection) -> Result<Option<Millis>> {
    Ok(conn.prepare_cached("SELECT min(next_at) FROM outbox WHERE state = 0")?.query_row([], |row| row.get(0))?)
}

pub fn delivered(conn: &Connection, id: i64) -> Result<()> {
    conn.prepare_cached("UPDATE outbox SET state = 1, attempts = attempts + 1, last_error = '' WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

pub fn retry(conn: &Connection, id: i64, next_at: Millis, reason: &str) -> Result<()> {
    conn.prepare_cached("UPDATE outbox SET attempts = attempts + 1, next_at = ?2, last_error = ?3 WHERE id = ?1")?
        .execute((id, next_at, reason))?;
    Ok(())
}

pub fn given_up(conn: &Connection, id: i64, reason: &str) -> Result<()> {
    conn.prepare_cached("UPDATE outbox SET state = 2, attempts = attempts + 1, last_error = ?2 WHERE id = ?1")?
        .execute((id, reason))?;
    Ok(())
}

/// Lets parcels wait without counting a try.
pub fn postpone(conn: &Connection, ids: &[i64], next_at: Millis) -> Result<()> {
    conn.prepare_cached("UPDATE outbox SET next_at = ?2 WHERE id IN rarray(?1) AND state = 0")?
        .execute((db::id_list(ids), next_at))?;
    Ok(())
}

pub fn forget_delivered(conn: &Connection, before: Millis) -> Result<()> {
    conn.prepare_cached("DELETE FROM outbox WHERE state = 1 AND created_at < ?1")?.execute([before])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            due(conn, Millis(1), 10).unwrap();
            next_at(conn).unwrap();
            postpone(conn, &[1], Millis(1)).unwrap();
            forget_delivered(conn, Millis(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
