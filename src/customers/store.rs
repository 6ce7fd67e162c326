//! SQL of customers and relations.

use rusqlite::{Connection, OptionalExtension};

use super::Bond;
use crate::{
    error::{Error, Result},
    ids::{CompanyId, CustomerId, RelationId, StaffId},
    time::Millis,
};

/// How a customer without a nickname is called.
pub const NAME: &str = "CASE WHEN customer.nickname = '' THEN '客户ID' || customer.id ELSE customer.nickname END";

pub fn relation(
    conn: &Connection,
    company: CompanyId,
    staff: StaffId,
    customer: CustomerId,
) -> Result<Option<RelationId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM relation WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1")?
        .query_row((company, staff, customer), |row| row.get(0))
        .optional()?)
}

pub fn is_staff_of(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM staff WHERE id = ?2 AND company_id = ?1")?.exists((company, staff))?)
}

/// Joins the two; without a source, as the customer came in the first place.
pub fn insert_relation(conn: &Connection, bond: &Bond, now: Millis) -> Result<RelationId> {
    let inserted = conn
        .prepare_cached(
            "INSERT INTO relation (company_id, staff_id, customer_id, source, parent_id, created_at)
             SELECT ?1, ?2, id, coalesce(?4, source),
                    (SELECT id FROM customer WHERE id = ?5 AND company_id = ?1 AND id <> ?3), ?6
             FROM customer WHERE id = ?3 AND company_id = ?1",
        )?
        .execute((bond.company, bond.staff, bond.customer, bond.source, bond.parent, now))?;
    if inserted == 0 {
        return Err(Error::no_such("客户"));
    }
    let id = RelationId(conn.last_insert_rowid());
    conn.prepare_cached("UPDATE staff SET customer_count = customer_count + 1 WHERE id = ?1")?.execute([bond.staff])?;
    Ok(id)
}

pub fn count_company_customer(conn: &Connection, company: CompanyId) -> Result<()> {
    conn.prepare_cached("UPDATE company SET customer_count = customer_count + 1 WHERE id = ?1")?.execute([company])?;
    Ok(())
}

/// A customer's name and avatar as staff see them.
pub fn face(conn: &Connection, customer: CustomerId) -> Result<(String, String)> {
    Ok(conn
        .prepare_cached(&format!("SELECT {NAME}, avatar FROM customer WHERE id = ?1"))?
        .query_row([customer], |row| Ok((row.get(0)?, row.get(1)?)))?)
}
