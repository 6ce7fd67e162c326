//! SQL of the mall.

use rusqlite::Connection;

use crate::{error::Result, ids::CompanyId};

/// Whether a company has opened its mall.
pub fn exists(conn: &Connection, company: CompanyId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM mall WHERE company_id = ?1")?.exists([company])?)
}
