//! SQL of the audit log: who changed what in the back office.

use rusqlite::Connection;

use crate::{error::Result, identity::Author, ids::CompanyId, time::Millis};

/// Notes what somebody did to a company, in the transaction that does it. Never secrets in `detail`.
pub fn put(conn: &Connection, company: CompanyId, by: impl Into<Author>, action: &str, detail: &str) -> Result<()> {
    let (admin, staff) = match by.into() {
        Author::Admin(admin) => (Some(admin), None),
        Author::Staff(staff) => (None, Some(staff)),
    };
    conn.prepare_cached(
        "INSERT INTO audit_log (company_id, admin_id, staff_id, action, detail, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((company, admin, staff, action, detail, Millis::now()))?;
    Ok(())
}
