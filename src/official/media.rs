//! Pictures and voice messages that readers send to the official account: fetched from WeChat and kept like uploads.

use crate::{
    app::App,
    chat::Content,
    error::{Error, Result},
    identity::{self, AccountKind, pictures},
    ids::CompanyId,
    outbox::Medium,
};

/// Where the chat's own uploads are.
const FOLDER: &str = "qiyeweixin/chat";

/// Fetches what a reader sent, as a message. 305 when it is not what it should be.
pub async fn fetch(app: &App, company: CompanyId, medium: Medium, address: &str, media_id: &str) -> Result<Content> {
    let bytes = match medium {
        Medium::Picture if app.weixin.is_picture_address(address) => match app.weixin.picture(address).await {
            Ok(bytes) => bytes,
            Err(error) if media_id.is_empty() => return Err(error.into()),
            Err(_) => by_id(app, company, media_id).await?,
        },
        _ => by_id(app, company, media_id).await?,
    };
    let extension = match medium {
        Medium::Picture => pictures::extension_of(&bytes),
        Medium::Voice => voice_of(&bytes),
    };
    let extension = extension.ok_or(Error::Refused("微信给出的不是图片或语音".into()))?;
    let mut noise = [0_u8; 8];
    getrandom::fill(&mut noise).map_err(Error::internal)?;
    let noise = u64::from_be_bytes(noise);
    let url =
        pictures::store(app, FOLDER, move || Ok(bytes), move |stamp| format!("gzh_{stamp}_{noise:016x}.{extension}"))
            .await?;
    Ok(match medium {
        Medium::Picture => Content::picture(&url),
        Medium::Voice => Content::voice(&url),
    })
}

async fn by_id(app: &App, company: CompanyId, media_id: &str) -> Result<Vec<u8>> {
    if media_id.is_empty() {
        return Err(Error::Refused("微信没有给出图片或语音".into()));
    }
    identity::with_account(app, company, AccountKind::OfficialAccount, async |account| {
        app.weixin.media(&account, media_id).await
    })
    .await
}

/// The ending of a voice message's file; `None` for anything else.
fn voice_of(bytes: &[u8]) -> Option<&'static str> {
    match infer::get(bytes)?.mime_type() {
        "audio/amr" => Some("amr"),
        "audio/mpeg" => Some("mp3"),
        _ => None,
    }
}
