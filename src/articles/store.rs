//! SQL of articles, a file a subject.

pub mod comments;
pub mod desk;
pub mod readers;
pub mod spread;
pub mod tags;

use rusqlite::{Connection, OptionalExtension};

use super::ads::ShownCard;
use crate::{
    error::Result,
    identity::store::STAFF_NAME,
    ids::{CompanyId, StaffId},
};

/// The card of an enabled staff member as an article shows it; a hidden phone is nowhere.
pub fn staff_card(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<Option<ShownCard>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {STAFF_NAME}, avatar,
                    CASE WHEN is_phone_shown = 0 THEN '' WHEN card_phone = '' THEN phone ELSE card_phone END,
                    position, qr_code
             FROM staff WHERE id = ?2 AND company_id = ?1 AND status = 1"
        ))?
        .query_row((company, staff), |row| {
            Ok(ShownCard {
                username: row.get(0)?,
                avatar: row.get(1)?,
                phone: row.get(2)?,
                position: row.get(3)?,
                webchat_code: row.get(4)?,
            })
        })
        .optional()?)
}
