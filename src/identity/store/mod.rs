//! SQL of accounts as far as signing and starting go.

pub mod accounts;
pub mod audit;
pub mod companies;
pub mod contacts;
pub mod departments;
pub mod permissions;
pub mod roles;
pub mod rules;
pub mod staff;
pub mod team;
pub mod waiting;
pub mod weixin_account;

use rusqlite::{Connection, OptionalExtension};

use super::sessions::{Family, Session, Who};
use crate::{
    error::Result,
    ids::{AdminId, CompanyId, CustomerId, RoleId, RuleId, StaffId},
    time::{Day, Millis},
};

/// How a staff member is called: by the card, else by the account.
pub const STAFF_NAME: &str = "CASE staff.card_name WHEN '' THEN staff.username ELSE staff.card_name END";

/// A staff member's name; `None` when not of the company.
pub fn staff_name(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {STAFF_NAME} FROM staff WHERE id = ?2 AND company_id = ?1"))?
        .query_row((company, staff), |row| row.get(0))
        .optional()?)
}

/// The account that a signature's `user_id` names in its family.
pub fn session(conn: &Connection, family: Family, id: i64) -> Result<Option<Session>> {
    match family {
        Family::Admin => admin_session(conn, AdminId(id)),
        Family::Staff => Ok(conn
            .prepare_cached(
                "SELECT staff.company_id, staff.role_id, staff.status = 1, staff.token, company.expiry_day
                 FROM staff JOIN company ON company.id = staff.company_id WHERE staff.id = ?1",
            )?
            .query_row([id], |row| {
                Ok(Session {
                    who: Who::Staff { id: StaffId(id), role: row.get(1)? },
                    company: row.get(0)?,
                    enabled: row.get(2)?,
                    token: row.get(3)?,
                    grants: Vec::new(),
                    expiry: row.get(4)?,
                })
            })
            .optional()?),
        Family::Customer => Ok(conn
            .prepare_cached("SELECT company_id, token FROM customer WHERE id = ?1")?
            .query_row([id], |row| {
                Ok(Session {
                    who: Who::Customer { id: CustomerId(id) },
                    company: row.get(0)?,
                    enabled: true,
                    token: row.get(1)?,
                    grants: Vec::new(),
                    expiry: None,
                })
            })
            .optional()?),
    }
}

fn admin_session(conn: &Connection, id: AdminId) -> Result<Option<Session>> {
    let found = conn
        .prepare_cached(
            "SELECT admin.company_id, admin.role_id, admin.status = 1, admin.token, company.expiry_day
             FROM admin JOIN company ON company.id = admin.company_id WHERE admin.id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Session {
                who: Who::Admin { id, role: row.get(1)?, rights: Vec::new() },
                company: row.get(0)?,
                enabled: row.get(2)?,
                token: row.get(3)?,
                grants: Vec::new(),
                expiry: row.get(4)?,
            })
        })
        .optional()?;
    let Some(mut session) = found else { return Ok(None) };
    if let Who::Admin { role, rights, .. } = &mut session.who {
        *rights = rule_paths(conn, *role)?;
    }
    session.grants = conn
        .prepare_cached("SELECT token, expires_at FROM admin_grant WHERE admin_id = ?1")?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(session))
}

/// The `url_path`s of the rules that a role has.
pub fn rule_paths(conn: &Connection, role: RoleId) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT url_path FROM access_rule JOIN admin_role_rule ON rule_id = id WHERE role_id = ?1 ORDER BY id",
    )?;
    let paths = statement.query_map([role], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(paths)
}

pub fn has_companies(conn: &Connection) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM company")?.exists([])?)
}

pub fn has_admins(conn: &Connection) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM admin")?.exists([])?)
}

/// Company 1: the agency itself, which never expires.
pub fn insert_first_company(conn: &Connection, name: &str, today: Day, now: Millis) -> Result<()> {
    conn.execute(
        "INSERT INTO company (id, name, charging_start_day, open_length, expiry_day, card_quota, created_at)
         VALUES (1, ?1, ?2, 5, NULL, 100, ?3)",
        (name, today, now),
    )?;
    Ok(())
}

pub fn insert_first_role(conn: &Connection, id: RoleId, name: &str, now: Millis) -> Result<()> {
    conn.execute("INSERT INTO admin_role (id, name, created_at) VALUES (?1, ?2, ?3)", (id, name, now))?;
    Ok(())
}

pub fn insert_rule(
    conn: &Connection,
    name: &str,
    url_path: &str,
    parent: Option<RuleId>,
    now: Millis,
) -> rusqlite::Result<RuleId> {
    conn.prepare_cached("INSERT INTO access_rule (name, url_path, parent_id, created_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((name, url_path, parent, now))?;
    Ok(RuleId(conn.last_insert_rowid()))
}

/// Gives an existing account a new password and token and enables it; false when there is none of that name.
pub fn reset_admin(conn: &Connection, login_user: &str, hash: &str, token: &str) -> Result<bool> {
    let changed = conn.execute(
        "UPDATE admin SET password_hash = ?2, token = ?3, status = 1, is_reset_password = 0, role_id = 1
         WHERE login_user = ?1",
        (login_user, hash, token),
    )?;
    Ok(changed > 0)
}

pub fn insert_admin(
    conn: &Connection,
    company: CompanyId,
    role: RoleId,
    login_user: &str,
    hash: &str,
    token: &str,
    now: Millis,
) -> rusqlite::Result<AdminId> {
    conn.execute(
        "INSERT INTO admin (company_id, role_id, login_user, password_hash, username, token, created_at)
         VALUES (?1, ?2, ?3, ?4, ?3, ?5, ?6)",
        (company, role, login_user, hash, token, now),
    )?;
    Ok(AdminId(conn.last_insert_rowid()))
}
