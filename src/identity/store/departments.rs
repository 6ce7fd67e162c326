//! SQL of departments.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    error::Result,
    identity::departments::{Department, Listed},
    ids::{CompanyId, DepartmentId},
    time::Millis,
    web::Paging,
};

fn department(row: &Row<'_>) -> rusqlite::Result<Department> {
    Ok(Department { id: row.get(0)?, name: row.get(1)?, parent: row.get(2)?, work_id: row.get(3)? })
}

/// Newest first.
pub fn page(conn: &Connection, company: CompanyId, paging: Paging) -> Result<Vec<Listed>> {
    let mut statement = conn.prepare_cached(
        "SELECT department.id, department.name, department.parent_id, department.work_id, coalesce(parent.name, ''),
            (SELECT count(*) FROM staff_department WHERE department_id = department.id), department.created_at
         FROM department LEFT JOIN department AS parent ON parent.id = department.parent_id
         WHERE department.company_id = ?1
         ORDER BY department.created_at DESC, department.id DESC LIMIT ?2 OFFSET ?3",
    )?;
    let departments = statement
        .query_map((company, paging.limit(), paging.offset()), |row| {
            Ok(Listed {
                department: department(row)?,
                parent_name: row.get(4)?,
                members: row.get(5)?,
                created_at: row.get(6)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(departments)
}

pub fn count(conn: &Connection, company: CompanyId) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM department WHERE company_id = ?1")?
        .query_row([company], |row| row.get(0))?)
}

pub fn find(conn: &Connection, company: CompanyId, id: DepartmentId) -> Result<Option<Department>> {
    Ok(conn
        .prepare_cached("SELECT id, name, parent_id, work_id FROM department WHERE company_id = ?1 AND id = ?2")?
        .query_row((company, id), department)
        .optional()?)
}

/// Whether a department of the company other than `except` has the name.
pub fn is_name_taken(conn: &Connection, company: CompanyId, name: &str, except: Option<DepartmentId>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM department WHERE company_id = ?1 AND name = ?2 AND id IS NOT ?3")?
        .exists((company, name, except))?)
}

/// Whether `below` is `above` or lies anywhere below it.
pub fn is_within(conn: &Connection, below: DepartmentId, above: DepartmentId) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "WITH RECURSIVE up (id) AS (
                 SELECT ?1 UNION SELECT department.parent_id FROM department JOIN up ON up.id = department.id
             ) SELECT 1 FROM up WHERE id = ?2",
        )?
        .exists((below, above))?)
}

/// Whether it has members or departments below it.
pub fn has_children(conn: &Connection, id: DepartmentId) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM staff_department WHERE department_id = ?1
             UNION ALL SELECT 1 FROM department WHERE parent_id = ?1",
        )?
        .exists([id])?)
}

pub fn insert(
    conn: &Connection,
    company: CompanyId,
    name: &str,
    parent: Option<DepartmentId>,
    work_id: Option<i64>,
    now: Millis,
) -> Result<DepartmentId> {
    conn.prepare_cached(
        "INSERT INTO department (company_id, name, parent_id, work_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((company, name, parent, work_id, now))?;
    Ok(DepartmentId(conn.last_insert_rowid()))
}

pub fn update(conn: &Connection, company: CompanyId, department: &Department) -> Result<()> {
    conn.prepare_cached(
        "UPDATE department SET name = ?3, parent_id = ?4, work_id = ?5 WHERE company_id = ?1 AND id = ?2",
    )?
    .execute((company, department.id, &department.name, department.parent, department.work_id))?;
    Ok(())
}

pub fn delete(conn: &Connection, company: CompanyId, id: DepartmentId) -> Result<()> {
    conn.prepare_cached("DELETE FROM department WHERE company_id = ?1 AND id = ?2")?.execute((company, id))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, id) = (CompanyId(1), DepartmentId(1));
            page(conn, company, Paging::new(None, None, 10).unwrap()).unwrap();
            count(conn, company).unwrap();
            find(conn, company, id).unwrap();
            is_name_taken(conn, company, "d", Some(id)).unwrap();
            is_within(conn, id, id).unwrap();
            has_children(conn, id).unwrap();
            delete(conn, company, id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
