//! A salesperson's own card: what it says, and the labels on it.

use super::{Label, store};
use crate::{
    app::App,
    error::{Error, Result},
    identity::Staff,
    ids::LabelId,
    time::Millis,
};

/// Labels on a card at most.
const MOST_LABELS: i64 = 50;

/// A card as its owner sees it.
pub struct OwnCard {
    pub name: String,
    pub username: String,
    pub avatar: String,
    pub card_avatar: String,
    pub company: String,
    /// What the card shows.
    pub address: String,
    /// Of the owner's own office; empty: the company's is shown.
    pub own_address: String,
    pub country: String,
    pub area: String,
    pub position: String,
    pub email: String,
    pub wechat: String,
    /// Also when customers do not see it.
    pub phone: String,
    pub is_phone_shown: bool,
    pub signature: String,
    pub qr_code: String,
    pub views: i64,
    pub praises: i64,
    pub forwards: i64,
    pub signature_praises: i64,
    pub photos: Vec<super::Photo>,
    pub labels: Vec<Label>,
    pub created_at: Millis,
}

/// What the owner changes; `None` stays as it is, an empty text clears.
#[derive(Debug, Clone, Default)]
pub struct CardChange {
    pub name: Option<String>,
    pub card_avatar: Option<String>,
    pub phone: Option<String>,
    pub is_phone_shown: Option<bool>,
    pub wechat: Option<String>,
    pub email: Option<String>,
    pub position: Option<String>,
    pub signature: Option<String>,
    pub country: Option<String>,
    pub area: Option<String>,
    pub address: Option<String>,
}

pub async fn card(app: &App, staff: Staff) -> Result<OwnCard> {
    app.db.read(move |conn| store::own::card(conn, staff)?.ok_or_else(|| Error::no_such("用户"))).await
}

/// Changes the card. The company's name and address are the back office's to change: an address given here is that of
/// the owner's own office.
pub async fn save(app: &App, staff: Staff, change: CardChange) -> Result<()> {
    if let Some(url) = &change.card_avatar
        && (!url.starts_with("statics/") || url.contains(".."))
    {
        return Err(Error::field("mingpian_avatar", "请先上传图片"));
    }
    app.db
        .write(move |w| {
            store::own::update(w, staff, &change)?;
            match &change.card_avatar {
                Some(url) => store::own::set_card_avatar(w, staff, url, Millis::now()),
                None => Ok(()),
            }
        })
        .await
}

/// Oldest first.
pub async fn labels(app: &App, staff: Staff) -> Result<Vec<Label>> {
    app.db.read(move |conn| store::own::labels(conn, staff.id)).await
}

/// 303 when the card has the label already.
pub async fn add_label(app: &App, staff: Staff, name: String) -> Result<Label> {
    app.db
        .write(move |w| {
            if store::own::has_label(w, staff, &name)? {
                return Err(Error::Form("不能存在相同的标签名".into()));
            }
            if store::own::count_labels(w, staff)? >= MOST_LABELS {
                return Err(Error::Form(format!("标签最多 {MOST_LABELS} 个").into()));
            }
            let id = store::own::insert_label(w, staff, &name, Millis::now())?;
            Ok(Label { id, name })
        })
        .await
}

/// Keeps these labels and removes all others; 302 when one of them is not on the card.
pub async fn keep_labels(app: &App, staff: Staff, mut ids: Vec<i64>) -> Result<()> {
    ids.sort_unstable();
    ids.dedup();
    app.db
        .write(move |w| {
            let known = store::own::count_known(w, staff, &ids)?;
            if known != i64::try_from(ids.len()).unwrap_or(i64::MAX) {
                return Err(Error::no_such("标签ID"));
            }
            store::own::keep_labels(w, staff, &ids)
        })
        .await
}

pub async fn delete_label(app: &App, staff: Staff, id: LabelId) -> Result<()> {
    app.db
        .write(move |w| if store::own::delete_label(w, staff, id)? { Ok(()) } else { Err(Error::no_such("标签ID")) })
        .await
}
