//! SQL of posters.

use rusqlite::{Connection, OptionalExtension};

use super::{CARD_AVATAR, PHONE};
use crate::{
    cards::{Kind, Picture, poster::Face},
    chat::Pair,
    error::Result,
    identity::store::STAFF_NAME,
};

/// What a poster shows of an enabled staff member.
pub fn face(conn: &Connection, pair: Pair) -> Result<Option<Face>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT staff.id, {CARD_AVATAR}, {STAFF_NAME}, staff.position, {PHONE}, company.name, staff.signature,
                    coalesce(relation.qr_code, ''), staff.qr_code
             FROM staff
             JOIN company ON company.id = staff.company_id
             LEFT JOIN relation ON relation.staff_id = staff.id AND relation.customer_id = ?3
             WHERE staff.id = ?2 AND staff.company_id = ?1 AND staff.status = 1"
        ))?
        .query_row((pair.company, pair.staff, pair.customer), |row| {
            Ok(Face {
                staff: row.get(0)?,
                avatar: row.get(1)?,
                name: row.get(2)?,
                position: row.get(3)?,
                phone: row.get(4)?,
                company: row.get(5)?,
                signature: row.get(6)?,
                own_code: row.get(7)?,
                staff_code: row.get(8)?,
            })
        })
        .optional()?)
}

/// Whether the two have to do with each other, and no code of their own.
pub fn lacks_own_code(conn: &Connection, pair: Pair) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM relation WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 AND qr_code = ''",
        )?
        .exists((pair.company, pair.staff, pair.customer))?)
}

pub fn set_own_code(conn: &Connection, pair: Pair, url: &str) -> Result<()> {
    conn.prepare_cached(
        "UPDATE relation SET qr_code = ?4 WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1",
    )?
    .execute((pair.company, pair.staff, pair.customer, url))?;
    Ok(())
}

/// Whether somebody may still want a picture: the poster of people who are there, the code that is theirs now.
pub fn is_needed(conn: &Connection, picture: &Picture) -> Result<bool> {
    let Picture { kind, url, staff, customer } = picture;
    let sql = match (kind, customer) {
        (Kind::Poster, None) => "SELECT 1 FROM staff WHERE id = ?1 AND ?2 IS NULL AND ?3 <> ''",
        (Kind::Poster, Some(_)) => "SELECT 1 FROM relation WHERE staff_id = ?1 AND customer_id = ?2 AND ?3 <> ''",
        (Kind::Code, None) => "SELECT 1 FROM staff WHERE id = ?1 AND ?2 IS NULL AND qr_code = ?3",
        (Kind::Code, Some(_)) => "SELECT 1 FROM relation WHERE staff_id = ?1 AND customer_id = ?2 AND qr_code = ?3",
    };
    Ok(conn.prepare_cached(sql)?.exists((staff, customer, url))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{CompanyId, CustomerId, StaffId},
        query_plans::greedy,
    };

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let pair = Pair { company: CompanyId(1), staff: StaffId(1), customer: CustomerId(1) };
            face(conn, pair).unwrap();
            lacks_own_code(conn, pair).unwrap();
            set_own_code(conn, pair, "new").unwrap();
            let is_needed = |kind, url: &str, staff, customer: Option<i64>| {
                let customer = customer.map(CustomerId);
                is_needed(conn, &Picture { kind, url: url.to_owned(), staff: StaffId(staff), customer }).unwrap()
            };
            assert!(is_needed(Kind::Poster, "p", 1, None) && is_needed(Kind::Poster, "p", 1, Some(1)));
            assert!(!is_needed(Kind::Poster, "p", 2, None) && !is_needed(Kind::Poster, "p", 1, Some(2)));
            assert!(is_needed(Kind::Code, "new", 1, Some(1)) && !is_needed(Kind::Code, "old", 1, Some(1)));
            assert!(!is_needed(Kind::Code, "old", 1, None));
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
