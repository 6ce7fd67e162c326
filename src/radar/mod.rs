//! The radar: what customers do, written down, counted, and shown to the salesperson at once.
//!
//! Wire names: 访问日志 is the radar log, `action` its code, `log` the visible line (customer's name and text).

mod api;
mod office;
mod office_socket;
mod reading;
mod socket;
pub mod store;

use std::sync::Arc;

pub use api::api;

use poem::{Response, endpoint::BoxEndpoint};

use crate::{
    app::App,
    chat::Pair,
    customers,
    db::Write,
    error::{Error, Result},
    events::{Event, Person},
    identity,
    ids::{CompanyId, CustomerId, RadarId, StaffId},
    outbox,
    stats::{self, Figure},
    time::Millis,
};

/// The radar's WebSocket paths.
pub fn sockets() -> Vec<(&'static str, BoxEndpoint<'static, Response>)> {
    vec![socket::route(), office_socket::route()]
}

/// What a customer can do. The numbers are the documents' action codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    ViewCard = 1,
    ViewProduct = 2,
    ViewNews = 3,
    ViewWebsite = 4,
    CopyWechat = 5,
    ForwardCard = 6,
    ConsultProduct = 7,
    SavePhone = 8,
    Praise = 9,
    Call = 10,
    PlayVoice = 11,
    CopyEmail = 12,
    Authorise = 13,
    ViewArticle = 14,
    ForwardToFriend = 15,
    ForwardToMoments = 16,
    SignUp = 17,
    Order = 18,
    PraiseArticle = 19,
    CancelOrder = 20,
    ViewDiaries = 21,
    ViewDiary = 22,
    SendMall = 23,
    ViewVideo = 24,
}

/// The names of the action codes, in their order.
pub const ACTION_NAMES: [(i64, &str); 24] = [
    (1, "查看名片"),
    (2, "查看产品"),
    (3, "查看动态"),
    (4, "查看官网"),
    (5, "复制微信"),
    (6, "转发名片"),
    (7, "咨询产品"),
    (8, "保存电话"),
    (9, "觉得靠谱"),
    (10, "拨打电话"),
    (11, "播放语音"),
    (12, "复制邮箱"),
    (13, "授权访问"),
    (14, "查看文章"),
    (15, "转发文章到朋友"),
    (16, "转发文章到朋友圈"),
    (17, "报名活动"),
    (18, "下单成功"),
    (19, "点赞文章"),
    (20, "取消订单"),
    (21, "查看日记首页"),
    (22, "查看日记详情"),
    (23, "发送小程序"),
    (24, "查看视频"),
];

/// The name of an action code; empty for an unknown one.
pub fn action_name(code: i64) -> &'static str {
    ACTION_NAMES.iter().find(|(known, _)| *known == code).map_or("", |(_, name)| name)
}

impl Action {
    pub fn code(self) -> i64 {
        self as i64
    }

    /// The figures of the back office that this counts in.
    fn figures(self) -> &'static [Figure] {
        match self {
            Self::ViewCard => &[Figure::Views, Figure::CardViews],
            Self::ViewArticle => &[Figure::Views],
            Self::ForwardCard => &[Figure::Forwards, Figure::CardForwards],
            Self::ForwardToFriend | Self::ForwardToMoments => &[Figure::Forwards],
            Self::SavePhone => &[Figure::Saves],
            Self::Praise | Self::PraiseArticle => &[Figure::Praises],
            _ => &[],
        }
    }
}

/// What an act does to the figures of its action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Counts,
    /// The log has it, the figures have not.
    OnlyListed,
    /// A praise taken back, which stays one that was given.
    TakesBack,
}

impl Effect {
    fn number(self) -> i64 {
        match self {
            Self::Counts => 1,
            Self::OnlyListed => 0,
            Self::TakesBack => -1,
        }
    }
}

/// Something a customer did, about to be recorded.
#[derive(Debug, Clone)]
pub struct Act {
    pub company: CompanyId,
    pub staff: StaffId,
    pub customer: CustomerId,
    pub action: Action,
    /// The line without the customer's name in front.
    pub text: String,
    /// Listed under its action, but not counted as one: a praise taken back, a poster saved (which has no code but that
    pub effect: Effect,
}

/// A row of the radar log as it is shown.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: RadarId,
    pub staff: StaffId,
    pub customer: CustomerId,
    pub customer_name: String,
    pub customer_avatar: String,
    pub action: i64,
    pub text: String,
    pub created_at: Millis,
}

impl Entry {
    /// The visible line.
    pub fn line(&self) -> String {
        format!("{}{}", self.customer_name, self.text)
    }
}

/// Writes an act down, within the caller's write job: the row, the counters of every list and day, the customer's last
/// activity, the message to the salesperson's Work WeChat. Sockets are told after the commit.
///
/// Fails with 403 when the company has expired: then nothing is stored and nobody is told.
pub fn record(w: &Write<'_>, app: &App, act: &Act) -> Result<Entry> {
    record_at(w, app, act, Millis::now())
}

/// Records an act that counts, and goes on without when the company has expired: its radar is closed then, but customers
/// read, look and ask as before.
pub fn record_while_open(
    w: &Write<'_>,
    app: &App,
    pair: Pair,
    action: Action,
    text: String,
    now: Millis,
) -> Result<()> {
    let Pair { company, staff, customer } = pair;
    match record_at(w, app, &Act { company, staff, customer, action, text, effect: Effect::Counts }, now) {
        Ok(_) | Err(Error::Forbidden(_)) => Ok(()),
        Err(other) => Err(other),
    }
}

/// [`record`] at a given moment, for data that is made up.
pub fn record_at(w: &Write<'_>, app: &App, act: &Act, now: Millis) -> Result<Entry> {
    let day = app.zone.day(now);
    if identity::store::companies::expiry(w, act.company)?.flatten().is_some_and(|expiry| day >= expiry) {
        return Err(Error::expired());
    }
    let relation = customers::relate(w, app, &customers::Bond::by_itself(act.company, act.staff, act.customer), now)?;
    let id = store::insert(w, act, day, now)?;
    store::count(w, act, relation.id, day, now)?;
    customers::interest::feed(w, relation.id, act, now)?;
    if act.effect == Effect::Counts {
        for figure in act.action.figures() {
            stats::store::bump(w, act.company, day, *figure, 1)?;
        }
    }
    let (customer_name, customer_avatar) = customers::store::face(w, act.company, act.customer)?;
    let entry = Entry {
        id,
        staff: act.staff,
        customer: act.customer,
        customer_name,
        customer_avatar,
        action: act.action.code(),
        text: act.text.clone(),
        created_at: now,
    };
    outbox::tell_staff(w, app, act.company, act.staff, &entry.line(), now)?;
    let (hub, event) = (app.hub.clone(), Event::Radar(Arc::new(entry.clone())));
    let (staff, company) = (act.staff, act.company);
    w.after_commit(move || {
        hub.publish(Person::Staff(staff), &event);
        hub.publish(Person::Office(company), &event);
    });
    Ok(entry)
}
