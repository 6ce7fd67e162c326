//! Scripts that salespeople answer with (话术), in groups; both are a company's.
//!
//! Wire names: 分组 (`talkGroup`) is a group, 话术 (`speechDetails`, `contentWords`) a script, 发送次数 (`sendNum`) how
//! often it was sent: a chat message that names its script counts, in the same job as the message is stored.

mod api;
pub mod store;

pub use api::api;

use rusqlite::Connection;

use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, Admin},
    ids::{CompanyId, ScriptGroupId, ScriptId, StaffId},
    time::Millis,
    web::Paging,
};

/// A group as it is listed.
#[derive(Debug, Clone)]
pub struct Group {
    pub id: ScriptGroupId,
    pub company: CompanyId,
    pub name: String,
    /// Who looks after it.
    pub staff: Option<StaffId>,
    pub staff_name: String,
    pub company_name: String,
    pub scripts: i64,
    pub created_at: Millis,
}

/// A script as it is listed.
#[derive(Debug, Clone)]
pub struct Script {
    pub id: ScriptId,
    pub group: ScriptGroupId,
    pub group_name: String,
    pub content: String,
    pub uses: i64,
    pub created_at: Millis,
}

/// Something that the wire calls by its id or by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    Id(i64),
    Name(String),
}

impl Named {
    /// All digits are an id, anything else a name.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        match text.parse() {
            Ok(id) if text.bytes().all(|byte| byte.is_ascii_digit()) => Self::Id(id),
            _ => Self::Name(text.to_owned()),
        }
    }
}

/// What the list of scripts is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ScriptFilter {
    pub group: Option<Named>,
    /// Part of the content.
    pub content: Option<String>,
}

/// Groups of the company, newest first.
pub async fn groups(app: &App, company: CompanyId, name: Option<String>, paging: Paging) -> Result<(Vec<Group>, i64)> {
    app.db
        .read(move |conn| {
            let name = name.as_deref();
            Ok((store::groups(conn, company, name, paging)?, store::count_groups(conn, company, name)?))
        })
        .await
}

/// 300 when the company has a group of that name, 302 when there is no such salesperson or company.
pub async fn add_group(
    app: &App,
    admin: &Admin,
    name: String,
    staff: Named,
    company: Option<Named>,
) -> Result<ScriptGroupId> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let company = company_of(w, &admin, company.as_ref())?;
            let staff = staff_of(w, company, &staff)?;
            check_name(w, company, &name, None)?;
            let id = store::insert_group(w, company, &name, staff, Millis::now())?;
            let detail = format!("话术分组 {id} {name}");
            identity::store::audit::put(w, company, admin.author(), "talkGroupManageOper.add", &detail)?;
            Ok(id)
        })
        .await
}

/// As [`add_group`]; without a name it stays as it is. A group stays with its company.
pub async fn update_group(
    app: &App,
    admin: &Admin,
    id: ScriptGroupId,
    name: Option<String>,
    staff: Named,
    company: Option<Named>,
) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let before = find_group(w, &admin, id)?;
            if let Some(company) = &company
                && company_of(w, &admin, Some(company))? != before.company
            {
                return Err(Error::field("companyName", "分组不能转到其他公司"));
            }
            let staff = staff_of(w, before.company, &staff)?;
            let name = name.unwrap_or_else(|| before.name.clone());
            check_name(w, before.company, &name, Some(id))?;
            store::update_group(w, before.company, id, &name, staff)?;
            let detail = format!("话术分组 {id} {} → {name}", before.name);
            identity::store::audit::put(w, before.company, admin.author(), "talkGroupManageOper.update", &detail)
        })
        .await
}

/// 304 while there are scripts in it.
pub async fn delete_group(app: &App, admin: &Admin, id: ScriptGroupId) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let before = find_group(w, &admin, id)?;
            if before.scripts > 0 {
                return Err(Error::HasChildren);
            }
            store::delete_group(w, before.company, id)?;
            let detail = format!("话术分组 {id} {}", before.name);
            identity::store::audit::put(w, before.company, admin.author(), "talkGroupManageOper.delete", &detail)
        })
        .await
}

/// Scripts of the company, newest first.
pub async fn scripts(
    app: &App,
    company: CompanyId,
    filter: ScriptFilter,
    paging: Paging,
) -> Result<(Vec<Script>, i64)> {
    app.db
        .read(move |conn| {
            let group = match &filter.group {
                None => None,
                Some(Named::Id(id)) => Some(ScriptGroupId(*id)),
                Some(Named::Name(name)) => match store::group_named(conn, company, name)? {
                    Some(group) => Some(group),
                    None => return Ok((Vec::new(), 0)),
                },
            };
            let content = filter.content.as_deref();
            Ok((
                store::scripts(conn, company, group, content, paging)?,
                store::count_scripts(conn, company, group, content)?,
            ))
        })
        .await
}

/// 302 when there is no such group.
pub async fn add_script(app: &App, admin: &Admin, content: String, group: Named) -> Result<ScriptId> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let group = group_of(w, &admin, admin.company, &group)?;
            let id = store::insert_script(w, &group, &content, Millis::now())?;
            let detail = format!("话术 {id}，分组 {}", group.name);
            identity::store::audit::put(w, group.company, admin.author(), "speechDetailsManageOper.add", &detail)?;
            Ok(id)
        })
        .await
}

/// As [`add_script`]; within the company.
pub async fn update_script(app: &App, admin: &Admin, id: ScriptId, content: String, group: Named) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let company = company_of_script(w, &admin, id)?;
            let group = group_of(w, &admin, company, &group)?;
            if group.company != company {
                return Err(Error::no_such("话术分组"));
            }
            store::update_script(w, company, id, group.id, &content)?;
            let detail = format!("话术 {id}，分组 {}", group.name);
            identity::store::audit::put(w, company, admin.author(), "speechDetailsManageOper.update", &detail)
        })
        .await
}

pub async fn delete_script(app: &App, admin: &Admin, id: ScriptId) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let company = company_of_script(w, &admin, id)?;
            store::delete_script(w, company, id)?;
            identity::store::audit::put(
                w,
                company,
                admin.author(),
                "speechDetailsManageOper.delete",
                &format!("话术 {id}"),
            )
        })
        .await
}

/// Counts a use, within the job that stores the message. 302 unless it is a script of the company.
pub fn count_use(conn: &Connection, company: CompanyId, id: ScriptId) -> Result<()> {
    if store::count_use(conn, company, id)? { Ok(()) } else { Err(Error::no_such("话术")) }
}

/// The named company, the administrator's own without one; only role 1 may name another.
fn company_of(conn: &Connection, admin: &Admin, named: Option<&Named>) -> Result<CompanyId> {
    let id = match named {
        None => return Ok(admin.company),
        Some(Named::Id(id)) => Some(CompanyId(*id)),
        Some(Named::Name(name)) => store::company_named(conn, name)?,
    };
    let id = id.ok_or_else(|| Error::no_such("公司"))?;
    let company = admin.company_named(Some(id.0))?;
    if identity::store::companies::exists(conn, company)? { Ok(company) } else { Err(Error::no_such("公司")) }
}

fn staff_of(conn: &Connection, company: CompanyId, named: &Named) -> Result<StaffId> {
    store::staff_named(conn, company, named)?.ok_or_else(|| Error::no_such("用户"))
}

fn check_name(conn: &Connection, company: CompanyId, name: &str, but: Option<ScriptGroupId>) -> Result<()> {
    match store::group_named(conn, company, name)? {
        Some(other) if Some(other) != but => Err(Error::NameTaken("分组名称已存在！".into())),
        _ => Ok(()),
    }
}

fn find_group(conn: &Connection, admin: &Admin, id: ScriptGroupId) -> Result<Group> {
    store::find_group(conn, admin.only_company(), id)?.ok_or_else(|| Error::no_such("话术分组"))
}

/// A group by its id, or by its name in the company.
fn group_of(conn: &Connection, admin: &Admin, company: CompanyId, named: &Named) -> Result<Group> {
    let id = match named {
        Named::Id(id) => ScriptGroupId(*id),
        Named::Name(name) => store::group_named(conn, company, name)?.ok_or_else(|| Error::no_such("话术分组"))?,
    };
    find_group(conn, admin, id)
}

fn company_of_script(conn: &Connection, admin: &Admin, id: ScriptId) -> Result<CompanyId> {
    store::company_of_script(conn, admin.only_company(), id)?.ok_or_else(|| Error::no_such("话术"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_digits_are_an_id() {
        assert_eq!(Named::read(" 12 "), Named::Id(12));
        assert_eq!(Named::read("12号"), Named::Name("12号".to_owned()));
        assert_eq!(Named::read("+1"), Named::Name("+1".to_owned()));
        assert_eq!(Named::read("99999999999999999999"), Named::Name("99999999999999999999".to_owned()));
    }
}
