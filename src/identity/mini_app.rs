//! Which mini-program a company's customers open.

use crate::{
    app::App,
    error::{Error, Result},
    ids::CompanyId,
    weixin::MiniApp,
};

/// The company's mini-program with the way to reach it; 400 while none is set up.
pub async fn mini_app_of(app: &App, company: CompanyId) -> Result<MiniApp> {
    let get = |name: &str| app.settings.get_of(company, name);
    match (get("xcx.app_id")?, get("xcx.secret")?) {
        (Some(app_id), Some(secret)) => Ok(MiniApp::Own { app_id, secret: secret.into() }),
        _ => Err(Error::Unprepared("小程序尚未配置".into())),
    }
}
