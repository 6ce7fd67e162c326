//! SQL of bringing contacts over from Work WeChat.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    error::Result,
    ids::{CompanyId, DepartmentId, StaffId},
    time::{Day, Millis},
    weixin::WorkMember,
};

/// A company's expiry; `None` when there is no such company.
pub fn expiry(conn: &Connection, company: CompanyId) -> Result<Option<Option<Day>>> {
    Ok(conn
        .prepare_cached("SELECT expiry_day FROM company WHERE id = ?1")?
        .query_row([company], |row| row.get(0))
        .optional()?)
}

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

pub fn rename_department(conn: &Connection, id: DepartmentId, name: &str) -> Result<()> {
    conn.prepare_cached("UPDATE department SET name = ?2 WHERE id = ?1")?.execute((id, name))?;
    Ok(())
}

pub fn set_work_id(conn: &Connection, id: DepartmentId, work_id: i64) -> Result<()> {
    conn.prepare_cached("UPDATE department SET work_id = ?2 WHERE id = ?1")?.execute((id, work_id))?;
    Ok(())
}

pub fn set_parent(conn: &Connection, id: DepartmentId, parent: Option<DepartmentId>) -> Result<()> {
    conn.prepare_cached("UPDATE department SET parent_id = ?2 WHERE id = ?1")?.execute((id, parent))?;
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
                avatar = CASE ?3 WHEN '' THEN avatar ELSE ?3 END
         WHERE id = ?1",
    )?
    .execute((staff, member.gender, &member.avatar))?;
    Ok(staff)
}

/// Name, position and phone, as far as Work WeChat tells them.
pub fn refresh_staff(conn: &Connection, staff: StaffId, member: &WorkMember) -> Result<()> {
    conn.prepare_cached(
        "UPDATE staff SET username = CASE ?2 WHEN '' THEN username ELSE ?2 END,
                position = CASE ?3 WHEN '' THEN position ELSE ?3 END, phone = CASE ?4 WHEN '' THEN phone ELSE ?4 END
         WHERE id = ?1",
    )?
    .execute((staff, &member.name, &member.position, &member.mobile))?;
    Ok(())
}

/// Puts a staff member into these departments; of the others only those that Work WeChat does not know are kept.
pub fn place(conn: &Connection, staff: StaffId, departments: &[DepartmentId]) -> Result<()> {
    conn.prepare_cached(
        "DELETE FROM staff_department WHERE staff_id = ?1
         AND department_id IN (SELECT id FROM department WHERE work_id IS NOT NULL)",
    )?
    .execute([staff])?;
    let mut put =
        conn.prepare_cached("INSERT OR IGNORE INTO staff_department (staff_id, department_id) VALUES (?1, ?2)")?;
    for department in departments {
        put.execute((staff, department))?;
    }
    Ok(())
}
