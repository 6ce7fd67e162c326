//! SQL of a salesperson's own card.

use rusqlite::{Connection, OptionalExtension};

use super::{ADDRESS, photos};
use crate::{
    cards::{
        Label,
        own::{CardChange, OwnCard},
    },
    db,
    error::Result,
    identity::{Staff, store::STAFF_NAME},
    ids::{LabelId, StaffId},
    time::Millis,
};

pub fn card(conn: &Connection, staff: Staff) -> Result<Option<OwnCard>> {
    let found = conn
        .prepare_cached(&format!(
            "SELECT {STAFF_NAME}, staff.username, staff.avatar,
                    coalesce((SELECT url FROM staff_photo WHERE staff_id = staff.id AND kind = 2
                              ORDER BY created_at DESC LIMIT 1), staff.avatar),
                    company.name, {ADDRESS}, staff.address, staff.country, staff.area, staff.position, staff.email,
                    staff.wechat, CASE staff.card_phone WHEN '' THEN staff.phone ELSE staff.card_phone END,
                    staff.is_phone_shown, staff.signature, staff.qr_code, staff.view_count, staff.praise_count,
                    staff.forward_count, staff.signature_praise_count, staff.created_at
             FROM staff JOIN company ON company.id = staff.company_id
             WHERE staff.id = ?2 AND staff.company_id = ?1"
        ))?
        .query_row((staff.company, staff.id), |row| {
            Ok(OwnCard {
                name: row.get(0)?,
                username: row.get(1)?,
                avatar: row.get(2)?,
                card_avatar: row.get(3)?,
                company: row.get(4)?,
                address: row.get(5)?,
                own_address: row.get(6)?,
                country: row.get(7)?,
                area: row.get(8)?,
                position: row.get(9)?,
                email: row.get(10)?,
                wechat: row.get(11)?,
                phone: row.get(12)?,
                is_phone_shown: row.get(13)?,
                signature: row.get(14)?,
                qr_code: row.get(15)?,
                views: row.get(16)?,
                praises: row.get(17)?,
                forwards: row.get(18)?,
                signature_praises: row.get(19)?,
                photos: Vec::new(),
                labels: Vec::new(),
                created_at: row.get(20)?,
            })
        })
        .optional()?;
    let Some(mut card) = found else { return Ok(None) };
    card.photos = photos(conn, staff.id)?;
    card.labels = labels(conn, staff.id)?;
    Ok(Some(card))
}

/// What is `None` stays as it is.
pub fn update(conn: &Connection, staff: Staff, change: &CardChange) -> Result<()> {
    conn.prepare_cached(
        "UPDATE staff SET card_name = coalesce(?3, card_name), card_phone = coalesce(?4, card_phone),
                is_phone_shown = coalesce(?5, is_phone_shown), wechat = coalesce(?6, wechat),
                email = coalesce(?7, email), position = coalesce(?8, position), signature = coalesce(?9, signature),
                country = coalesce(?10, country), area = coalesce(?11, area), address = coalesce(?12, address)
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((
        staff.company,
        staff.id,
        &change.name,
        &change.phone,
        change.is_phone_shown,
        &change.wechat,
        &change.email,
        &change.position,
        &change.signature,
        &change.country,
        &change.area,
        &change.address,
    ))?;
    Ok(())
}

/// The card's avatar, instead of those before.
pub fn set_card_avatar(conn: &Connection, staff: Staff, url: &str, now: Millis) -> Result<()> {
    conn.prepare_cached("DELETE FROM staff_photo WHERE staff_id = ?1 AND kind = 2")?.execute([staff.id])?;
    conn.prepare_cached("INSERT INTO staff_photo (staff_id, kind, url, created_at) VALUES (?1, 2, ?2, ?3)")?
        .execute((staff.id, url, now))?;
    Ok(())
}

/// Oldest first.
pub fn labels(conn: &Connection, staff: StaffId) -> Result<Vec<Label>> {
    let mut statement =
        conn.prepare_cached("SELECT id, name FROM staff_label WHERE staff_id = ?1 ORDER BY created_at, id")?;
    let labels = statement
        .query_map([staff], |row| Ok(Label { id: row.get(0)?, name: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(labels)
}

pub fn has_label(conn: &Connection, staff: Staff, name: &str) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM staff_label WHERE staff_id = ?1 AND name = ?2")?.exists((staff.id, name))?)
}

pub fn count_labels(conn: &Connection, staff: Staff) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM staff_label WHERE staff_id = ?1")?
        .query_row([staff.id], |row| row.get(0))?)
}

pub fn insert_label(conn: &Connection, staff: Staff, name: &str, now: Millis) -> Result<LabelId> {
    conn.prepare_cached("INSERT INTO staff_label (staff_id, name, created_at) VALUES (?1, ?2, ?3)")?
        .execute((staff.id, name, now))?;
    Ok(LabelId(conn.last_insert_rowid()))
}

/// How many of these labels are on the card.
pub fn count_known(conn: &Connection, staff: Staff, ids: &[i64]) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM staff_label WHERE staff_id = ?1 AND id IN rarray(?2)")?
        .query_row((staff.id, db::id_list(ids)), |row| row.get(0))?)
}

pub fn keep_labels(conn: &Connection, staff: Staff, ids: &[i64]) -> Result<()> {
    conn.prepare_cached("DELETE FROM staff_label WHERE staff_id = ?1 AND id NOT IN rarray(?2)")?
        .execute((staff.id, db::id_list(ids)))?;
    Ok(())
}

pub fn delete_label(conn: &Connection, staff: Staff, id: LabelId) -> Result<bool> {
    Ok(conn.prepare_cached("DELETE FROM staff_label WHERE id = ?2 AND staff_id = ?1")?.execute((staff.id, id))? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{CompanyId, RoleId},
        query_plans::greedy,
    };

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let staff = Staff { id: StaffId(1), company: CompanyId(1), role: RoleId(3) };
            card(conn, staff).unwrap();
            update(conn, staff, &CardChange::default()).unwrap();
            set_card_avatar(conn, staff, "statics/a.jpg", Millis(1)).unwrap();
            let id = insert_label(conn, staff, "l", Millis(1)).unwrap();
            has_label(conn, staff, "l").unwrap();
            count_labels(conn, staff).unwrap();
            count_known(conn, staff, &[id.0]).unwrap();
            keep_labels(conn, staff, &[id.0]).unwrap();
            delete_label(conn, staff, id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
