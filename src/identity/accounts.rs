//! The back office's accounts: who has one, with which role, in which company.
//!
//! Nobody gives or touches a role that goes beyond their own, or password resets would be a way up.

use rusqlite::Connection;

use super::{Admin, passwords, roles, store};
use crate::{
    app::App,
    error::{Error, FieldErrors, Result},
    ids::{AdminId, CompanyId, RoleId},
    time::{Day, HOUR, Millis},
    web::{Paging, signature::new_token},
};

/// How long a super-administrator may act as another account.
const GRANT: i64 = HOUR;
const ENABLED: i64 = 1;

/// An account as it is listed.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: AdminId,
    pub company: CompanyId,
    pub company_name: String,
    pub role: RoleId,
    pub role_name: String,
    pub login_user: String,
    pub username: String,
    pub position: String,
    pub avatar: String,
    /// 1 enabled, 2 disabled.
    pub status: i64,
    pub is_reset_password: bool,
    pub last_login_at: Option<Millis>,
    pub created_at: Millis,
    /// First day on which the company is expired.
    pub expiry: Option<Day>,
}

impl Account {
    pub fn is_enabled(&self) -> bool {
        self.status == ENABLED
    }
}

pub struct NewAccount {
    pub login_user: String,
    pub password: String,
    pub role: RoleId,
    pub company: CompanyId,
    pub username: String,
    pub position: String,
}

/// `None` stays as it is.
pub struct AccountChange {
    pub login_user: String,
    pub password: Option<String>,
    pub role: RoleId,
    pub company: CompanyId,
    pub username: Option<String>,
    pub position: Option<String>,
}

/// Newest first: a super-administrator sees all companies', others their own company's.
pub async fn page(app: &App, admin: &Admin, paging: Paging) -> Result<(Vec<Account>, i64)> {
    let only = admin.only_company();
    app.db.read(move |conn| Ok((store::accounts::page(conn, only, paging)?, store::accounts::count(conn, only)?))).await
}

/// 300 when the login name is taken, 301 for an unknown role or company, 305 for a weak password. The person has to
/// choose another password at the first login.
pub async fn add(app: &App, admin: &Admin, new: NewAccount) -> Result<AdminId> {
    passwords::check_rule(&new.password)?;
    let (hash, token) = (passwords::hash(new.password.clone()).await?, new_token()?);
    let admin = admin.clone();
    app.db
        .write(move |w| {
            check_place(w, &admin, new.company, new.role)?;
            if store::accounts::is_login_user_taken(w, &new.login_user, None)? {
                return Err(login_user_taken());
            }
            let id = store::accounts::insert(w, &new, &hash, &token, Millis::now())?;
            let detail = format!("管理员 {id} {}，角色 {}", new.login_user, new.role);
            store::audit::put(w, new.company, admin.author(), "admin_userprofile.add", &detail)?;
            Ok(id)
        })
        .await
}

/// As [`add`]; 302 when there is no such account, 305 when no super-administrator would be left. Another password than
/// the present one ends all signatures of the account.
pub async fn update(app: &App, admin: &Admin, id: AdminId, change: AccountChange) -> Result<()> {
    let password = match change.password.clone() {
        Some(password) if !is_present(app, admin, id, &password).await? => {
            passwords::check_rule(&password)?;
            Some((passwords::hash(password).await?, new_token()?))
        }
        _ => None,
    };
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let before = reachable(w, &admin, id, "用户")?;
            check_place(w, &admin, change.company, change.role)?;
            if change.role != RoleId::SUPER {
                keep_a_super(w, &before)?;
            }
            if store::accounts::is_login_user_taken(w, &change.login_user, Some(id))? {
                return Err(login_user_taken());
            }
            store::accounts::update(w, id, &change)?;
            if let Some((hash, token)) = &password {
                // Whoever sets a password for somebody else knows it: the owner has to choose another.
                store::accounts::set_password(w, id, hash, token, admin.id == id)?;
            }
            if password.is_some() || change.role != before.role {
                store::accounts::end_grants(w, id)?;
            }
            let changed = if password.is_some() { "，改了密码" } else { "" };
            let detail = format!(
                "管理员 {id} {} → {}，角色 {} → {}{changed}",
                before.login_user, change.login_user, before.role, change.role
            );
            store::audit::put(w, change.company, admin.author(), "admin_userprofile.update", &detail)
        })
        .await?;
    app.sessions.clear();
    Ok(())
}

/// Clients send the form's password field along even when it was not touched. Only those who may set the password may
/// try it here.
async fn is_present(app: &App, admin: &Admin, id: AdminId, password: &str) -> Result<bool> {
    let admin = admin.clone();
    let hash = app
        .db
        .read(move |conn| {
            reachable(conn, &admin, id, "用户")?;
            store::accounts::password_hash(conn, id)
        })
        .await?;
    passwords::verify(password.to_owned(), hash).await
}

/// 305 for oneself and for the last super-administrator.
pub async fn delete(app: &App, admin: &Admin, id: AdminId) -> Result<()> {
    if id == admin.id {
        return Err(Error::Refused("不允许删除自己".into()));
    }
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let before = reachable(w, &admin, id, "删除ID")?;
            keep_a_super(w, &before)?;
            store::accounts::delete(w, id)?;
            let detail = format!("管理员 {id} {}", before.login_user);
            store::audit::put(w, before.company, admin.author(), "admin_userprofile.delete", &detail)
        })
        .await?;
    app.sessions.clear();
    Ok(())
}

/// 305 for oneself and for the last super-administrator. Disabling ends all signatures of the account.
pub async fn set_status(app: &App, admin: &Admin, id: AdminId, status: i64) -> Result<()> {
    if id == admin.id {
        return Err(Error::Refused("不能修改自己".into()));
    }
    let token = new_token()?;
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let before = reachable(w, &admin, id, "用户")?;
            if status != ENABLED {
                keep_a_super(w, &before)?;
                store::accounts::set_token(w, id, &token)?;
                store::accounts::end_grants(w, id)?;
            }
            store::accounts::set_status(w, id, status)?;
            let detail = format!("管理员 {id} {}，状态 {} → {status}", before.login_user, before.status);
            store::audit::put(w, before.company, admin.author(), "admin_userprofile.update_status", &detail)
        })
        .await?;
    app.sessions.clear();
    Ok(())
}

/// A token to act as another account for an hour; 404 unless the caller is a super-administrator.
pub async fn switch(app: &App, admin: &Admin, id: AdminId) -> Result<(Account, String)> {
    if !admin.is_super() {
        return Err(Error::NoSuchAddress("非法请求".into()));
    }
    let (token, now, admin_id, by) = (new_token()?, Millis::now(), admin.id, admin.author());
    let switched = app
        .db
        .write(move |w| {
            let account = store::accounts::find(w, None, id)?.ok_or_else(|| Error::no_such("用户"))?;
            if !account.is_enabled() {
                return Err(Error::Disabled);
            }
            store::accounts::grant(w, id, admin_id, &token, now, now.plus(GRANT))?;
            let detail = format!("切换为管理员 {id} {}，一小时", account.login_user);
            store::audit::put(w, account.company, by, "admin_userprofile.switch_admin_user", &detail)?;
            Ok((account, token))
        })
        .await?;
    app.sessions.clear();
    Ok(switched)
}

/// The account, when the administrator may change it: 302 outside the company, 403 when its role goes too far.
fn reachable(conn: &Connection, admin: &Admin, id: AdminId, what: &'static str) -> Result<Account> {
    let account = store::accounts::find(conn, admin.only_company(), id)?.ok_or_else(|| Error::no_such(what))?;
    roles::check_reach(conn, admin.role, account.role)?;
    Ok(account)
}

/// Whether the administrator may put an account into this company with this role.
fn check_place(conn: &Connection, admin: &Admin, company: CompanyId, role: RoleId) -> Result<()> {
    let mut errors = FieldErrors::new();
    let is_own = admin.only_company().is_none_or(|own| own == company);
    if !is_own || !store::companies::exists(conn, company)? {
        errors.add("company_id", "公司id不存在");
    }
    if store::roles::find(conn, Some(company), role)?.is_none() {
        errors.add("role_id", "角色不存在");
    }
    errors.into_result()?;
    roles::check_reach(conn, admin.role, role)
}

/// Refuses what would leave no enabled super-administrator.
fn keep_a_super(conn: &Connection, account: &Account) -> Result<()> {
    let is_last =
        account.role == RoleId::SUPER && account.is_enabled() && !store::accounts::has_other_super(conn, account.id)?;
    if is_last { Err(Error::Refused("至少要保留一个启用的超级管理员".into())) } else { Ok(()) }
}

fn login_user_taken() -> Error {
    Error::NameTaken("登录用户名不能重复".into())
}
