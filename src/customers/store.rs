//! SQL of customers and relations.

pub mod book;
pub mod changes;
pub mod follow_ups;
pub mod handover;
pub mod interest;
pub mod login;
pub mod office;
pub mod office_tags;
pub mod profile;
pub mod tags;
pub mod timeline;

use rusqlite::{Connection, OptionalExtension};

use super::Bond;
use crate::{
    chat::Pair,
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

/// Whether a staff member of the company may be turned to.
pub fn is_enabled_staff(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM staff WHERE id = ?2 AND company_id = ?1 AND status = 1")?
        .exists((company, staff))?)
}

/// The enabled staff member whom a customer has last turned to. A relation of one's own making counts as an activity.
pub fn recent_staff(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<Option<StaffId>> {
    Ok(conn
        .prepare_cached(
            "SELECT relation.staff_id FROM relation JOIN staff ON staff.id = relation.staff_id AND staff.status = 1
             WHERE relation.customer_id = ?2 AND relation.company_id = ?1
             ORDER BY max(coalesce(relation.last_activity_at, 0), relation.created_at) DESC, relation.id DESC LIMIT 1",
        )?
        .query_row((company, customer), |row| row.get(0))
        .optional()?)
}

/// Joins the two; without a source, as the customer came in the first place.
pub fn insert_relation(conn: &Connection, bond: &Bond, now: Millis) -> Result<RelationId> {
    let inserted = conn
        .prepare_cached(
            "INSERT INTO relation (company_id, staff_id, customer_id, user_type, source, parent_id, is_bound, created_at)
             SELECT ?1, ?2, id, user_type, coalesce(?4, source),
                    (SELECT id FROM customer WHERE id = ?5 AND company_id = ?1 AND id <> ?3), ?4 IS NOT NULL, ?6
             FROM customer WHERE id = ?3 AND company_id = ?1",
        )?
        .execute((bond.company, bond.staff, bond.customer, bond.source, bond.parent, now))?;
    if inserted == 0 {
        return Err(Error::no_such("客户"));
    }
    let id = RelationId(conn.last_insert_rowid());
    conn.prepare_cached("UPDATE staff SET customer_count = customer_count + 1 WHERE id = ?2 AND company_id = ?1")?
        .execute((bond.company, bond.staff))?;
    Ok(id)
}

/// Gives a relation that came about by itself the source and the parent of its first binding; false when it was bound
/// before.
pub fn complete_relation(conn: &Connection, id: RelationId, bond: &Bond) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE relation SET is_bound = 1, source = coalesce(?2, source),
                    parent_id = (SELECT id FROM customer WHERE id = ?3 AND company_id = ?4 AND id <> ?5)
             WHERE id = ?1 AND is_bound = 0",
        )?
        .execute((id, bond.source, bond.parent, bond.company, bond.customer))?;
    Ok(changed > 0)
}

pub fn insert_follow_up(conn: &Connection, pair: Pair, text: &str, now: Millis) -> Result<i64> {
    conn.prepare_cached(
        "INSERT INTO follow_up (company_id, staff_id, customer_id, text, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((pair.company, pair.staff, pair.customer, text, now))?;
    Ok(conn.last_insert_rowid())
}

pub fn touch_follow(conn: &Connection, relation: RelationId, now: Millis) -> Result<()> {
    conn.prepare_cached("UPDATE relation SET last_follow_at = ?2 WHERE id = ?1")?.execute((relation, now))?;
    Ok(())
}

pub fn count_company_customer(conn: &Connection, company: CompanyId) -> Result<()> {
    conn.prepare_cached("UPDATE company SET customer_count = customer_count + 1 WHERE id = ?1")?.execute([company])?;
    Ok(())
}

/// A customer's name and avatar as staff see them.
pub fn face(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<(String, String)> {
    Ok(conn
        .prepare_cached(&format!("SELECT {NAME}, avatar FROM customer WHERE id = ?2 AND company_id = ?1"))?
        .query_row((company, customer), |row| Ok((row.get(0)?, row.get(1)?)))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let few = [("ORDER BY max(", "a customer has to do with a handful of staff")];
        let faults = greedy(&few, |conn| {
            let (company, staff, customer) = (CompanyId(1), StaffId(1), CustomerId(1));
            relation(conn, company, staff, customer).unwrap();
            is_enabled_staff(conn, company, staff).unwrap();
            recent_staff(conn, company, customer).unwrap();
            face(conn, company, customer).unwrap();
            insert_follow_up(conn, Pair { company, staff, customer }, "x", Millis(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
