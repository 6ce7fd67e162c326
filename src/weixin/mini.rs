//! Mini-programs (小程序): sessions, access tokens and QR codes, for a mini-program of one's own
//! and for one that is authorised to a third-party platform.

use serde::Deserialize;
use serde_json::json;

use super::http::{Request, Server};
use super::token::{Fresh, TokenKey};
use super::{Secret, Weixin, WeixinError, wire};

/// A third-party platform (第三方平台) that mini-programs are authorised to.
#[derive(Debug, Clone)]
pub struct Component {
    /// The platform's app id.
    pub app_id: String,
    /// The platform's secret.
    pub secret: Secret,
    /// `component_verify_ticket`, pushed by WeChat every ten minutes.
    pub ticket: Secret,
}

/// A mini-program and the way it is reached.
#[derive(Debug, Clone)]
pub enum MiniApp {
    /// With its own secret, used directly.
    Own {
        /// The mini-program's app id.
        app_id: String,
        /// The mini-program's secret.
        secret: Secret,
    },
    /// Through a third-party platform.
    Authorised {
        /// The mini-program's app id.
        app_id: String,
        /// The platform.
        component: Component,
        /// `authorizer_refresh_token`, from the authorisation.
        refresh_token: Secret,
    },
}

impl MiniApp {
    /// The mini-program's app id.
    #[must_use]
    pub fn app_id(&self) -> &str {
        match self {
            Self::Own { app_id, .. } | Self::Authorised { app_id, .. } => app_id,
        }
    }
}

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
    pub async fn mini_session(&self, app: &MiniApp, code: &str) -> Result<MiniSession, WeixinError> {
        let raw: RawSession = match app {
            MiniApp::Own { app_id, secret } => {
                let request = Request::get(Server::Weixin, "/sns/jscode2session")
                    .query("appid", app_id)
                    .query("secret", secret.expose())
                    .query("js_code", code)
                    .query("grant_type", "authorization_code");
                self.http().json(request).await?
            }
            MiniApp::Authorised { app_id, component, .. } => {
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
    pub async fn mini_qr_code(&self, app: &MiniApp, path: &str, width: u32) -> Result<Vec<u8>, WeixinError> {
        const PATH: &str = "/wxa/getwxacode";
        let body = json!({ "path": path, "width": width });
        let key = match app {
            MiniApp::Own { app_id, secret } => {
                TokenKey { kind: "mini", account: app_id.clone(), secret: secret.clone() }
            }
            MiniApp::Authorised { app_id, refresh_token, .. } => {
                TokenKey { kind: "authorizer", account: app_id.clone(), secret: refresh_token.clone() }
            }
        };
        let call = |token: Secret| {
            let request = Request::post(Server::Weixin, PATH, body.clone()).query("access_token", token.expose());
            async move {
                let picture = self.http().bytes(request).await?;
                // Errors come as JSON, under the same HTTP status.
                if picture.starts_with(b"\xff\xd8") || picture.starts_with(b"\x89PNG") {
                    return Ok(picture);
                }
                wire::parse::<wire::Nothing>(PATH, &picture)?;
                Err(WeixinError::Malformed(format!("{PATH}: neither a picture nor an error")))
            }
        };
        self.tokens().with_token(key, || self.fetch_mini_token(app), call).await
    }

    /// The newest refresh token, when WeChat has replaced the one in `app`. Store it: a restart
    /// forgets it.
    #[must_use]
    pub fn mini_renewed_refresh_token(&self, app: &MiniApp) -> Option<Secret> {
        match app {
            MiniApp::Own { .. } => None,
            MiniApp::Authorised { app_id, refresh_token, .. } => {
                self.renewed().get(&(app_id.clone(), refresh_token.clone())).cloned()
            }
        }
    }

    async fn fetch_mini_token(&self, app: &MiniApp) -> Result<Fresh, WeixinError> {
        match app {
            MiniApp::Own { app_id, secret } => {
                let request = Request::get(Server::Weixin, "/cgi-bin/token")
                    .query("grant_type", "client_credential")
                    .query("appid", app_id)
                    .query("secret", secret.expose());
                self.http().json(request).await
            }
            MiniApp::Authorised { app_id, component, refresh_token } => {
                let newest = self.mini_renewed_refresh_token(app).unwrap_or_else(|| refresh_token.clone());
                let body = json!({
                    "component_appid": component.app_id,
                    "authorizer_appid": app_id,
                    "authorizer_refresh_token": newest.expose(),
                });
                let request = |token: &str| {
                    Request::post(Server::Weixin, "/cgi-bin/component/api_authorizer_token", body.clone())
                        .query("component_access_token", token)
                };
                let fresh: Fresh = self.component_call(component, request).await?;
                if !fresh.refresh_token.is_empty() && fresh.refresh_token != newest {
                    self.renewed().insert((app_id.clone(), refresh_token.clone()), fresh.refresh_token.clone());
                }
                Ok(fresh)
            }
        }
    }

    /// A call with the platform's token. The ticket is no part of its key: a token outlives many.
    async fn component_call<T, R>(&self, component: &Component, request: R) -> Result<T, WeixinError>
    where
        T: serde::de::DeserializeOwned,
        R: Fn(&str) -> Request,
    {
        let key = TokenKey { kind: "component", account: component.app_id.clone(), secret: component.secret.clone() };
        let fetch = || {
            let body = json!({
                "component_appid": component.app_id,
                "component_appsecret": component.secret.expose(),
                "component_verify_ticket": component.ticket.expose(),
            });
            self.http().json(Request::post(Server::Weixin, "/cgi-bin/component/api_component_token", body))
        };
        let call = |token: Secret| self.http().json(request(token.expose()));
        self.tokens().with_token(key, fetch, call).await
    }
}
