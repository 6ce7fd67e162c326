//! Business cards of salespeople: what they show, and what customers do with them.
//!
//! Wire names: 名片 is a card, 靠谱 its praise, 人气/`popularity` its views, `sign` the personal signature (个性签名).

mod api;
pub mod feedback;
pub mod own;
mod poster;
pub mod store;
mod tidy;

pub use api::api;
pub use poster::{Face, Posters, face as poster_face, save as save_poster};
pub use tidy::{Kind, Picture, tidy_pictures};

use crate::{
    app::App,
    chat::Pair,
    customers::{self, Bond},
    db::Write,
    error::{Error, Result},
    identity::{self, Customer},
    ids::{LabelId, RelationId, StaffId},
    outbox,
    radar::{self, Act, Action, Effect},
    time::Millis,
};

/// A card as a customer sees it.
pub struct Card {
    pub staff: StaffId,
    pub name: String,
    pub avatar: String,
    pub card_avatar: String,
    pub company: String,
    pub address: String,
    pub position: String,
    pub email: String,
    pub wechat: String,
    /// Empty when the staff member hides it.
    pub phone: String,
    pub signature: String,
    pub views: i64,
    pub praises: i64,
    pub forwards: i64,
    pub signature_praises: i64,
    pub is_praised: bool,
    pub is_signature_praised: bool,
    pub photos: Vec<Photo>,
    pub labels: Vec<Label>,
    pub created_at: Millis,
}

/// A word that a salesperson chose for their own card.
#[derive(Debug, Clone)]
pub struct Label {
    pub id: LabelId,
    pub name: String,
}

/// A picture of a card.
pub struct Photo {
    pub id: i64,
    pub url: String,
}

/// A card in the list of those that a customer knows.
pub struct Known {
    pub staff: StaffId,
    pub name: String,
    pub avatar: String,
    pub source: i64,
    pub company: String,
    pub position: String,
    pub email: String,
    pub phone: String,
    pub created_at: Millis,
}

/// What a customer does with a card that is only written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Call,
    SavePhone,
    SaveWechat,
    Forward,
    SavePoster,
}

impl Deed {
    fn action(self) -> Action {
        match self {
            Self::Call => Action::Call,
            Self::SavePhone => Action::SavePhone,
            Self::SaveWechat => Action::CopyWechat,
            Self::Forward => Action::ForwardCard,
            // There is no code of its own; it is listed among the views and not counted as one.
            Self::SavePoster => Action::ViewCard,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Call => "拨打您的手机",
            Self::SavePhone => "保存了您的电话,可以考虑拜访",
            Self::SaveWechat => "复制了您的微信,留意微信新朋友消息",
            Self::Forward => "转发了你的名片,你的人脉圈正在裂变",
            Self::SavePoster => "保存了您的名片海报",
        }
    }
}

/// How often a signature was praised, and whether this was the customer's first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignaturePraise {
    pub count: i64,
    pub is_first: bool,
}

/// Shows a card and counts the view. The card of an expired company still shows; nothing is counted then.
pub async fn visit(app: &App, customer: Customer, staff: StaffId) -> Result<Card> {
    let (app_inside, pair) = (app.clone(), pair(customer, staff));
    match app.db.write(move |w| view(w, &app_inside, pair, Millis::now())).await {
        Ok(()) | Err(Error::Forbidden(_)) => {}
        Err(error) => return Err(error),
    }
    let card = app.db.read(move |conn| store::card(conn, pair)).await?;
    card.ok_or_else(|| Error::no_such("用户"))
}

/// Everybody whom the customer has to do with, the latest first.
pub async fn known(app: &App, customer: Customer) -> Result<Vec<Known>> {
    app.db.read(move |conn| store::known(conn, customer)).await
}

/// Writes down what a customer did with a card; 403 when the company has expired.
pub async fn record(app: &App, customer: Customer, staff: StaffId, deed: Deed) -> Result<()> {
    let (app_inside, pair) = (app.clone(), pair(customer, staff));
    app.db.write(move |w| act(w, &app_inside, pair, deed, Millis::now())).await
}

/// Praises a card, or takes the praise back.
pub async fn toggle_praise(app: &App, customer: Customer, staff: StaffId) -> Result<()> {
    let (app_inside, pair) = (app.clone(), pair(customer, staff));
    app.db.write(move |w| praise(w, &app_inside, pair, Millis::now())).await
}

/// Praises a signature; the second time changes nothing.
pub async fn praise_signature(app: &App, customer: Customer, staff: StaffId) -> Result<SignaturePraise> {
    let (app_inside, pair) = (app.clone(), pair(customer, staff));
    app.db.write(move |w| signature(w, &app_inside, pair, Millis::now())).await
}

/// A view within a write job, at a given moment.
pub fn view(w: &Write<'_>, app: &App, pair: Pair, now: Millis) -> Result<()> {
    let relation = relation(w, app, pair, now)?;
    let views = store::count_view(w, relation, pair)?;
    write_down(w, app, pair, Action::ViewCard, view_text(views), Effect::Counts, now)
}

/// A [`Deed`] within a write job, at a given moment.
pub fn act(w: &Write<'_>, app: &App, pair: Pair, deed: Deed, now: Millis) -> Result<()> {
    relation(w, app, pair, now)?;
    if deed == Deed::Forward {
        store::count_forward(w, pair)?;
    }
    // Saving the poster has no code of its own: it is listed as a look at the card, but is none.
    let effect = if deed == Deed::SavePoster { Effect::OnlyListed } else { Effect::Counts };
    write_down(w, app, pair, deed.action(), deed.text().to_owned(), effect, now)
}

/// Praise or its withdrawal within a write job, at a given moment.
pub fn praise(w: &Write<'_>, app: &App, pair: Pair, now: Millis) -> Result<()> {
    let relation = relation(w, app, pair, now)?;
    let is_praised = store::toggle_praise(w, relation, pair)?;
    // The words are those of document 003's log.
    let (text, effect) =
        if is_praised { ("觉得靠谱", Effect::Counts) } else { ("取消对你的靠谱评价", Effect::TakesBack) };
    write_down(w, app, pair, Action::Praise, text.to_owned(), effect, now)
}

/// Praise of the signature within a write job, at a given moment.
///
/// No action code fits it (contract: xiaochengxu.mingpian.up_sign), so it is counted and told to the staff member, but
/// is no radar entry: under code 9 it would count as praise of the card.
pub fn signature(w: &Write<'_>, app: &App, pair: Pair, now: Millis) -> Result<SignaturePraise> {
    let expiry = identity::store::companies::expiry(w, pair.company)?.flatten();
    let relation = relation(w, app, pair, now)?;
    if expiry.is_some_and(|expiry| app.zone.day(now) >= expiry) {
        return Err(Error::expired());
    }
    let is_first = store::praise_signature(w, relation, pair, now)?;
    if is_first {
        let (name, _) = customers::store::face(w, pair.company, pair.customer)?;
        outbox::tell_staff(w, app, pair.company, pair.staff, &format!("{name}赞了你的个性签名"), now)?;
    }
    Ok(SignaturePraise { count: store::signature_praises(w, pair)?, is_first })
}

/// The line of the `count`th view of a card by one customer.
fn view_text(count: i64) -> String {
    match count {
        ..=1 => "首次查看您的名片,沟通从此刻开始".to_owned(),
        2 => "查看您的名片第2次,把握深度交流的机会".to_owned(),
        3 => "查看您的名片第3次,建议标注重点客户".to_owned(),
        _ => format!("查看您的名片第{count}次,成交在望"),
    }
}

fn pair(customer: Customer, staff: StaffId) -> Pair {
    Pair { company: customer.company, staff, customer: customer.id }
}

/// 302 unless the card's owner is an enabled staff member of the customer's company.
fn relation(w: &Write<'_>, app: &App, pair: Pair, now: Millis) -> Result<RelationId> {
    if !customers::store::is_enabled_staff(w, pair.company, pair.staff)? {
        return Err(Error::no_such("用户"));
    }
    Ok(customers::relate(w, app, &Bond::by_itself(pair.company, pair.staff, pair.customer), now)?.id)
}

fn write_down(
    w: &Write<'_>,
    app: &App,
    pair: Pair,
    action: Action,
    text: String,
    effect: Effect,
    now: Millis,
) -> Result<()> {
    let Pair { company, staff, customer } = pair;
    radar::record_at(w, app, &Act { company, staff, customer, action, text, effect }, now)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_printed_is_that_of_this_view() {
        assert_eq!(view_text(1), "首次查看您的名片,沟通从此刻开始");
        assert_eq!(view_text(2), "查看您的名片第2次,把握深度交流的机会");
        assert_eq!(view_text(3), "查看您的名片第3次,建议标注重点客户");
        assert_eq!(view_text(4), "查看您的名片第4次,成交在望");
        assert_eq!(view_text(12), "查看您的名片第12次,成交在望");
    }
}
