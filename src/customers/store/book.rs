//! SQL of a staff member's customers.

use rusqlite::{Connection, OptionalExtension};

use super::NAME;
use crate::{
    customers::{
        book::{Details, Filter, Listed, Order},
        interest::Interest,
    },
    error::Result,
    identity::{Staff, store::STAFF_NAME},
    ids::{ArticleId, CustomerId, RelationId, TagId},
    web::Paging,
};

/// The source of customers who came by an article.
const FROM_ARTICLE: i64 = 4;

/// Walks the index of the order from its end; what is wanted of the other tables is looked up for the page alone.
pub fn list(conn: &Connection, staff: Staff, order: Order, filter: Filter, paging: Paging) -> Result<Vec<Listed>> {
    let index = index_for(order, filter);
    let order = match order {
        Order::Rate => "relation.expected_rate DESC, relation.created_at DESC, relation.id DESC",
        Order::Follow => "relation.last_follow_at DESC, relation.id DESC",
        Order::Activity => "relation.last_activity_at DESC, relation.id DESC",
    };
    let only = conditions(filter);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT relation.customer_id, {NAME}, customer.avatar, customer.user_type,
                {STAFF_NAME}, relation.source,
                relation.expected_day, relation.expected_rate, relation.last_follow_at, relation.last_activity_at
         FROM relation {index}
         JOIN customer ON customer.id = relation.customer_id
         JOIN staff ON staff.id = relation.staff_id
         WHERE relation.staff_id = ?2 AND staff.company_id = ?1 {only}
         ORDER BY {order} LIMIT ?3 OFFSET ?4"
    ))?;
    let mut listed = statement
        .query_map(
            (staff.company, staff.id, paging.limit(), paging.offset(), filter.source, filter.user_type),
            |row| {
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
                    article: None,
                })
            },
        )?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for row in listed.iter_mut().filter(|row| row.source == FROM_ARTICLE) {
        row.article = first_article(conn, staff, row.customer)?;
    }
    Ok(listed)
}

/// What the customer read first by this staff member's links.
fn first_article(conn: &Connection, staff: Staff, customer: CustomerId) -> Result<Option<(ArticleId, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT article.id, article.title
             FROM article_reader AS reader JOIN article ON article.id = reader.article_id
             WHERE reader.customer_id = ?1 AND reader.staff_id = ?2 ORDER BY reader.id LIMIT 1",
        )?
        .query_row((customer, staff.id), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// The index that has the order and the filter: the planner cannot know that both are in it.
fn index_for(order: Order, filter: Filter) -> &'static str {
    match (order, filter.source, filter.user_type) {
        (Order::Follow, ..) => "INDEXED BY relation_by_follow",
        (Order::Activity, ..) => "INDEXED BY relation_by_activity",
        (Order::Rate, Some(_), _) => "INDEXED BY relation_by_source",
        (Order::Rate, None, Some(_)) => "INDEXED BY relation_by_type",
        (Order::Rate, None, None) => "INDEXED BY relation_by_rate",
    }
}

/// `AND …` for the filter, whose values are bound as 5 and 6.
fn conditions(filter: Filter) -> &'static str {
    match (filter.source, filter.user_type) {
        (None, None) => "AND ?5 IS NULL AND ?6 IS NULL",
        (Some(_), None) => "AND relation.source = ?5 AND ?6 IS NULL",
        (None, Some(_)) => "AND ?5 IS NULL AND relation.user_type = ?6",
        (Some(_), Some(_)) => "AND relation.source = ?5 AND relation.user_type = ?6",
    }
}

/// How many customers the list has in all, from the counts that the database keeps by source and kind.
pub fn count(conn: &Connection, staff: Staff, filter: Filter) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(relations), 0) FROM relation_count
             WHERE staff_id = (SELECT id FROM staff WHERE id = ?2 AND company_id = ?1)
               AND (?3 IS NULL OR source = ?3) AND (?4 IS NULL OR user_type = ?4)",
        )?
        .query_row((staff.company, staff.id, filter.source, filter.user_type), |row| row.get(0))?)
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
                    coalesce(note.birthday, ''), coalesce(note.memo, ''), customer.user_type, relation.interest,
                    relation.interest_at, relation.created_at, relation.last_follow_at, relation.last_activity_at
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
                user_type: row.get(17)?,
                interest: Interest { points: row.get(18)?, at: row.get(19)? },
                known_since: row.get(20)?,
                last_follow_at: row.get(21)?,
                last_activity_at: row.get(22)?,
            };
            Ok((row.get(0)?, details))
        })
        .optional()?;
    let Some((relation, mut details)) = found else { return Ok(None) };
    details.tags = tags(conn, relation)?;
    Ok(Some(details))
}

fn tags(conn: &Connection, relation: RelationId) -> Result<Vec<(TagId, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT tag.id, tag.name FROM relation_tag JOIN tag ON tag.id = relation_tag.tag_id
         WHERE relation_tag.relation_id = ?1 ORDER BY relation_tag.tag_id",
    )?;
    let tags = statement.query_map([relation], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(tags.collect::<rusqlite::Result<_>>()?)
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
            let filters = [(None, None), (Some(1), None), (None, Some(2)), (Some(1), Some(2))];
            for filter in filters.map(|(source, user_type)| Filter { source, user_type }) {
                for order in [Order::Rate, Order::Follow, Order::Activity] {
                    list(conn, staff, order, filter, paging).unwrap();
                }
                count(conn, staff, filter).unwrap();
            }
            conn.execute_batch(
                "UPDATE relation SET source = 4 WHERE id = 1;
                 INSERT INTO article (id, company_id, title, content, created_at) VALUES (1, 1, 'a', '', 0);
                 INSERT INTO article_reader (company_id, article_id, staff_id, customer_id, parent_id, level, created_at)
                     VALUES (1, 1, 1, 1, 0, 1, 0);",
            )
            .unwrap();
            let all = list(conn, staff, Order::Rate, Filter::default(), paging).unwrap();
            assert_eq!(all[0].article, Some((ArticleId(1), "a".to_owned())));
            assert!(details(conn, staff, CustomerId(1)).unwrap().is_some());
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
