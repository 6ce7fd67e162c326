//! Which mini-program a company has, and how it is reached: directly, or through the third-party platform.

use super::store;
use crate::{
    app::App,
    error::{Error, Result},
    ids::CompanyId,
    weixin::{Component, MiniApp},
};

/// The company's own mini-program when its id and secret are set, else the one authorised to the third-party platform;
/// 400 when there is neither. After using it, call [`keep_renewed_token`].
pub async fn mini_app_of(app: &App, company: CompanyId) -> Result<MiniApp> {
    let own = |name: &str| app.settings.get_of(company, name);
    if let (Some(app_id), Some(secret)) = (own("xcx.app_id")?, own("xcx.secret")?) {
        return Ok(MiniApp::Own { app_id, secret: secret.into() });
    }
    let unprepared = || Error::Unprepared("小程序尚未配置".into());
    let (Some(app_id), Some(secret)) =
        (app.settings.get("platform.xcx.app_id")?, app.settings.get("platform.xcx.secret")?)
    else {
        return Err(unprepared());
    };
    let (ticket, authorizer) = app
        .db
        .read(move |conn| Ok((store::mini_app::ticket(conn)?, store::mini_app::authorizer(conn, company)?)))
        .await?;
    let (Some(ticket), Some(authorizer)) = (ticket, authorizer) else { return Err(unprepared()) };
    Ok(MiniApp::Authorised {
        app_id: authorizer.app_id,
        component: Component { app_id, secret: secret.into(), ticket: app.vault.unseal(&ticket)?.into() },
        refresh_token: app.vault.unseal(&authorizer.refresh_token)?.into(),
    })
}

/// Stores the refresh token that WeChat may have given in place of the one in `mini`: without it a restart would lock
/// us out. One that was stored meanwhile is newer and stays.
pub async fn keep_renewed_token(app: &App, company: CompanyId, mini: &MiniApp) -> Result<()> {
    let MiniApp::Authorised { app_id, refresh_token, .. } = mini else { return Ok(()) };
    let Some(renewed) = app.weixin.mini_renewed_refresh_token(mini) else { return Ok(()) };
    let (app_id, replaced) = (app_id.clone(), refresh_token.clone());
    let (vault, sealed) = (app.vault.clone(), app.vault.seal(renewed.expose())?);
    app.db
        .write(move |w| match store::mini_app::authorizer(w, company)? {
            Some(stored) if stored.app_id == app_id && vault.unseal(&stored.refresh_token)? == replaced.expose() => {
                store::mini_app::renew(w, company, &sealed)
            }
            _ => Ok(()),
        })
        .await
}
