//! The staff as they are managed from the staff's own side (`qiyeweixin/user`), and their roles.

use rusqlite::Connection;

use super::{Doer, Manager, qr_codes, roles, staff::check_quota, store};
use crate::{
    app::App,
    db::{self, Write},
    error::{Error, Result},
    events::Person,
    ids::{CompanyId, RoleId, StaffId},
    time::{Day, Millis},
    web::{Paging, signature::new_token},
};

/// A staff member as listed.
#[derive(Debug, Clone)]
pub struct Member {
    pub id: StaffId,
    pub userid: String,
    pub username: String,
    pub role: RoleId,
    pub role_name: String,
    pub company: CompanyId,
    pub company_name: String,
    pub status: i64,
    pub last_login_at: Option<Millis>,
    pub created_at: Millis,
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct TeamFilter {
    pub username: Option<String>,
    pub role_name: Option<String>,
    pub company_name: Option<String>,
    /// From, and before.
    pub created: Option<(Millis, Millis)>,
}

pub struct NewMember {
    /// In Work WeChat.
    pub userid: String,
    pub username: String,
    pub role: RoleId,
    pub company: CompanyId,
}

/// What is to be changed; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct MemberChange {
    pub username: Option<String>,
    pub role: Option<RoleId>,
    pub company: Option<CompanyId>,
}

/// Newest first: of the company, or without one of all.
pub async fn list(
    app: &App,
    only: Option<CompanyId>,
    filter: TeamFilter,
    paging: Paging,
) -> Result<(Vec<Member>, i64)> {
    app.db
        .read(move |conn| {
            Ok((store::team::list(conn, only, &filter, paging)?, store::team::count(conn, only, &filter)?))
        })
        .await
}

/// The span of time that a text of the wire means: a day, or with a time of day that very second.
pub fn span(app: &App, text: &str) -> Option<(Millis, Millis)> {
    let day = Day::parse(text)?;
    let start = app.zone.start_of(day);
    let clock = text.trim().split_once(['T', ' ']).map(|(_, clock)| clock.split('.').next().unwrap_or_default());
    let Some(clock) = clock else { return Some((start, app.zone.start_of(day.plus(1)))) };
    let parts: Vec<i64> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours @ 0..24, minutes @ 0..60, seconds @ 0..60] = parts[..] else { return None };
    let from = start.plus(((hours * 60 + minutes) * 60 + seconds) * 1000);
    Some((from, from.plus(1000)))
}

/// Adds an enabled staff member. 300 when the name or the userid is taken, 302 for a company or role that is not the
/// manager's or beyond the quota of cards, 403 for a role above the manager's own.
pub async fn add(app: &App, manager: Manager, new: NewMember) -> Result<StaffId> {
    let token = new_token()?;
    let company = new.company;
    let id = app
        .db
        .write(move |w| {
            check_company(w, &manager, new.company)?;
            check_role(w, &manager, new.company, new.role)?;
            check_names(w, new.company, None, &new.username, &new.userid)?;
            check_quota(w, new.company, 1)?;
            let id = store::team::insert(w, &new, &token, Millis::now())?;
            let detail = format!("雷达用户 {id} {}，角色 {}", new.username, new.role);
            store::audit::put(w, new.company, manager.by, "user.add", &detail)?;
            Ok(id)
        })
        .await?;
    qr_codes::make_later(app, company, vec![id]);
    Ok(id)
}

/// As [`add`]. 305 for one's own role and company, 304 when somebody with customers is to go to another company.
pub async fn update(app: &App, by: impl Into<Manager>, id: StaffId, change: MemberChange) -> Result<()> {
    let manager = by.into();
    let moved = app
        .db
        .write(move |w| {
            let before = reachable(w, &manager, id)?;
            let company = change.company.unwrap_or(before.company);
            let role = change.role.unwrap_or(before.role);
            let username = change.username.as_deref().unwrap_or(&before.username);
            let moves = company != before.company;
            if manager.by.who == Doer::Staff(id) && (role != before.role || moves) {
                return Err(Error::Refused("不能修改自己的角色和公司".into()));
            }
            check_company(w, &manager, company)?;
            check_role(w, &manager, company, role)?;
            if moves || username != before.username {
                check_names(w, company, Some(id), username, &before.userid)?;
            }
            if moves {
                check_free(w, id)?;
                if before.status == super::staff::ENABLED {
                    check_quota(w, company, 1)?;
                }
                store::team::leave(w, id)?;
            }
            store::team::update(w, id, company, username, role)?;
            let detail = format!(
                "雷达用户 {id} {} → {username}，角色 {} → {role}，公司 {} → {company}",
                before.username, before.role, before.company
            );
            store::audit::put(w, before.company, manager.by, "user.update", &detail)?;
            Ok(moves)
        })
        .await?;
    app.sessions.clear();
    if moved {
        // Open sockets are of the old company.
        app.hub.disconnect(Person::Staff(id));
    }
    Ok(())
}

/// 305 for oneself, 304 for somebody with customers. What they sold themselves stays with the company, withdrawn.
pub async fn delete(app: &App, manager: Manager, id: StaffId) -> Result<()> {
    if manager.by.who == Doer::Staff(id) {
        return Err(Error::Refused("不允许删除自己".into()));
    }
    app.db
        .write(move |w| {
            let before = reachable(w, &manager, id)?;
            check_free(w, id)?;
            store::team::leave(w, id)?;
            match store::team::delete(w, id) {
                Ok(()) => {}
                Err(error) if db::is_still_referred_to(&error) => {
                    return Err(Error::InUse("该用户有关联数据,请先删除或转移后再试".into()));
                }
                Err(error) => return Err(error.into()),
            }
            let detail = format!("雷达用户 {id} {}", before.username);
            store::audit::put(w, before.company, manager.by, "user.delete", &detail)
        })
        .await?;
    app.sessions.clear();
    app.hub.disconnect(Person::Staff(id));
    Ok(())
}

/// The staff member, when the manager may change them: of the company, and not of a higher role.
fn reachable(conn: &Connection, manager: &Manager, id: StaffId) -> Result<Member> {
    let member = store::team::find(conn, manager.only_company(), id)?.ok_or_else(|| Error::no_such("用户"))?;
    roles::check_reach(conn, manager.role, member.role)?;
    Ok(member)
}

fn check_company(conn: &Connection, manager: &Manager, company: CompanyId) -> Result<()> {
    let is_visible = manager.only_company().is_none_or(|own| own == company);
    if is_visible && store::companies::exists(conn, company)? { Ok(()) } else { Err(Error::no_such("公司")) }
}

fn check_role(conn: &Connection, manager: &Manager, company: CompanyId, role: RoleId) -> Result<()> {
    if store::roles::find(conn, Some(company), role)?.is_none() {
        return Err(Error::no_such("角色"));
    }
    roles::check_reach(conn, manager.role, role)
}

fn check_names(
    conn: &Connection,
    company: CompanyId,
    but: Option<StaffId>,
    username: &str,
    userid: &str,
) -> Result<()> {
    if store::team::is_name_taken(conn, company, username, but)? {
        return Err(Error::NameTaken("用户名已存在".into()));
    }
    if store::team::is_userid_taken(conn, company, userid, but)? {
        return Err(Error::NameTaken("企业微信成员已存在".into()));
    }
    Ok(())
}

/// 304 while customers are this person's.
fn check_free(w: &Write<'_>, id: StaffId) -> Result<()> {
    if store::team::has_customers(w, id)? {
        return Err(Error::InUse("该用户有关联客户,请先转移客户后再试".into()));
    }
    Ok(())
}
