//! People who registered themselves by an invitation and wait to become staff (临时用户).

use super::{
    Admin, Author, contacts_sync, qr_codes,
    staff::{PeopleFilter, Surroundings, check_quota},
    store,
};
use crate::{
    app::App,
    db::Write,
    error::{Error, FieldErrors, Result},
    ids::{CompanyId, StaffId, TempStaffId},
    time::Millis,
    web::{Paging, signature::new_token},
    weixin::{CorpApp, MemberDraft},
};

/// What a person says about themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub username: String,
    pub position: String,
    pub wechat: String,
    pub wechat_phone: String,
    pub card_phone: String,
    pub department_ids: Vec<i64>,
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    pub id: TempStaffId,
    pub form: Form,
    /// Joined by commas.
    pub departments: String,
    pub created_at: Millis,
}

/// What is to be changed; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    pub username: Option<String>,
    pub position: Option<String>,
    pub wechat: Option<String>,
    pub wechat_phone: Option<String>,
    pub card_phone: Option<String>,
    pub department_ids: Option<Vec<i64>>,
}

/// A page of those who wait in the company, newest first.
pub async fn list(
    app: &App,
    admin: &Admin,
    filter: PeopleFilter,
    paging: Paging,
) -> Result<(Vec<Applicant>, i64, Surroundings)> {
    let company = admin.company;
    app.db
        .read(move |conn| {
            let applicants = store::waiting::list(conn, company, &filter, paging)?;
            let count = store::waiting::count(conn, company, &filter)?;
            Ok((applicants, count, store::staff::surroundings(conn, company)?))
        })
        .await
}

/// Puts a person on the list. 300 when somebody of that name waits already, 301 when the phone number is known.
pub async fn apply(app: &App, company: CompanyId, by: Author, mut form: Form) -> Result<TempStaffId> {
    tidy(&mut form.department_ids);
    app.db
        .write(move |w| {
            check(w, company, None, Some(&form.username), Some(&form.wechat_phone), Some(&form.department_ids))?;
            let id = store::waiting::insert(w, company, &form, Millis::now())?;
            store::audit::put(
                w,
                company,
                by,
                "user.scan_code_to_add_user",
                &format!("临时用户 {id} {}", form.username),
            )?;
            Ok(id)
        })
        .await
}

pub async fn update(app: &App, admin: &Admin, id: TempStaffId, mut changes: Changes) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    if let Some(ids) = &mut changes.department_ids {
        tidy(ids);
    }
    app.db
        .write(move |w| {
            let (name, phone) = (changes.username.as_deref(), changes.wechat_phone.as_deref());
            check(w, company, Some(id), name, phone, changes.department_ids.as_deref())?;
            if !store::waiting::update(w, company, id, &changes)? {
                return Err(Error::no_such("用户"));
            }
            store::audit::put(w, company, by, "user.update", &format!("临时用户 {id}"))
        })
        .await
}

pub async fn delete(app: &App, admin: &Admin, id: TempStaffId) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            if !store::waiting::delete(w, company, id)? {
                return Err(Error::no_such("用户"));
            }
            store::audit::put(w, company, by, "user.delete", &format!("临时用户 {id}"))
        })
        .await
}

fn tidy(ids: &mut Vec<i64>) {
    ids.sort_unstable();
    ids.dedup();
}

fn check(
    w: &Write<'_>,
    company: CompanyId,
    but: Option<TempStaffId>,
    username: Option<&str>,
    phone: Option<&str>,
    departments: Option<&[i64]>,
) -> Result<()> {
    if let Some(ids) = departments
        && store::waiting::known_departments(w, company, ids)? != i64::try_from(ids.len()).unwrap_or(i64::MAX)
    {
        return Err(Error::no_such("部门"));
    }
    if let Some(name) = username
        && store::waiting::is_name_taken(w, company, name, but)?
    {
        return Err(Error::NameTaken("用户名已存在".into()));
    }
    if let Some(phone) = phone
        && store::waiting::is_phone_taken(w, company, phone, but)?
    {
        return Err(Error::Invalid(FieldErrors::one("wechat_phone", "微信绑定的手机号已存在")));
    }
    Ok(())
}

/// Somebody on the way from the list to the staff.
#[derive(Clone)]
struct Newcomer {
    applicant: Applicant,
    userid: String,
    token: String,
    work_departments: Vec<i64>,
}

/// Makes those people staff, all of them or none: members in Work WeChat first, where the company has given us its
/// contacts, then staff here. 302 beyond the quota of cards, 301 when somebody of them does not wait.
pub async fn approve(app: &App, admin: &Admin, mut ids: Vec<i64>) -> Result<()> {
    tidy(&mut ids);
    let (app, company, by) = (app.clone(), admin.company, admin.author());
    // On a task of its own: what was begun in Work WeChat is finished or undone also when the caller goes away.
    tokio::spawn(async move { approve_all(&app, company, by, ids).await }).await.map_err(Error::internal)?
}

async fn approve_all(app: &App, company: CompanyId, by: Author, ids: Vec<i64>) -> Result<()> {
    let contacts = contacts_sync::contacts_app(app, company)?;
    let newcomers = app.db.read(move |conn| newcomers(conn, company, &ids)).await?;
    if let Some(contacts) = &contacts {
        create_members(app, contacts, &newcomers).await?;
    }
    let chosen = newcomers.clone();
    let admitted = app.db.write(move |w| admit(w, company, by, &chosen)).await;
    match admitted {
        Ok(staff) => {
            qr_codes::make_later(app, company, staff);
            Ok(())
        }
        Err(error) => {
            if let Some(contacts) = &contacts {
                remove_members(app, contacts, &newcomers).await;
            }
            Err(error)
        }
    }
}

fn newcomers(conn: &rusqlite::Connection, company: CompanyId, ids: &[i64]) -> Result<Vec<Newcomer>> {
    let applicants = store::waiting::some(conn, company, ids)?;
    if applicants.is_empty() || applicants.len() != ids.len() {
        return Err(nobody_waits());
    }
    check_quota(conn, company, i64::try_from(applicants.len()).unwrap_or(i64::MAX))?;
    applicants
        .into_iter()
        .map(|applicant| {
            Ok(Newcomer {
                work_departments: store::waiting::work_departments(conn, company, &applicant.form.department_ids)?,
                userid: format!("ld{}", &new_token()?[..16]),
                token: new_token()?,
                applicant,
            })
        })
        .collect()
}

fn nobody_waits() -> Error {
    Error::Unacceptable("用户临时表无数据".into())
}

/// Looks again, within the job: somebody else may have approved, changed or disabled people meanwhile.
fn admit(w: &Write<'_>, company: CompanyId, by: Author, newcomers: &[Newcomer]) -> Result<Vec<StaffId>> {
    let ids: Vec<i64> = newcomers.iter().map(|newcomer| newcomer.applicant.id.0).collect();
    let waiting = store::waiting::some(w, company, &ids)?;
    if !waiting.iter().eq(newcomers.iter().map(|newcomer| &newcomer.applicant)) {
        return Err(nobody_waits());
    }
    check_quota(w, company, i64::try_from(newcomers.len()).unwrap_or(i64::MAX))?;
    let now = Millis::now();
    newcomers
        .iter()
        .map(|newcomer| {
            let Newcomer { applicant, userid, token, .. } = newcomer;
            store::waiting::delete(w, company, applicant.id)?;
            let staff = store::waiting::admit(w, company, &applicant.form, userid, token, now)?;
            let detail = format!("雷达用户 {staff} {}", applicant.form.username);
            store::audit::put(w, company, by, "user.approval_storage_user_info", &detail)?;
            Ok(staff)
        })
        .collect()
}

async fn create_members(app: &App, contacts: &CorpApp, newcomers: &[Newcomer]) -> Result<()> {
    for (place, newcomer) in newcomers.iter().enumerate() {
        let form = &newcomer.applicant.form;
        let draft = MemberDraft {
            userid: newcomer.userid.clone(),
            name: Some(form.username.clone()),
            department: Some(match newcomer.work_departments.as_slice() {
                [] => vec![1],
                some => some.to_vec(),
            }),
            position: Some(form.position.clone()),
            mobile: Some(form.wechat_phone.clone()),
            gender: None,
            email: None,
        };
        if let Err(error) = app.weixin.work_create_user(contacts, &draft).await {
            // A time-out leaves open whether this one was created.
            let unsure = usize::from(error.errcode().is_none());
            remove_members(app, contacts, &newcomers[..place + unsure]).await;
            return Err(contacts_sync::refused(error));
        }
    }
    Ok(())
}

async fn remove_members(app: &App, contacts: &CorpApp, newcomers: &[Newcomer]) {
    for newcomer in newcomers {
        if let Err(error) = app.weixin.work_delete_user(contacts, &newcomer.userid).await
            && error.errcode() != Some(NO_SUCH_MEMBER)
        {
            tracing::warn!(%error, userid = newcomer.userid, "a member is left over in Work WeChat");
        }
    }
}

/// Work WeChat's "no such user".
const NO_SUCH_MEMBER: i64 = 60111;
