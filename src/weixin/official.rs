//! Official accounts (公众号): who opens a page of ours, who follows the account, and the signature with which a page
//! may use WeChat's own functions. WeChat's pages 网页授权, 获取用户基本信息, JS-SDK说明文档.

use serde::Deserialize;
use sha1::{Digest, Sha1};

use super::http::{Request, Server};
use super::token::{Fresh, TokenKey};
use super::{Account, Secret, Weixin, WeixinError, wire};

/// Who opened a page, and what may be asked about them. No `Debug` of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageToken {
    /// Good for [`Weixin::page_person`] alone.
    pub token: Secret,
    /// The person, in this account.
    pub openid: String,
    /// The person, over all apps of one owner.
    pub unionid: Option<String>,
}

/// The profile of somebody who agreed to show it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AuthorizedPerson {
    #[serde(default, deserialize_with = "wire::text")]
    pub nickname: String,
    /// 1 male, 2 female, 0 not told.
    #[serde(default, deserialize_with = "wire::int")]
    pub sex: i64,
    #[serde(default, deserialize_with = "wire::text")]
    pub province: String,
    #[serde(default, deserialize_with = "wire::text")]
    pub city: String,
    #[serde(default, deserialize_with = "wire::text")]
    pub country: String,
    #[serde(default, deserialize_with = "wire::text")]
    pub language: String,
    /// An address at WeChat's picture hosts, or empty.
    #[serde(default, rename = "headimgurl", deserialize_with = "wire::text")]
    pub avatar: String,
    /// Empty unless the account is bound to an open platform.
    #[serde(default, deserialize_with = "wire::text")]
    pub unionid: String,
}

#[derive(Deserialize)]
struct RawPageToken {
    #[serde(deserialize_with = "wire::text")]
    access_token: String,
    #[serde(deserialize_with = "wire::text")]
    openid: String,
    #[serde(default, deserialize_with = "wire::text")]
    unionid: String,
}

#[derive(Deserialize)]
struct Follower {
    #[serde(default, deserialize_with = "wire::int")]
    subscribe: i64,
}

impl Weixin {
    /// Exchanges the code that WeChat's authorize page sent along.
    ///
    /// # Errors
    /// `Refused` with 40029 (unknown code) or 40163 (code used before).
    pub async fn page_token(&self, account: &Account, code: &str) -> Result<PageToken, WeixinError> {
        let raw: RawPageToken = match account {
            Account::Own { app_id, secret } => {
                let request = Request::get(Server::Weixin, "/sns/oauth2/access_token")
                    .query("appid", app_id)
                    .query("secret", secret.expose())
                    .query("code", code)
                    .query("grant_type", "authorization_code");
                self.http().json(request).await?
            }
            Account::Authorised { app_id, component, .. } => {
                let request = |token: &str| {
                    Request::get(Server::Weixin, "/sns/oauth2/component/access_token")
                        .query("appid", app_id)
                        .query("code", code)
                        .query("grant_type", "authorization_code")
                        .query("component_appid", &component.app_id)
                        .query("component_access_token", token)
                };
                self.component_call(component, request).await?
            }
        };
        Ok(PageToken {
            token: Secret::new(raw.access_token),
            openid: raw.openid,
            unionid: Some(raw.unionid).filter(|unionid| !unionid.is_empty()),
        })
    }

    /// The profile of who agreed to it (`snsapi_userinfo`).
    ///
    /// # Errors
    /// `Refused` with 48001 when they were asked silently.
    pub async fn page_person(&self, page: &PageToken) -> Result<AuthorizedPerson, WeixinError> {
        let request = Request::get(Server::Weixin, "/sns/userinfo")
            .query("access_token", page.token.expose())
            .query("openid", &page.openid)
            .query("lang", "zh_CN");
        self.http().json(request).await
    }

    /// Whether somebody follows the official account.
    ///
    /// # Errors
    /// `Refused` with 40003 for an unknown person.
    pub async fn is_follower(&self, account: &Account, openid: &str) -> Result<bool, WeixinError> {
        let request =
            || Request::get(Server::Weixin, "/cgi-bin/user/info").query("openid", openid).query("lang", "zh_CN");
        let follower: Follower = self.account_json(account, request).await?;
        Ok(follower.subscribe == 1)
    }

    /// The ticket that pages are signed with; kept like a token, and fetched once for all who wait.
    ///
    /// # Errors
    /// `Refused` when the account may not use the JS-SDK.
    pub async fn page_ticket(&self, account: &Account) -> Result<Secret, WeixinError> {
        let key = TokenKey { kind: "jsapi", ..account.token_key() };
        let fetch = || async {
            let request = || Request::get(Server::Weixin, "/cgi-bin/ticket/getticket").query("type", "jsapi");
            self.account_json::<Fresh, _>(account, request).await
        };
        self.tokens().with_token(key, fetch, |ticket| async { Ok(ticket) }).await
    }
}

/// The signature with which a page at `url` (without what follows `#`) may use the JS-SDK: 40 hex digits.
#[must_use]
pub fn page_signature(ticket: &Secret, nonce: &str, timestamp: i64, url: &str) -> String {
    let text = format!("jsapi_ticket={}&noncestr={nonce}&timestamp={timestamp}&url={url}", ticket.expose());
    Sha1::digest(text).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wechats_published_example() {
        let ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
        let signature =
            page_signature(&ticket.into(), "Wm3WZYTPz0wzccnW", 1_414_587_457, "http://mp.weixin.qq.com?params=value");
        assert_eq!(signature, "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
    }
}
