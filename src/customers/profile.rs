//! What a customer tells of themselves: the profile that they authorised, and form ids for template messages.

use super::{copy_avatar_later, store};
use crate::{
    app::App,
    chat::Pair,
    db::Write,
    error::Result,
    identity::Customer,
    radar::{self, Action},
    time::{HOUR, Millis},
};

/// WeChat takes a form id for seven days.
const FORM_ID_LASTS: i64 = 7 * 24 * HOUR;

/// The profile that WeChat showed to the mini-program.
#[derive(Debug, Clone)]
pub struct Profile {
    pub nickname: String,
    /// `None` keeps the one we have.
    pub avatar: Option<String>,
    pub sex: Option<i64>,
    pub city: String,
    pub province: String,
    pub country: String,
    pub language: String,
}

/// Stores the profile, and lets the staff member whom the customer has last turned to know on which page it was.
pub async fn authorise(app: &App, customer: Customer, profile: Profile, page: i64) -> Result<()> {
    let app_inside = app.clone();
    let avatar = profile.avatar.clone().unwrap_or_default();
    let is_to_copy = app.weixin.is_picture_address(&avatar);
    let replaced = app
        .db
        .write(move |w| {
            let replaced = store::profile::avatar(w, customer)?;
            authorise_at(w, &app_inside, customer, &profile, page, Millis::now())?;
            Ok(replaced)
        })
        .await?;
    if is_to_copy {
        copy_avatar_later(app, customer.company, customer.id, &avatar, replaced.unwrap_or_default());
    }
    Ok(())
}

/// [`authorise`] within a write job, at a given moment.
pub fn authorise_at(
    w: &Write<'_>,
    app: &App,
    customer: Customer,
    profile: &Profile,
    page: i64,
    now: Millis,
) -> Result<()> {
    store::profile::update(w, customer, profile)?;
    let Some(staff) = store::recent_staff(w, customer.company, customer.id)? else { return Ok(()) };
    let pair = Pair { company: customer.company, staff, customer: customer.id };
    radar::record_while_open(w, app, pair, Action::Authorise, authorised_text(page).to_owned(), now)
}

/// The radar's words for the page on which a customer authorised.
fn authorised_text(page: i64) -> &'static str {
    match page {
        2 => "已向您授权访问【产品列表】页面",
        3 => "已向您授权访问【产品详情】页面",
        4 => "已向您授权访问【公司官网】页面",
        5 => "已向您授权访问【日记首页】页面",
        6 => "已向您授权访问【日记详情】页面",
        _ => "已向您授权访问【名片详情】页面",
    }
}

/// Keeps a form id for a template message. Developer tools send a sentence instead of one: that is dropped.
pub async fn keep_form_id(app: &App, customer: Customer, form_id: String) -> Result<()> {
    if form_id.contains("formId") {
        return Ok(());
    }
    app.db
        .write(move |w| {
            let now = Millis::now();
            store::profile::forget_form_ids(w, customer, now.plus(-FORM_ID_LASTS))?;
            store::profile::insert_form_id(w, customer, &form_id, now)
        })
        .await
}
