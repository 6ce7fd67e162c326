//! Work WeChat (企业微信): credentials, who is behind a login code, messages to staff.

use serde::Deserialize;
use serde_json::json;

use super::http::{Request, Server};
use super::token::{Fresh, TokenKey};
use super::{Secret, Weixin, WeixinError, wire};

/// One application of a company in Work WeChat; the contacts (通讯录) count as one.
#[derive(Debug, Clone)]
pub struct CorpApp {
    /// The company's id, `ww…`.
    pub corp_id: String,
    /// The application's secret; each application has its own.
    pub secret: Secret,
}

/// A member of the company, as the login tells.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WorkUser {
    /// Unique in the company.
    pub userid: String,
    /// May be empty: newer applications get no name.
    #[serde(default, deserialize_with = "wire::text")]
    pub name: String,
    /// An address at WeChat's picture hosts, or empty.
    #[serde(default, deserialize_with = "wire::text")]
    pub avatar: String,
    /// 1 male, 2 female, 0 not told.
    #[serde(default, deserialize_with = "wire::int")]
    pub gender: i64,
}

#[derive(Deserialize)]
struct UserInfo {
    #[serde(default, deserialize_with = "wire::text")]
    user_ticket: String,
}

#[derive(Deserialize)]
struct Sent {
    #[serde(default, deserialize_with = "wire::text")]
    invaliduser: String,
}

impl Weixin {
    /// Asks WeChat for a token with these credentials, past the cache: tells whether they are right.
    ///
    /// # Errors
    /// `Refused` with 40013 (corp id) or 40001 (secret) when they are not.
    pub async fn work_check(&self, app: &CorpApp) -> Result<(), WeixinError> {
        self.fetch_work_token(app.clone()).await.map(drop)
    }

    /// Who logs in with this code; `None` for somebody outside the company (the documents' `404`).
    ///
    /// # Errors
    /// `Refused` with 40029 when the code is unknown or used up.
    pub async fn work_user_by_code(&self, app: &CorpApp, code: &str) -> Result<Option<WorkUser>, WeixinError> {
        let info: UserInfo = self
            .work_call(app, |token| {
                Request::get(Server::Work, "/cgi-bin/user/getuserinfo").query("access_token", token).query("code", code)
            })
            .await?;
        if info.user_ticket.is_empty() {
            return Ok(None);
        }
        let ticket = json!({ "user_ticket": info.user_ticket });
        self.work_call(app, |token| {
            Request::post(Server::Work, "/cgi-bin/user/getuserdetail", ticket.clone()).query("access_token", token)
        })
        .await
        .map(Some)
    }

    /// Sends a text to staff: `touser` is a userid or several joined by `|`. Answers the userids
    /// that WeChat does not know.
    ///
    /// # Errors
    /// `Refused` with 81013 when none of them is known.
    pub async fn work_send_text(
        &self,
        app: &CorpApp,
        agent_id: i64,
        touser: &str,
        content: &str,
    ) -> Result<Vec<String>, WeixinError> {
        let message = json!({
            "touser": touser, "msgtype": "text", "agentid": agent_id, "text": { "content": content }, "safe": 0,
        });
        let sent: Sent = self
            .work_call(app, |token| {
                Request::post(Server::Work, "/cgi-bin/message/send", message.clone()).query("access_token", token)
            })
            .await?;
        Ok(sent.invaliduser.split('|').filter(|user| !user.is_empty()).map(str::to_owned).collect())
    }

    /// A call with the application's token, retried once with a fresh one.
    pub(super) async fn work_call<T, R>(&self, app: &CorpApp, request: R) -> Result<T, WeixinError>
    where
        T: serde::de::DeserializeOwned,
        R: Fn(&str) -> Request,
    {
        let key = TokenKey { kind: "work", account: app.corp_id.clone(), secret: app.secret.clone() };
        let fetch = || self.fetch_work_token(app.clone());
        let call = |token: Secret| {
            let request = request(token.expose());
            async move { self.http().json(request).await }
        };
        self.tokens().with_token(key, fetch, call).await
    }

    async fn fetch_work_token(&self, app: CorpApp) -> Result<Fresh, WeixinError> {
        let request = Request::get(Server::Work, "/cgi-bin/gettoken")
            .query("corpid", app.corp_id)
            .query("corpsecret", app.secret.expose());
        self.http().json(request).await
    }
}
