//! SQL of staff as the staff's own managers see them.

use rusqlite::{Connection, OptionalExtension, Row, ToSql, named_params};

use crate::{
    db,
    error::Result,
    identity::team::{Member, NewMember, TeamFilter},
    ids::{CompanyId, RoleId, StaffId},
    time::Millis,
    web::Paging,
};

const FROM: &str = "FROM staff JOIN admin_role ON admin_role.id = staff.role_id
     JOIN company ON company.id = staff.company_id";

const SELECT: &str = "SELECT staff.id, staff.userid, staff.username, staff.role_id, admin_role.name, staff.company_id,
     company.name, staff.status, staff.last_login_at, staff.created_at";

fn member(row: &Row<'_>) -> rusqlite::Result<Member> {
    Ok(Member {
        id: row.get(0)?,
        userid: row.get(1)?,
        username: row.get(2)?,
        role: row.get(3)?,
        role_name: row.get(4)?,
        company: row.get(5)?,
        company_name: row.get(6)?,
        status: row.get(7)?,
        last_login_at: row.get(8)?,
        created_at: row.get(9)?,
    })
}

/// The conditions of a filter. The company's stands alone, so that its index serves.
fn conditions(only: Option<CompanyId>) -> String {
    let company = if only.is_some() { "staff.company_id = :only" } else { ":only IS NULL" };
    format!(
        "{company} AND (:username IS NULL OR staff.username LIKE :username ESCAPE '\\')
         AND (:role IS NULL OR admin_role.name LIKE :role ESCAPE '\\')
         AND (:company IS NULL OR company.name LIKE :company ESCAPE '\\')
         AND (:from IS NULL OR (staff.created_at >= :from AND staff.created_at < :before))"
    )
}

struct Values {
    username: Option<String>,
    role: Option<String>,
    company: Option<String>,
    from: Option<Millis>,
    before: Option<Millis>,
}

impl Values {
    fn of(filter: &TeamFilter) -> Self {
        let pattern = |text: &Option<String>| text.as_deref().map(db::contains);
        Self {
            username: pattern(&filter.username),
            role: pattern(&filter.role_name),
            company: pattern(&filter.company_name),
            from: filter.created.map(|(from, _)| from),
            before: filter.created.map(|(_, before)| before),
        }
    }
}

/// Newest first.
pub fn list(conn: &Connection, only: Option<CompanyId>, filter: &TeamFilter, paging: Paging) -> Result<Vec<Member>> {
    let values = Values::of(filter);
    let mut statement = conn.prepare_cached(&format!(
        "{SELECT} {FROM} WHERE {} ORDER BY staff.created_at DESC, staff.id DESC LIMIT :limit OFFSET :offset",
        conditions(only)
    ))?;
    let members = statement
        .query_map(
            named_params! {
                ":only": only, ":username": values.username, ":role": values.role, ":company": values.company,
                ":from": values.from, ":before": values.before, ":limit": paging.limit(), ":offset": paging.offset(),
            },
            member,
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok(members)
}

pub fn count(conn: &Connection, only: Option<CompanyId>, filter: &TeamFilter) -> Result<i64> {
    let values = Values::of(filter);
    Ok(conn.prepare_cached(&format!("SELECT count(*) {FROM} WHERE {}", conditions(only)))?.query_row(
        named_params! {
            ":only": only, ":username": values.username, ":role": values.role, ":company": values.company,
            ":from": values.from, ":before": values.before,
        },
        |row| row.get(0),
    )?)
}

/// A staff member of the company; without a company of any.
pub fn find(conn: &Connection, only: Option<CompanyId>, id: StaffId) -> Result<Option<Member>> {
    Ok(conn
        .prepare_cached(&format!("{SELECT} {FROM} WHERE staff.id = ?1 AND (?2 IS NULL OR staff.company_id = ?2)"))?
        .query_row((id, only), member)
        .optional()?)
}

/// Whether a staff member of the company other than `but` is called so.
pub fn is_name_taken(conn: &Connection, company: CompanyId, username: &str, but: Option<StaffId>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM staff WHERE company_id = ?1 AND username = ?2 AND id IS NOT ?3")?
        .exists((company, username, but))?)
}

/// Whether a staff member of the company other than `but` is this member of Work WeChat.
pub fn is_userid_taken(conn: &Connection, company: CompanyId, userid: &str, but: Option<StaffId>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM staff WHERE company_id = ?1 AND userid = ?2 AND id IS NOT ?3")?
        .exists((company, userid, but))?)
}

pub fn has_customers(conn: &Connection, id: StaffId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM relation WHERE staff_id = ?1")?.exists([id])?)
}

/// Enabled at once.
pub fn insert(conn: &Connection, new: &NewMember, token: &str, now: Millis) -> Result<StaffId> {
    conn.prepare_cached(
        "INSERT INTO staff (company_id, userid, username, status, role_id, token, created_at)
         VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)",
    )?
    .execute((new.company, &new.userid, &new.username, new.role, token, now))?;
    Ok(StaffId(conn.last_insert_rowid()))
}

pub fn update(conn: &Connection, id: StaffId, company: CompanyId, username: &str, role: RoleId) -> Result<()> {
    conn.prepare_cached("UPDATE staff SET company_id = ?2, username = ?3, role_id = ?4 WHERE id = ?1")?
        .execute((id, company, username, role))?;
    Ok(())
}

/// Out of the departments; the own products become the company's, not on sale until somebody there decides. A card's
/// code opens the old company's mini-program, so it has to be made anew.
pub fn leave(conn: &Connection, id: StaffId) -> Result<()> {
    let statements: [&str; 4] = [
        "DELETE FROM staff_department WHERE staff_id = ?1",
        "UPDATE product SET staff_id = NULL, status = 2 WHERE staff_id = ?1",
        "UPDATE script_group SET staff_id = NULL WHERE staff_id = ?1",
        "UPDATE staff SET qr_code = '' WHERE id = ?1",
    ];
    let id: &dyn ToSql = &id;
    for sql in statements {
        conn.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}

/// With the card; refused by the database while anything else refers to it.
pub fn delete(conn: &Connection, id: StaffId) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM staff WHERE id = ?1")?.execute([id])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let all = [
            ("count(*) FROM staff", "for role 1 it counts the staff of all companies"),
            (
                "ORDER BY staff.created_at DESC, staff.id DESC",
                "for role 1 it walks all companies' staff in their order",
            ),
        ];
        let faults = greedy(&all, |conn| {
            let paging = Paging::new(None, None, 10).unwrap();
            for only in [None, Some(CompanyId(1))] {
                list(conn, only, &TeamFilter::default(), paging).unwrap();
            }
            count(conn, None, &TeamFilter::default()).unwrap();
            find(conn, Some(CompanyId(1)), StaffId(1)).unwrap();
            is_name_taken(conn, CompanyId(1), "s", None).unwrap();
            is_userid_taken(conn, CompanyId(1), "s", None).unwrap();
            has_customers(conn, StaffId(1)).unwrap();
            leave(conn, StaffId(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
