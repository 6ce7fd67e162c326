//! Logging in to the back office, one's own password, what one may see.

use std::net::IpAddr;

use super::{Admin, accounts::Account, passwords, store};
use crate::{
    app::App,
    error::{Error, Result},
    ids::RoleId,
    time::Millis,
    web::signature::new_token,
};

/// An account that has just logged in: as it was before, and the token to sign with.
pub struct LoggedIn {
    pub account: Account,
    pub token: String,
}

/// 429 after too many wrong tries, 401 for a wrong name or password, 306 disabled, 403 expired, in this order.
pub async fn login(app: &App, login_user: String, password: String, address: IpAddr) -> Result<LoggedIn> {
    let attempt = app.wrong_logins.attempt(&login_user, address)?;
    let known = app.db.read(move |conn| store::accounts::credentials(conn, &login_user)).await?;
    let hash = known.as_ref().map(|(_, hash)| hash.clone());
    let is_right = passwords::verify(password, hash).await?;
    let Some((id, hash)) = known.filter(|_| is_right) else { return Err(Error::WrongLogin) };
    attempt.forgive();
    let now = Millis::now();
    let today = app.zone.day(now);
    app.db
        .write(move |w| {
            // The password may have been changed while this one was being verified.
            if store::accounts::password_hash(w, id)?.as_deref() != Some(hash.as_str()) {
                return Err(Error::WrongLogin);
            }
            let account = store::accounts::find(w, None, id)?.ok_or(Error::WrongLogin)?;
            if !account.is_enabled() {
                return Err(Error::Disabled);
            }
            if account.role != RoleId::SUPER && account.expiry.is_some_and(|expiry| today >= expiry) {
                return Err(Error::expired());
            }
            store::accounts::logged_in(w, id, now)?;
            Ok(LoggedIn { token: store::accounts::token(w, id)?, account })
        })
        .await
}

/// 305 when the new password is weak, 303 when the two differ. All signatures of the account end.
pub async fn modify_password(app: &App, admin: &Admin, password: String, repeated: &str) -> Result<()> {
    passwords::check_rule(&password)?;
    if password != repeated {
        return Err(Error::Form("两次密码输入不一致".into()));
    }
    let (hash, token) = (passwords::hash(password).await?, new_token()?);
    let (id, company, by) = (admin.id, admin.company, admin.author());
    app.db
        .write(move |w| {
            if !store::accounts::set_password(w, id, &hash, &token, true)? {
                return Err(Error::Forged);
            }
            store::accounts::end_grants(w, id)?;
            store::audit::put(w, company, by, "account.modify_password", "修改了自己的密码")
        })
        .await?;
    app.sessions.clear();
    Ok(())
}

/// The `url_path`s of what the caller may do: everything for roles 1 and 2, else what the role's rules are.
pub async fn rules(app: &App, admin: &Admin) -> Result<Vec<String>> {
    let role = admin.role;
    app.db
        .read(move |conn| match role {
            RoleId::SUPER | RoleId::ADMIN => store::rules::all_paths(conn),
            other => store::rule_paths(conn, other),
        })
        .await
}
