//! SQL of the audit log: who changed what in the back office.

use rusqlite::Connection;

use super::STAFF_NAME;
use crate::{
    error::Result,
    identity::{
        Author, Doer,
        audit::{Entry, Filter},
    },
    ids::CompanyId,
    time::Millis,
    web::Paging,
};

/// Notes what somebody did to a company, in the transaction that does it. Never secrets in `detail`.
pub fn put(conn: &Connection, company: CompanyId, by: Author, action: &str, detail: &str) -> Result<()> {
    let (admin, staff) = match by.who {
        Doer::Admin(admin) => (Some(admin), None),
        Doer::Staff(staff) => (None, Some(staff)),
    };
    conn.prepare_cached(
        "INSERT INTO audit_log (company_id, admin_id, staff_id, action, detail, address, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((company, admin, staff, action, detail, by.address.to_string(), Millis::now()))?;
    Ok(())
}

/// ?1 company, ?2 administrator, ?3 beginning of the action, ?4 and ?5 the time; what is not asked for is left out, so
/// that an index serves what is.
fn condition(filter: &Filter) -> String {
    let company = if filter.company.is_some() { "audit_log.company_id = ?1 AND" } else { "" };
    let admin = if filter.admin.is_some() { "audit_log.admin_id = ?2 AND" } else { "" };
    format!(
        "{company} {admin} (?3 IS NULL OR substr(audit_log.action, 1, length(?3)) = ?3)
         AND audit_log.created_at >= ?4 AND audit_log.created_at < ?5"
    )
}

/// Newest first.
pub fn list(conn: &Connection, filter: &Filter, paging: Paging) -> Result<Vec<Entry>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT audit_log.id, audit_log.company_id, coalesce(company.name, ''), audit_log.admin_id, audit_log.staff_id,
                coalesce(admin.username, {STAFF_NAME}, ''), action, detail, audit_log.address, audit_log.created_at
         FROM audit_log LEFT JOIN company ON company.id = audit_log.company_id
              LEFT JOIN admin ON admin.id = audit_log.admin_id LEFT JOIN staff ON staff.id = audit_log.staff_id
         WHERE {} ORDER BY audit_log.created_at DESC, audit_log.id DESC LIMIT ?6 OFFSET ?7",
        condition(filter)
    ))?;
    let entries = statement.query_map(
        (filter.company, filter.admin, &filter.action, filter.from, filter.to, paging.limit(), paging.offset()),
        |row| {
            Ok(Entry {
                id: row.get(0)?,
                company: row.get(1)?,
                company_name: row.get(2)?,
                admin: row.get(3)?,
                staff: row.get(4)?,
                username: row.get(5)?,
                action: row.get(6)?,
                detail: row.get(7)?,
                address: row.get(8)?,
                created_at: row.get(9)?,
            })
        },
    )?;
    Ok(entries.collect::<rusqlite::Result<_>>()?)
}

pub fn count(conn: &Connection, filter: &Filter) -> Result<i64> {
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM audit_log WHERE {}", condition(filter)))?
        .query_row((filter.company, filter.admin, &filter.action, filter.from, filter.to), |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::AdminId, query_plans::greedy};

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let paging = Paging::new(None, None, 10).unwrap();
            for company in [None, Some(CompanyId(1))] {
                for admin in [None, Some(AdminId(1))] {
                    let action = Some("product.".to_owned());
                    let filter = Filter { company, admin, action, from: Millis(0), to: Millis(1) };
                    list(conn, &filter, paging).unwrap();
                    count(conn, &filter).unwrap();
                }
            }
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
