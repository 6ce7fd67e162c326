//! Third-party platforms (第三方平台): how accounts are authorised to them, and what an authorised account is.

use serde::Deserialize;
use serde_json::{Value, json};

use super::http::{Request, Server};
use super::{Account, Component, Secret, Weixin, WeixinError, wire};

/// What the owner of an account handed over by authorising it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The account's app id.
    pub app_id: String,
    /// Good until the owner withdraws the authorisation.
    pub refresh_token: Secret,
}

/// An authorised account as its owner has set it up at WeChat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorizerInfo {
    /// Display name; empty when the owner has chosen none.
    pub nickname: String,
    /// Address of the picture at WeChat.
    pub head_img: String,
    /// `gh_…`, by which messages name the account.
    pub original_id: String,
    /// The firm that owns it.
    pub principal_name: String,
    /// Address of its QR code at WeChat.
    pub qr_code: String,
    /// Whether WeChat has verified the owner.
    pub is_verified: bool,
    /// What it tells about itself.
    pub introduction: String,
    /// First and second name of each; mini-programs only.
    pub categories: Vec<(String, String)>,
}

/// The addresses that a mini-program may talk to, each with its scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerDomains {
    /// `https://…`
    pub requests: Vec<String>,
    /// `wss://…`
    pub sockets: Vec<String>,
}

#[derive(Deserialize)]
struct RawPreAuthCode {
    pre_auth_code: String,
}

#[derive(Deserialize)]
struct RawGrant {
    authorization_info: RawAuthorization,
}

#[derive(Deserialize)]
struct RawAuthorization {
    authorizer_appid: String,
    #[serde(default, deserialize_with = "wire::text")]
    authorizer_refresh_token: String,
}

#[derive(Deserialize)]
struct RawInfo {
    authorizer_info: RawAuthorizer,
}

#[derive(Deserialize)]
struct RawAuthorizer {
    #[serde(default, deserialize_with = "wire::text")]
    nick_name: String,
    #[serde(default, deserialize_with = "wire::text")]
    head_img: String,
    #[serde(default, deserialize_with = "wire::text")]
    user_name: String,
    #[serde(default, deserialize_with = "wire::text")]
    principal_name: String,
    #[serde(default, deserialize_with = "wire::text")]
    qrcode_url: String,
    #[serde(default, deserialize_with = "wire::text")]
    signature: String,
    #[serde(default)]
    verify_type_info: Value,
    #[serde(default, rename = "MiniProgramInfo")]
    mini_program_info: Value,
}

impl From<RawAuthorizer> for AuthorizerInfo {
    fn from(raw: RawAuthorizer) -> Self {
        let categories = raw.mini_program_info["categories"].as_array().into_iter().flatten().map(|category| {
            let name = |key: &str| category[key].as_str().unwrap_or_default().to_owned();
            (name("first"), name("second"))
        });
        Self {
            categories: categories.filter(|(first, _)| !first.is_empty()).collect(),
            nickname: raw.nick_name,
            head_img: raw.head_img,
            original_id: raw.user_name,
            principal_name: raw.principal_name,
            qr_code: raw.qrcode_url,
            // -1 is "not verified"; every other number is a way of having been.
            is_verified: raw.verify_type_info["id"].as_i64().is_some_and(|id| id >= 0),
            introduction: raw.signature,
        }
    }
}

impl Weixin {
    /// A code for one authorisation page (`api_create_preauthcode`), good for ten minutes.
    ///
    /// # Errors
    /// `Refused`, for instance with 61006 when the platform's ticket is no good.
    pub async fn pre_auth_code(&self, component: &Component) -> Result<Secret, WeixinError> {
        let body = json!({ "component_appid": component.app_id });
        let raw: RawPreAuthCode =
            self.component_post(component, "/cgi-bin/component/api_create_preauthcode", body).await?;
        Ok(raw.pre_auth_code.into())
    }

    /// Exchanges the code that an authorisation ended with (`api_query_auth`).
    ///
    /// # Errors
    /// `Refused` with 61009 or 61010 when the code is unknown or too old; `Malformed` without a refresh token.
    pub async fn query_auth(&self, component: &Component, code: &str) -> Result<Grant, WeixinError> {
        const PATH: &str = "/cgi-bin/component/api_query_auth";
        let body = json!({ "component_appid": component.app_id, "authorization_code": code });
        let raw: RawGrant = self.component_post(component, PATH, body).await?;
        let RawAuthorization { authorizer_appid, authorizer_refresh_token } = raw.authorization_info;
        if authorizer_refresh_token.is_empty() {
            return Err(WeixinError::Malformed(format!("{PATH}: no refresh token")));
        }
        Ok(Grant { app_id: authorizer_appid, refresh_token: authorizer_refresh_token.into() })
    }

    /// What an authorised account is (`api_get_authorizer_info`).
    ///
    /// # Errors
    /// `Refused` with 61003 when it is not authorised to the platform.
    pub async fn authorizer_info(&self, component: &Component, app_id: &str) -> Result<AuthorizerInfo, WeixinError> {
        let body = json!({ "component_appid": component.app_id, "authorizer_appid": app_id });
        let raw: RawInfo = self.component_post(component, "/cgi-bin/component/api_get_authorizer_info", body).await?;
        Ok(raw.authorizer_info.into())
    }

    async fn component_post<T: serde::de::DeserializeOwned>(
        &self,
        component: &Component,
        path: &'static str,
        body: Value,
    ) -> Result<T, WeixinError> {
        let request =
            |token: &str| Request::post(Server::Weixin, path, body.clone()).query("component_access_token", token);
        self.component_call(component, request).await
    }

    /// Says which servers a mini-program may talk to; those that were named before are replaced (`wxa/modify_domain`).
    ///
    /// # Errors
    /// `Refused` with 85017 when the platform has not listed such a domain.
    pub async fn set_server_domains(&self, mini: &Account, domains: &ServerDomains) -> Result<(), WeixinError> {
        let body = json!({
            "action": "set", "requestdomain": domains.requests, "wsrequestdomain": domains.sockets,
            "uploaddomain": domains.requests, "downloaddomain": domains.requests,
        });
        let request = || Request::post(Server::Weixin, "/wxa/modify_domain", body.clone());
        let _: wire::Nothing = self.account_json(mini, request).await?;
        Ok(())
    }

    /// Says which trades an official account is about, by WeChat's numbers (`template/api_set_industry`).
    ///
    /// # Errors
    /// `Refused` with 43100 when they were changed less than a month ago.
    pub async fn set_industries(&self, official: &Account, first: i64, second: i64) -> Result<(), WeixinError> {
        let body = json!({ "industry_id1": first.to_string(), "industry_id2": second.to_string() });
        let request = || Request::post(Server::Weixin, "/cgi-bin/template/api_set_industry", body.clone());
        let _: wire::Nothing = self.account_json(official, request).await?;
        Ok(())
    }

    /// Takes a message template of WeChat's library into an official account (`template/api_add_template`): its id there.
    ///
    /// # Errors
    /// `Refused` with 45026 when the account has 25 already, 40037 for an unknown template.
    pub async fn add_message_template(&self, official: &Account, short_id: &str) -> Result<String, WeixinError> {
        #[derive(Deserialize)]
        struct Raw {
            template_id: String,
        }
        let body = json!({ "template_id_short": short_id });
        let request = || Request::post(Server::Weixin, "/cgi-bin/template/api_add_template", body.clone());
        let raw: Raw = self.account_json(official, request).await?;
        Ok(raw.template_id)
    }
}
