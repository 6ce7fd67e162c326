//! Mini-programs (小程序): sessions and QR codes.

use serde::Deserialize;
use serde_json::json;

use super::http::{Request, Server};
use super::{Account, Secret, Weixin, WeixinError, wire};

/// Who opened the mini-program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MiniSession {
    /// The person, in this mini-program.
    pub openid: String,
    /// Opens what WeChat encrypts for this person until the next login.
    pub session_key: Secret,
    /// The person, over all apps of one owner; only when the app is bound to an open platform.
    pub unionid: Option<String>,
}

#[derive(Deserialize)]
struct RawSession {
    openid: String,
    session_key: String,
    #[serde(default, deserialize_with = "wire::text")]
    unionid: String,
}

impl Weixin {
    /// Exchanges the code of `wx.login` for the person's session.
    ///
    /// # Errors
    /// `Refused` with 40029 (unknown code) or 40163 (code used before).
    pub async fn mini_session(&self, app: &Account, code: &str) -> Result<MiniSession, WeixinError> {
        let raw: RawSession = match app {
            Account::Own { app_id, secret } => {
                let request = Request::get(Server::Weixin, "/sns/jscode2session")
                    .query("appid", app_id)
                    .query("secret", secret.expose())
                    .query("js_code", code)
                    .query("grant_type", "authorization_code");
                self.http().json(request).await?
            }
            Account::Authorised { app_id, component, .. } => {
                let request = |token: &str| {
                    Request::get(Server::Weixin, "/sns/component/jscode2session")
                        .query("appid", app_id)
                        .query("js_code", code)
                        .query("grant_type", "authorization_code")
                        .query("component_appid", &component.app_id)
                        .query("component_access_token", token)
                };
                self.component_call(component, request).await?
            }
        };
        Ok(MiniSession {
            openid: raw.openid,
            session_key: Secret::new(raw.session_key),
            unionid: Some(raw.unionid).filter(|unionid| !unionid.is_empty()),
        })
    }

    /// The round code that opens `path` in the mini-program: the picture's bytes (JPEG or PNG).
    /// `width` is in pixels, 280 to 1280. WeChat makes at most 100 000 of these for an app, ever.
    ///
    /// # Errors
    /// `Refused` with 45029 when they are used up, 40159 for a bad path.
    pub async fn mini_qr_code(&self, app: &Account, path: &str, width: u32) -> Result<Vec<u8>, WeixinError> {
        const PATH: &str = "/wxa/getwxacode";
        let body = json!({ "path": path, "width": width });
        let call = |token: Secret| {
            let request = Request::post(Server::Weixin, PATH, body.clone()).query("access_token", token.expose());
            async move { self.http().picture(PATH, request).await }
        };
        self.account_call(app, call).await
    }
}
