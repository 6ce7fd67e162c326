//! Avatars are copied from WeChat's picture hosts, which do not keep them for ever and which our pages may not show.

use super::store;
use crate::{
    app::App,
    error::{Error, Result},
    identity::pictures,
    ids::{CompanyId, CustomerId},
};

const FOLDER: &str = "xiaochengxu/user_photo";
/// The same, as the beginning of addresses.
const ADDRESS: &str = "statics/zhugeleida/imgs/xiaochengxu/user_photo/";

/// Copies a customer's new avatar in the background; the copy that it replaces goes. An address that is not WeChat's
/// stays what it is.
pub fn copy_later(app: &App, company: CompanyId, customer: CustomerId, address: &str, replaced: String) {
    if !app.weixin.is_picture_address(address) {
        return;
    }
    let (app, address) = (app.clone(), address.to_owned());
    tokio::spawn(async move {
        if let Err(error) = copy(&app, company, customer, address, replaced).await {
            tracing::debug!(%error, "an avatar could not be copied");
        }
    });
}

async fn copy(app: &App, company: CompanyId, customer: CustomerId, address: String, replaced: String) -> Result<()> {
    let bytes = app.weixin.picture(&address).await?;
    let extension = pictures::extension_of(&bytes).ok_or(Error::Refused("头像不是图片".into()))?;
    let name = move |stamp: &str| format!("{customer}_{stamp}.{extension}");
    let url = pictures::store(app, FOLDER, move || Ok(bytes), name).await?;
    let stored = url.clone();
    let is_wanted =
        app.db.write(move |w| store::profile::replace_avatar(w, company, customer, &address, &stored)).await?;
    let unneeded = if is_wanted { replaced } else { url };
    if let Some(file) = unneeded.strip_prefix(ADDRESS).filter(|file| !file.contains(['/', '\\'])) {
        tokio::fs::remove_file(app.uploads().join(ADDRESS).join(file)).await?;
    }
    Ok(())
}
