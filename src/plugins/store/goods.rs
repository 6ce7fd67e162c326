//! SQL of goods.

use rusqlite::{Connection, Row};

use crate::{
    error::Result,
    ids::{AdminId, CompanyId, GoodsPluginId},
    plugins::{Goods, GoodsContent},
    time::Millis,
    web::Paging,
};

const SELECT: &str = "SELECT id, title, content, created_at FROM goods_plugin";
/// ?1 company, ?2 administrator: their own, and those whose owner is gone.
const OWN: &str = "company_id = ?1 AND (admin_id = ?2 OR admin_id IS NULL)";

fn goods(row: &Row<'_>) -> Result<Goods> {
    let content: String = row.get(2)?;
    Ok(Goods { id: row.get(0)?, title: row.get(1)?, content: serde_json::from_str(&content)?, created_at: row.get(3)? })
}

/// Newest first.
pub fn list(conn: &Connection, company: CompanyId, owner: AdminId, paging: Paging) -> Result<Vec<Goods>> {
    let mut statement =
        conn.prepare_cached(&format!("{SELECT} WHERE {OWN} ORDER BY created_at DESC, id DESC LIMIT ?3 OFFSET ?4"))?;
    let mut rows = statement.query((company, owner, paging.limit(), paging.offset()))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(goods(row)?);
    }
    Ok(all)
}

pub fn count(conn: &Connection, company: CompanyId, owner: AdminId) -> Result<i64> {
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM goods_plugin WHERE {OWN}"))?
        .query_row((company, owner), |row| row.get(0))?)
}

/// Any of the company: articles of colleagues may show it.
pub fn find(conn: &Connection, company: CompanyId, id: GoodsPluginId) -> Result<Option<Goods>> {
    let mut statement = conn.prepare_cached(&format!("{SELECT} WHERE id = ?2 AND company_id = ?1"))?;
    let mut rows = statement.query((company, id))?;
    rows.next()?.map(goods).transpose()
}

pub fn is_own(conn: &Connection, company: CompanyId, owner: AdminId, id: GoodsPluginId) -> Result<bool> {
    Ok(conn
        .prepare_cached(&format!("SELECT 1 FROM goods_plugin WHERE id = ?3 AND {OWN}"))?
        .exists((company, owner, id))?)
}

pub fn insert(
    conn: &Connection,
    company: CompanyId,
    owner: AdminId,
    title: &str,
    content: &GoodsContent,
    now: Millis,
) -> Result<GoodsPluginId> {
    conn.prepare_cached(
        "INSERT INTO goods_plugin (company_id, admin_id, title, content, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((company, owner, title, serde_json::to_string(content)?, now))?;
    Ok(GoodsPluginId(conn.last_insert_rowid()))
}

pub fn update(
    conn: &Connection,
    company: CompanyId,
    owner: AdminId,
    id: GoodsPluginId,
    title: &str,
    content: &GoodsContent,
) -> Result<bool> {
    let changed = conn
        .prepare_cached(&format!("UPDATE goods_plugin SET title = ?4, content = ?5 WHERE id = ?3 AND {OWN}"))?
        .execute((company, owner, id, title, serde_json::to_string(content)?))?;
    Ok(changed > 0)
}

/// Whether an article shows it. Deleted ones let it go.
pub fn is_shown(conn: &Connection, id: GoodsPluginId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM article WHERE goods_plugin_id = ?1")?.exists([id])?)
}

pub fn delete(conn: &Connection, company: CompanyId, id: GoodsPluginId) -> Result<()> {
    conn.prepare_cached("DELETE FROM goods_plugin WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
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
            let content = GoodsContent::default();
            let id = insert(conn, company, owner, "x", &content, Millis(0)).unwrap();
            assert!(update(conn, company, owner, id, "y", &content).unwrap());
            assert_eq!(list(conn, company, owner, Paging::new(None, None, 20).unwrap()).unwrap().len(), 1);
            count(conn, company, owner).unwrap();
            assert_eq!(find(conn, company, id).unwrap().unwrap().title, "y");
            assert!(is_own(conn, company, owner, id).unwrap() && !is_shown(conn, id).unwrap());
            delete(conn, CompanyId(1), id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
