//! SQL of the back office's accounts.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    error::Result,
    identity::accounts::{Account, AccountChange, NewAccount},
    ids::{AdminId, CompanyId, RoleId},
    time::Millis,
    web::Paging,
};

const SELECT: &str = "SELECT admin.id, admin.company_id, company.name, admin.role_id, admin_role.name, login_user,
        username, position, avatar, admin.status, is_reset_password, last_login_at, admin.created_at,
        company.expiry_day
    FROM admin JOIN company ON company.id = admin.company_id JOIN admin_role ON admin_role.id = admin.role_id";

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        company: row.get(1)?,
        company_name: row.get(2)?,
        role: row.get(3)?,
        role_name: row.get(4)?,
        login_user: row.get(5)?,
        username: row.get(6)?,
        position: row.get(7)?,
        avatar: row.get(8)?,
        status: row.get(9)?,
        is_reset_password: row.get(10)?,
        last_login_at: row.get(11)?,
        created_at: row.get(12)?,
        expiry: row.get(13)?,
    })
}

/// Newest first; without a company those of all companies.
pub fn page(conn: &Connection, company: Option<CompanyId>, paging: Paging) -> Result<Vec<Account>> {
    // Two texts rather than one condition, so that each has its index.
    let scope = if company.is_some() { "WHERE admin.company_id = ?1" } else { "WHERE ?1 IS NULL" };
    let mut statement = conn.prepare_cached(&format!(
        "{SELECT} {scope} ORDER BY admin.created_at DESC, admin.id DESC LIMIT ?2 OFFSET ?3"
    ))?;
    let accounts =
        statement.query_map((company, paging.limit(), paging.offset()), account)?.collect::<rusqlite::Result<_>>()?;
    Ok(accounts)
}

pub fn count(conn: &Connection, company: Option<CompanyId>) -> Result<i64> {
    let scope = if company.is_some() { "WHERE company_id = ?1" } else { "WHERE ?1 IS NULL" };
    Ok(conn.prepare_cached(&format!("SELECT count(*) FROM admin {scope}"))?.query_row([company], |row| row.get(0))?)
}

/// An account of the company; without a company any account.
pub fn find(conn: &Connection, company: Option<CompanyId>, id: AdminId) -> Result<Option<Account>> {
    Ok(conn
        .prepare_cached(&format!("{SELECT} WHERE admin.id = ?1 AND (?2 IS NULL OR admin.company_id = ?2)"))?
        .query_row((id, company), account)
        .optional()?)
}

/// The account of a login name, and its password's hash.
pub fn credentials(conn: &Connection, login_user: &str) -> Result<Option<(AdminId, String)>> {
    Ok(conn
        .prepare_cached("SELECT id, password_hash FROM admin WHERE login_user = ?1")?
        .query_row([login_user], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

pub fn password_hash(conn: &Connection, id: AdminId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT password_hash FROM admin WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

pub fn token(conn: &Connection, id: AdminId) -> Result<String> {
    Ok(conn.prepare_cached("SELECT token FROM admin WHERE id = ?1")?.query_row([id], |row| row.get(0))?)
}

/// Whether an account other than `except` has the login name.
pub fn is_login_user_taken(conn: &Connection, login_user: &str, except: Option<AdminId>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM admin WHERE login_user = ?1 AND id IS NOT ?2")?
        .exists((login_user, except))?)
}

pub fn logged_in(conn: &Connection, id: AdminId, now: Millis) -> Result<()> {
    conn.prepare_cached("UPDATE admin SET last_login_at = ?2 WHERE id = ?1")?.execute((id, now))?;
    Ok(())
}

pub fn insert(conn: &Connection, new: &NewAccount, hash: &str, token: &str, now: Millis) -> Result<AdminId> {
    conn.prepare_cached(
        "INSERT INTO admin (company_id, role_id, login_user, username, position, password_hash, token, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((new.company, new.role, &new.login_user, &new.username, &new.position, hash, token, now))?;
    Ok(AdminId(conn.last_insert_rowid()))
}

pub fn update(conn: &Connection, id: AdminId, change: &AccountChange) -> Result<()> {
    conn.prepare_cached(
        "UPDATE admin SET company_id = ?2, role_id = ?3, login_user = ?4, username = coalesce(?5, username),
            position = coalesce(?6, position) WHERE id = ?1",
    )?
    .execute((id, change.company, change.role, &change.login_user, &change.username, &change.position))?;
    Ok(())
}

/// A new password and a new token; `chosen` when the account's owner has chosen it.
pub fn set_password(conn: &Connection, id: AdminId, hash: &str, token: &str, chosen: bool) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE admin SET password_hash = ?2, token = ?3, is_reset_password = ?4 WHERE id = ?1")?
        .execute((id, hash, token, chosen))?;
    Ok(changed > 0)
}

pub fn set_token(conn: &Connection, id: AdminId, token: &str) -> Result<()> {
    conn.prepare_cached("UPDATE admin SET token = ?2 WHERE id = ?1")?.execute((id, token))?;
    Ok(())
}

pub fn set_status(conn: &Connection, id: AdminId, status: i64) -> Result<()> {
    conn.prepare_cached("UPDATE admin SET status = ?2 WHERE id = ?1")?.execute((id, status))?;
    Ok(())
}

pub fn delete(conn: &Connection, id: AdminId) -> Result<()> {
    conn.prepare_cached("DELETE FROM admin WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Whether an enabled super-administrator is left besides this account.
pub fn has_other_super(conn: &Connection, id: AdminId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM admin WHERE role_id = ?1 AND status = 1 AND id <> ?2")?
        .exists((RoleId::SUPER, id))?)
}

/// Gives out a token that signs for `account` until `until`; forgets those that have ended.
pub fn grant(conn: &Connection, account: AdminId, by: AdminId, token: &str, now: Millis, until: Millis) -> Result<()> {
    conn.prepare_cached("DELETE FROM admin_grant WHERE expires_at <= ?1")?.execute([now])?;
    conn.prepare_cached("INSERT INTO admin_grant (token, admin_id, granted_by, expires_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((token, account, by, until))?;
    Ok(())
}

/// Ends the granted tokens that sign for this account and those that it gave itself.
pub fn end_grants(conn: &Connection, id: AdminId) -> Result<()> {
    conn.prepare_cached("DELETE FROM admin_grant WHERE admin_id = ?1 OR granted_by = ?1")?.execute([id])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let pages = [("WHERE ?1 IS NULL ORDER BY", "walks an index in its order, for super-administrators")];
        let faults = greedy(&pages, |conn| {
            let paging = Paging::new(None, None, 10).unwrap();
            for company in [None, Some(CompanyId(1))] {
                page(conn, company, paging).unwrap();
                find(conn, company, AdminId(1)).unwrap();
            }
            count(conn, Some(CompanyId(1))).unwrap();
            credentials(conn, "a").unwrap();
            is_login_user_taken(conn, "a", None).unwrap();
            has_other_super(conn, AdminId(1)).unwrap();
            end_grants(conn, AdminId(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
