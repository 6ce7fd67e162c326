//! Messages to people: customer-service and template messages of official accounts, subscribe and (older) template
//! messages of mini-programs, and the pictures that go with them. WeChat's pages 客服消息, 模板消息, 订阅消息.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::http::{File, Request, Server};
use super::{Account, Secret, Weixin, WeixinError, wire};

/// What a customer-service message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Letter {
    /// A text of at most 2048 bytes.
    Text(String),
    /// A picture by the id that [`Weixin::upload_picture`] gave.
    Picture(String),
}

/// The values of a template's keywords, by name and in order: `keyword1`, `thing1` …
pub type Keywords = Vec<(String, String)>;

/// A message made from a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// openid
    pub to: String,
    /// The template in this account.
    pub template_id: String,
    /// What opens on a tap: a page of the mini-program, or the address of a web page. Empty: nothing.
    pub page: String,
    /// What is filled in.
    pub keywords: Keywords,
}

impl Notice {
    fn data(&self) -> Value {
        let keywords = self.keywords.iter();
        Value::Object(keywords.map(|(name, value)| (name.clone(), json!({ "value": value }))).collect::<Map<_, _>>())
    }
}

#[derive(Deserialize)]
struct Uploaded {
    #[serde(default, deserialize_with = "wire::text")]
    media_id: String,
}

impl Weixin {
    /// Writes to a follower who has turned to the official account within 48 hours.
    ///
    /// # Errors
    /// `Refused` with 45015 (later than that), 45047 (too many without an answer), 43004 (no follower).
    pub async fn send_letter(&self, account: &Account, to: &str, letter: &Letter) -> Result<(), WeixinError> {
        let body = match letter {
            Letter::Text(text) => json!({ "touser": to, "msgtype": "text", "text": { "content": text } }),
            Letter::Picture(id) => json!({ "touser": to, "msgtype": "image", "image": { "media_id": id } }),
        };
        self.post_of(account, "/cgi-bin/message/custom/send", body).await
    }

    /// Sends a template message of an official account.
    ///
    /// # Errors
    /// `Refused` with 43004 for somebody who does not follow, 40037 for an unknown template.
    pub async fn send_template(&self, account: &Account, notice: &Notice) -> Result<(), WeixinError> {
        let mut body = json!({ "touser": notice.to, "template_id": notice.template_id, "data": notice.data() });
        if !notice.page.is_empty() {
            body["url"] = notice.page.as_str().into();
        }
        self.post_of(account, "/cgi-bin/message/template/send", body).await
    }

    /// Sends a subscribe message of a mini-program.
    ///
    /// # Errors
    /// `Refused` with 43101 when the person has not asked for one, 40037 for an unknown template, 47003 for keywords
    /// that it does not take.
    pub async fn send_subscribed(&self, mini: &Account, notice: &Notice) -> Result<(), WeixinError> {
        let body = json!({
            "touser": notice.to, "template_id": notice.template_id, "page": notice.page, "data": notice.data(),
            "miniprogram_state": "formal", "lang": "zh_CN",
        });
        self.post_of(mini, "/cgi-bin/message/subscribe/send", body).await
    }

    /// Sends a template message of a mini-program, the older way: for a form id, which is used up by it.
    ///
    /// # Errors
    /// `Refused` with 41028 for an unknown or outdated form id, 41029 for a used one.
    pub async fn send_by_form(&self, mini: &Account, notice: &Notice, form_id: &str) -> Result<(), WeixinError> {
        let body = json!({
            "touser": notice.to, "template_id": notice.template_id, "page": notice.page, "form_id": form_id,
            "data": notice.data(),
        });
        self.post_of(mini, "/cgi-bin/message/wxopen/template/send", body).await
    }

    /// Lends WeChat a picture for three days: its id for [`Letter::Picture`].
    ///
    /// # Errors
    /// `Refused` with 40004 for a wrong type, 40009 for one that is too large.
    pub async fn upload_picture(
        &self,
        account: &Account,
        name: &str,
        mime: &'static str,
        bytes: Bytes,
    ) -> Result<String, WeixinError> {
        const PATH: &str = "/cgi-bin/media/upload";
        let file = File { field: "media", name: name.to_owned(), mime, bytes };
        let request = || Request::post_file(Server::Weixin, PATH, file.clone()).query("type", "image");
        let uploaded: Uploaded = self.account_json(account, request).await?;
        if uploaded.media_id.is_empty() {
            return Err(WeixinError::Malformed(format!("{PATH}: no media_id")));
        }
        Ok(uploaded.media_id)
    }

    /// What somebody sent to the account: a picture, or a voice message (AMR).
    ///
    /// # Errors
    /// `Refused` with 40007 for an unknown or outdated id.
    pub async fn media(&self, account: &Account, media_id: &str) -> Result<Vec<u8>, WeixinError> {
        const PATH: &str = "/cgi-bin/media/get";
        let call = |token: Secret| {
            let request =
                Request::get(Server::Weixin, PATH).query("access_token", token.expose()).query("media_id", media_id);
            async move {
                let bytes = self.http().bytes(request).await?;
                // Errors come as JSON, under the same HTTP status.
                if bytes.first() != Some(&b'{') {
                    return Ok(bytes);
                }
                wire::parse::<wire::Nothing>(PATH, &bytes)?;
                Err(WeixinError::Malformed(format!("{PATH}: neither a file nor an error")))
            }
        };
        self.account_call(account, call).await
    }

    async fn post_of(&self, account: &Account, path: &'static str, body: Value) -> Result<(), WeixinError> {
        let request = || Request::post(Server::Weixin, path, body.clone());
        self.account_json::<wire::Nothing, _>(account, request).await.map(drop)
    }
}
