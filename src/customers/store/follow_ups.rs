//! SQL of follow-ups and their phrases.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    customers::follow_ups::{FollowUp, FollowUps, Phrase},
    error::Result,
    identity::{Staff, store::STAFF_NAME},
    ids::{CompanyId, CustomerId, PhraseId, StaffId},
    time::Millis,
    web::Paging,
};

/// `None` when the customer is not the staff member's.
pub fn page(conn: &Connection, staff: Staff, customer: CustomerId, paging: Paging) -> Result<Option<FollowUps>> {
    let faces = conn
        .prepare_cached(&format!(
            "SELECT {STAFF_NAME}, staff.avatar, customer.avatar
             FROM relation
             JOIN staff ON staff.id = relation.staff_id
             JOIN customer ON customer.id = relation.customer_id
             WHERE relation.staff_id = ?2 AND relation.customer_id = ?3 AND relation.company_id = ?1"
        ))?
        .query_row((staff.company, staff.id, customer), |row| {
            Ok(FollowUps {
                staff_name: row.get(0)?,
                staff_avatar: row.get(1)?,
                customer_avatar: row.get(2)?,
                rows: Vec::new(),
                count: 0,
            })
        })
        .optional()?;
    let Some(mut found) = faces else { return Ok(None) };
    found.rows = conn
        .prepare_cached(
            "SELECT text, created_at FROM follow_up WHERE staff_id = ?1 AND customer_id = ?2
             ORDER BY created_at, id LIMIT ?3 OFFSET ?4",
        )?
        .query_map((staff.id, customer, paging.limit(), paging.offset()), |row| {
            Ok(FollowUp { text: row.get(0)?, created_at: row.get(1)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    // Of one customer only: as many as one person has typed.
    found.count = conn
        .prepare_cached("SELECT count(*) FROM follow_up WHERE staff_id = ?1 AND customer_id = ?2")?
        .query_row((staff.id, customer), |row| row.get(0))?;
    Ok(Some(found))
}

/// The staff member's own phrases, or those of the whole company; newest first.
pub fn phrases(conn: &Connection, staff: Staff, own: bool, limit: i64, offset: i64) -> Result<Vec<Phrase>> {
    let owner = own.then_some(staff.id);
    let mut statement = conn.prepare_cached(
        "SELECT id, text FROM follow_phrase WHERE company_id = ?1 AND staff_id IS ?2
         ORDER BY id DESC LIMIT ?3 OFFSET ?4",
    )?;
    let phrases = statement
        .query_map((staff.company, owner, limit, offset), |row| Ok(Phrase { id: row.get(0)?, text: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(phrases)
}

pub fn count_phrases(conn: &Connection, staff: Staff, own: bool) -> Result<i64> {
    let owner = own.then_some(staff.id);
    Ok(conn
        .prepare_cached("SELECT count(*) FROM follow_phrase WHERE company_id = ?1 AND staff_id IS ?2")?
        .query_row((staff.company, owner), |row| row.get(0))?)
}

pub fn is_common(conn: &Connection, company: CompanyId, text: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM follow_phrase WHERE company_id = ?1 AND coalesce(staff_id, 0) = 0 AND text = ?2",
        )?
        .exists((company, text))?)
}

/// Without an owner it is everybody's in the company.
pub fn insert_phrase(
    conn: &Connection,
    company: CompanyId,
    owner: Option<StaffId>,
    text: &str,
    now: Millis,
) -> rusqlite::Result<PhraseId> {
    conn.prepare_cached("INSERT INTO follow_phrase (company_id, staff_id, text, created_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((company, owner, text, now))?;
    Ok(PhraseId(conn.last_insert_rowid()))
}

/// False unless it was the staff member's own.
pub fn delete_phrase(conn: &Connection, staff: Staff, id: PhraseId) -> Result<bool> {
    let deleted = conn
        .prepare_cached("DELETE FROM follow_phrase WHERE id = ?2 AND staff_id = ?3 AND company_id = ?1")?
        .execute((staff.company, id, staff.id))?;
    Ok(deleted > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::RoleId, query_plans::greedy};

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let staff = Staff { id: StaffId(1), company: CompanyId(1), role: RoleId(3) };
            let paging = Paging::new(None, None, 20).unwrap();
            assert!(page(conn, staff, CustomerId(1), paging).unwrap().is_some());
            for own in [true, false] {
                phrases(conn, staff, own, 20, 0).unwrap();
                count_phrases(conn, staff, own).unwrap();
            }
            assert!(!is_common(conn, staff.company, "x").unwrap());
            let id = insert_phrase(conn, staff.company, Some(staff.id), "x", Millis(1)).unwrap();
            assert!(delete_phrase(conn, staff, id).unwrap());
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
