//! SQL of permission entries.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    error::Result,
    identity::permissions::{Permission, PermissionForm},
    ids::{CompanyId, PermissionId},
    time::Millis,
};

const SELECT: &str = "SELECT id, path, icon, title, parent_id, order_num, created_at FROM permission";

fn permission(row: &Row<'_>) -> rusqlite::Result<Permission> {
    Ok(Permission {
        id: row.get(0)?,
        path: row.get(1)?,
        icon: row.get(2)?,
        title: row.get(3)?,
        parent: row.get(4)?,
        order: row.get(5)?,
        created_at: row.get(6)?,
    })
}

pub fn list(conn: &Connection, company: CompanyId) -> Result<Vec<Permission>> {
    let mut statement = conn.prepare_cached(&format!("{SELECT} WHERE company_id = ?1 ORDER BY order_num, id"))?;
    let permissions = statement.query_map([company], permission)?.collect::<rusqlite::Result<_>>()?;
    Ok(permissions)
}

pub fn count(conn: &Connection, company: CompanyId) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM permission WHERE company_id = ?1")?
        .query_row([company], |row| row.get(0))?)
}

pub fn find(conn: &Connection, company: CompanyId, id: PermissionId) -> Result<Option<Permission>> {
    Ok(conn
        .prepare_cached(&format!("{SELECT} WHERE id = ?2 AND company_id = ?1"))?
        .query_row((company, id), permission)
        .optional()?)
}

/// Whether an entry of the company other than `but` has the path.
pub fn is_path_taken(conn: &Connection, company: CompanyId, path: &str, but: Option<PermissionId>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM permission WHERE company_id = ?1 AND path = ?2 AND id IS NOT ?3")?
        .exists((company, path, but))?)
}

/// Whether an entry of the company other than `but` has the title.
pub fn is_title_taken(conn: &Connection, company: CompanyId, title: &str, but: Option<PermissionId>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM permission WHERE company_id = ?1 AND title = ?2 AND id IS NOT ?3")?
        .exists((company, title, but))?)
}

pub fn has_children(conn: &Connection, id: PermissionId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM permission WHERE parent_id = ?1")?.exists([id])?)
}

/// Whether `below` is `above` or lies anywhere below it. UNION ends at a loop, should there be one.
pub fn is_within(conn: &Connection, below: PermissionId, above: PermissionId) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "WITH RECURSIVE up (id) AS (
                 SELECT ?1 UNION SELECT permission.parent_id FROM permission JOIN up ON up.id = permission.id
             ) SELECT 1 FROM up WHERE id = ?2",
        )?
        .exists((below, above))?)
}

pub fn insert(
    conn: &Connection,
    company: CompanyId,
    form: &PermissionForm,
    parent: Option<PermissionId>,
    now: Millis,
) -> Result<PermissionId> {
    conn.prepare_cached(
        "INSERT INTO permission (company_id, path, icon, title, parent_id, order_num, created_at)
         VALUES (?1, ?2, coalesce(?3, ''), ?4, ?5, ?6, ?7)",
    )?
    .execute((company, &form.path, &form.icon, &form.title, parent, form.order, now))?;
    Ok(PermissionId(conn.last_insert_rowid()))
}

pub fn update(
    conn: &Connection,
    company: CompanyId,
    id: PermissionId,
    form: &PermissionForm,
    parent: Option<PermissionId>,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE permission SET path = ?3, icon = coalesce(?4, icon), title = ?5, parent_id = ?6, order_num = ?7
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((company, id, &form.path, &form.icon, &form.title, parent, form.order))?;
    Ok(())
}

pub fn delete(conn: &Connection, company: CompanyId, id: PermissionId) -> Result<()> {
    conn.prepare_cached("DELETE FROM permission WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, id) = (CompanyId(1), PermissionId(1));
            let form =
                PermissionForm { path: "/a".to_owned(), icon: None, title: "a".to_owned(), parent: None, order: 1 };
            insert(conn, company, &form, None, Millis(1)).unwrap();
            list(conn, company).unwrap();
            count(conn, company).unwrap();
            find(conn, company, id).unwrap();
            is_path_taken(conn, company, "/a", None).unwrap();
            is_title_taken(conn, company, "a", None).unwrap();
            has_children(conn, id).unwrap();
            is_within(conn, id, id).unwrap();
            update(conn, company, id, &form, None).unwrap();
            delete(conn, company, id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
