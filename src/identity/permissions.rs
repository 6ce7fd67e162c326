//! Permission entries (权限, `quanxian`): the menu of the staff's front end, a tree a company.

use rusqlite::Connection;

use super::{Manager, Staff, store};
use crate::{
    app::App,
    error::{Error, Result},
    ids::{CompanyId, PermissionId},
    time::Millis,
};

/// Entries of a company at most: they are listed whole.
const MOST: i64 = 500;

/// An entry as it is listed.
#[derive(Debug, Clone)]
pub struct Permission {
    pub id: PermissionId,
    pub path: String,
    pub icon: String,
    pub title: String,
    pub parent: Option<PermissionId>,
    pub order: i64,
    pub created_at: Millis,
}

/// What an entry says; `None` stays as it is.
#[derive(Debug, Clone)]
pub struct PermissionForm {
    pub path: String,
    pub icon: Option<String>,
    pub title: String,
    pub parent: Option<Option<PermissionId>>,
    pub order: i64,
}

/// All entries of the company, in their order.
pub async fn list(app: &App, staff: Staff) -> Result<Vec<Permission>> {
    app.db.read(move |conn| store::permissions::list(conn, staff.company)).await
}

/// 300 when the path or the title is taken, 302 when there is no such parent.
pub async fn add(app: &App, manager: Manager, form: PermissionForm) -> Result<PermissionId> {
    let company = manager.company;
    app.db
        .write(move |w| {
            let parent = form.parent.flatten();
            check(w, company, None, &form, parent)?;
            if store::permissions::count(w, company)? >= MOST {
                return Err(Error::Form(format!("权限条目最多 {MOST} 个").into()));
            }
            let id = store::permissions::insert(w, company, &form, parent, Millis::now())?;
            let detail = format!("权限 {id} {} {}", form.title, form.path);
            store::audit::put(w, company, manager.by, "quanxian.add", &detail)?;
            Ok(id)
        })
        .await
}

/// As [`add`]. 301 when the entry would come to lie below itself.
pub async fn update(app: &App, manager: Manager, id: PermissionId, form: PermissionForm) -> Result<()> {
    let company = manager.company;
    app.db
        .write(move |w| {
            let before = find(w, company, id)?;
            let parent = form.parent.unwrap_or(before.parent);
            check(w, company, Some(id), &form, parent)?;
            if let Some(parent) = parent
                && store::permissions::is_within(w, parent, id)?
            {
                return Err(Error::field("pid_id", "父级不能是自己或自己的下级"));
            }
            store::permissions::update(w, company, id, &form, parent)?;
            let detail = format!("权限 {id} {} {} → {} {}", before.title, before.path, form.title, form.path);
            store::audit::put(w, company, manager.by, "quanxian.update", &detail)
        })
        .await
}

/// 304 while entries lie below it.
pub async fn delete(app: &App, manager: Manager, id: PermissionId) -> Result<()> {
    let company = manager.company;
    app.db
        .write(move |w| {
            let before = find(w, company, id)?;
            if store::permissions::has_children(w, id)? {
                return Err(Error::HasChildren);
            }
            store::permissions::delete(w, company, id)?;
            let detail = format!("权限 {id} {} {}", before.title, before.path);
            store::audit::put(w, company, manager.by, "quanxian.delete", &detail)
        })
        .await
}

fn find(conn: &Connection, company: CompanyId, id: PermissionId) -> Result<Permission> {
    store::permissions::find(conn, company, id)?.ok_or_else(|| Error::no_such("权限条目"))
}

fn check(
    conn: &Connection,
    company: CompanyId,
    id: Option<PermissionId>,
    form: &PermissionForm,
    parent: Option<PermissionId>,
) -> Result<()> {
    if let Some(parent) = parent
        && store::permissions::find(conn, company, parent)?.is_none()
    {
        return Err(Error::no_such("父级条目"));
    }
    if store::permissions::is_path_taken(conn, company, &form.path, id)? {
        return Err(Error::NameTaken("路径已存在".into()));
    }
    if store::permissions::is_title_taken(conn, company, &form.title, id)? {
        return Err(Error::NameTaken("功能名称已存在".into()));
    }
    Ok(())
}
