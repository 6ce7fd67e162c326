//! SQL of staff in the back office.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    db,
    error::Result,
    identity::staff::{PeopleFilter, StaffMember, Surroundings},
    ids::{CompanyId, StaffId},
    time::Millis,
    web::Paging,
};

/// ?1 company, ?2 part of the name, ?3 part of the position, ?4 department, ?5 status.
const FILTER: &str = "company_id = ?1
     AND (?2 IS NULL OR username LIKE ?2 ESCAPE '\\') AND (?3 IS NULL OR position LIKE ?3 ESCAPE '\\')
     AND (?4 IS NULL OR EXISTS (SELECT 1 FROM staff_department WHERE staff_id = staff.id AND department_id = ?4))
     AND (?5 IS NULL OR status = ?5)";

pub fn list(conn: &Connection, company: CompanyId, filter: &PeopleFilter, paging: Paging) -> Result<Vec<StaffMember>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT id, userid, username, position, avatar, gender, status, phone,
                CASE card_phone WHEN '' THEN phone ELSE card_phone END, qr_code, last_login_at, created_at,
                (SELECT coalesce(group_concat(department.name, ',' ORDER BY department.id), '')
                 FROM staff_department JOIN department ON department.id = department_id WHERE staff_id = staff.id),
                (SELECT json_group_array(department_id) FROM staff_department WHERE staff_id = staff.id),
                departed_at IS NOT NULL
         FROM staff WHERE {FILTER} ORDER BY created_at DESC, id DESC LIMIT ?6 OFFSET ?7"
    ))?;
    let (username, position) = patterns(filter);
    let mut rows = statement.query((
        company,
        username,
        position,
        filter.department,
        filter.status,
        paging.limit(),
        paging.offset(),
    ))?;
    let mut staff = Vec::new();
    while let Some(row) = rows.next()? {
        staff.push(member(row)?);
    }
    Ok(staff)
}

fn member(row: &Row<'_>) -> Result<StaffMember> {
    let department_ids: String = row.get(13)?;
    Ok(StaffMember {
        id: row.get(0)?,
        userid: row.get(1)?,
        username: row.get(2)?,
        position: row.get(3)?,
        avatar: row.get(4)?,
        gender: row.get(5)?,
        status: row.get(6)?,
        phone: row.get(7)?,
        card_phone: row.get(8)?,
        qr_code: row.get(9)?,
        last_login_at: row.get(10)?,
        created_at: row.get(11)?,
        departments: row.get(12)?,
        department_ids: serde_json::from_str(&department_ids)?,
        is_departed: row.get(14)?,
    })
}

/// The patterns of the name and of the position.
pub fn patterns(filter: &PeopleFilter) -> (Option<String>, Option<String>) {
    (filter.username.as_deref().map(db::contains), filter.position.as_deref().map(db::contains))
}

pub fn count(conn: &Connection, company: CompanyId, filter: &PeopleFilter) -> Result<i64> {
    let (username, position) = patterns(filter);
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM staff WHERE {FILTER}"))?
        .query_row((company, username, position, filter.department, filter.status), |row| row.get(0))?)
}

pub fn surroundings(conn: &Connection, company: CompanyId) -> Result<Surroundings> {
    let (company_name, card_quota) = conn
        .prepare_cached("SELECT name, card_quota FROM company WHERE id = ?1")?
        .query_row([company], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut statement =
        conn.prepare_cached("SELECT id, name FROM department WHERE company_id = ?1 ORDER BY created_at, id")?;
    let departments =
        statement.query_map([company], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    Ok(Surroundings { company_name, card_quota, departments })
}

pub fn status(conn: &Connection, company: CompanyId, id: StaffId) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT status FROM staff WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, id), |row| row.get(0))
        .optional()?)
}

/// With a token, the old one is void.
pub fn set_status(conn: &Connection, company: CompanyId, id: StaffId, status: i64, token: Option<&str>) -> Result<()> {
    conn.prepare_cached("UPDATE staff SET status = ?3, token = coalesce(?4, token) WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, status, token))?;
    Ok(())
}

/// Enabled staff, and the quota of cards.
pub fn cards(conn: &Connection, company: CompanyId) -> Result<(i64, i64)> {
    Ok(conn
        .prepare_cached(
            "SELECT (SELECT count(*) FROM staff WHERE company_id = company.id AND status = 1), card_quota
             FROM company WHERE id = ?1",
        )?
        .query_row([company], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

pub fn set_qr_codes(conn: &Connection, company: CompanyId, codes: &[(StaffId, String)]) -> Result<()> {
    let mut statement = conn.prepare_cached("UPDATE staff SET qr_code = ?3 WHERE id = ?2 AND company_id = ?1")?;
    for (id, url) in codes {
        statement.execute((company, id, url))?;
    }
    Ok(())
}

/// Enabled staff, of every company, whose QR code is still to be made: a few at a time.
pub fn without_qr_code(conn: &Connection, most: i64) -> Result<Vec<(CompanyId, StaffId)>> {
    let mut statement = conn.prepare_cached(
        "SELECT company_id, id FROM staff WHERE qr_code = '' AND status = 1 ORDER BY company_id, id LIMIT ?1",
    )?;
    let missing =
        statement.query_map([most], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    Ok(missing)
}

/// What a login has to know.
pub struct Login {
    pub id: StaffId,
    pub status: i64,
    pub token: String,
    pub username: String,
    pub avatar: String,
    pub last_login_at: Option<Millis>,
}

pub fn login(conn: &Connection, company: CompanyId, userid: &str) -> Result<Option<Login>> {
    Ok(conn
        .prepare_cached(
            "SELECT id, status, token, username, avatar, last_login_at FROM staff WHERE company_id = ?1 AND userid = ?2",
        )?
        .query_row((company, userid), |row| {
            Ok(Login {
                id: row.get(0)?,
                status: row.get(1)?,
                token: row.get(2)?,
                username: row.get(3)?,
                avatar: row.get(4)?,
                last_login_at: row.get(5)?,
            })
        })
        .optional()?)
}

/// Notes a login; what is `None` stays as it is.
pub fn logged_in(conn: &Connection, id: StaffId, avatar: Option<&str>, gender: Option<i64>, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE staff SET avatar = coalesce(?2, avatar), gender = coalesce(?3, gender), last_login_at = ?4,
                is_in_work = 1, departed_at = NULL
         WHERE id = ?1",
    )?
    .execute((id, avatar, gender, now))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::DepartmentId, query_plans::greedy};

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let company = CompanyId(1);
            let filter = PeopleFilter {
                username: Some("s".to_owned()),
                position: Some("p".to_owned()),
                department: Some(DepartmentId(1)),
                status: Some(1),
            };
            list(conn, company, &filter, Paging::new(None, None, 10).unwrap()).unwrap();
            count(conn, company, &filter).unwrap();
            surroundings(conn, company).unwrap();
            cards(conn, company).unwrap();
            login(conn, company, "s").unwrap();
            set_status(conn, company, StaffId(1), 1, None).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
