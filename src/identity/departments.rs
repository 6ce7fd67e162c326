//! Departments. A company that has given the secret of its contacts has them in Work WeChat too: there first, and
//! undone there when they cannot be stored here.

use rusqlite::Connection;

use super::{
    Admin,
    contacts_sync::{self, contacts_app},
    store,
};
use crate::{
    app::App,
    error::{Error, Result},
    ids::{CompanyId, DepartmentId},
    time::Millis,
    web::Paging,
    weixin::{DepartmentDraft, WeixinError},
};

/// The company itself, in Work WeChat.
const WORK_ROOT: i64 = 1;
/// Work WeChat: no such department.
const WORK_UNKNOWN: i64 = 60003;
/// Work WeChat: the department has members.
const WORK_MEMBERS: i64 = 60005;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    pub id: DepartmentId,
    pub name: String,
    pub parent: Option<DepartmentId>,
    /// Its id in Work WeChat, once it is there.
    pub work_id: Option<i64>,
}

/// A department as it is listed.
#[derive(Debug, Clone)]
pub struct Listed {
    pub department: Department,
    pub parent_name: String,
    pub members: i64,
    pub created_at: Millis,
}

/// Newest first.
pub async fn page(app: &App, admin: &Admin, paging: Paging) -> Result<(Vec<Listed>, i64)> {
    let company = admin.company;
    app.db
        .read(move |conn| {
            Ok((store::departments::page(conn, company, paging)?, store::departments::count(conn, company)?))
        })
        .await
}

/// 300 when the name is taken, 302 when there is no such parent, else what Work WeChat says.
pub async fn add(app: &App, admin: &Admin, name: String, parent: Option<DepartmentId>) -> Result<DepartmentId> {
    let (app, company, by) = (app.clone(), admin.company, admin.author());
    to_the_end(async move {
        let form = name.clone();
        let above = app.db.read(move |conn| check(conn, company, None, &form, parent)).await?;
        let corp = contacts_app(&app, company)?;
        let mut work_id = None;
        if let Some(corp) = &corp {
            let draft = draft(None, &name, above);
            work_id = Some(app.weixin.work_create_department(corp, &draft).await.map_err(refused)?);
        }
        let stored = app
            .db
            .write(move |w| {
                check(w, company, None, &name, parent)?;
                let id = store::departments::insert(w, company, &name, parent, work_id, Millis::now())?;
                store::audit::put(w, company, by, "department.add", &format!("部门 {id} {name}"))?;
                Ok(id)
            })
            .await;
        if let (Err(_), Some(corp), Some(work_id)) = (&stored, &corp, work_id) {
            undone(app.weixin.work_delete_department(corp, work_id).await);
        }
        stored
    })
    .await
}

/// As [`add`]; `parent` is `None` when it stays as it is. 301 when the department would come to lie below itself.
pub async fn update(
    app: &App,
    admin: &Admin,
    id: DepartmentId,
    name: String,
    parent: Option<Option<DepartmentId>>,
) -> Result<()> {
    let (app, company, by) = (app.clone(), admin.company, admin.author());
    to_the_end(async move {
        let form = name.clone();
        let (before, above_before, above) = app
            .db
            .read(move |conn| {
                let before = find(conn, company, id)?;
                let above_before = work_parent(conn, company, before.parent)?;
                let above = check(conn, company, Some(id), &form, parent.unwrap_or(before.parent))?;
                Ok((before, above_before, above))
            })
            .await?;
        let corp = contacts_app(&app, company)?;
        let mut work_id = before.work_id;
        if let Some(corp) = &corp {
            let draft = draft(before.work_id, &name, above);
            if before.work_id.is_some() {
                app.weixin.work_update_department(corp, &draft).await.map_err(refused)?;
            } else {
                // Made before the company's contacts were known.
                work_id = Some(app.weixin.work_create_department(corp, &draft).await.map_err(refused)?);
            }
        }
        let stored = app
            .db
            .write(move |w| {
                let current = find(w, company, id)?;
                let parent = parent.unwrap_or(current.parent);
                check(w, company, Some(id), &name, parent)?;
                let detail = format!("部门 {id} {} → {name}", current.name);
                store::departments::update(w, company, &Department { id, name, parent, work_id })?;
                store::audit::put(w, company, by, "department.update", &detail)
            })
            .await;
        if let (Err(_), Some(corp)) = (&stored, &corp) {
            match (before.work_id, work_id) {
                (Some(_), _) => {
                    let draft = draft(before.work_id, &before.name, above_before);
                    undone(app.weixin.work_update_department(corp, &draft).await);
                }
                (None, Some(made)) => undone(app.weixin.work_delete_department(corp, made).await),
                (None, None) => {}
            }
        }
        stored
    })
    .await
}

/// 304 while it has members or departments below it, here or in Work WeChat.
pub async fn delete(app: &App, admin: &Admin, id: DepartmentId) -> Result<()> {
    let (app, company, by) = (app.clone(), admin.company, admin.author());
    to_the_end(async move {
        let (before, above) = app
            .db
            .read(move |conn| {
                let before = deletable(conn, company, id)?;
                let above = work_parent(conn, company, before.parent)?;
                Ok((before, above))
            })
            .await?;
        let mut removed = None;
        if let (Some(corp), Some(work_id)) = (contacts_app(&app, company)?, before.work_id) {
            match app.weixin.work_delete_department(&corp, work_id).await {
                Ok(()) => removed = Some(corp),
                Err(error) if error.errcode() == Some(WORK_UNKNOWN) => {}
                Err(error) => return Err(refused(error)),
            }
        }
        let stored = app
            .db
            .write(move |w| {
                let current = deletable(w, company, id)?;
                store::departments::delete(w, company, id)?;
                store::audit::put(w, company, by, "department.delete", &format!("部门 {id} {}", current.name))
            })
            .await;
        if let (Err(_), Some(corp)) = (&stored, &removed) {
            let draft = draft(before.work_id, &before.name, above);
            undone(app.weixin.work_create_department(corp, &draft).await.map(drop));
        }
        stored
    })
    .await
}

fn find(conn: &Connection, company: CompanyId, id: DepartmentId) -> Result<Department> {
    store::departments::find(conn, company, id)?.ok_or_else(|| Error::no_such("部门ID"))
}

fn deletable(conn: &Connection, company: CompanyId, id: DepartmentId) -> Result<Department> {
    let department = find(conn, company, id)?;
    if store::departments::has_children(conn, id)? { Err(Error::HasChildren) } else { Ok(department) }
}

/// Whether a department may be called so and lie there; the parent's id in Work WeChat.
fn check(
    conn: &Connection,
    company: CompanyId,
    id: Option<DepartmentId>,
    name: &str,
    parent: Option<DepartmentId>,
) -> Result<i64> {
    let above = work_parent(conn, company, parent)?;
    if let (Some(id), Some(parent)) = (id, parent)
        && store::departments::is_within(conn, parent, id)?
    {
        return Err(Error::field("parentid", "上级部门不能是自己或自己的下级"));
    }
    if store::departments::is_name_taken(conn, company, name, id)? {
        return Err(Error::NameTaken("部门名称已存在".into()));
    }
    Ok(above)
}

/// The id of a parent in Work WeChat: the company itself without a parent, or when the parent is not there.
fn work_parent(conn: &Connection, company: CompanyId, parent: Option<DepartmentId>) -> Result<i64> {
    match parent {
        Some(parent) => Ok(find(conn, company, parent)?.work_id.unwrap_or(WORK_ROOT)),
        None => Ok(WORK_ROOT),
    }
}

fn draft(id: Option<i64>, name: &str, parent_id: i64) -> DepartmentDraft {
    DepartmentDraft { id, name: Some(name.to_owned()), parent_id: Some(parent_id), order: None }
}

fn refused(error: WeixinError) -> Error {
    match error {
        WeixinError::Refused { errcode: errcode @ WORK_MEMBERS, .. } => {
            Error::Weixin { errcode, msg: "部门下存在成员,请先删除或转移子级数据".into() }
        }
        other => contacts_sync::refused(other),
    }
}

fn undone(outcome: Result<(), WeixinError>) {
    if let Err(error) = outcome {
        tracing::error!(%error, "a department could not be put back in Work WeChat: the two differ now");
    }
}

/// Runs work to its end even when the client hangs up, so that it is not left half done in Work WeChat.
async fn to_the_end<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work).await.map_err(Error::internal)?
}
