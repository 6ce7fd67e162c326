//! SQL of the figures by day.

use rusqlite::Connection;

use super::Figure;
use crate::{error::Result, ids::CompanyId, time::Day};

/// Adds `by` to a figure of a company's day. Called in the transaction that writes what is counted.
pub fn bump(conn: &Connection, company: CompanyId, day: Day, figure: Figure, by: i64) -> Result<()> {
    let column = figure.column();
    conn.prepare_cached(&format!(
        "INSERT INTO stat_day (company_id, day, {column}) VALUES (?1, ?2, ?3)
         ON CONFLICT (company_id, day) DO UPDATE SET {column} = {column} + excluded.{column}"
    ))?
    .execute((company, day, by))?;
    Ok(())
}
