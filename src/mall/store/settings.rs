//! SQL of the mall's settings.

use rusqlite::{Connection, OptionalExtension};

use crate::{error::Result, ids::CompanyId, time::Millis};

/// Whether a company has opened its mall.
pub fn exists(conn: &Connection, company: CompanyId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM mall WHERE company_id = ?1")?.exists([company])?)
}

/// What a company's mall is called; `None` until it is opened.
pub fn name(conn: &Connection, company: CompanyId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT name FROM mall WHERE company_id = ?1")?
        .query_row([company], |row| row.get(0))
        .optional()?)
}

/// Opens a company's mall, or renames it.
pub fn put(conn: &Connection, company: CompanyId, name: &str, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO mall (company_id, name, created_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (company_id) DO UPDATE SET name = excluded.name",
    )?
    .execute((company, name, now))?;
    Ok(())
}
