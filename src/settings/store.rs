//! SQL of the settings.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::{error::Result, ids::CompanyId};

pub fn all(conn: &Connection) -> Result<HashMap<String, String>> {
    let mut statement = conn.prepare_cached("SELECT key, value FROM setting")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub fn put(conn: &Connection, key: &str, value: &str) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute([key, value])?;
    Ok(())
}

pub fn remove(conn: &Connection, key: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM setting WHERE key = ?1")?.execute([key])?;
    Ok(())
}

/// Everything that was set for a company.
pub fn forget_company(conn: &Connection, company: CompanyId) -> Result<()> {
    // '/' follows '.', so this is every key that begins so.
    conn.prepare_cached("DELETE FROM setting WHERE key >= ?1 AND key < ?2")?
        .execute([format!("company.{company}."), format!("company.{company}/")])?;
    Ok(())
}
