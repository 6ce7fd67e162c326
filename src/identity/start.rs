//! What a new installation begins with, and administrators made from the command line.

use super::{passwords, rights::DEFAULT_RULES, store};
use crate::{
    app::App,
    customers,
    db::{Db, Write},
    error::{Error, Result},
    ids::{CompanyId, RoleId},
    time::{Day, Millis},
    web::signature::new_token,
};

/// Makes company 1, the roles and the access rules in an empty database and, when there is no administrator, `admin`.
/// The random password of `admin` when it was made just now.
pub async fn first_start(app: &App) -> Result<Option<String>> {
    let zone = app.zone.clone();
    let has_admin = app
        .db
        .write(move |w| {
            let now = Millis::now();
            if !store::has_companies(w)? {
                found(w, "我的公司", zone.day(now), now)?;
            }
            store::has_admins(w)
        })
        .await?;
    if has_admin {
        return Ok(None);
    }
    // Twelve hexadecimal digits and a prefix that meets the password rule.
    let password = format!("Ld{}", &new_token()?[..12]);
    create_super_admin(&app.db, "admin", &password).await?;
    Ok(Some(password))
}

/// Makes company 1, which never expires, with the tags and phrases of a new company, the roles and the access rules.
pub fn found(w: &Write<'_>, company: &str, charging_start: Day, now: Millis) -> Result<()> {
    store::insert_first_company(w, company, charging_start, now)?;
    customers::tags::furnish(w, CompanyId::FIRST, now)?;
    for (id, name) in [(RoleId::SUPER, "超级管理员"), (RoleId::ADMIN, "管理员"), (RoleId::ORDINARY, "普通用户")]
    {
        store::insert_first_role(w, id, name, now)?;
    }
    let mut rules = Vec::new();
    for (group, path, rights) in DEFAULT_RULES {
        let parent = store::insert_rule(w, group, path, None, now)?;
        rules.push(parent);
        for (right, name) in *rights {
            rules.push(store::insert_rule(w, name, right.url_path(), Some(parent), now)?);
        }
    }
    // Administrators may all of it anyway; stored as well, so that the role's screen says so.
    store::roles::set_rules(w, RoleId::ADMIN, &rules)
}

/// Creates a super-administrator of company 1, or resets its password; says which. The account is enabled and has a new
/// token afterwards, and must change the password at its next login.
pub async fn create_super_admin(db: &Db, login_user: &str, password: &str) -> Result<String> {
    let login_user = login_user.trim().to_owned();
    if login_user.is_empty() {
        return Err(Error::Refused("登录用户名不能为空".into()));
    }
    passwords::check_rule(password)?;
    let hash = passwords::hash(password.to_owned()).await?;
    let token = new_token()?;
    db.write(move |w| {
        if store::reset_admin(w, &login_user, &hash, &token)? {
            if let Some((id, _)) = store::accounts::credentials(w, &login_user)? {
                store::accounts::end_grants(w, id)?;
            }
            return Ok(format!("reset the password of {login_user}"));
        }
        store::insert_admin(w, CompanyId::FIRST, RoleId::SUPER, &login_user, &hash, &token, Millis::now())?;
        Ok(format!("made super-administrator {login_user}"))
    })
    .await
}
