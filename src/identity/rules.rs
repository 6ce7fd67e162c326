//! Access rules: what roles are made of.

use rusqlite::Connection;

use super::{Admin, store};
use crate::{
    app::App,
    error::{Error, Result},
    ids::RuleId,
    time::Millis,
};

/// An access rule as it is listed.
#[derive(Debug, Clone)]
pub struct Rule {
    pub id: RuleId,
    pub name: String,
    pub url_path: String,
    pub parent: Option<RuleId>,
    pub parent_name: String,
    pub created_at: Millis,
}

/// All rules, newest first.
pub async fn list(app: &App, only_top: bool) -> Result<Vec<Rule>> {
    app.db.read(move |conn| store::rules::list(conn, only_top)).await
}

/// 300 when the name or the path is taken, 302 when there is no such parent.
pub async fn add(app: &App, admin: &Admin, name: String, url_path: String, parent: Option<RuleId>) -> Result<RuleId> {
    let (by, company) = (admin.author(), admin.company);
    app.db
        .write(move |w| {
            check(w, None, &name, &url_path, parent)?;
            let id = store::insert_rule(w, &name, &url_path, parent, Millis::now())?;
            store::audit::put(w, company, by, "access_rules.add", &format!("权限条目 {id} {name} {url_path}"))?;
            Ok(id)
        })
        .await
}

/// As [`add`]; `parent` is `None` when it stays as it is. 301 when the rule would come to lie below itself.
pub async fn update(
    app: &App,
    admin: &Admin,
    id: RuleId,
    name: String,
    url_path: String,
    parent: Option<Option<RuleId>>,
) -> Result<()> {
    let (by, company) = (admin.author(), admin.company);
    app.db
        .write(move |w| {
            let before = store::rules::find(w, id)?.ok_or_else(|| Error::no_such("权限条目"))?;
            let parent = parent.unwrap_or(before.parent);
            check(w, Some(id), &name, &url_path, parent)?;
            if let Some(parent) = parent
                && store::rules::is_within(w, parent, id)?
            {
                return Err(Error::field("super_id_id", "父级不能是自己或自己的下级"));
            }
            store::rules::update(w, id, &name, &url_path, parent)?;
            let detail = format!("权限条目 {id} {} {} → {name} {url_path}", before.name, before.url_path);
            store::audit::put(w, company, by, "access_rules.update", &detail)
        })
        .await?;
    app.sessions.clear();
    Ok(())
}

/// 304 when it has children. Roles that had it lose it at once.
pub async fn delete(app: &App, admin: &Admin, id: RuleId) -> Result<()> {
    let (by, company) = (admin.author(), admin.company);
    app.db
        .write(move |w| {
            let before = store::rules::find(w, id)?.ok_or_else(|| Error::no_such("权限条目"))?;
            if store::rules::has_children(w, id)? {
                return Err(Error::HasChildren);
            }
            store::rules::delete(w, id)?;
            let detail = format!("权限条目 {id} {} {}", before.name, before.url_path);
            store::audit::put(w, company, by, "access_rules.delete", &detail)
        })
        .await?;
    app.sessions.clear();
    Ok(())
}

fn check(conn: &Connection, id: Option<RuleId>, name: &str, url_path: &str, parent: Option<RuleId>) -> Result<()> {
    if let Some(parent) = parent
        && !store::rules::exists(conn, parent)?
    {
        return Err(Error::no_such("父级条目"));
    }
    if store::rules::is_name_taken(conn, name, id)? {
        return Err(Error::NameTaken("权限名称已存在".into()));
    }
    if store::rules::is_path_taken(conn, url_path, id)? {
        return Err(Error::NameTaken("标题已存在".into()));
    }
    Ok(())
}
