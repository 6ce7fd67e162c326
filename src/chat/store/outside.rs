//! SQL of what joins a conversation with the official account: tips for the staff member, pictures that are asked for
//! again, who is one of its readers.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    chat::{Content, Pair},
    error::{Error, Result},
    ids::{CompanyId, CustomerId, MessageId},
    time::Millis,
};

/// A tip of the system for the staff member: it moves no times, counts as nobody's words, and the contact list goes on
/// showing the last message.
pub fn insert_tip(conn: &Connection, pair: Pair, text: &str, now: Millis) -> Result<MessageId> {
    let content = serde_json::to_string(&Content::text(text).members)?;
    conn.prepare_cached(
        "INSERT INTO chat_message (company_id, staff_id, customer_id, send_type, info_type, content, is_read_by_staff,
                                   is_read_by_customer, created_at)
         VALUES (?1, ?2, ?3, 3, 1, ?4, 0, 1, ?5)",
    )?
    .execute((pair.company, pair.staff, pair.customer, content, now))?;
    let id = MessageId(conn.last_insert_rowid());
    conn.prepare_cached(
        "UPDATE relation SET unread_by_staff = unread_by_staff + 1
         WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1",
    )?
    .execute((pair.company, pair.staff, pair.customer))?;
    Ok(id)
}

/// The last of the newest messages that is a picture of the staff member.
pub fn last_picture(conn: &Connection, pair: Pair) -> Result<Option<Content>> {
    // Not the last picture ever: whoever asks for one has just been told of it.
    let members: Option<String> = conn
        .prepare_cached(
            "SELECT content FROM
                 (SELECT id, send_type, info_type, content FROM chat_message
                  WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 ORDER BY id DESC LIMIT 200)
             WHERE send_type = 1 AND info_type = 4 LIMIT 1",
        )?
        .query_row((pair.company, pair.staff, pair.customer), |row| row.get(0))
        .optional()?;
    members.map(|members| Ok(Content { info_type: 4, members: serde_json::from_str(&members)? })).transpose()
}

/// What kind of customer somebody is: 1 official account, 2 mini-program.
pub fn user_type_of(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<i64> {
    let user_type = conn
        .prepare_cached("SELECT user_type FROM customer WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, customer), |row| row.get(0))
        .optional()?;
    user_type.ok_or_else(|| Error::no_such("客户"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::{Occasion, Side, store},
        ids::StaffId,
        query_plans::greedy,
    };

    #[test]
    fn statements_are_served_by_indexes_and_the_last_picture_is_the_staff_members() {
        let faults = greedy(&[], |conn| {
            let pair = Pair { company: CompanyId(1), staff: StaffId(1), customer: CustomerId(1) };
            for (from, url) in [(Side::Staff, "a"), (Side::Staff, "b"), (Side::Customer, "c")] {
                let id = store::insert(conn, pair, from, &Content::picture(url), false, Millis(1)).unwrap();
                store::count_sent(conn, pair, from, id, Occasion::Said, Millis(1)).unwrap();
            }
            insert_tip(conn, pair, "x", Millis(2)).unwrap();
            assert_eq!(last_picture(conn, pair).unwrap(), Some(Content::picture("b")));
            assert_eq!(user_type_of(conn, pair.company, pair.customer).unwrap(), 2);
            assert!(user_type_of(conn, CompanyId(2), pair.customer).is_err());
            assert_eq!(store::unread_in(conn, pair, Side::Staff).unwrap(), 2, "the picture and the tip");
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
