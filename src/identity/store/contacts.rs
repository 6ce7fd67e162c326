//! SQL of bringing contacts over from Work WeChat.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    error::Result,
    ids::{CompanyId, DepartmentId, StaffId},
    time::Millis,
    weixin::WorkMember,
};

pub fn department_by_work_id(conn: &Connection, company: CompanyId, work_id: i64) -> Result<Option<DepartmentId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM department WHERE company_id = ?1 AND work_id = ?2 ORDER BY id LIMIT 1")?
        .query_row((company, work_id), |row| row.get(0))
        .optional()?)
}

/// With its id in Work WeChat.
pub fn department_by_name(
    conn: &Connection,
    company: CompanyId,
    name: &str,
) -> Result<Option<(DepartmentId, Option<i64>)>> {
    Ok(conn
        .prepare_cached("SELECT id, work_id FROM department WHERE company_id = ?1 AND name = ?2")?
        .query_row((company, name), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

pub fn insert_department(
    conn: &Connection,
    company: CompanyId,
    name: &str,
    work_id: i64,
    now: Millis,
) -> Result<DepartmentId> {
    conn.prepare_cached("INSERT INTO department (company_id, name, work_id, created_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((company, name, work_id, now))?;
    Ok(DepartmentId(conn.last_insert_rowid()))
}

pub fn rename_department(conn: &Connection, company: CompanyId, id: DepartmentId, name: &str) -> Result<()> {
    conn.prepare_cached("UPDATE department SET name = ?3 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, name))?;
    Ok(())
}

pub fn set_work_id(conn: &Connection, company: CompanyId, id: DepartmentId, work_id: i64) -> Result<()> {
    conn.prepare_cached("UPDATE department SET work_id = ?3 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, work_id))?;
    Ok(())
}

pub fn set_parent(conn: &Connection, company: CompanyId, id: DepartmentId, parent: Option<DepartmentId>) -> Result<()> {
    conn.prepare_cached("UPDATE department SET parent_id = ?3 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, parent))?;
    Ok(())
}

pub fn staff(conn: &Connection, company: CompanyId, userid: &str) -> Result<Option<StaffId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM staff WHERE company_id = ?1 AND userid = ?2")?
        .query_row((company, userid), |row| row.get(0))
        .optional()?)
}

/// A member who is not enabled yet. What Work WeChat does not tell keeps its default.
pub fn insert_staff(
    conn: &Connection,
    company: CompanyId,
    member: &WorkMember,
    token: &str,
    now: Millis,
) -> Result<StaffId> {
    conn.prepare_cached(
        "INSERT INTO staff (company_id, userid, username, position, phone, email, status, token, created_at)
         VALUES (?1, ?2, CASE ?3 WHEN '' THEN ?2 ELSE ?3 END, ?4, ?5, ?6, 2, ?7, ?8)",
    )?
    .execute((
        company,
        &member.userid,
        &member.name,
        &member.position,
        &member.mobile,
        &member.email,
        token,
        now,
    ))?;
    let staff = StaffId(conn.last_insert_rowid());
    conn.prepare_cached(
        "UPDATE staff SET gender = CASE WHEN ?2 IN (1, 2) THEN ?2 ELSE gender END,
                avatar = CASE ?3 WHEN '' THEN avatar ELSE ?3 END,
                is_in_work = 1, work_name = ?4, work_position = ?5, work_phone = ?6
         WHERE id = ?1",
    )?
    .execute((staff, member.gender, &member.avatar, &member.name, &member.position, &member.mobile))?;
    Ok(staff)
}

/// Staff who were seen in Work WeChat before a moment and are not known to have left it, with their names there. Who was
/// never there has not left.
pub fn present(conn: &Connection, company: CompanyId, before: Millis) -> Result<Vec<(StaffId, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, userid FROM staff INDEXED BY staff_by_company
         WHERE company_id = ?1 AND created_at < ?2 AND is_in_work = 1",
    )?;
    let staff = statement
        .query_map((company, before), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(staff)
}

/// Has left: disabled, with another token than the one they know.
pub fn dismiss(conn: &Connection, company: CompanyId, staff: StaffId, token: &str, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE staff SET status = 2, token = ?3, is_in_work = 0, departed_at = ?4 WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((company, staff, token, now))?;
    Ok(())
}

/// Name, position and phone, as far as Work WeChat tells them and nobody has edited them here: what is edited here
/// stays, what still is as Work WeChat had it follows.
pub fn refresh_staff(conn: &Connection, company: CompanyId, staff: StaffId, member: &WorkMember) -> Result<()> {
    conn.prepare_cached(
        "UPDATE staff SET
                username = CASE WHEN ?3 = '' OR username <> work_name THEN username ELSE ?3 END,
                position = CASE WHEN ?4 = '' OR position <> work_position THEN position ELSE ?4 END,
                phone = CASE WHEN ?5 = '' OR phone <> work_phone THEN phone ELSE ?5 END,
                work_name = coalesce(nullif(?3, ''), work_name),
                work_position = coalesce(nullif(?4, ''), work_position),
                work_phone = coalesce(nullif(?5, ''), work_phone),
                is_in_work = 1, departed_at = NULL
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((company, staff, &member.name, &member.position, &member.mobile))?;
    Ok(())
}

/// Puts a staff member into these departments; of the others only those that Work WeChat does not know are kept.
pub fn place(conn: &Connection, company: CompanyId, staff: StaffId, departments: &[DepartmentId]) -> Result<()> {
    conn.prepare_cached(
        "DELETE FROM staff_department WHERE staff_id = ?2
         AND department_id IN (SELECT id FROM department WHERE company_id = ?1 AND work_id IS NOT NULL)",
    )?
    .execute((company, staff))?;
    let mut put =
        conn.prepare_cached("INSERT OR IGNORE INTO staff_department (staff_id, department_id) VALUES (?1, ?2)")?;
    for department in departments {
        put.execute((staff, department))?;
    }
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
            department_by_work_id(conn, company, 7).unwrap();
            department_by_name(conn, company, "d").unwrap();
            rename_department(conn, company, id, "e").unwrap();
            staff(conn, company, "s").unwrap();
            present(conn, company, Millis(1)).unwrap();
            dismiss(conn, company, StaffId(1), "t", Millis(1)).unwrap();
            place(conn, company, StaffId(1), &[]).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
