//! SQL of the official account's readers and of what was pushed for them.

use rusqlite::{Connection, OptionalExtension};

use super::login::Reader;
use crate::{
    error::Result,
    ids::{CompanyId, CustomerId, StaffId},
    time::Millis,
};

/// The reader with this identity.
pub fn reader(conn: &Connection, company: CompanyId, openid: &str) -> Result<Option<Reader>> {
    Ok(conn
        .prepare_cached(
            "SELECT id, token, avatar FROM customer WHERE openid = ?2 AND user_type = 1 AND company_id = ?1",
        )?
        .query_row((company, openid), |row| {
            Ok(Reader { customer: row.get(0)?, company, token: row.get(1)?, avatar: row.get(2)?, is_first: false })
        })
        .optional()?)
}

/// Who came with this code: nobody yet, or a reader who was not known then, or one who was; first, if the code was the
/// one that made them known.
pub fn reader_with_code(conn: &Connection, company: CompanyId, code: &str) -> Result<Option<Option<Reader>>> {
    Ok(conn
        .prepare_cached(
            "SELECT customer.id, token, avatar, login_code.created_at = customer.created_at
             FROM login_code LEFT JOIN customer ON customer.id = login_code.customer_id
             WHERE login_code.company_id = ?1 AND login_code.code = ?2",
        )?
        .query_row((company, code), |row| {
            let Some(customer) = row.get(0)? else { return Ok(None) };
            Ok(Some(Reader { customer, company, token: row.get(1)?, avatar: row.get(2)?, is_first: row.get(3)? }))
        })
        .optional()?)
}

/// Whether that is news.
pub fn set_following(
    conn: &Connection,
    company: CompanyId,
    customer: CustomerId,
    follows: bool,
    now: Millis,
) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE customer SET is_following = ?3, following_at = ?4
             WHERE id = ?2 AND company_id = ?1 AND is_following IS NOT ?3",
        )?
        .execute((company, customer, follows, now))?;
    Ok(changed > 0)
}

/// The enabled staff member who last cared for a customer; else the one who met them last.
pub fn staff_of(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<Option<StaffId>> {
    Ok(conn
        .prepare_cached(
            "SELECT relation.staff_id FROM relation JOIN staff ON staff.id = relation.staff_id AND staff.status = 1
             WHERE relation.customer_id = ?2 AND relation.company_id = ?1
             ORDER BY relation.last_follow_at DESC, relation.id DESC LIMIT 1",
        )?
        .query_row((company, customer), |row| row.get(0))
        .optional()?)
}

/// False when it was received before.
pub fn remember_push(conn: &Connection, company: CompanyId, push: &str, now: Millis) -> Result<bool> {
    let inserted = conn
        .prepare_cached(
            "INSERT INTO official_push (company_id, push, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute((company, push, now))?;
    Ok(inserted > 0)
}

pub fn forget_pushes(conn: &Connection, before: Millis) -> Result<()> {
    conn.prepare_cached("DELETE FROM official_push WHERE created_at < ?1")?.execute([before])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes_and_a_push_is_new_once() {
        let few = [("ORDER BY relation.last_follow_at", "a customer has to do with a handful of staff")];
        let faults = greedy(&few, |conn| {
            let (company, customer) = (CompanyId(1), CustomerId(1));
            assert!(reader(conn, company, "o").unwrap().is_none(), "that one uses the mini-program");
            assert!(reader_with_code(conn, company, "gzh:c").unwrap().is_none());
            assert_eq!(staff_of(conn, company, customer).unwrap(), Some(StaffId(1)));
            let follows: Vec<bool> = [false, false, true, true]
                .map(|follows| set_following(conn, company, customer, follows, Millis(1)).unwrap())
                .into();
            assert_eq!(follows, [true, false, true, false]);
            assert!(remember_push(conn, company, "1", Millis(1)).unwrap());
            assert!(!remember_push(conn, company, "1", Millis(2)).unwrap());
            forget_pushes(conn, Millis(2)).unwrap();
            assert!(remember_push(conn, company, "1", Millis(3)).unwrap());
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
