//! Salespeople (雷达用户) in the back office: the list, enabling and disabling.

use super::{Admin, store};
use crate::{
    app::App,
    error::{Error, Result},
    events::Person,
    ids::{CompanyId, DepartmentId, StaffId},
    time::Millis,
    web::{Paging, signature::new_token},
};

pub const ENABLED: i64 = 1;

/// What a list of people is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct PeopleFilter {
    pub username: Option<String>,
    pub position: Option<String>,
    pub department: Option<DepartmentId>,
    /// Staff only.
    pub status: Option<i64>,
}

/// A staff member as listed.
#[derive(Debug, Clone)]
pub struct StaffMember {
    pub id: StaffId,
    pub userid: String,
    pub username: String,
    pub position: String,
    pub avatar: String,
    pub gender: i64,
    pub status: i64,
    /// Bound to WeChat.
    pub phone: String,
    /// Shown on the card.
    pub card_phone: String,
    pub qr_code: String,
    /// Joined by commas.
    pub departments: String,
    pub department_ids: Vec<i64>,
    /// Work WeChat does not know them any more.
    pub is_departed: bool,
    pub last_login_at: Option<Millis>,
    pub created_at: Millis,
}

/// What stands around the lists of people.
#[derive(Debug, Clone)]
pub struct Surroundings {
    pub company_name: String,
    pub card_quota: i64,
    /// All departments of the company.
    pub departments: Vec<(DepartmentId, String)>,
}

/// A page of the company's staff, newest first.
pub async fn list(
    app: &App,
    admin: &Admin,
    filter: PeopleFilter,
    paging: Paging,
) -> Result<(Vec<StaffMember>, i64, Surroundings)> {
    let company = admin.company;
    app.db
        .read(move |conn| {
            let staff = store::staff::list(conn, company, &filter, paging)?;
            let count = store::staff::count(conn, company, &filter)?;
            Ok((staff, count, store::staff::surroundings(conn, company)?))
        })
        .await
}

/// Enables (as far as the quota of cards goes) or disables. Disabling ends the logins and open sockets at once.
pub async fn set_status(app: &App, admin: &Admin, id: StaffId, status: i64) -> Result<()> {
    let (company, by, token) = (admin.company, admin.author(), new_token()?);
    app.db
        .write(move |w| {
            let before = store::staff::status(w, company, id)?.ok_or_else(|| Error::no_such("用户"))?;
            if before == status {
                return Ok(());
            }
            if status == ENABLED {
                check_quota(w, company, 1)?;
            }
            store::staff::set_status(w, company, id, status, (status != ENABLED).then_some(token.as_str()))?;
            let detail = format!("雷达用户 {id}，状态 {before} → {status}");
            store::audit::put(w, company, by, "user.update_status", &detail)
        })
        .await?;
    app.sessions.clear();
    if status != ENABLED {
        app.hub.disconnect(Person::Staff(id));
    }
    Ok(())
}

/// 302 when so many more enabled staff would be more than the company paid cards for.
pub fn check_quota(conn: &rusqlite::Connection, company: CompanyId, more: i64) -> Result<()> {
    let (enabled, quota) = store::staff::cards(conn, company)?;
    if enabled + more > quota {
        return Err(Error::NotFound("超过明片最大开通数,请您联系管理员".into()));
    }
    Ok(())
}
