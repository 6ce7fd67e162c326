//! Access rules: what roles are made of.

use super::{Admin, store};
use crate::{
    app::App,
    db,
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
    let _ = admin;
    app.db
        .write(move |w| {
            if let Some(parent) = parent
                && !store::rules::exists(w, parent)?
            {
                return Err(Error::no_such("父级条目"));
            }
            store::insert_rule(w, &name, &url_path, parent, Millis::now()).map_err(|error| {
                if db::is_conflict(&error) { Error::NameTaken("权限名称已存在".into()) } else { error.into() }
            })
        })
        .await
}

/// 304 when it has children. Roles that had it lose it at once.
pub async fn delete(app: &App, admin: &Admin, id: RuleId) -> Result<()> {
    let _ = admin;
    app.db
        .write(move |w| {
            if store::rules::has_children(w, id)? {
                return Err(Error::HasChildren);
            }
            if store::rules::delete(w, id)? { Ok(()) } else { Err(Error::no_such("权限条目")) }
        })
        .await?;
    app.sessions.clear();
    Ok(())
}
