//! The signature with which a page of ours may use WeChat's own functions, such as sharing. WeChat's JS-SDK说明文档.

use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, AccountKind},
    ids::CompanyId,
    time::Millis,
    weixin::page_signature,
};

/// What `wx.config` takes.
#[derive(Debug, Clone)]
pub struct Signed {
    pub app_id: String,
    /// Seconds.
    pub timestamp: i64,
    pub nonce: String,
    pub signature: String,
}

/// Signs the page at `url`. 301 without an official account, 402 when WeChat gives no ticket.
pub async fn sign(app: &App, company: CompanyId, url: &str) -> Result<Signed> {
    let url = url.split('#').next().unwrap_or_default();
    if url.is_empty() {
        return Err(Error::field("url", "此字段不能为空"));
    }
    let mut app_id = String::new();
    let ticket = identity::with_account(app, company, AccountKind::OfficialAccount, async |account| {
        account.app_id().clone_into(&mut app_id);
        app.weixin.page_ticket(&account).await
    });
    let ticket = ticket.await.map_err(|error| match error {
        Error::Unprepared(why) => Error::Unacceptable(why),
        Error::Weixin { errcode, msg } => {
            tracing::warn!(errcode, %msg, "WeChat gives no ticket for pages");
            Error::Unable("没有生成生成签名所需的jsapi_ticket".into())
        }
        other => other,
    })?;
    let timestamp = Millis::now().0 / 1000;
    let nonce = nonce()?;
    let signature = page_signature(&ticket, &nonce, timestamp, url);
    Ok(Signed { app_id, timestamp, nonce, signature })
}

/// Sixteen letters and digits.
fn nonce() -> Result<String> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut noise = [0_u8; 16];
    getrandom::fill(&mut noise).map_err(Error::internal)?;
    Ok(noise.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_sixteen_letters_and_digits() {
        let (one, two) = (nonce().unwrap(), nonce().unwrap());
        assert!(one.len() == 16 && one.chars().all(|c| c.is_ascii_alphanumeric()));
        assert_ne!(one, two);
    }
}
