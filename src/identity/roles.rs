//! Roles: names for sets of access rules.
//!
//! A super-administrator's roles are everybody's, among them 1 超级管理员, 2 管理员 and 3 普通用户; those that others
//! make are their company's alone.

use std::collections::{HashMap, HashSet};

use rusqlite::Connection;

use super::{Admin, Manager, rules::Rule, store};
use crate::{
    app::App,
    error::{Error, Result},
    ids::{CompanyId, RoleId, RuleId},
    time::Millis,
    web::Paging,
};

#[derive(Debug, Clone)]
pub struct Role {
    pub id: RoleId,
    /// `None`: everybody's.
    pub company: Option<CompanyId>,
    pub name: String,
    pub created_at: Millis,
}

/// A page of roles, and what is needed to show which rules they have.
pub struct RolePage {
    pub roles: Vec<Role>,
    pub count: i64,
    /// Top rules, each with all that lie below it, oldest first.
    pub tree: Vec<(Rule, Vec<Rule>)>,
    has: HashSet<(RoleId, RuleId)>,
}

impl RolePage {
    /// A super-administrator has every rule, whatever is stored.
    pub fn has(&self, role: RoleId, rule: RuleId) -> bool {
        role == RoleId::SUPER || self.has.contains(&(role, rule))
    }
}

/// Newest first.
pub async fn page(app: &App, admin: &Admin, paging: Paging) -> Result<RolePage> {
    let only = admin.only_company();
    app.db
        .read(move |conn| {
            let roles = store::roles::page(conn, only, paging)?;
            let ids: Vec<_> = roles.iter().map(|role| role.id).collect();
            Ok(RolePage {
                count: store::roles::count(conn, only)?,
                tree: tree(store::rules::list(conn, false)?),
                has: store::roles::rules(conn, &ids)?.into_iter().collect(),
                roles,
            })
        })
        .await
}

/// The roles alone, newest first: everybody's and the company's, or without one all.
pub async fn list(app: &App, only: Option<CompanyId>, paging: Paging) -> Result<(Vec<Role>, i64)> {
    app.db.read(move |conn| Ok((store::roles::page(conn, only, paging)?, store::roles::count(conn, only)?))).await
}

/// The wire knows two levels only, so what lies deeper is listed below the top rule too.
fn tree(mut rules: Vec<Rule>) -> Vec<(Rule, Vec<Rule>)> {
    rules.sort_by_key(|rule| rule.id);
    let parents: HashMap<_, _> = rules.iter().map(|rule| (rule.id, rule.parent)).collect();
    let top_of = |mut id: RuleId| {
        while let Some(Some(parent)) = parents.get(&id) {
            id = *parent;
        }
        id
    };
    let (tops, below): (Vec<_>, Vec<_>) = rules.into_iter().partition(|rule| rule.parent.is_none());
    let mut tree: Vec<(Rule, Vec<Rule>)> = tops.into_iter().map(|top| (top, Vec::new())).collect();
    for rule in below {
        let top = top_of(rule.id);
        if let Some((_, children)) = tree.iter_mut().find(|(candidate, _)| candidate.id == top) {
            children.push(rule);
        }
    }
    tree
}

/// 300 when the name is taken, 301 for an unknown rule.
pub async fn add(app: &App, by: impl Into<Manager>, name: String, mut rules: Vec<RuleId>) -> Result<RoleId> {
    rules.sort_unstable();
    rules.dedup();
    let manager = by.into();
    app.db
        .write(move |w| {
            let company = manager.only_company();
            check(w, &manager, &name, None, &rules)?;
            let id = store::roles::insert(w, company, &name, Millis::now())?;
            store::roles::set_rules(w, id, &rules)?;
            store::audit::put(w, manager.company, manager.by, "admin_role.add", &described(id, &name, Some(&rules)))?;
            Ok(id)
        })
        .await
}

/// As [`add`]; the rules, if any are named, replace the present ones. 302 when there is no such role, 305 for role 1.
pub async fn update(
    app: &App,
    by: impl Into<Manager>,
    id: RoleId,
    name: String,
    mut rules: Option<Vec<RuleId>>,
) -> Result<()> {
    if id == RoleId::SUPER {
        return Err(Error::Refused("不能修改超级管理员角色".into()));
    }
    if let Some(rules) = &mut rules {
        rules.sort_unstable();
        rules.dedup();
    }
    let manager = by.into();
    app.db
        .write(move |w| {
            changeable(w, &manager, id)?;
            let rules = rules.as_deref();
            check(w, &manager, &name, Some(id), rules.unwrap_or_default())?;
            store::roles::rename(w, id, &name)?;
            if let Some(rules) = rules {
                store::roles::set_rules(w, id, rules)?;
            }
            store::audit::put(w, manager.company, manager.by, "admin_role.update", &described(id, &name, rules))
        })
        .await?;
    app.sessions.clear();
    Ok(())
}

/// 304 while somebody has the role, 305 for the three that the program itself knows.
pub async fn delete(app: &App, by: impl Into<Manager>, id: RoleId) -> Result<()> {
    if [RoleId::SUPER, RoleId::ADMIN, RoleId::ORDINARY].contains(&id) {
        return Err(Error::Refused("不能删除系统角色".into()));
    }
    let manager = by.into();
    app.db
        .write(move |w| {
            let role = changeable(w, &manager, id)?;
            if store::roles::is_in_use(w, id)? {
                return Err(Error::HasChildren);
            }
            store::roles::delete(w, id)?;
            store::audit::put(w, manager.company, manager.by, "admin_role.delete", &format!("角色 {id} {}", role.name))
        })
        .await
}

/// 403 unless everything that the role may is also the own role's to give.
pub fn check_reach(conn: &Connection, own: RoleId, role: RoleId) -> Result<()> {
    let within = match (own, role) {
        (RoleId::SUPER, _) => true,
        (_, RoleId::SUPER) => false,
        (RoleId::ADMIN, _) => true,
        (_, RoleId::ADMIN) => false,
        (own, role) => {
            let rules: Vec<_> = store::roles::rules(conn, &[role])?.into_iter().map(|(_, rule)| rule).collect();
            store::rules::beyond(conn, own, &rules)?.is_empty()
        }
    };
    if within { Ok(()) } else { Err(Error::forbidden()) }
}

/// The role, when the manager may change it: everybody's roles are a super-administrator's to change.
fn changeable(conn: &Connection, manager: &Manager, id: RoleId) -> Result<Role> {
    let only = manager.only_company();
    let role = store::roles::find(conn, only, id)?.ok_or_else(|| Error::no_such("角色"))?;
    if only.is_some() && role.company.is_none() {
        return Err(Error::forbidden());
    }
    check_reach(conn, manager.role, id)?;
    Ok(role)
}

/// Whether a role may have this name and these rules.
fn check(conn: &Connection, manager: &Manager, name: &str, id: Option<RoleId>, rules: &[RuleId]) -> Result<()> {
    let known: HashSet<_> = store::rules::known(conn, rules)?.into_iter().collect();
    if let Some(unknown) = rules.iter().find(|rule| !known.contains(rule)) {
        return Err(Error::field("rules_list", format!("权限条目 {unknown} 不存在")));
    }
    let gives_all = matches!(manager.role, RoleId::SUPER | RoleId::ADMIN);
    if !gives_all && !store::rules::beyond(conn, manager.role, rules)?.is_empty() {
        return Err(Error::forbidden());
    }
    if store::roles::is_name_taken(conn, manager.only_company(), name, id)? {
        return Err(Error::NameTaken("角色名已存在".into()));
    }
    Ok(())
}

fn described(id: RoleId, name: &str, rules: Option<&[RuleId]>) -> String {
    let Some(rules) = rules else { return format!("角色 {id} {name}") };
    let rules: Vec<_> = rules.iter().map(ToString::to_string).collect();
    format!("角色 {id} {name}，权限 {}", rules.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_deeper_is_shown_below_its_top_rule() {
        let rule = |id, parent: Option<i64>| Rule {
            id: RuleId(id),
            name: String::new(),
            url_path: String::new(),
            parent: parent.map(RuleId),
            parent_name: String::new(),
            created_at: Millis(0),
        };
        let shown: Vec<_> =
            tree(vec![rule(5, Some(4)), rule(4, Some(1)), rule(3, None), rule(2, Some(3)), rule(1, None)])
                .into_iter()
                .map(|(top, below)| (top.id.0, below.iter().map(|rule| rule.id.0).collect::<Vec<_>>()))
                .collect();
        assert_eq!(shown, [(1, vec![4, 5]), (3, vec![2])]);
    }
}
