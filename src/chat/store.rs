//! SQL of conversations.

pub mod office;
pub mod outside;

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Map, Value};

use super::{Content, Faces, Message, Occasion, Pair, Side};
use crate::{
    customers,
    error::{Error, Result},
    identity::store::STAFF_NAME,
    ids::{CompanyId, CustomerId, MessageId, RelationId, StaffId},
    time::Millis,
    web::Paging,
};

/// Messages handed out at once at most.
pub const BATCH: usize = 200;

const COLUMNS: &str =
    "id, staff_id, customer_id, send_type, info_type, content, is_first, is_read_by_customer, created_at";

/// Who greets: company and staff member, by name.
pub struct Names {
    pub company: String,
    pub staff: String,
}

/// A row of the contact list.
pub struct Contact {
    pub customer: CustomerId,
    pub name: String,
    pub avatar: String,
    pub content: Content,
    pub unread: i64,
    pub at: Millis,
}

pub fn signature_of(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<Names> {
    conn.prepare_cached(&format!(
        "SELECT company.name, {STAFF_NAME}
         FROM staff JOIN company ON company.id = staff.company_id WHERE staff.id = ?2 AND staff.company_id = ?1"
    ))?
    .query_row((company, staff), |row| Ok(Names { company: row.get(0)?, staff: row.get(1)? }))
    .optional()?
    .ok_or_else(|| Error::no_such("用户"))
}

pub fn faces(conn: &Connection, pair: Pair) -> Result<Faces> {
    conn.prepare_cached(&format!(
        "SELECT {STAFF_NAME}, staff.avatar, {}, customer.avatar
         FROM staff, customer
         WHERE staff.id = ?2 AND staff.company_id = ?1 AND customer.id = ?3 AND customer.company_id = ?1",
        customers::store::NAME
    ))?
    .query_row((pair.company, pair.staff, pair.customer), |row| {
        Ok(Faces {
            staff_name: row.get(0)?,
            staff_avatar: row.get(1)?,
            customer_name: row.get(2)?,
            customer_avatar: row.get(3)?,
        })
    })
    .optional()?
    .ok_or(Error::NoRelation)
}

pub fn insert(
    conn: &Connection,
    pair: Pair,
    from: Side,
    content: &Content,
    is_first: bool,
    now: Millis,
) -> Result<MessageId> {
    conn.prepare_cached(
        "INSERT INTO chat_message (company_id, staff_id, customer_id, send_type, info_type, content, is_first,
                                   is_read_by_staff, is_read_by_customer, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute((
        pair.company,
        pair.staff,
        pair.customer,
        from.send_type(),
        content.info_type,
        serde_json::to_string(&content.members)?,
        is_first,
        from == Side::Staff,
        from == Side::Customer,
        now,
    ))?;
    Ok(MessageId(conn.last_insert_rowid()))
}

/// Moves the counters and times of the relation. A greeting is nobody's doing: it moves no times.
pub fn count_sent(
    conn: &Connection,
    pair: Pair,
    from: Side,
    id: MessageId,
    occasion: Occasion,
    now: Millis,
) -> Result<()> {
    if occasion != Occasion::Said {
        // The greeting itself is in no count; see [`count`].
        let counted = i64::from(occasion == Occasion::WithGreeting);
        conn.prepare_cached(
            "UPDATE relation SET last_message_id = ?4, unread_by_customer = unread_by_customer + 1,
                    staff_messages = staff_messages + ?5
             WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1",
        )?
        .execute((pair.company, pair.staff, pair.customer, id, counted))?;
        return Ok(());
    }
    let set = match from {
        Side::Staff => {
            "staff_messages = staff_messages + 1, unread_by_customer = unread_by_customer + 1, last_follow_at = ?5"
        }
        Side::Customer => {
            // Who answers has read what WeChat told them of.
            "customer_messages = customer_messages + 1, unread_by_staff = unread_by_staff + 1, last_activity_at = ?5,
             is_noticed = 0"
        }
    };
    conn.prepare_cached(&format!(
        "UPDATE relation SET last_message_id = ?4, {set} WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1"
    ))?
    .execute((pair.company, pair.staff, pair.customer, id, now))?;
    Ok(())
}

/// How many messages this made read.
pub fn mark_read(conn: &Connection, pair: Pair, reader: Side, until: MessageId) -> Result<i64> {
    let (flag, counter) = (flag_of(reader), counter_of(reader));
    let noticed = if reader == Side::Customer { ", is_noticed = 0" } else { "" };
    let changed = conn
        .prepare_cached(&format!(
            "UPDATE chat_message SET {flag} = 1
             WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 AND {flag} = 0 AND id <= ?4"
        ))?
        .execute((pair.company, pair.staff, pair.customer, until))?;
    let changed = i64::try_from(changed).unwrap_or_default();
    if changed > 0 {
        conn.prepare_cached(&format!(
            "UPDATE relation SET {counter} = max({counter} - ?4, 0){noticed}
             WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1"
        ))?
        .execute((pair.company, pair.staff, pair.customer, changed))?;
    }
    Ok(changed)
}

/// A page of a conversation, newest first.
pub fn page(conn: &Connection, pair: Pair, reader: Side, paging: Paging) -> Result<Vec<Message>> {
    let hidden = hidden_from(reader);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM chat_message
         WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 AND send_type NOT IN ({hidden})
         ORDER BY id DESC LIMIT ?4 OFFSET ?5"
    ))?;
    let faces = Arc::new(faces(conn, pair)?);
    let rows = statement
        .query_map((pair.company, pair.staff, pair.customer, paging.limit(), paging.offset()), |row| {
            message(row, &faces)
        })?;
    rows.map(|row| row?).collect()
}

/// How many messages a conversation has, from the counters that [`count_sent`] keeps: the greeting is in none of them.
pub fn count(conn: &Connection, pair: Pair) -> Result<i64> {
    let count = conn
        .prepare_cached(
            "SELECT staff_messages + customer_messages + coalesce(
                 (SELECT is_first FROM chat_message
                  WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 ORDER BY id LIMIT 1), 0)
             FROM relation WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1",
        )?
        .query_row((pair.company, pair.staff, pair.customer), |row| row.get(0))
        .optional()?;
    Ok(count.unwrap_or_default())
}

/// What `reader` has not read of a conversation, oldest first.
pub fn unread(conn: &Connection, pair: Pair, reader: Side) -> Result<Vec<Message>> {
    let (flag, hidden) = (flag_of(reader), hidden_from(reader));
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM chat_message
         WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 AND {flag} = 0 AND send_type NOT IN ({hidden})
         ORDER BY id LIMIT {BATCH}"
    ))?;
    let faces = Arc::new(faces(conn, pair)?);
    let rows = statement.query_map((pair.company, pair.staff, pair.customer), |row| message(row, &faces))?;
    rows.map(|row| row?).collect()
}

/// What was said in a conversation after message `after`, oldest first, at most [`BATCH`] messages.
pub fn since(conn: &Connection, pair: Pair, reader: Side, after: MessageId) -> Result<Vec<Message>> {
    let hidden = hidden_from(reader);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM chat_message
         WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 AND id > ?4 AND send_type NOT IN ({hidden})
         ORDER BY id LIMIT {BATCH}"
    ))?;
    let faces = Arc::new(faces(conn, pair)?);
    let rows = statement.query_map((pair.company, pair.staff, pair.customer, after), |row| message(row, &faces))?;
    rows.map(|row| row?).collect()
}

pub fn newest_unread(conn: &Connection, pair: Pair, reader: Side) -> Result<Option<MessageId>> {
    let flag = flag_of(reader);
    Ok(conn
        .prepare_cached(&format!(
            "SELECT max(id) FROM chat_message
             WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 AND {flag} = 0"
        ))?
        .query_row((pair.company, pair.staff, pair.customer), |row| row.get(0))?)
}

/// Kinds of messages that a side does not see: what is hidden, and from the customer the tips for the staff member.
fn hidden_from(reader: Side) -> &'static str {
    match reader {
        Side::Staff => "4",
        Side::Customer => "3, 4",
    }
}

fn flag_of(reader: Side) -> &'static str {
    match reader {
        Side::Staff => "is_read_by_staff",
        Side::Customer => "is_read_by_customer",
    }
}

fn counter_of(reader: Side) -> &'static str {
    match reader {
        Side::Staff => "unread_by_staff",
        Side::Customer => "unread_by_customer",
    }
}

fn message(row: &Row<'_>, faces: &Arc<Faces>) -> rusqlite::Result<Result<Message>> {
    let members: String = row.get(5)?;
    let members: Map<String, Value> = match serde_json::from_str(&members) {
        Ok(members) => members,
        Err(error) => return Ok(Err(error.into())),
    };
    Ok(Ok(Message {
        id: row.get(0)?,
        staff: row.get(1)?,
        customer: row.get(2)?,
        send_type: row.get(3)?,
        content: Content { info_type: row.get(4)?, members },
        is_first: row.get(6)?,
        is_read_by_customer: row.get(7)?,
        created_at: row.get(8)?,
        faces: Arc::clone(faces),
    }))
}

/// Unread messages for one side of a conversation.
pub fn unread_in(conn: &Connection, pair: Pair, reader: Side) -> Result<i64> {
    let counter = counter_of(reader);
    let unread = conn
        .prepare_cached(&format!(
            "SELECT {counter} FROM relation WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1"
        ))?
        .query_row((pair.company, pair.staff, pair.customer), |row| row.get(0))
        .optional()?;
    Ok(unread.unwrap_or_default())
}

/// Unread messages for a staff member over all conversations.
pub fn unread_of_staff(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(unread_by_staff), 0) FROM relation
             WHERE staff_id = ?2 AND company_id = ?1 AND unread_by_staff > 0",
        )?
        .query_row((company, staff), |row| row.get(0))?)
}

/// The conversations of a staff member, the one with the newest message first; and how many there are.
pub fn contacts(conn: &Connection, company: CompanyId, staff: StaffId, paging: Paging) -> Result<(Vec<Contact>, i64)> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT relation.customer_id, {}, customer.avatar, chat_message.info_type, chat_message.content,
                relation.unread_by_staff, chat_message.created_at
         FROM relation
         JOIN chat_message ON chat_message.id = relation.last_message_id
         JOIN customer ON customer.id = relation.customer_id
         WHERE relation.staff_id = ?2 AND relation.company_id = ?1 AND relation.last_message_id IS NOT NULL
         ORDER BY relation.last_message_id DESC LIMIT ?3 OFFSET ?4",
        customers::store::NAME
    ))?;
    let mut rows = statement.query((company, staff, paging.limit(), paging.offset()))?;
    let mut contacts = Vec::new();
    while let Some(row) = rows.next()? {
        let members: String = row.get(4)?;
        contacts.push(Contact {
            customer: row.get(0)?,
            name: row.get(1)?,
            avatar: row.get(2)?,
            content: Content { info_type: row.get(3)?, members: serde_json::from_str(&members)? },
            unread: row.get(5)?,
            at: row.get(6)?,
        });
    }
    // Every relation begins with a greeting, so all of them are in the list.
    let count = conn
        .prepare_cached("SELECT customer_count FROM staff WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, staff), |row| row.get(0))
        .optional()?;
    Ok((contacts, count.unwrap_or_default()))
}

/// The staff member that a customer was last active with.
pub fn last_staff_of(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<Option<StaffId>> {
    Ok(conn
        .prepare_cached(
            "SELECT staff_id FROM relation WHERE customer_id = ?2 AND company_id = ?1
             ORDER BY last_activity_at DESC, id DESC LIMIT 1",
        )?
        .query_row((company, customer), |row| row.get(0))
        .optional()?)
}

/// The newest message before those that `reader` has not read: a socket that opens now has missed what comes after it.
pub fn newest_before_unread(conn: &Connection, pair: Pair, reader: Side) -> Result<MessageId> {
    let flag = flag_of(reader);
    let newest: Option<MessageId> = conn
        .prepare_cached(&format!(
            "SELECT coalesce(
                 (SELECT min(id) - 1 FROM chat_message
                  WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 AND {flag} = 0),
                 (SELECT max(id) FROM chat_message WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1))"
        ))?
        .query_row((pair.company, pair.staff, pair.customer), |row| row.get(0))?;
    Ok(newest.unwrap_or(MessageId(0)))
}

/// The phone number that a customer has given, empty when none.
pub fn phone_of(conn: &Connection, pair: Pair) -> Result<String> {
    let phone = conn
        .prepare_cached("SELECT phone FROM customer WHERE id = ?2 AND company_id = ?1")?
        .query_row((pair.company, pair.customer), |row| row.get(0))
        .optional()?;
    Ok(phone.unwrap_or_default())
}

/// The sealed session key of the customer's last login.
pub fn session_key_of(conn: &Connection, pair: Pair) -> Result<String> {
    let sealed = conn
        .prepare_cached("SELECT session_key FROM customer WHERE id = ?2 AND company_id = ?1")?
        .query_row((pair.company, pair.customer), |row| row.get(0))
        .optional()?;
    sealed.ok_or_else(|| Error::no_such("客户"))
}

pub fn set_phone(conn: &Connection, pair: Pair, phone: &str) -> Result<()> {
    conn.prepare_cached("UPDATE customer SET phone = ?3 WHERE id = ?2 AND company_id = ?1")?.execute((
        pair.company,
        pair.customer,
        phone,
    ))?;
    Ok(())
}

/// Gives the conversation of a pair to another staff member.
pub fn hand_over(conn: &Connection, pair: Pair, to: StaffId) -> Result<()> {
    conn.prepare_cached(
        "UPDATE chat_message SET staff_id = ?4 WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1",
    )?
    .execute((pair.company, pair.staff, pair.customer, to))?;
    Ok(())
}

/// Counts a conversation anew that two have become. It has one greeting, the first.
pub fn recount(conn: &Connection, pair: Pair, relation: RelationId) -> Result<()> {
    conn.prepare_cached(
        "UPDATE chat_message SET is_first = 0
         WHERE staff_id = ?1 AND customer_id = ?2 AND is_first = 1
           AND id > (SELECT min(id) FROM chat_message WHERE staff_id = ?1 AND customer_id = ?2)",
    )?
    .execute((pair.staff, pair.customer))?;
    conn.prepare_cached(
        "UPDATE relation SET (staff_messages, customer_messages, unread_by_staff, unread_by_customer, last_message_id) =
                (SELECT count(*) FILTER (WHERE send_type = 1 AND is_first = 0), count(*) FILTER (WHERE send_type = 2),
                        count(*) FILTER (WHERE is_read_by_staff = 0), count(*) FILTER (WHERE is_read_by_customer = 0),
                        max(id) FILTER (WHERE send_type <> 4)
                 FROM chat_message WHERE staff_id = ?2 AND customer_id = ?3)
         WHERE id = ?4 AND company_id = ?1",
    )?
    .execute((pair.company, pair.staff, pair.customer, relation))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let few = [("ORDER BY last_activity_at DESC, id DESC", "a customer has to do with a handful of staff")];
        let faults = greedy(&few, |conn| {
            let pair = Pair { company: CompanyId(1), staff: StaffId(1), customer: CustomerId(1) };
            let paging = Paging::new(None, None, 10).unwrap();
            for side in [Side::Staff, Side::Customer] {
                let id = insert(conn, pair, side, &Content::text("x"), false, Millis(1)).unwrap();
                count_sent(conn, pair, side, id, Occasion::Said, Millis(1)).unwrap();
                unread(conn, pair, side).unwrap();
                page(conn, pair, side, paging).unwrap();
                since(conn, pair, side, MessageId(0)).unwrap();
                newest_unread(conn, pair, side).unwrap();
                newest_before_unread(conn, pair, side).unwrap();
                unread_in(conn, pair, side).unwrap();
                mark_read(conn, pair, side, MessageId(9)).unwrap();
            }
            signature_of(conn, pair.company, pair.staff).unwrap();
            count(conn, pair).unwrap();
            unread_of_staff(conn, pair.company, pair.staff).unwrap();
            contacts(conn, pair.company, pair.staff, paging).unwrap();
            last_staff_of(conn, pair.company, pair.customer).unwrap();
            phone_of(conn, pair).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
