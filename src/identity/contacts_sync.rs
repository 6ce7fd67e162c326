//! Bringing a company's contacts (通讯录) over from Work WeChat: departments and members.
//!
//! Members that were unknown become staff that are not enabled, so the quota of cards is not touched. Name, position and
//! phone follow Work WeChat until somebody edits them here. Who was there and is gone has left the company: their card is
//! disabled and their logins end at once, while all that they had with customers stays until it is handed over. Who comes
//! back is enabled by hand. Staff that Work WeChat never had are left alone, and departments that are gone there stay
//! until somebody removes them.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{Admin, qr_codes, store};
use crate::{
    app::App,
    db::Write,
    error::{Error, Result},
    events::Person,
    ids::{CompanyId, DepartmentId, StaffId},
    time::Millis,
    web::signature::new_token,
    weixin::{CorpApp, WeixinError, WorkDepartment, WorkMember},
};

/// The company itself among the departments of Work WeChat.
const ROOT: i64 = 1;
/// Members written in one job.
const CHUNK: usize = 200;
/// Departments asked for at the same time.
const AT_ONCE: usize = 4;

/// Which of our departments those of Work WeChat are.
type Known = HashMap<i64, DepartmentId>;

/// The application that may read and change the company's contacts, when it is set up.
pub fn contacts_app(app: &App, company: CompanyId) -> Result<Option<CorpApp>> {
    let get = |name: &str| app.settings.get_of(company, name);
    Ok(get("work.corp_id")?
        .zip(get("work.contacts_secret")?)
        .map(|(corp_id, secret)| CorpApp { corp_id, secret: secret.into() }))
}

/// A refusal of the contacts in the documents' words.
pub fn refused(error: WeixinError) -> Error {
    match error {
        WeixinError::Refused { errcode, errmsg } => {
            Error::Weixin { errcode, msg: format!("企业微信返回错误,{errmsg}").into() }
        }
        other => other.into(),
    }
}

/// What a synchronisation found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Synced {
    /// Members that were unknown.
    pub new: i64,
    /// Staff whom Work WeChat knows no more, since this time.
    pub departed: i64,
}

/// Departments and members of a company as they are in Work WeChat now. 400 when its contacts are not set up.
pub async fn sync(app: &App, admin: &Admin, company: i64) -> Result<Synced> {
    let company = admin.company_named(Some(company))?;
    let exists = app.db.read(move |conn| store::companies::exists(conn, company)).await?;
    if !exists {
        return Err(Error::no_such("公司"));
    }
    let contacts =
        contacts_app(app, company)?.ok_or(Error::Unprepared("请您先填写企业微信corp_id和通讯录秘钥".into()))?;
    let begun = Millis::now();
    let departments = app.weixin.work_departments(&contacts).await.map_err(refused)?;
    let members = members(app, &contacts, &departments).await?;
    let (by, detail) = (admin.author(), format!("通讯录，部门 {} 个，成员 {} 名", departments.len(), members.len()));
    let departments = app
        .db
        .write(move |w| {
            store::audit::put(w, company, by, "user.sync_user_tongxunlu", &detail)?;
            write_departments(w, company, &departments, Millis::now())
        })
        .await?;
    let mut unknown = Vec::new();
    for some in members.chunks(CHUNK) {
        let (some, departments) = (some.to_vec(), departments.clone());
        unknown.extend(app.db.write(move |w| write_members(w, company, &some, &departments)).await?);
    }
    let departed = dismiss(app, admin, company, &members, begun).await?;
    let synced = Synced { new: count(unknown.len()), departed };
    qr_codes::make_later(app, company, unknown);
    Ok(synced)
}

/// Disables those who were there when the members were asked for, and are not among them; how many.
async fn dismiss(app: &App, admin: &Admin, company: CompanyId, members: &[WorkMember], asked: Millis) -> Result<i64> {
    // An application that may see nobody is set up wrongly: the whole company has not left.
    if members.is_empty() {
        return Ok(0);
    }
    let there: HashSet<String> = members.iter().map(|member| member.userid.clone()).collect();
    let by = admin.author();
    let departed = app
        .db
        .write(move |w| {
            let known = store::contacts::present(w, company, asked)?;
            let departed: Vec<StaffId> =
                known.into_iter().filter(|(_, userid)| !there.contains(userid)).map(|(staff, _)| staff).collect();
            for staff in &departed {
                store::contacts::dismiss(w, company, *staff, &new_token()?, Millis::now())?;
                store::audit::put(
                    w,
                    company,
                    by,
                    "user.update_status",
                    &format!("雷达用户 {staff} 已从企业微信离职，停用"),
                )?;
            }
            Ok(departed)
        })
        .await?;
    app.sessions.clear();
    for staff in &departed {
        app.hub.disconnect(Person::Staff(*staff));
    }
    Ok(count(departed.len()))
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The members of all departments, each once.
async fn members(app: &App, contacts: &CorpApp, departments: &[WorkDepartment]) -> Result<Vec<WorkMember>> {
    let ids: Vec<i64> = departments.iter().map(|department| department.id).collect();
    let lists: Vec<Vec<WorkMember>> = stream::iter(ids)
        .map(|id| app.weixin.work_members(contacts, id))
        .buffered(AT_ONCE)
        .try_collect()
        .await
        .map_err(refused)?;
    let mut seen = HashSet::new();
    Ok(lists.into_iter().flatten().filter(|member| seen.insert(member.userid.clone())).collect())
}

/// Stores names and parents. A department is found again by its id there, else by its name.
fn write_departments(w: &Write<'_>, company: CompanyId, departments: &[WorkDepartment], now: Millis) -> Result<Known> {
    let mut known = Known::new();
    let living: Vec<i64> = departments.iter().map(|department| department.id).collect();
    for department in departments.iter().filter(|department| department.id != ROOT) {
        let id = write_department(w, company, department, &living, now)?;
        known.insert(department.id, id);
    }
    for department in departments {
        if let Some(id) = known.get(&department.id) {
            store::contacts::set_parent(w, company, *id, known.get(&department.parent_id).copied())?;
        }
    }
    Ok(known)
}

fn write_department(
    w: &Write<'_>,
    company: CompanyId,
    department: &WorkDepartment,
    living: &[i64],
    now: Millis,
) -> Result<DepartmentId> {
    let by_id = store::contacts::department_by_work_id(w, company, department.id)?;
    // One whose counterpart is gone may be found by its name again.
    let by_name = store::contacts::department_by_name(w, company, &department.name)?
        .map(|(id, work_id)| (id, work_id.filter(|work_id| living.contains(work_id))));
    // Names are unique in a company here, there only below one parent.
    let spare = format!("{}({})", department.name, department.id);
    match (by_id, by_name) {
        (Some(id), _) if department.name.is_empty() => Ok(id),
        (Some(id), Some((named, _))) if named == id => Ok(id),
        (Some(id), named) => {
            let name = if named.is_some() { &spare } else { &department.name };
            store::contacts::rename_department(w, company, id, name)?;
            Ok(id)
        }
        (None, Some((id, None))) => {
            store::contacts::set_work_id(w, company, id, department.id)?;
            Ok(id)
        }
        (None, Some(_)) => store::contacts::insert_department(w, company, &spare, department.id, now),
        (None, None) if department.name.is_empty() => {
            store::contacts::insert_department(w, company, &spare, department.id, now)
        }
        (None, None) => store::contacts::insert_department(w, company, &department.name, department.id, now),
    }
}

/// Refreshes known members and adds the others; the ids of those.
fn write_members(
    w: &Write<'_>,
    company: CompanyId,
    members: &[WorkMember],
    departments: &Known,
) -> Result<Vec<StaffId>> {
    let now = Millis::now();
    let mut unknown = Vec::new();
    for member in members {
        let staff = if let Some(staff) = store::contacts::staff(w, company, &member.userid)? {
            store::contacts::refresh_staff(w, company, staff, member)?;
            staff
        } else {
            let staff = store::contacts::insert_staff(w, company, member, &new_token()?, now)?;
            unknown.push(staff);
            staff
        };
        let places: Vec<DepartmentId> =
            member.department.iter().filter_map(|id| departments.get(id).copied()).collect();
        store::contacts::place(w, company, staff, &places)?;
    }
    Ok(unknown)
}
