//! SQL of the back office's look at conversations.

use rusqlite::{Connection, Row, ToSql, named_params};

use crate::{
    chat::{
        Content, Pair,
        office::{Conversation, Filter, Hit, Said, Wanted},
    },
    customers::store::NAME,
    db,
    error::Result,
    identity::store::STAFF_NAME,
    ids::{CompanyId, MessageId},
    web::Paging,
};

/// Something was said in it: what the index of the company's conversations has.
const SPOKEN: &str = "relation.staff_messages + relation.customer_messages > 0";

/// The tables that a filter looks into, and its conditions. The staff member stands in the index.
fn narrowed(filter: &Filter) -> (&'static str, String) {
    let named = format!("({NAME} LIKE :search ESCAPE '\\' OR note.memo_name LIKE :search ESCAPE '\\')");
    let parts = [
        (true, "relation.company_id = :company"),
        (true, SPOKEN),
        (filter.staff.is_some(), "relation.staff_id = :staff"),
        (filter.search.is_some(), &named),
    ];
    let conditions: Vec<&str> = parts.iter().filter(|(wanted, _)| *wanted).map(|(_, part)| *part).collect();
    let tables = if filter.search.is_some() {
        "CROSS JOIN customer ON customer.id = relation.customer_id
         LEFT JOIN customer_note AS note ON note.relation_id = relation.id"
    } else {
        ""
    };
    (tables, conditions.join(" AND "))
}

fn bind<'a>(
    company: &'a CompanyId,
    filter: &'a Filter,
    search: Option<&'a String>,
) -> Vec<(&'static str, &'a dyn ToSql)> {
    let mut bound: Vec<(&'static str, &'a dyn ToSql)> = vec![(":company", company)];
    if filter.staff.is_some() {
        bound.push((":staff", &filter.staff));
    }
    if let Some(search) = search {
        bound.push((":search", search));
    }
    bound
}

/// A page, the conversation with the newest message first. Only the index is walked to where the page begins.
pub fn conversations(
    conn: &Connection,
    company: CompanyId,
    filter: &Filter,
    paging: Paging,
) -> Result<Vec<Conversation>> {
    let (tables, conditions) = narrowed(filter);
    let mut statement = conn.prepare_cached(&format!(
        "WITH page AS MATERIALIZED (
             SELECT relation.id FROM relation INDEXED BY relation_of_company_by_message {tables}
             WHERE {conditions} ORDER BY relation.last_message_id DESC LIMIT :limit OFFSET :offset
         )
         SELECT relation.staff_id, {STAFF_NAME}, relation.customer_id,
                coalesce(nullif(note.memo_name, ''), {NAME}), customer.avatar, message.info_type, message.content,
                message.created_at, relation.unread_by_staff, relation.staff_messages, relation.customer_messages
         FROM page CROSS JOIN relation ON relation.id = page.id
              JOIN chat_message AS message ON message.id = relation.last_message_id
              JOIN customer ON customer.id = relation.customer_id
              JOIN staff ON staff.id = relation.staff_id
              LEFT JOIN customer_note AS note ON note.relation_id = relation.id
         ORDER BY relation.last_message_id DESC"
    ))?;
    let search = filter.search.as_deref().map(db::contains);
    let (limit, offset) = (paging.limit(), paging.offset());
    let mut bound = bind(&company, filter, search.as_ref());
    bound.extend([(":limit", &limit as &dyn ToSql), (":offset", &offset)]);
    let mut rows = statement.query(bound.as_slice())?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Conversation {
            staff: row.get(0)?,
            staff_name: row.get(1)?,
            customer: row.get(2)?,
            customer_name: row.get(3)?,
            customer_avatar: row.get(4)?,
            last: content(row, 5, 6)?,
            last_at: row.get(7)?,
            unread_by_staff: row.get(8)?,
            staff_messages: row.get(9)?,
            customer_messages: row.get(10)?,
        });
    }
    Ok(found)
}

pub fn count(conn: &Connection, company: CompanyId, filter: &Filter) -> Result<i64> {
    let (tables, conditions) = narrowed(filter);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT count(*) FROM relation INDEXED BY relation_of_company_by_message {tables} WHERE {conditions}"
    ))?;
    let search = filter.search.as_deref().map(db::contains);
    Ok(statement.query_row(bind(&company, filter, search.as_ref()).as_slice(), |row| row.get(0))?)
}

/// What a message says: its kind and its members, of two columns.
fn content(row: &Row<'_>, info_type: usize, members: usize) -> Result<Content> {
    let members: String = row.get(members)?;
    Ok(Content { info_type: row.get(info_type)?, members: serde_json::from_str(&members)? })
}

/// Whether staff member and customer have to do with each other, within the company.
pub fn is_conversation(conn: &Connection, pair: Pair) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM relation WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1)",
        )?
        .query_row((pair.company, pair.staff, pair.customer), |row| row.get(0))?)
}

/// The newest messages older than one, newest first.
pub fn before(conn: &Connection, pair: Pair, id: MessageId, most: i64) -> Result<Vec<Said>> {
    said(conn, pair, "id < ?4", "DESC", id, most)
}

/// A message and the ones after it, oldest first.
pub fn since(conn: &Connection, pair: Pair, id: MessageId, most: i64) -> Result<Vec<Said>> {
    said(conn, pair, "id >= ?4", "ASC", id, most)
}

fn said(conn: &Connection, pair: Pair, which: &str, order: &str, id: MessageId, most: i64) -> Result<Vec<Said>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT id, send_type, info_type, content, is_read_by_customer, created_at FROM chat_message
         WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 AND send_type <> 4 AND {which}
         ORDER BY id {order} LIMIT ?5"
    ))?;
    let mut rows = statement.query((pair.company, pair.staff, pair.customer, id, most))?;
    let mut said = Vec::new();
    while let Some(row) = rows.next()? {
        said.push(Said {
            id: row.get(0)?,
            send_type: row.get(1)?,
            content: content(row, 2, 3)?,
            is_read_by_customer: row.get(4)?,
            at: row.get(5)?,
        });
    }
    Ok(said)
}

/// The newest message of all; what a search begins after.
pub fn newest(conn: &Connection) -> Result<MessageId> {
    Ok(conn.prepare_cached("SELECT coalesce(max(id), 0) FROM chat_message")?.query_row([], |row| row.get(0))?)
}

/// What is in a message to be found: its words, or the product that it is about.
const TEXT: &str =
    "coalesce(json_extract(message.content, '$.msg'), json_extract(message.content, '$.product_name'), '')";

/// Messages from `from` on and before `until` with the words in them, newest first. Looks at each of them.
pub fn search(
    conn: &Connection,
    company: CompanyId,
    wanted: &Wanted,
    (from, until): (MessageId, MessageId),
) -> Result<Vec<Hit>> {
    // Most messages are passed over by their JSON as it is stored; what has the words in it is looked at closely.
    let mut statement = conn.prepare_cached(&format!(
        "WITH found AS MATERIALIZED (
             SELECT message.id, message.staff_id, message.customer_id, message.send_type, {TEXT} AS text,
                    message.created_at
             FROM chat_message AS message
             WHERE message.id >= :from AND message.id < :until AND message.company_id = :company
               AND message.send_type IN (1, 2) AND (:staff IS NULL OR message.staff_id = :staff)
               AND message.content LIKE :stored ESCAPE '\\' AND {TEXT} LIKE :words ESCAPE '\\'
             ORDER BY message.id DESC LIMIT :most
         )
         SELECT found.id, found.staff_id, {STAFF_NAME}, found.customer_id, {NAME}, customer.avatar, found.send_type,
                found.text, found.created_at
         FROM found CROSS JOIN staff ON staff.id = found.staff_id JOIN customer ON customer.id = found.customer_id
         ORDER BY found.id DESC"
    ))?;
    let quoted = serde_json::to_string(&wanted.words)?;
    let stored = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let most = i64::try_from(wanted.most).unwrap_or(i64::MAX);
    let hits = statement.query_map(
        named_params! {
            ":company": company, ":from": from, ":until": until, ":staff": wanted.staff, ":most": most,
            ":stored": db::contains(stored), ":words": db::contains(&wanted.words),
        },
        |row| {
            Ok(Hit {
                id: row.get(0)?,
                staff: row.get(1)?,
                staff_name: row.get(2)?,
                customer: row.get(3)?,
                customer_name: row.get(4)?,
                customer_avatar: row.get(5)?,
                send_type: row.get(6)?,
                text: row.get(7)?,
                at: row.get(8)?,
            })
        },
    )?;
    Ok(hits.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::{Occasion, Side, store},
        ids::{CustomerId, StaffId},
        query_plans::greedy,
        time::Millis,
    };

    #[test]
    fn statements_are_served_by_indexes_and_words_are_found_literally() {
        let few = [
            ("FROM page CROSS JOIN", "a page, read by its ids and put into its order again"),
            ("FROM found CROSS JOIN", "what one step of a search found, likewise"),
        ];
        let faults = greedy(&few, |conn| {
            let company = CompanyId(1);
            let pair = Pair { company, staff: StaffId(1), customer: CustomerId(1) };
            let mut ids = Vec::new();
            for text in ["一折", "说\"100%\"好", "msg"] {
                let id = store::insert(conn, pair, Side::Staff, &Content::text(text), false, Millis(1)).unwrap();
                store::count_sent(conn, pair, Side::Staff, id, Occasion::Said, Millis(1)).unwrap();
                ids.push(id);
            }
            for staff in [None, Some(StaffId(1))] {
                for search in [None, Some("客户ID1".to_owned())] {
                    let filter = Filter { staff, search };
                    let paging = Paging::new(None, None, 20).unwrap();
                    assert_eq!(conversations(conn, company, &filter, paging).unwrap().len(), 1);
                    assert_eq!(count(conn, company, &filter).unwrap(), 1);
                    assert_eq!(count(conn, CompanyId(2), &filter).unwrap(), 0);
                }
            }
            assert!(is_conversation(conn, pair).unwrap());
            assert_eq!(before(conn, pair, ids[1], 10).unwrap().len(), 1);
            assert_eq!(since(conn, pair, ids[1], 10).unwrap().len(), 2);
            let end = newest(conn).unwrap();
            assert_eq!(end, ids[2]);
            let found = |company: CompanyId, words: &str| -> Vec<MessageId> {
                let wanted = Wanted { words: words.to_owned(), staff: None, before: None, most: 10 };
                let all = (MessageId(1), MessageId(end.0 + 1));
                search(conn, company, &wanted, all).unwrap().into_iter().map(|hit| hit.id).collect()
            };
            assert_eq!(found(company, "折"), [ids[0]]);
            assert_eq!(found(company, "\"100%\""), [ids[1]]);
            assert_eq!(found(company, "0%0"), []);
            // The names of members are no words.
            assert_eq!(found(company, "MSG"), [ids[2]]);
            assert_eq!(found(CompanyId(2), "折"), []);
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
