//! Mini-programs and official accounts, as one: how each is reached (directly or through a third-party platform), and
//! calls with its access token.

use serde::de::DeserializeOwned;
use serde_json::json;

use super::http::{Request, Server};
use super::token::{Fresh, TokenKey};
use super::{Secret, Weixin, WeixinError};

/// A third-party platform (第三方平台) that mini-programs or official accounts are authorised to.
#[derive(Debug, Clone)]
pub struct Component {
    /// The platform's app id.
    pub app_id: String,
    /// The platform's secret.
    pub secret: Secret,
    /// `component_verify_ticket`, pushed by WeChat every ten minutes.
    pub ticket: Secret,
}

impl Component {
    /// The ticket is no part of it: a token outlives many.
    fn token_key(&self) -> TokenKey {
        TokenKey { kind: "component", account: self.app_id.clone(), secret: self.secret.clone() }
    }
}

/// A mini-program or an official account, and the way it is reached.
#[derive(Debug, Clone)]
pub enum Account {
    /// With its own secret, used directly.
    Own {
        /// The account's app id.
        app_id: String,
        /// The account's secret.
        secret: Secret,
    },
    /// Through a third-party platform.
    Authorised {
        /// The account's app id.
        app_id: String,
        /// The platform.
        component: Component,
        /// `authorizer_refresh_token`, from the authorisation.
        refresh_token: Secret,
    },
}

impl Account {
    /// The account's app id.
    #[must_use]
    pub fn app_id(&self) -> &str {
        match self {
            Self::Own { app_id, .. } | Self::Authorised { app_id, .. } => app_id,
        }
    }

    pub(super) fn token_key(&self) -> TokenKey {
        match self {
            Self::Own { app_id, secret } => TokenKey { kind: "own", account: app_id.clone(), secret: secret.clone() },
            Self::Authorised { app_id, refresh_token, .. } => {
                TokenKey { kind: "authorizer", account: app_id.clone(), secret: refresh_token.clone() }
            }
        }
    }
}

impl Weixin {
    /// The newest refresh token, when WeChat has replaced the one in `account`. Store it: a restart forgets it.
    #[must_use]
    pub fn renewed_refresh_token(&self, account: &Account) -> Option<Secret> {
        match account {
            Account::Own { .. } => None,
            Account::Authorised { app_id, refresh_token, .. } => {
                self.renewed().get(&(app_id.clone(), refresh_token.clone())).cloned()
            }
        }
    }

    /// Asks WeChat for a token of the account, past the cache: tells whether its credentials are right.
    ///
    /// # Errors
    /// `Refused` with 40013 (app id), 40125 (secret), 40164 (address not allowed), 61003 (not authorised) and others.
    pub async fn account_check(&self, account: &Account) -> Result<(), WeixinError> {
        self.tokens().renew(account.token_key(), || self.fetch_account_token(account)).await
    }

    /// The same for a platform.
    ///
    /// # Errors
    /// `Refused` with 40013, 40125, 61004 (address not allowed), 61005 or 61006 (ticket) and others.
    pub async fn component_check(&self, component: &Component) -> Result<(), WeixinError> {
        self.tokens().renew(component.token_key(), || self.fetch_component_token(component)).await
    }

    /// A call that wants the account's access token in its query: JSON in, JSON out.
    pub(super) async fn account_json<T, R>(&self, account: &Account, request: R) -> Result<T, WeixinError>
    where
        T: DeserializeOwned,
        R: Fn() -> Request,
    {
        self.account_call(account, |token| {
            let request = request().query("access_token", token.expose());
            async move { self.http().json(request).await }
        })
        .await
    }

    /// Any exchange with the account's access token; made once more with a fresh one when the token is refused.
    pub(super) async fn account_call<T, C, Calling>(&self, account: &Account, call: C) -> Result<T, WeixinError>
    where
        C: Fn(Secret) -> Calling,
        Calling: Future<Output = Result<T, WeixinError>>,
    {
        self.tokens().with_token(account.token_key(), || self.fetch_account_token(account), call).await
    }

    /// A call with the platform's token.
    pub(super) async fn component_call<T, R>(&self, component: &Component, request: R) -> Result<T, WeixinError>
    where
        T: DeserializeOwned,
        R: Fn(&str) -> Request,
    {
        let call = |token: Secret| self.http().json(request(token.expose()));
        self.tokens().with_token(component.token_key(), || self.fetch_component_token(component), call).await
    }

    async fn fetch_component_token(&self, component: &Component) -> Result<Fresh, WeixinError> {
        let body = json!({
            "component_appid": component.app_id,
            "component_appsecret": component.secret.expose(),
            "component_verify_ticket": component.ticket.expose(),
        });
        self.http().json(Request::post(Server::Weixin, "/cgi-bin/component/api_component_token", body)).await
    }

    async fn fetch_account_token(&self, account: &Account) -> Result<Fresh, WeixinError> {
        match account {
            Account::Own { app_id, secret } => {
                let request = Request::get(Server::Weixin, "/cgi-bin/token")
                    .query("grant_type", "client_credential")
                    .query("appid", app_id)
                    .query("secret", secret.expose());
                self.http().json(request).await
            }
            Account::Authorised { app_id, component, refresh_token } => {
                let newest = self.renewed_refresh_token(account).unwrap_or_else(|| refresh_token.clone());
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
}
