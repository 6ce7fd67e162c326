//! SQL of cards.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    error::Result,
    ids::{AdminId, CardPluginId, CompanyId},
    plugins::{Card, CardFields},
    time::Millis,
    web::Paging,
};

const SELECT: &str = "SELECT id, name, username, avatar, phone, webchat_code, position, created_at FROM card_plugin";
/// ?1 company, ?2 administrator: their own, and those whose owner is gone.
const OWN: &str = "company_id = ?1 AND (admin_id = ?2 OR admin_id IS NULL)";

fn card(row: &Row<'_>) -> rusqlite::Result<Card> {
    Ok(Card {
        id: row.get(0)?,
        fields: CardFields {
            name: row.get(1)?,
            username: row.get(2)?,
            avatar: row.get(3)?,
            phone: row.get(4)?,
            webchat_code: row.get(5)?,
            position: row.get(6)?,
        },
        created_at: row.get(7)?,
    })
}

/// Newest first.
pub fn list(conn: &Connection, company: CompanyId, owner: AdminId, paging: Paging) -> Result<Vec<Card>> {
    let mut statement =
        conn.prepare_cached(&format!("{SELECT} WHERE {OWN} ORDER BY created_at DESC, id DESC LIMIT ?3 OFFSET ?4"))?;
    let cards = statement
        .query_map((company, owner, paging.limit(), paging.offset()), card)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(cards)
}

pub fn count(conn: &Connection, company: CompanyId, owner: AdminId) -> Result<i64> {
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM card_plugin WHERE {OWN}"))?
        .query_row((company, owner), |row| row.get(0))?)
}

/// Any of the company: articles of colleagues may show it.
pub fn find(conn: &Connection, company: CompanyId, id: CardPluginId) -> Result<Option<Card>> {
    Ok(conn
        .prepare_cached(&format!("{SELECT} WHERE id = ?2 AND company_id = ?1"))?
        .query_row((company, id), card)
        .optional()?)
}

pub fn is_own(conn: &Connection, company: CompanyId, owner: AdminId, id: CardPluginId) -> Result<bool> {
    Ok(conn
        .prepare_cached(&format!("SELECT 1 FROM card_plugin WHERE id = ?3 AND {OWN}"))?
        .exists((company, owner, id))?)
}

pub fn insert(
    conn: &Connection,
    company: CompanyId,
    owner: AdminId,
    fields: &CardFields,
    now: Millis,
) -> Result<CardPluginId> {
    let CardFields { name, username, avatar, phone, webchat_code, position } = fields;
    conn.prepare_cached(
        "INSERT INTO card_plugin (company_id, admin_id, name, username, avatar, phone, webchat_code, position, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((company, owner, name, username, avatar, phone, webchat_code, position, now))?;
    Ok(CardPluginId(conn.last_insert_rowid()))
}

pub fn update(
    conn: &Connection,
    company: CompanyId,
    owner: AdminId,
    id: CardPluginId,
    fields: &CardFields,
) -> Result<bool> {
    let CardFields { name, username, avatar, phone, webchat_code, position } = fields;
    let changed = conn
        .prepare_cached(&format!(
            "UPDATE card_plugin SET name = ?4, username = ?5, avatar = ?6, phone = ?7, webchat_code = ?8, position = ?9
             WHERE id = ?3 AND {OWN}"
        ))?
        .execute((company, owner, id, name, username, avatar, phone, webchat_code, position))?;
    Ok(changed > 0)
}

/// Whether an article shows it. Deleted ones let it go.
pub fn is_shown(conn: &Connection, id: CardPluginId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM article WHERE card_plugin_id = ?1")?.exists([id])?)
}

pub fn delete(conn: &Connection, company: CompanyId, id: CardPluginId) -> Result<()> {
    conn.prepare_cached("DELETE FROM card_plugin WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, owner) = (CompanyId(1), AdminId(1));
            let text = || "x".to_owned();
            let fields = CardFields {
                name: text(),
                username: text(),
                avatar: text(),
                phone: text(),
                webchat_code: text(),
                position: text(),
            };
            let id = insert(conn, company, owner, &fields, Millis(0)).unwrap();
            assert!(update(conn, company, owner, id, &fields).unwrap());
            assert_eq!(list(conn, company, owner, Paging::new(None, None, 10).unwrap()).unwrap().len(), 1);
            count(conn, company, owner).unwrap();
            assert_eq!(find(conn, company, id).unwrap().unwrap().fields, fields);
            assert!(is_own(conn, company, owner, id).unwrap() && !is_shown(conn, id).unwrap());
            delete(conn, CompanyId(1), id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
