//! SQL of business cards.

pub mod feedback;
pub mod own;
pub mod poster;

use rusqlite::{Connection, OptionalExtension};

use super::{Card, Known, Photo};
use crate::{
    chat::Pair,
    error::Result,
    identity::{Customer, store::STAFF_NAME},
    ids::{RelationId, StaffId},
    time::Millis,
};

/// The phone on the card; hidden, it is nowhere.
const PHONE: &str = "CASE WHEN staff.is_phone_shown = 0 THEN '' WHEN staff.card_phone = '' THEN staff.phone
                     ELSE staff.card_phone END";

/// The address on the card: of the staff member's own office, else the company's.
const ADDRESS: &str = "CASE staff.address WHEN '' THEN company.address ELSE staff.area || staff.address END";

/// The newest picture made for the card, else the account's.
const CARD_AVATAR: &str = "coalesce((SELECT url FROM staff_photo WHERE staff_id = staff.id AND kind = 2
                                     ORDER BY created_at DESC LIMIT 1), staff.avatar)";

/// The WeChat number on the card; the phone stands in for it.
fn wechat() -> String {
    format!("CASE staff.wechat WHEN '' THEN {PHONE} ELSE staff.wechat END")
}

/// Phone and WeChat number on the card of an enabled staff member.
pub fn reach(conn: &Connection, pair: Pair) -> Result<Option<(String, String)>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {PHONE}, {} FROM staff WHERE id = ?2 AND company_id = ?1 AND status = 1",
            wechat()
        ))?
        .query_row((pair.company, pair.staff), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// How often this customer has now viewed this card.
pub fn count_view(conn: &Connection, relation: RelationId, pair: Pair) -> Result<i64> {
    conn.prepare_cached("UPDATE staff SET view_count = view_count + 1 WHERE id = ?2 AND company_id = ?1")?
        .execute((pair.company, pair.staff))?;
    Ok(conn
        .prepare_cached("UPDATE relation SET card_views = card_views + 1 WHERE id = ?1 RETURNING card_views")?
        .query_row([relation], |row| row.get(0))?)
}

pub fn count_forward(conn: &Connection, pair: Pair) -> Result<()> {
    conn.prepare_cached("UPDATE staff SET forward_count = forward_count + 1 WHERE id = ?2 AND company_id = ?1")?
        .execute((pair.company, pair.staff))?;
    Ok(())
}

/// Whether the card is praised now.
pub fn toggle_praise(conn: &Connection, relation: RelationId, pair: Pair) -> Result<bool> {
    let is_praised: bool = conn
        .prepare_cached("UPDATE relation SET is_praised = 1 - is_praised WHERE id = ?1 RETURNING is_praised")?
        .query_row([relation], |row| row.get(0))?;
    conn.prepare_cached("UPDATE staff SET praise_count = max(praise_count + ?3, 0) WHERE id = ?2 AND company_id = ?1")?
        .execute((pair.company, pair.staff, if is_praised { 1 } else { -1 }))?;
    Ok(is_praised)
}

/// False when this customer has praised the signature before.
pub fn praise_signature(conn: &Connection, relation: RelationId, pair: Pair, now: Millis) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE relation SET is_signature_praised = 1, last_activity_at = max(coalesce(last_activity_at, 0), ?2)
             WHERE id = ?1 AND is_signature_praised = 0",
        )?
        .execute((relation, now))?;
    if changed > 0 {
        conn.prepare_cached(
            "UPDATE staff SET signature_praise_count = signature_praise_count + 1 WHERE id = ?2 AND company_id = ?1",
        )?
        .execute((pair.company, pair.staff))?;
    }
    Ok(changed > 0)
}

pub fn signature_praises(conn: &Connection, pair: Pair) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT signature_praise_count FROM staff WHERE id = ?2 AND company_id = ?1")?
        .query_row((pair.company, pair.staff), |row| row.get(0))?)
}

/// The card of an enabled staff member.
pub fn card(conn: &Connection, pair: Pair) -> Result<Option<Card>> {
    let found = conn
        .prepare_cached(&format!(
            "SELECT staff.id, {STAFF_NAME}, staff.avatar, {CARD_AVATAR},
                    company.name, {ADDRESS}, staff.position, staff.email,
                    {}, {PHONE}, staff.signature,
                    staff.view_count, staff.praise_count, staff.forward_count, staff.signature_praise_count,
                    coalesce(relation.is_praised, 0), coalesce(relation.is_signature_praised, 0), staff.created_at
             FROM staff
             JOIN company ON company.id = staff.company_id
             LEFT JOIN relation ON relation.staff_id = staff.id AND relation.customer_id = ?3
             WHERE staff.id = ?2 AND staff.company_id = ?1 AND staff.status = 1",
            wechat()
        ))?
        .query_row((pair.company, pair.staff, pair.customer), |row| {
            Ok(Card {
                staff: row.get(0)?,
                name: row.get(1)?,
                avatar: row.get(2)?,
                card_avatar: row.get(3)?,
                company: row.get(4)?,
                address: row.get(5)?,
                position: row.get(6)?,
                email: row.get(7)?,
                wechat: row.get(8)?,
                phone: row.get(9)?,
                signature: row.get(10)?,
                views: row.get(11)?,
                praises: row.get(12)?,
                forwards: row.get(13)?,
                signature_praises: row.get(14)?,
                is_praised: row.get(15)?,
                is_signature_praised: row.get(16)?,
                photos: Vec::new(),
                labels: Vec::new(),
                created_at: row.get(17)?,
            })
        })
        .optional()?;
    let Some(mut card) = found else { return Ok(None) };
    card.photos = photos(conn, pair.staff)?;
    card.labels = own::labels(conn, pair.staff)?;
    Ok(Some(card))
}

fn photos(conn: &Connection, staff: StaffId) -> Result<Vec<Photo>> {
    let mut statement =
        conn.prepare_cached("SELECT id, url FROM staff_photo WHERE staff_id = ?1 AND kind = 1 ORDER BY created_at")?;
    let photos = statement
        .query_map([staff], |row| Ok(Photo { id: row.get(0)?, url: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(photos)
}

pub fn known(conn: &Connection, customer: Customer) -> Result<Vec<Known>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT staff.id, {STAFF_NAME}, staff.avatar, relation.source, company.name, staff.position, staff.email, {PHONE},
                staff.created_at
         FROM relation
         JOIN staff ON staff.id = relation.staff_id AND staff.status = 1
         JOIN company ON company.id = staff.company_id
         WHERE relation.customer_id = ?2 AND relation.company_id = ?1
         ORDER BY relation.id DESC"
    ))?;
    let known = statement
        .query_map((customer.company, customer.id), |row| {
            Ok(Known {
                staff: row.get(0)?,
                name: row.get(1)?,
                avatar: row.get(2)?,
                source: row.get(3)?,
                company: row.get(4)?,
                position: row.get(5)?,
                email: row.get(6)?,
                phone: row.get(7)?,
                created_at: row.get(8)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    use crate::ids::{CompanyId, CustomerId};

    #[test]
    fn statements_are_served_by_indexes() {
        let few = [("ORDER BY relation.id DESC", "a customer has to do with a handful of staff")];
        let faults = greedy(&few, |conn| {
            let pair = Pair { company: CompanyId(1), staff: StaffId(1), customer: CustomerId(1) };
            card(conn, pair).unwrap();
            reach(conn, pair).unwrap();
            known(conn, Customer { id: pair.customer, company: pair.company }).unwrap();
            count_view(conn, RelationId(1), pair).unwrap();
            count_forward(conn, pair).unwrap();
            toggle_praise(conn, RelationId(1), pair).unwrap();
            praise_signature(conn, RelationId(1), pair, Millis(1)).unwrap();
            signature_praises(conn, pair).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
