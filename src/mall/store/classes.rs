//! SQL of classes of goods.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    error::Result,
    ids::{CompanyId, GoodsClassId},
    mall::classes,
    time::Millis,
};

const SELECT: &str =
    "SELECT class.id, class.parent_id, class.name, (SELECT count(*) FROM good WHERE class_id = class.id)
     FROM goods_class AS class WHERE class.company_id = ?1";

fn class(row: &Row<'_>) -> rusqlite::Result<classes::Row> {
    Ok(classes::Row { id: row.get(0)?, parent: row.get(1)?, name: row.get(2)?, goods: row.get(3)? })
}

/// In the order in which they were made.
pub fn all(conn: &Connection, company: CompanyId) -> Result<Vec<classes::Row>> {
    let mut statement = conn.prepare_cached(&format!("{SELECT} ORDER BY class.id"))?;
    let all = statement.query_map([company], class)?.collect::<rusqlite::Result<_>>()?;
    Ok(all)
}

pub fn find(conn: &Connection, company: CompanyId, id: GoodsClassId) -> Result<Option<classes::Row>> {
    let mut statement = conn.prepare_cached(&format!("{SELECT} AND class.id = ?2"))?;
    Ok(statement.query_row((company, id), class).optional()?)
}

/// The class and all above it. UNION ends at a loop, should there be one.
pub fn ancestors(conn: &Connection, company: CompanyId, id: GoodsClassId) -> Result<Vec<GoodsClassId>> {
    let mut statement = conn.prepare_cached(
        "WITH RECURSIVE up (id) AS (
             SELECT ?2 UNION SELECT parent_id FROM goods_class JOIN up ON up.id = goods_class.id
             WHERE company_id = ?1 AND parent_id IS NOT NULL
         ) SELECT id FROM up",
    )?;
    let ids = statement.query_map((company, id), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

/// How many levels the class and those below it have.
pub fn height(conn: &Connection, company: CompanyId, id: GoodsClassId) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "WITH RECURSIVE down (id, level) AS (
                 SELECT ?2, 1 UNION ALL
                 SELECT goods_class.id, level + 1 FROM goods_class JOIN down ON goods_class.parent_id = down.id
                 WHERE company_id = ?1 AND level < 100
             ) SELECT max(level) FROM down",
        )?
        .query_row((company, id), |row| row.get(0))?)
}

pub fn has_children(conn: &Connection, company: CompanyId, id: GoodsClassId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM goods_class WHERE parent_id = ?2 AND company_id = ?1")?
        .exists((company, id))?)
}

pub fn insert(
    conn: &Connection,
    company: CompanyId,
    name: &str,
    parent: Option<GoodsClassId>,
    now: Millis,
) -> Result<GoodsClassId> {
    conn.prepare_cached("INSERT INTO goods_class (company_id, parent_id, name, created_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((company, parent, name, now))?;
    Ok(GoodsClassId(conn.last_insert_rowid()))
}

pub fn update(
    conn: &Connection,
    company: CompanyId,
    id: GoodsClassId,
    name: &str,
    parent: Option<GoodsClassId>,
) -> Result<()> {
    conn.prepare_cached("UPDATE goods_class SET name = ?3, parent_id = ?4 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, name, parent))?;
    Ok(())
}

pub fn delete(conn: &Connection, company: CompanyId, id: GoodsClassId) -> Result<()> {
    conn.prepare_cached("DELETE FROM goods_class WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, id) = (CompanyId(1), GoodsClassId(1));
            all(conn, company).unwrap();
            find(conn, company, id).unwrap();
            ancestors(conn, company, id).unwrap();
            height(conn, company, id).unwrap();
            has_children(conn, company, id).unwrap();
            update(conn, company, id, "a", None).unwrap();
            delete(conn, company, id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
