//! SQL of scripts and their groups.

use rusqlite::{Connection, OptionalExtension, Row};

use super::{Group, Named, Script};
use crate::{
    db,
    error::Result,
    identity::store::STAFF_NAME,
    ids::{CompanyId, ScriptGroupId, ScriptId, StaffId},
    time::Millis,
    web::Paging,
};

fn select_group() -> String {
    format!(
        "SELECT script_group.id, script_group.company_id, script_group.name, script_group.staff_id,
                coalesce({STAFF_NAME}, ''), company.name,
                (SELECT count(*) FROM script WHERE script.group_id = script_group.id), script_group.created_at
         FROM script_group JOIN company ON company.id = script_group.company_id
         LEFT JOIN staff ON staff.id = script_group.staff_id"
    )
}

fn group(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        id: row.get(0)?,
        company: row.get(1)?,
        name: row.get(2)?,
        staff: row.get(3)?,
        staff_name: row.get(4)?,
        company_name: row.get(5)?,
        scripts: row.get(6)?,
        created_at: row.get(7)?,
    })
}

/// Newest first; with part of a name.
pub fn groups(conn: &Connection, company: CompanyId, name: Option<&str>, paging: Paging) -> Result<Vec<Group>> {
    let mut statement = conn.prepare_cached(&format!(
        "{} WHERE script_group.company_id = ?1 AND (?2 IS NULL OR script_group.name LIKE ?2 ESCAPE '\\')
         ORDER BY script_group.created_at DESC, script_group.id DESC LIMIT ?3 OFFSET ?4",
        select_group()
    ))?;
    let groups = statement
        .query_map((company, name.map(db::contains), paging.limit(), paging.offset()), group)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(groups)
}

pub fn count_groups(conn: &Connection, company: CompanyId, name: Option<&str>) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM script_group WHERE company_id = ?1 AND (?2 IS NULL OR name LIKE ?2 ESCAPE '\\')",
        )?
        .query_row((company, name.map(db::contains)), |row| row.get(0))?)
}

/// A group of the company; without a company of any.
pub fn find_group(conn: &Connection, only: Option<CompanyId>, id: ScriptGroupId) -> Result<Option<Group>> {
    Ok(conn
        .prepare_cached(&format!(
            "{} WHERE script_group.id = ?1 AND (?2 IS NULL OR script_group.company_id = ?2)",
            select_group()
        ))?
        .query_row((id, only), group)
        .optional()?)
}

pub fn group_named(conn: &Connection, company: CompanyId, name: &str) -> Result<Option<ScriptGroupId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM script_group WHERE company_id = ?1 AND name = ?2")?
        .query_row((company, name), |row| row.get(0))
        .optional()?)
}

pub fn company_named(conn: &Connection, name: &str) -> Result<Option<CompanyId>> {
    Ok(conn.prepare_cached("SELECT id FROM company WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?)
}

/// A salesperson of the company. Of several of one name the one who came first is meant.
pub fn staff_named(conn: &Connection, company: CompanyId, named: &Named) -> Result<Option<StaffId>> {
    let (id, name) = match named {
        Named::Id(id) => (Some(*id), None),
        Named::Name(name) => (None, Some(name)),
    };
    Ok(conn
        .prepare_cached(
            "SELECT id FROM staff WHERE company_id = ?1 AND (id = ?2 OR username = ?3 OR card_name = ?3)
             ORDER BY created_at, id LIMIT 1",
        )?
        .query_row((company, id, name), |row| row.get(0))
        .optional()?)
}

pub fn insert_group(
    conn: &Connection,
    company: CompanyId,
    name: &str,
    staff: StaffId,
    now: Millis,
) -> Result<ScriptGroupId> {
    conn.prepare_cached("INSERT INTO script_group (company_id, name, staff_id, created_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((company, name, staff, now))?;
    Ok(ScriptGroupId(conn.last_insert_rowid()))
}

pub fn update_group(
    conn: &Connection,
    company: CompanyId,
    id: ScriptGroupId,
    name: &str,
    staff: StaffId,
) -> Result<()> {
    conn.prepare_cached("UPDATE script_group SET name = ?3, staff_id = ?4 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, name, staff))?;
    Ok(())
}

pub fn delete_group(conn: &Connection, company: CompanyId, id: ScriptGroupId) -> Result<()> {
    conn.prepare_cached("DELETE FROM script_group WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
    Ok(())
}

/// ?1 company, ?2 group, ?3 part of the content. Each filter stands alone, so that its index serves.
fn conditions(group: Option<ScriptGroupId>) -> &'static str {
    if group.is_some() {
        "script.group_id = ?2 AND script.company_id = ?1 AND (?3 IS NULL OR script.content LIKE ?3 ESCAPE '\\')"
    } else {
        "script.company_id = ?1 AND ?2 IS NULL AND (?3 IS NULL OR script.content LIKE ?3 ESCAPE '\\')"
    }
}

/// Newest first.
pub fn scripts(
    conn: &Connection,
    company: CompanyId,
    group: Option<ScriptGroupId>,
    content: Option<&str>,
    paging: Paging,
) -> Result<Vec<Script>> {
    // Named, so that the index with the order is taken however few rows the planner expects.
    let by = if group.is_some() { "script_by_group" } else { "script_by_creation" };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT script.id, script.group_id, script_group.name, script.content, script.use_count, script.created_at
         FROM script INDEXED BY {by} JOIN script_group ON script_group.id = script.group_id
         WHERE {} ORDER BY script.created_at DESC, script.id DESC LIMIT ?4 OFFSET ?5",
        conditions(group)
    ))?;
    let scripts = statement
        .query_map((company, group, content.map(db::contains), paging.limit(), paging.offset()), |row| {
            Ok(Script {
                id: row.get(0)?,
                group: row.get(1)?,
                group_name: row.get(2)?,
                content: row.get(3)?,
                uses: row.get(4)?,
                created_at: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(scripts)
}

pub fn count_scripts(
    conn: &Connection,
    company: CompanyId,
    group: Option<ScriptGroupId>,
    content: Option<&str>,
) -> Result<i64> {
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM script WHERE {}", conditions(group)))?
        .query_row((company, group, content.map(db::contains)), |row| row.get(0))?)
}

/// The company whose script it is; `None` when the caller sees no such script.
pub fn company_of_script(conn: &Connection, only: Option<CompanyId>, id: ScriptId) -> Result<Option<CompanyId>> {
    Ok(conn
        .prepare_cached("SELECT company_id FROM script WHERE id = ?1 AND (?2 IS NULL OR company_id = ?2)")?
        .query_row((id, only), |row| row.get(0))
        .optional()?)
}

pub fn insert_script(conn: &Connection, group: &Group, content: &str, now: Millis) -> Result<ScriptId> {
    conn.prepare_cached("INSERT INTO script (company_id, group_id, content, created_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((group.company, group.id, content, now))?;
    Ok(ScriptId(conn.last_insert_rowid()))
}

pub fn update_script(
    conn: &Connection,
    company: CompanyId,
    id: ScriptId,
    group: ScriptGroupId,
    content: &str,
) -> Result<()> {
    conn.prepare_cached("UPDATE script SET group_id = ?3, content = ?4 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, group, content))?;
    Ok(())
}

pub fn delete_script(conn: &Connection, company: CompanyId, id: ScriptId) -> Result<()> {
    conn.prepare_cached("DELETE FROM script WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
    Ok(())
}

/// False when it is not a script of the company.
pub fn count_use(conn: &Connection, company: CompanyId, id: ScriptId) -> Result<bool> {
    Ok(conn
        .prepare_cached("UPDATE script SET use_count = use_count + 1 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id))?
        > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, paging) = (CompanyId(1), Paging::new(None, None, 10).unwrap());
            let id = insert_group(conn, company, "g", StaffId(1), Millis(1)).unwrap();
            groups(conn, company, Some("g"), paging).unwrap();
            count_groups(conn, company, None).unwrap();
            group_named(conn, company, "g").unwrap();
            company_named(conn, "c").unwrap();
            staff_named(conn, company, &Named::Id(1)).unwrap();
            update_group(conn, CompanyId(1), id, "h", StaffId(1)).unwrap();
            let group = find_group(conn, Some(company), id).unwrap().unwrap();
            let script = insert_script(conn, &group, "s", Millis(1)).unwrap();
            for group in [None, Some(id)] {
                scripts(conn, company, group, Some("s"), paging).unwrap();
                count_scripts(conn, company, group, None).unwrap();
            }
            company_of_script(conn, None, script).unwrap();
            count_use(conn, company, script).unwrap();
            update_script(conn, CompanyId(1), script, id, "t").unwrap();
            delete_script(conn, CompanyId(1), script).unwrap();
            delete_group(conn, CompanyId(1), id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
