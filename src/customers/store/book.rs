//! SQL of a staff member's customers.

use rusqlite::{Connection, OptionalExtension};

use super::NAME;
use crate::{
    customers::book::{Details, Listed, Order},
    error::Result,
    identity::{Staff, store::STAFF_NAME},
    ids::{CustomerId, RelationId},
    web::Paging,
};

/// Walks the index of the order from its end; what is wanted of the other tables is looked up for the page alone.
pub fn list(conn: &Connection, staff: Staff, order: Order, source: Option<i64>, paging: Paging) -> Result<Vec<Listed>> {
    let order = match order {
        Order::Rate => "relation.expected_rate DESC, relation.created_at DESC, relation.id DESC",
        Order::Follow => "relation.last_follow_at DESC, relation.id DESC",
        Order::Activity => "relation.last_activity_at DESC, relation.id DESC",
    };
    let only = if source.is_some() { "AND relation.source = ?5" } else { "AND ?5 IS NULL" };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT relation.customer_id, {NAME}, customer.avatar, customer.user_type,
                {STAFF_NAME}, relation.source,
                relation.expected_day, relation.expected_rate, relation.last_follow_at, relation.last_activity_at
         FROM relation
         JOIN customer ON customer.id = relation.customer_id
         JOIN staff ON staff.id = relation.staff_id
         WHERE relation.staff_id = ?2 AND staff.company_id = ?1 {only}
         ORDER BY {order} LIMIT ?3 OFFSET ?4"
    ))?;
    let listed = statement
        .query_map((staff.company, staff.id, paging.limit(), paging.offset(), source), |row| {
            Ok(Listed {
                customer: row.get(0)?,
                name: row.get(1)?,
                avatar: row.get(2)?,
                user_type: row.get(3)?,
                staff_name: row.get(4)?,
                source: row.get(5)?,
                expected_day: row.get(6)?,
                expected_rate: row.get(7)?,
                last_follow_at: row.get(8)?,
                last_activity_at: row.get(9)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(listed)
}

/// How many customers the list has in all.
pub fn count(conn: &Connection, staff: Staff, source: Option<i64>) -> Result<i64> {
    let count = match source {
        None => conn
            .prepare_cached("SELECT customer_count FROM staff WHERE id = ?2 AND company_id = ?1")?
            .query_row((staff.company, staff.id), |row| row.get(0))
            .optional()?,
        Some(source) => conn
            .prepare_cached("SELECT count(*) FROM relation WHERE staff_id = ?2 AND company_id = ?1 AND source = ?3")?
            .query_row((staff.company, staff.id, source), |row| row.get(0))
            .optional()?,
    };
    Ok(count.unwrap_or_default())
}

pub fn details(conn: &Connection, staff: Staff, customer: CustomerId) -> Result<Option<Details>> {
    let found = conn
        .prepare_cached(&format!(
            "SELECT relation.id, customer.id, {NAME}, customer.avatar, relation.source,
                    coalesce((SELECT CASE WHEN nickname = '' THEN '客户ID' || id ELSE nickname END
                              FROM customer WHERE id = relation.parent_id), ''),
                    relation.expected_day, relation.expected_rate, note.memo_name, coalesce(note.sex, customer.sex),
                    coalesce(nullif(note.phone, ''), customer.phone), coalesce(note.email, ''),
                    coalesce(note.company, ''), coalesce(note.position, ''), coalesce(note.address, ''),
                    coalesce(note.birthday, ''), coalesce(note.memo, '')
             FROM relation
             JOIN customer ON customer.id = relation.customer_id
             LEFT JOIN customer_note AS note ON note.relation_id = relation.id
             WHERE relation.staff_id = ?2 AND relation.customer_id = ?3 AND relation.company_id = ?1"
        ))?
        .query_row((staff.company, staff.id, customer), |row| {
            let details = Details {
                customer: row.get(1)?,
                name: row.get(2)?,
                avatar: row.get(3)?,
                source: row.get(4)?,
                parent_name: row.get(5)?,
                expected_day: row.get(6)?,
                expected_rate: row.get(7)?,
                memo_name: row.get(8)?,
                sex: row.get(9)?,
                phone: row.get(10)?,
                email: row.get(11)?,
                company: row.get(12)?,
                position: row.get(13)?,
                address: row.get(14)?,
                birthday: row.get(15)?,
                memo: row.get(16)?,
                tags: Vec::new(),
            };
            Ok((row.get(0)?, details))
        })
        .optional()?;
    let Some((relation, mut details)) = found else { return Ok(None) };
    details.tags = tags(conn, relation)?;
    Ok(Some(details))
}

fn tags(conn: &Connection, relation: RelationId) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT tag.name FROM relation_tag JOIN tag ON tag.id = relation_tag.tag_id
         WHERE relation_tag.relation_id = ?1 ORDER BY relation_tag.tag_id",
    )?;
    let names = statement.query_map([relation], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    use crate::ids::{CompanyId, RoleId, StaffId};

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let staff = Staff { id: StaffId(1), company: CompanyId(1), role: RoleId(3) };
            let paging = Paging::new(None, None, 10).unwrap();
            for source in [None, Some(1)] {
                for order in [Order::Rate, Order::Follow, Order::Activity] {
                    list(conn, staff, order, source, paging).unwrap();
                }
                count(conn, staff, source).unwrap();
            }
            details(conn, staff, CustomerId(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
