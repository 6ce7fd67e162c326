//! SQL of the outbox.

use rusqlite::{Connection, OptionalExtension};

use super::{Due, Kind, Parcel, desk::Filter, desk::Listed};
use crate::{
    chat::Pair,
    customers::store::NAME,
    db,
    error::Result,
    identity::store::{STAFF_NAME, staff_name},
    ids::{CompanyId, CustomerId, StaffId},
    time::Millis,
    web::Paging,
};

pub const WAITING: i64 = 0;
pub const DELIVERED: i64 = 1;
pub const GIVEN_UP: i64 = 2;

/// What decides whether a customer is told anything.
pub struct CustomerState {
    pub user_type: i64,
    pub is_noticed: bool,
}

/// Who writes to whom.
pub struct Party {
    pub openid: String,
    pub company: String,
    pub staff: String,
    pub position: String,
    pub unread: i64,
    pub is_noticed: bool,
}

pub fn userid(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT userid FROM staff WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, staff), |row| row.get(0))
        .optional()?)
}

pub fn customer_state(conn: &Connection, pair: Pair) -> Result<Option<CustomerState>> {
    Ok(conn
        .prepare_cached(
            "SELECT user_type, is_noticed FROM relation
             WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1",
        )?
        .query_row((pair.company, pair.staff, pair.customer), |row| {
            Ok(CustomerState { user_type: row.get(0)?, is_noticed: row.get(1)? })
        })
        .optional()?)
}

pub fn party(conn: &Connection, pair: Pair) -> Result<Option<Party>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT customer.openid, company.name, {STAFF_NAME}, staff.position, relation.unread_by_customer,
                    relation.is_noticed
             FROM relation JOIN customer ON customer.id = relation.customer_id
             JOIN staff ON staff.id = relation.staff_id JOIN company ON company.id = relation.company_id
             WHERE relation.staff_id = ?2 AND relation.customer_id = ?3 AND relation.company_id = ?1"
        ))?
        .query_row((pair.company, pair.staff, pair.customer), |row| {
            Ok(Party {
                openid: row.get(0)?,
                company: row.get(1)?,
                staff: row.get(2)?,
                position: row.get(3)?,
                unread: row.get(4)?,
                is_noticed: row.get(5)?,
            })
        })
        .optional()?)
}

/// WeChat has told the customer that there is something to read; reading and answering take it back.
pub fn set_noticed(conn: &Connection, pair: Pair) -> Result<()> {
    conn.prepare_cached(
        "UPDATE relation SET is_noticed = 1 WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1",
    )?
    .execute((pair.company, pair.staff, pair.customer))?;
    Ok(())
}

pub fn has_form_id(conn: &Connection, customer: CustomerId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM form_id WHERE customer_id = ?1")?.exists([customer])?)
}

pub fn oldest_form_id(conn: &Connection, customer: CustomerId, from: Millis) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached(
            "SELECT form_id FROM form_id WHERE customer_id = ?1 AND created_at >= ?2 ORDER BY created_at, form_id LIMIT 1",
        )?
        .query_row((customer, from), |row| row.get(0))
        .optional()?)
}

pub fn drop_form_id(conn: &Connection, customer: CustomerId, form_id: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM form_id WHERE customer_id = ?1 AND form_id = ?2")?.execute((customer, form_id))?;
    Ok(())
}

pub fn put(conn: &Connection, company: CompanyId, parcel: &Parcel, next_at: Millis, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO outbox (company_id, kind, recipient, payload, next_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((
        company,
        parcel.kind().name(),
        parcel.recipient(),
        serde_json::to_string(parcel)?,
        next_at,
        now,
    ))?;
    Ok(())
}

pub fn due(conn: &Connection, kind: Kind, now: Millis, most: i64) -> Result<Vec<Due>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, company_id, payload, attempts FROM outbox
         WHERE state = 0 AND kind = ?1 AND next_at <= ?2 ORDER BY next_at, id LIMIT ?3",
    )?;
    let mut rows = statement.query((kind.name(), now, most))?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        let payload: String = row.get(2)?;
        due.push(Due {
            id: row.get(0)?,
            company: row.get(1)?,
            parcel: serde_json::from_str(&payload)?,
            attempts: row.get(3)?,
        });
    }
    Ok(due)
}

/// When the next waiting parcel of a kind is due.
pub fn next_at(conn: &Connection, kind: Kind) -> Result<Option<Millis>> {
    Ok(conn
        .prepare_cached("SELECT min(next_at) FROM outbox WHERE state = 0 AND kind = ?1")?
        .query_row([kind.name()], |row| row.get(0))?)
}

/// All texts that wait for a salesperson, in order, due or not.
pub fn waiting_for(conn: &Connection, company: CompanyId, userid: &str) -> Result<Vec<(i64, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, payload FROM outbox
         WHERE company_id = ?1 AND kind = 'staff_text' AND recipient = ?2 AND state = 0 ORDER BY id",
    )?;
    let mut rows = statement.query((company, userid))?;
    let mut texts = Vec::new();
    while let Some(row) = rows.next()? {
        let payload: String = row.get(1)?;
        if let Parcel::StaffText { text, .. } = serde_json::from_str(&payload)? {
            texts.push((row.get(0)?, text));
        }
    }
    Ok(texts)
}

/// When the last of what waits for a reader is tried.
pub fn last_for(conn: &Connection, pair: Pair) -> Result<Option<Millis>> {
    Ok(conn
        .prepare_cached(
            "SELECT max(next_at) FROM outbox
             WHERE company_id = ?1 AND kind = 'official_chat' AND recipient = ?2 AND state = 0",
        )?
        .query_row((pair.company, pair.customer.to_string()), |row| row.get(0))?)
}

/// WeChat answers again: what only waited for that is tried now.
pub fn revive(conn: &Connection, company: CompanyId, kind: Kind, reason: &str, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE outbox SET next_at = ?4
         WHERE company_id = ?1 AND kind = ?2 AND state = 0 AND last_error = ?3 AND next_at > ?4",
    )?
    .execute((company, kind.name(), reason, now))?;
    Ok(())
}

pub fn delivered(conn: &Connection, ids: &[i64], note: &str, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE outbox SET state = 1, attempts = attempts + 1, last_error = ?2, done_at = ?3
         WHERE id IN rarray(?1) AND state = 0",
    )?
    .execute((db::id_list(ids), note, now))?;
    Ok(())
}

pub fn retry(conn: &Connection, id: i64, next_at: Millis, reason: &str) -> Result<()> {
    conn.prepare_cached("UPDATE outbox SET attempts = attempts + 1, next_at = ?2, last_error = ?3 WHERE id = ?1")?
        .execute((id, next_at, reason))?;
    Ok(())
}

pub fn given_up(conn: &Connection, id: i64, reason: &str, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE outbox SET state = 2, attempts = attempts + 1, last_error = ?2, done_at = ?3 WHERE id = ?1",
    )?
    .execute((id, reason, now))?;
    Ok(())
}

/// Lets parcels wait without counting a try.
pub fn postpone(conn: &Connection, ids: &[i64], next_at: Millis) -> Result<()> {
    conn.prepare_cached("UPDATE outbox SET next_at = ?2 WHERE id IN rarray(?1) AND state = 0")?
        .execute((db::id_list(ids), next_at))?;
    Ok(())
}

/// Forgets what came to this end before that time.
pub fn forget(conn: &Connection, state: i64, before: Millis) -> Result<()> {
    conn.prepare_cached("DELETE FROM outbox WHERE state = ?1 AND state <> 0 AND done_at < ?2")?
        .execute((state, before))?;
    Ok(())
}

/// ?1 company, ?2 state, ?3 kind.
fn condition(filter: &Filter) -> &'static str {
    match (filter.state.is_some(), filter.kind.is_some()) {
        (false, false) => "company_id = ?1 AND ?2 IS NULL AND ?3 IS NULL",
        (true, false) => "company_id = ?1 AND state = ?2 AND ?3 IS NULL",
        (false, true) => "company_id = ?1 AND ?2 IS NULL AND kind = ?3",
        (true, true) => "company_id = ?1 AND state = ?2 AND kind = ?3",
    }
}

/// Newest first.
pub fn list(conn: &Connection, filter: &Filter, paging: Paging) -> Result<Vec<Listed>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT id, payload, state, attempts, next_at, last_error, done_at, created_at FROM outbox
         WHERE {} ORDER BY id DESC LIMIT ?4 OFFSET ?5",
        condition(filter)
    ))?;
    let kind = filter.kind.map(Kind::name);
    let mut rows = statement.query((filter.company, filter.state, kind, paging.limit(), paging.offset()))?;
    let mut parcels = Vec::new();
    while let Some(row) = rows.next()? {
        let payload: String = row.get(1)?;
        parcels.push(Listed {
            id: row.get(0)?,
            parcel: serde_json::from_str(&payload)?,
            recipient: String::new(),
            state: row.get(2)?,
            attempts: row.get(3)?,
            next_at: row.get(4)?,
            last_error: row.get(5)?,
            done_at: row.get(6)?,
            created_at: row.get(7)?,
        });
    }
    for listed in &mut parcels {
        listed.recipient = recipient_name(conn, filter.company, &listed.parcel)?;
    }
    Ok(parcels)
}

pub fn count(conn: &Connection, filter: &Filter) -> Result<i64> {
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM outbox WHERE {}", condition(filter)))?
        .query_row((filter.company, filter.state, filter.kind.map(Kind::name)), |row| row.get(0))?)
}

/// For whom a parcel is, by name; empty when they are gone.
fn recipient_name(conn: &Connection, company: CompanyId, parcel: &Parcel) -> Result<String> {
    let name: Option<String> = match parcel {
        Parcel::StaffText { userid, .. } => conn
            .prepare_cached(&format!("SELECT {STAFF_NAME} FROM staff WHERE company_id = ?1 AND userid = ?2"))?
            .query_row((company, userid), |row| row.get(0))
            .optional()?,
        Parcel::IncomingMedia { staff, .. } => staff_name(conn, company, *staff)?,
        Parcel::OfficialChat { customer, .. } | Parcel::MiniNotice { customer, .. } => conn
            .prepare_cached(&format!("SELECT {NAME} FROM customer WHERE company_id = ?1 AND id = ?2"))?
            .query_row((company, customer), |row| row.get(0))
            .optional()?,
    };
    Ok(name.unwrap_or_default())
}

/// A parcel's state and kind; `None` when it is not the company's.
pub fn find(conn: &Connection, company: CompanyId, id: i64) -> Result<Option<(i64, Parcel)>> {
    let found: Option<(i64, String)> = conn
        .prepare_cached("SELECT state, payload FROM outbox WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, id), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found.map(|(state, payload)| Ok((state, serde_json::from_str(&payload)?))).transpose()
}

/// Lets a parcel be tried at once and as often as a new one.
pub fn begin_again(conn: &Connection, company: CompanyId, id: i64, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE outbox SET state = 0, attempts = 0, next_at = ?3, done_at = NULL WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((company, id, now))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn what_is_done_is_forgotten_by_its_end_and_what_waits_never() {
        let conn = crate::query_plans::small_database();
        let text = Parcel::StaffText { userid: "s".to_owned(), text: "t".to_owned() };
        for at in [1, 2, 3, 4, 5] {
            put(&conn, CompanyId(1), &text, Millis(at), Millis(at)).unwrap();
        }
        delivered(&conn, &[1, 2], "", Millis(10)).unwrap();
        delivered(&conn, &[3], "", Millis(20)).unwrap();
        given_up(&conn, 4, "x", Millis(10)).unwrap();
        forget(&conn, DELIVERED, Millis(20)).unwrap();
        let left = || {
            let mut ids = conn.prepare("SELECT id FROM outbox ORDER BY id").unwrap();
            ids.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<Vec<i64>>>().unwrap()
        };
        assert_eq!(left(), [3, 4, 5]);
        forget(&conn, GIVEN_UP, Millis(11)).unwrap();
        forget(&conn, WAITING, Millis(100)).unwrap();
        assert_eq!(left(), [3, 5]);
    }

    #[test]
    fn statements_are_served_by_indexes() {
        let few = [("ORDER BY created_at, form_id", "a customer leaves a handful of form ids in a week")];
        let faults = greedy(&few, |conn| {
            let (company, customer) = (CompanyId(1), CustomerId(1));
            let pair = Pair { company, staff: StaffId(1), customer };
            let text = Parcel::StaffText { userid: "s".to_owned(), text: "t".to_owned() };
            put(conn, company, &text, Millis(1), Millis(1)).unwrap();
            for kind in Kind::ALL {
                due(conn, kind, Millis(1), 10).unwrap();
                next_at(conn, kind).unwrap();
            }
            assert_eq!(waiting_for(conn, company, "s").unwrap(), [(1, "t".to_owned())]);
            customer_state(conn, pair).unwrap().unwrap();
            assert_eq!(party(conn, pair).unwrap().unwrap().openid, "o");
            set_noticed(conn, pair).unwrap();
            last_for(conn, pair).unwrap();
            revive(conn, company, Kind::StaffText, "x", Millis(1)).unwrap();
            has_form_id(conn, customer).unwrap();
            oldest_form_id(conn, customer, Millis(0)).unwrap();
            drop_form_id(conn, customer, "f").unwrap();
            postpone(conn, &[1], Millis(1)).unwrap();
            let paging = Paging::new(None, None, 10).unwrap();
            for state in [None, Some(WAITING)] {
                for kind in [None, Some(Kind::StaffText)] {
                    let filter = Filter { company, state, kind };
                    assert_eq!(list(conn, &filter, paging).unwrap().len(), 1);
                    assert_eq!(count(conn, &filter).unwrap(), 1);
                }
            }
            delivered(conn, &[1], "", Millis(1)).unwrap();
            find(conn, company, 1).unwrap().unwrap();
            begin_again(conn, company, 1, Millis(1)).unwrap();
            for state in [DELIVERED, GIVEN_UP] {
                forget(conn, state, Millis(1)).unwrap();
            }
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
