//! SQL of the audit log: who changed what in the back office.

use rusqlite::Connection;

use crate::{
    error::Result,
    ids::{AdminId, CompanyId},
    time::Millis,
};

/// Notes what an administrator did to a company, in the transaction that does it. Never secrets in `detail`.
pub fn put(conn: &Connection, company: CompanyId, admin: AdminId, action: &str, detail: &str) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO audit_log (company_id, admin_id, action, detail, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((company, admin, action, detail, Millis::now()))?;
    Ok(())
}
