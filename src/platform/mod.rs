//! The third-party platforms (第三方平台): companies authorise their mini-program or official account to ours, and we
//! release the mini-programs' code for them.
//!
//! `accounts` is what the company sees and types in, `grants` how WeChat tells of authorisations, `release` what is done
//! to the code, `reviews` what WeChat's reviewers say of it.

mod accounts;
mod api;
mod grants;
mod release;
mod reviews;
mod status;
pub mod store;
mod trouble;

pub use accounts::Profile;
pub use api::api;
pub use grants::Granting;
pub use reviews::{audit_event, follow as follow_reviews};
pub use status::Status;

use crate::{
    app::App,
    error::{Error, Result},
    identity::AccountKind,
    ids::CompanyId,
    weixin::{Component, Envelope, xml},
};

/// Whether this is the version of the company's mini-program that was last put online through us.
pub async fn is_released(app: &App, company: CompanyId, version: &str) -> Result<bool> {
    let version = version.trim().to_owned();
    if version.is_empty() {
        return Ok(false);
    }
    let online = app.db.read(move |conn| store::releases::online_version(conn, company)).await?;
    Ok(online.is_some_and(|online| online == version))
}

/// The platform for accounts of this kind; 400 with what is missing.
async fn component(app: &App, kind: AccountKind) -> Result<Component> {
    if let Some(component) = crate::identity::platform_of(app, kind).await? {
        return Ok(component);
    }
    let is_set = |name: &str| Ok::<_, Error>(app.settings.get(&format!("platform.{kind}.{name}"))?.is_some());
    let text = if is_set("app_id")? && is_set("secret")? {
        "尚未收到微信推送的 component_verify_ticket，请稍后再试".to_owned()
    } else {
        format!("尚未配置{}第三方平台，请联系超级管理员", kind.title())
    };
    Err(Error::Unprepared(text.into()))
}

/// A push as it arrived.
pub struct Push {
    pub signature: String,
    pub timestamp: String,
    pub nonce: String,
    /// XML with the sealed message in it.
    pub body: String,
}

/// The message in a push to the platform; `None` when it is not WeChat's, or there is no platform. Messages to the
/// accounts that are authorised to the platform come in its envelope, too.
pub fn opened(app: &App, kind: AccountKind, push: &Push) -> Result<Option<xml::Fields>> {
    let Some(envelope) = envelope(app, kind)? else { return Ok(None) };
    let opened = xml::read(&push.body).and_then(|outer| {
        let encrypted = outer.get("Encrypt").map(String::as_str).unwrap_or_default();
        xml::read(&envelope.open(&push.signature, &push.timestamp, &push.nonce, encrypted)?)
    });
    Ok(opened.inspect_err(|error| tracing::warn!(%error, platform = kind.name(), "a push was refused")).ok())
}

/// What opens the platform's pushes; `None` until it is set up.
fn envelope(app: &App, kind: AccountKind) -> Result<Option<Envelope>> {
    let setting = |name: &str| app.settings.get(&format!("platform.{kind}.{name}"));
    let (Some(app_id), Some(token), Some(aes_key)) = (setting("app_id")?, setting("token")?, setting("aes_key")?)
    else {
        return Ok(None);
    };
    match Envelope::new(app_id, token.into(), &aes_key.into()) {
        Ok(envelope) => Ok(Some(envelope)),
        Err(error) => {
            tracing::warn!(%error, platform = kind.name(), "the platform's aes_key is of no use");
            Ok(None)
        }
    }
}
