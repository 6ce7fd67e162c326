//! SQL of people who wait for approval, and of the invitations that brought them.

use rusqlite::{Connection, Row};

use super::staff::patterns;
use crate::{
    db,
    error::Result,
    identity::{
        staff::PeopleFilter,
        waiting::{Applicant, Changes, Form},
    },
    ids::{AdminId, CompanyId, StaffId, TempStaffId},
    time::Millis,
    web::Paging,
};

/// ?1 company, ?2 part of the name, ?3 part of the position, ?4 department.
const FILTER: &str = "company_id = ?1
     AND (?2 IS NULL OR username LIKE ?2 ESCAPE '\\') AND (?3 IS NULL OR position LIKE ?3 ESCAPE '\\')
     AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(department_ids) WHERE value = ?4))";

/// Departments that were deleted meanwhile are left out.
const COLUMNS: &str = "id, username, position, wechat, wechat_phone, card_phone, created_at,
     (SELECT coalesce(group_concat(department.name, ',' ORDER BY department.id), '')
      FROM json_each(department_ids) JOIN department
      ON department.id = value AND department.company_id = temp_staff.company_id),
     (SELECT json_group_array(department.id) FROM json_each(department_ids) JOIN department
      ON department.id = value AND department.company_id = temp_staff.company_id)";

fn applicant(row: &Row<'_>) -> Result<Applicant> {
    let department_ids: String = row.get(8)?;
    Ok(Applicant {
        id: row.get(0)?,
        form: Form {
            username: row.get(1)?,
            position: row.get(2)?,
            wechat: row.get(3)?,
            wechat_phone: row.get(4)?,
            card_phone: row.get(5)?,
            department_ids: serde_json::from_str(&department_ids)?,
        },
        departments: row.get(7)?,
        created_at: row.get(6)?,
    })
}

fn collect(mut rows: rusqlite::Rows<'_>) -> Result<Vec<Applicant>> {
    let mut applicants = Vec::new();
    while let Some(row) = rows.next()? {
        applicants.push(applicant(row)?);
    }
    Ok(applicants)
}

pub fn list(conn: &Connection, company: CompanyId, filter: &PeopleFilter, paging: Paging) -> Result<Vec<Applicant>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM temp_staff WHERE {FILTER} ORDER BY created_at DESC, id DESC LIMIT ?5 OFFSET ?6"
    ))?;
    let (username, position) = patterns(filter);
    collect(statement.query((company, username, position, filter.department, paging.limit(), paging.offset()))?)
}

pub fn count(conn: &Connection, company: CompanyId, filter: &PeopleFilter) -> Result<i64> {
    let (username, position) = patterns(filter);
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM temp_staff WHERE {FILTER}"))?
        .query_row((company, username, position, filter.department), |row| row.get(0))?)
}

/// Those of the given ids that wait in the company, in the order of their ids.
pub fn some(conn: &Connection, company: CompanyId, ids: &[i64]) -> Result<Vec<Applicant>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM temp_staff WHERE company_id = ?1 AND id IN rarray(?2) ORDER BY id"
    ))?;
    collect(statement.query((company, db::id_list(ids)))?)
}

pub fn is_name_taken(conn: &Connection, company: CompanyId, username: &str, but: Option<TempStaffId>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM temp_staff WHERE company_id = ?1 AND username = ?2 AND id IS NOT ?3")?
        .exists((company, username, but))?)
}

/// By somebody else who waits, or by a staff member.
pub fn is_phone_taken(conn: &Connection, company: CompanyId, phone: &str, but: Option<TempStaffId>) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM temp_staff WHERE company_id = ?1 AND wechat_phone = ?2 AND id IS NOT ?3
             UNION ALL SELECT 1 FROM staff WHERE company_id = ?1 AND phone = ?2",
        )?
        .exists((company, phone, but))?)
}

/// How many of these departments the company has.
pub fn known_departments(conn: &Connection, company: CompanyId, ids: &[i64]) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM department WHERE company_id = ?1 AND id IN rarray(?2)")?
        .query_row((company, db::id_list(ids)), |row| row.get(0))?)
}

/// The departments' ids in Work WeChat, of those that are known there.
pub fn work_departments(conn: &Connection, company: CompanyId, ids: &[i64]) -> Result<Vec<i64>> {
    let mut statement = conn.prepare_cached(
        "SELECT work_id FROM department WHERE company_id = ?1 AND id IN rarray(?2) AND work_id IS NOT NULL ORDER BY id",
    )?;
    let ids = statement.query_map((company, db::id_list(ids)), |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

pub fn insert(conn: &Connection, company: CompanyId, form: &Form, now: Millis) -> Result<TempStaffId> {
    conn.prepare_cached(
        "INSERT INTO temp_staff (company_id, username, position, wechat, wechat_phone, card_phone, department_ids,
                                 created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        company,
        &form.username,
        &form.position,
        &form.wechat,
        &form.wechat_phone,
        &form.card_phone,
        serde_json::to_string(&form.department_ids)?,
        now,
    ))?;
    Ok(TempStaffId(conn.last_insert_rowid()))
}

/// Changes what is given; false when nobody of that id waits in the company.
pub fn update(conn: &Connection, company: CompanyId, id: TempStaffId, changes: &Changes) -> Result<bool> {
    let departments = changes.department_ids.as_ref().map(serde_json::to_string).transpose()?;
    let changed = conn
        .prepare_cached(
            "UPDATE temp_staff SET username = coalesce(?3, username), position = coalesce(?4, position),
                    wechat = coalesce(?5, wechat), wechat_phone = coalesce(?6, wechat_phone),
                    card_phone = coalesce(?7, card_phone), department_ids = coalesce(?8, department_ids)
             WHERE id = ?2 AND company_id = ?1",
        )?
        .execute((
            company,
            id,
            &changes.username,
            &changes.position,
            &changes.wechat,
            &changes.wechat_phone,
            &changes.card_phone,
            departments,
        ))?;
    Ok(changed > 0)
}

pub fn delete(conn: &Connection, company: CompanyId, id: TempStaffId) -> Result<bool> {
    Ok(conn.prepare_cached("DELETE FROM temp_staff WHERE id = ?2 AND company_id = ?1")?.execute((company, id))? > 0)
}

/// Makes an applicant an enabled staff member.
pub fn admit(
    conn: &Connection,
    company: CompanyId,
    form: &Form,
    userid: &str,
    token: &str,
    now: Millis,
) -> Result<StaffId> {
    conn.prepare_cached(
        "INSERT INTO staff (company_id, userid, username, position, status, phone, card_phone, wechat, token, created_at)
         VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        company,
        userid,
        &form.username,
        &form.position,
        &form.wechat_phone,
        &form.card_phone,
        &form.wechat,
        token,
        now,
    ))?;
    let staff = StaffId(conn.last_insert_rowid());
    let mut place = conn.prepare_cached("INSERT INTO staff_department (staff_id, department_id) VALUES (?1, ?2)")?;
    for department in &form.department_ids {
        place.execute((staff, department))?;
    }
    Ok(staff)
}

/// Stores an invitation; those of the administrator that have ended are dropped.
pub fn invite(
    conn: &Connection,
    company: CompanyId,
    admin: AdminId,
    token: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<()> {
    conn.prepare_cached("DELETE FROM staff_invitation WHERE admin_id = ?1 AND expires_at <= ?2")?
        .execute((admin, now))?;
    conn.prepare_cached(
        "INSERT INTO staff_invitation (company_id, admin_id, token, expires_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((company, admin, token, expires_at))?;
    Ok(())
}

/// The tokens of an administrator's invitations that hold.
pub fn invitations(conn: &Connection, company: CompanyId, admin: AdminId, now: Millis) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT token FROM staff_invitation WHERE admin_id = ?2 AND company_id = ?1 AND expires_at > ?3",
    )?;
    let tokens = statement.query_map((company, admin, now), |row| row.get(0))?;
    Ok(tokens.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let few = [("IN rarray(?2)", "sorts what was named, a hundred at most")];
        let faults = greedy(&few, |conn| {
            let company = CompanyId(1);
            let filter = PeopleFilter::default();
            list(conn, company, &filter, Paging::new(None, None, 10).unwrap()).unwrap();
            count(conn, company, &filter).unwrap();
            some(conn, company, &[1, 2]).unwrap();
            is_name_taken(conn, company, "s", None).unwrap();
            is_phone_taken(conn, company, "1", None).unwrap();
            known_departments(conn, company, &[1]).unwrap();
            work_departments(conn, company, &[1]).unwrap();
            invite(conn, company, AdminId(1), "t", Millis(0), Millis(1)).unwrap();
            invitations(conn, company, AdminId(1), Millis(0)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
