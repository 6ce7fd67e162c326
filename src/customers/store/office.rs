//! SQL of the back office's look at customers.

use rusqlite::{Connection, OptionalExtension, Row, ToSql};

use super::NAME;
use crate::{
    customers::{
        interest::Interest,
        office::{Bonded, Filter, Key, Listed, Order, Profile},
    },
    db,
    error::Result,
    identity::store::STAFF_NAME,
    ids::{CompanyId, CustomerId, RelationId, TagId},
    time::Millis,
    web::Paging,
};

/// The index that has the order. Each has staff, source and kind in it too: what is not wanted is passed over inside.
fn index_for(key: Key) -> &'static str {
    match key {
        Key::Creation => "relation_of_company_by_creation",
        Key::Activity => "relation_of_company_by_activity",
        Key::Follow => "relation_of_company_by_follow",
        Key::Rate => "relation_of_company_by_rate",
        Key::Interest => "relation_of_company_by_interest",
    }
}

fn order_text(order: Order) -> String {
    let columns: &[&str] = match order.key {
        Key::Creation => &["created_at", "id"],
        Key::Activity => &["last_activity_at", "id"],
        Key::Follow => &["last_follow_at", "id"],
        Key::Rate => &["expected_rate", "created_at", "id"],
        Key::Interest => &["interest_rank", "id"],
    };
    let direction = if order.is_descending { " DESC" } else { "" };
    columns.iter().map(|column| format!("relation.{column}{direction}")).collect::<Vec<_>>().join(", ")
}

/// The values of a filter, as long as a statement needs them.
struct Values {
    search: Option<String>,
}

/// The tables that a filter looks into, and the conditions; [`Values::bind`] has what they are compared with.
fn narrowed(filter: &Filter) -> (&'static str, String) {
    let tables = if filter.search.is_some() {
        "CROSS JOIN customer ON customer.id = relation.customer_id
         LEFT JOIN customer_note AS note ON note.relation_id = relation.id"
    } else {
        ""
    };
    let searched = format!(
        "AND ({NAME} LIKE :search ESCAPE '\\' OR customer.phone LIKE :search ESCAPE '\\'
              OR note.memo_name LIKE :search ESCAPE '\\' OR note.phone LIKE :search ESCAPE '\\')"
    );
    let parts = [
        (true, "relation.company_id = :company"),
        (filter.staff.is_some(), "AND relation.staff_id = :staff"),
        (filter.source.is_some(), "AND relation.source = :source"),
        (filter.user_type.is_some(), "AND relation.user_type = :user_type"),
        (filter.from.is_some(), "AND relation.created_at >= :from"),
        (filter.until.is_some(), "AND relation.created_at < :until"),
        (
            filter.tag.is_some(),
            "AND EXISTS (SELECT 1 FROM relation_tag WHERE relation_id = relation.id AND tag_id = :tag)",
        ),
        (filter.search.is_some(), &searched),
    ];
    let conditions: Vec<&str> = parts.iter().filter(|(wanted, _)| *wanted).map(|(_, part)| *part).collect();
    (tables, conditions.join(" "))
}

impl Values {
    fn of(filter: &Filter) -> Self {
        Self { search: filter.search.as_deref().map(db::contains) }
    }

    fn bind<'a>(&'a self, company: &'a CompanyId, filter: &'a Filter) -> Vec<(&'static str, &'a dyn ToSql)> {
        let all: [(bool, &'static str, &'a dyn ToSql); 8] = [
            (true, ":company", company),
            (filter.staff.is_some(), ":staff", &filter.staff),
            (filter.source.is_some(), ":source", &filter.source),
            (filter.user_type.is_some(), ":user_type", &filter.user_type),
            (filter.from.is_some(), ":from", &filter.from),
            (filter.until.is_some(), ":until", &filter.until),
            (filter.tag.is_some(), ":tag", &filter.tag),
            (self.search.is_some(), ":search", &self.search),
        ];
        all.into_iter().filter(|(wanted, ..)| *wanted).map(|(_, name, value)| (name, value)).collect()
    }
}

/// The relations of a page, or all. Only the index is walked to where the page begins; [`listed`] looks up the rest.
pub fn ids(
    conn: &Connection,
    company: CompanyId,
    order: Order,
    filter: &Filter,
    paging: Option<Paging>,
) -> Result<Vec<RelationId>> {
    let (tables, conditions) = narrowed(filter);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT relation.id FROM relation INDEXED BY {} {tables} WHERE {conditions}
         ORDER BY {} LIMIT :limit OFFSET :offset",
        index_for(order.key),
        order_text(order)
    ))?;
    let (limit, offset) = paging.map_or((-1, 0), |paging| (paging.limit(), paging.offset()));
    let values = Values::of(filter);
    let mut bound = values.bind(&company, filter);
    bound.extend([(":limit", &limit as &dyn ToSql), (":offset", &offset)]);
    Ok(statement.query_map(bound.as_slice(), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The relations that follow one, newest first.
pub fn ids_after(
    conn: &Connection,
    company: CompanyId,
    filter: &Filter,
    after: Option<(Millis, RelationId)>,
    most: i64,
) -> Result<Vec<RelationId>> {
    let (tables, conditions) = narrowed(filter);
    let (at, id) = after.unwrap_or((Millis(i64::MAX), RelationId(i64::MAX)));
    let order = Order { key: Key::Creation, is_descending: true };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT relation.id FROM relation INDEXED BY {} {tables}
         WHERE {conditions} AND (relation.created_at, relation.id) < (:at, :id) ORDER BY {} LIMIT :limit",
        index_for(order.key),
        order_text(order)
    ))?;
    let values = Values::of(filter);
    let mut bound = values.bind(&company, filter);
    bound.extend([(":at", &at as &dyn ToSql), (":id", &id), (":limit", &most)]);
    Ok(statement.query_map(bound.as_slice(), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// How many rows the filter leaves: read off the counters wherever they know.
pub fn count(conn: &Connection, company: CompanyId, filter: &Filter) -> Result<i64> {
    let is_plain = filter.search.is_none() && filter.from.is_none() && filter.until.is_none();
    let of_kind = filter.source.is_some() || filter.user_type.is_some();
    match (is_plain, filter.tag) {
        (true, None) => Ok(conn
            .prepare_cached(
                "SELECT coalesce(sum(relations), 0) FROM staff JOIN relation_count ON staff_id = staff.id
                 WHERE staff.company_id = ?1 AND (?2 IS NULL OR staff.id = ?2)
                   AND (?3 IS NULL OR source = ?3) AND (?4 IS NULL OR user_type = ?4)",
            )?
            .query_row((company, filter.staff, filter.source, filter.user_type), |row| row.get(0))?),
        (true, Some(tag)) if !of_kind => Ok(conn
            .prepare_cached(
                "SELECT coalesce(sum(customers), 0) FROM tag_use JOIN staff ON staff.id = staff_id
                 WHERE tag_id = ?2 AND staff.company_id = ?1 AND (?3 IS NULL OR staff.id = ?3)",
            )?
            .query_row((company, tag, filter.staff), |row| row.get(0))?),
        _ => {
            let (tables, conditions) = narrowed(filter);
            let index = index_for(Key::Creation);
            let mut statement = conn.prepare_cached(&format!(
                "SELECT count(*) FROM relation INDEXED BY {index} {tables} WHERE {conditions}"
            ))?;
            let values = Values::of(filter);
            Ok(statement.query_row(values.bind(&company, filter).as_slice(), |row| row.get(0))?)
        }
    }
}

/// One row of the list.
pub fn listed(conn: &Connection, company: CompanyId, relation: RelationId) -> Result<Listed> {
    let mut row = conn
        .prepare_cached(&format!(
            "SELECT relation.id, relation.customer_id, {NAME}, coalesce(note.memo_name, ''), customer.avatar,
                    coalesce(nullif(note.phone, ''), customer.phone), coalesce(note.sex, customer.sex),
                    customer.province, customer.city, relation.user_type, relation.source, relation.staff_id,
                    {STAFF_NAME}, relation.expected_rate, relation.expected_day, relation.interest,
                    relation.interest_at, relation.radar_count, relation.staff_messages + relation.customer_messages,
                    relation.last_activity_at, relation.last_follow_at, relation.created_at
             FROM relation JOIN customer ON customer.id = relation.customer_id
                  JOIN staff ON staff.id = relation.staff_id
                  LEFT JOIN customer_note AS note ON note.relation_id = relation.id
             WHERE relation.id = ?2 AND relation.company_id = ?1"
        ))?
        .query_row((company, relation), of_row)?;
    row.tags = tags(conn, relation)?;
    Ok(row)
}

fn of_row(row: &Row<'_>) -> rusqlite::Result<Listed> {
    Ok(Listed {
        relation: row.get(0)?,
        customer: row.get(1)?,
        name: row.get(2)?,
        memo_name: row.get(3)?,
        avatar: row.get(4)?,
        phone: row.get(5)?,
        sex: row.get(6)?,
        province: row.get(7)?,
        city: row.get(8)?,
        user_type: row.get(9)?,
        source: row.get(10)?,
        staff: row.get(11)?,
        staff_name: row.get(12)?,
        tags: Vec::new(),
        expected_rate: row.get(13)?,
        expected_day: row.get(14)?,
        interest: Interest { points: row.get(15)?, at: row.get(16)? },
        radar_count: row.get(17)?,
        messages: row.get(18)?,
        last_activity_at: row.get(19)?,
        last_follow_at: row.get(20)?,
        created_at: row.get(21)?,
    })
}

/// The tags of a relation, the older first.
fn tags(conn: &Connection, relation: RelationId) -> Result<Vec<(TagId, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT tag.id, tag.name FROM relation_tag JOIN tag ON tag.id = relation_tag.tag_id
         WHERE relation_tag.relation_id = ?1 ORDER BY relation_tag.tag_id",
    )?;
    Ok(statement.query_map([relation], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

pub fn is_customer_of(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM customer WHERE id = ?2 AND company_id = ?1")?.exists((company, customer))?)
}

pub fn profile(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<Option<Profile>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT id, {NAME}, avatar, phone, sex, country, province, city, language, user_type, openid, is_following,
                    last_login_at, created_at
             FROM customer WHERE id = ?2 AND company_id = ?1"
        ))?
        .query_row((company, customer), |row| {
            Ok(Profile {
                customer: row.get(0)?,
                name: row.get(1)?,
                avatar: row.get(2)?,
                phone: row.get(3)?,
                sex: row.get(4)?,
                country: row.get(5)?,
                province: row.get(6)?,
                city: row.get(7)?,
                language: row.get(8)?,
                user_type: row.get(9)?,
                openid: row.get(10)?,
                is_following: row.get(11)?,
                last_login_at: row.get(12)?,
                created_at: row.get(13)?,
            })
        })
        .optional()?)
}

/// What the customer has with each staff member, the one they last turned to first.
pub fn bonds(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<Vec<Bonded>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT relation.id, relation.staff_id, {STAFF_NAME}, staff.avatar, relation.source, relation.parent_id,
                (SELECT {NAME} FROM customer WHERE customer.id = relation.parent_id), relation.expected_day,
                relation.expected_rate, relation.interest, relation.interest_at, relation.last_activity_at,
                relation.last_follow_at, relation.radar_count, relation.staff_messages, relation.customer_messages,
                coalesce(note.memo_name, ''), coalesce(note.phone, ''), coalesce(note.email, ''),
                coalesce(note.company, ''), coalesce(note.position, ''), coalesce(note.address, ''),
                coalesce(note.birthday, ''), coalesce(note.memo, ''), relation.created_at
         FROM relation INDEXED BY relation_by_customer JOIN staff ON staff.id = relation.staff_id
              LEFT JOIN customer_note AS note ON note.relation_id = relation.id
         WHERE relation.customer_id = ?2 AND relation.company_id = ?1
         ORDER BY relation.last_activity_at DESC"
    ))?;
    let mut bonds = statement
        .query_map((company, customer), |row| {
            let parent: Option<CustomerId> = row.get(5)?;
            let parent_name: Option<String> = row.get(6)?;
            Ok(Bonded {
                relation: row.get(0)?,
                staff: row.get(1)?,
                staff_name: row.get(2)?,
                staff_avatar: row.get(3)?,
                source: row.get(4)?,
                parent: parent.zip(parent_name),
                expected_day: row.get(7)?,
                expected_rate: row.get(8)?,
                interest: Interest { points: row.get(9)?, at: row.get(10)? },
                last_activity_at: row.get(11)?,
                last_follow_at: row.get(12)?,
                radar_count: row.get(13)?,
                staff_messages: row.get(14)?,
                customer_messages: row.get(15)?,
                tags: Vec::new(),
                memo_name: row.get(16)?,
                memo_phone: row.get(17)?,
                memo_email: row.get(18)?,
                memo_company: row.get(19)?,
                memo_position: row.get(20)?,
                memo_address: row.get(21)?,
                memo_birthday: row.get(22)?,
                memo: row.get(23)?,
                created_at: row.get(24)?,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for bond in &mut bonds {
        bond.tags = tags(conn, bond.relation)?;
    }
    Ok(bonds)
}

/// What a customer did to all staff, by action.
pub fn actions(conn: &Connection, customer: CustomerId) -> Result<Vec<(i64, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT action, sum(counted) FROM radar_day INDEXED BY radar_day_by_customer
         WHERE customer_id = ?1 GROUP BY action HAVING sum(counted) > 0",
    )?;
    Ok(statement.query_map([customer], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::StaffId, query_plans::greedy};

    /// Every part of a filter alone, none, and all together.
    fn filters() -> Vec<Filter> {
        let whole = Filter {
            search: Some("客".to_owned()),
            staff: Some(StaffId(1)),
            source: Some(1),
            user_type: Some(2),
            tag: Some(TagId(1)),
            from: Some(Millis(0)),
            until: Some(Millis(1)),
        };
        let none = Filter::default();
        vec![
            none.clone(),
            Filter { search: whole.search.clone(), ..none.clone() },
            Filter { staff: whole.staff, ..none.clone() },
            Filter { source: whole.source, user_type: whole.user_type, ..none.clone() },
            Filter { tag: whole.tag, ..none.clone() },
            Filter { from: whole.from, until: whole.until, ..none },
            whole,
        ]
    }

    #[test]
    fn statements_are_served_by_indexes() {
        let added = [("GROUP BY action", "the days of one customer, added up by action")];
        let faults = greedy(&added, |conn| {
            let company = CompanyId(1);
            for filter in filters() {
                for key in [Key::Creation, Key::Activity, Key::Follow, Key::Rate, Key::Interest] {
                    for is_descending in [false, true] {
                        let order = Order { key, is_descending };
                        ids(conn, company, order, &filter, Some(Paging::new(None, None, 10).unwrap())).unwrap();
                    }
                }
                ids_after(conn, company, &filter, Some((Millis(1), RelationId(1))), 10).unwrap();
                count(conn, company, &filter).unwrap();
            }
            listed(conn, company, RelationId(1)).unwrap();
            assert!(is_customer_of(conn, company, CustomerId(1)).unwrap());
            profile(conn, company, CustomerId(1)).unwrap().unwrap();
            assert_eq!(bonds(conn, company, CustomerId(1)).unwrap().len(), 1);
            actions(conn, CustomerId(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }

    #[test]
    fn the_count_is_the_number_of_rows_however_it_is_found() {
        greedy(&[], |conn| {
            let order = Order { key: Key::Creation, is_descending: true };
            for filter in filters() {
                let all = ids(conn, CompanyId(1), order, &filter, None).unwrap();
                let count_of = |company| count(conn, company, &filter).unwrap();
                assert_eq!(i64::try_from(all.len()).unwrap(), count_of(CompanyId(1)), "{filter:?}");
                assert_eq!(ids_after(conn, CompanyId(1), &filter, None, 10).unwrap(), all, "{filter:?}");
                assert_eq!(count_of(CompanyId(2)), 0, "{filter:?}");
            }
        });
    }
}
