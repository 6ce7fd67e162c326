//! Login of staff through Work WeChat: the code of a login becomes the staff member's token.

use super::{staff::ENABLED, store};
use crate::{
    app::App,
    error::{Error, Result},
    ids::{CompanyId, StaffId},
    time::Millis,
    weixin::{CorpApp, WorkUser},
};

/// A staff member who has just logged in.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    pub id: StaffId,
    pub company: CompanyId,
    pub token: String,
    pub username: String,
    pub avatar: String,
    pub is_first: bool,
}

/// 302 for an unknown company or somebody who is not on the staff, 306 for somebody disabled, 403 for an expired
/// company, WeChat's own number for a bad code.
pub async fn log_in(app: &App, company: CompanyId, code: &str) -> Result<LoggedIn> {
    let radar = open_for(app, company).await?;
    // Some clients send the code in quotation marks.
    let code = code.trim().trim_matches('\'').trim();
    let user = app.weixin.work_user_by_code(&radar, code).await?.ok_or_else(|| Error::no_such("用户"))?;
    app.db.write(move |w| note(w, company, user, Millis::now())).await
}

/// The radar application of a company that may use it.
async fn open_for(app: &App, company: CompanyId) -> Result<CorpApp> {
    let expiry = app
        .db
        .read(move |conn| store::companies::expiry(conn, company))
        .await?
        .ok_or_else(|| Error::no_such("公司"))?;
    if expiry.is_some_and(|expiry| app.zone.day(Millis::now()) >= expiry) {
        return Err(Error::expired());
    }
    let get = |name: &str| app.settings.get_of(company, name);
    match (get("work.corp_id")?, get("work.radar_secret")?) {
        (Some(corp_id), Some(secret)) => Ok(CorpApp { corp_id, secret: secret.into() }),
        _ => Err(Error::Unprepared("企业微信AI雷达应用尚未配置".into())),
    }
}

fn note(w: &crate::db::Write<'_>, company: CompanyId, user: WorkUser, now: Millis) -> Result<LoggedIn> {
    let known = store::staff::login(w, company, &user.userid)?.ok_or_else(|| Error::no_such("用户"))?;
    if known.status != ENABLED {
        return Err(Error::Disabled);
    }
    let avatar = Some(user.avatar).filter(|avatar| !avatar.is_empty());
    let gender = Some(user.gender).filter(|gender| matches!(gender, 1 | 2));
    store::staff::logged_in(w, known.id, avatar.as_deref(), gender, now)?;
    Ok(LoggedIn {
        id: known.id,
        company,
        token: known.token,
        username: known.username,
        avatar: avatar.unwrap_or(known.avatar),
        is_first: known.last_login_at.is_none(),
    })
}
