//! Calls to WeChat that may wait: put into the database with what caused them, delivered in the background, retried
//! with back-off. WeChat being down fails nobody's request.
//!
//! Here is what is queued and when; `delivery` sends it, `letters` knows how people are reached outside the chat, `desk`
//! shows it to the back office.

mod api;
mod delivery;
mod desk;
mod letters;
pub mod store;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

pub use api::api;
pub use delivery::{deliver_all, forget_old};

use crate::{
    app::App,
    chat::{Content, Pair},
    db::Write,
    error::Result,
    identity::{self, AccountKind},
    ids::{CompanyId, CustomerId, StaffId},
    time::{Millis, SECOND},
};

/// The settings that make up a company's radar application in Work WeChat.
const RADAR_APP: [&str; 3] = ["work.corp_id", "work.radar_secret", "work.radar_agent_id"];
/// A salesperson's telephone rings at most so often; what comes in between leaves together.
const BREATH: i64 = 2 * SECOND;

/// What is to be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Parcel {
    /// A text to a salesperson in Work WeChat, from the radar application.
    StaffText { userid: String, text: String },
    /// What a salesperson said, to a reader of the official account.
    OfficialChat {
        staff: StaffId,
        customer: CustomerId,
        text: String,
        /// A picture of ours; then the text stands for it where pictures cannot go.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        picture: String,
    },
    /// That a salesperson has said something, to a customer of the mini-program.
    MiniNotice {
        staff: StaffId,
        customer: CustomerId,
        text: String,
        /// Milliseconds.
        said_at: i64,
    },
    /// A picture or a voice message that a reader sent to the official account: to be fetched and put into the chat.
    IncomingMedia { staff: StaffId, customer: CustomerId, medium: Medium, address: String, media_id: String },
}

/// What a reader sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    Picture,
    Voice,
}

/// Each kind has a lane of its own: when one of WeChat's services hangs, the others go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    StaffText,
    OfficialChat,
    MiniNotice,
    IncomingMedia,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::StaffText, Self::OfficialChat, Self::MiniNotice, Self::IncomingMedia];

    /// As the table has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::StaffText => "staff_text",
            Self::OfficialChat => "official_chat",
            Self::MiniNotice => "mini_notice",
            Self::IncomingMedia => "incoming_media",
        }
    }

    /// As people call it.
    fn title(self) -> &'static str {
        match self {
            Self::StaffText => "企业微信通知",
            Self::OfficialChat => "公众号消息",
            Self::MiniNotice => "小程序通知",
            Self::IncomingMedia => "公众号收到的图片或语音",
        }
    }
}

impl Parcel {
    pub fn kind(&self) -> Kind {
        match self {
            Self::StaffText { .. } => Kind::StaffText,
            Self::OfficialChat { .. } => Kind::OfficialChat,
            Self::MiniNotice { .. } => Kind::MiniNotice,
            Self::IncomingMedia { .. } => Kind::IncomingMedia,
        }
    }

    /// For whom it is, where that decides what leaves together or in which order.
    fn recipient(&self) -> String {
        match self {
            Self::StaffText { userid, .. } => userid.clone(),
            Self::OfficialChat { customer, .. } => customer.to_string(),
            Self::MiniNotice { .. } | Self::IncomingMedia { .. } => String::new(),
        }
    }
}

/// A parcel on its way.
#[derive(Debug, Clone)]
pub struct Due {
    pub id: i64,
    pub company: CompanyId,
    pub parcel: Parcel,
    pub attempts: i64,
}

/// What wakes the lanes, and when each salesperson's telephone last rang.
#[derive(Default)]
pub struct Outbox {
    lanes: [Notify; Kind::ALL.len()],
    told: Mutex<HashMap<(CompanyId, String), Millis>>,
}

impl Outbox {
    fn lane(&self, kind: Kind) -> &Notify {
        &self.lanes[kind as usize]
    }

    /// Now for the first text in a while; a breath after the last one for those that follow fast.
    fn next_for(&self, company: CompanyId, userid: &str, now: Millis) -> Millis {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let last = told.get(&(company, userid.to_owned()));
        last.map(|last| last.plus(BREATH)).filter(|next| (now.0..=now.0 + BREATH).contains(&next.0)).unwrap_or(now)
    }

    fn note_told(&self, company: CompanyId, userid: &str, now: Millis) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert((company, userid.to_owned()), now);
    }
}

/// Queues a parcel within the caller's write job.
pub fn put(w: &Write<'_>, app: &App, company: CompanyId, parcel: &Parcel, now: Millis) -> Result<()> {
    put_for(w, app, company, parcel, now, now)
}

fn put_for(w: &Write<'_>, app: &App, company: CompanyId, parcel: &Parcel, next_at: Millis, now: Millis) -> Result<()> {
    store::put(w, company, parcel, next_at, now)?;
    let (app, kind) = (app.clone(), parcel.kind());
    w.after_commit(move || app.outbox.lane(kind).notify_one());
    Ok(())
}

/// Queues a text to a salesperson's Work WeChat, within the caller's write job. Companies without a radar application
/// get none.
pub fn tell_staff(w: &Write<'_>, app: &App, company: CompanyId, staff: StaffId, text: &str, now: Millis) -> Result<()> {
    // Only whether they are set: decrypting is no work for the writer, and its failure no reason to refuse a customer.
    let is_set_up = RADAR_APP.iter().all(|name| app.settings.has_of(company, name));
    if !is_set_up {
        return Ok(());
    }
    let Some(userid) = store::userid(w, company, staff)? else { return Ok(()) };
    let next_at = app.outbox.next_for(company, &userid, now);
    put_for(w, app, company, &Parcel::StaffText { userid, text: text.to_owned() }, next_at, now)
}

/// Lets a customer who is not in the conversation know what a salesperson said, within the caller's write job: readers
/// of the official account get the words themselves, those of the mini-program one notice until they have read.
pub fn tell_customer(w: &Write<'_>, app: &App, pair: Pair, content: &Content, now: Millis) -> Result<()> {
    if app.presence.is_here(pair) {
        return Ok(());
    }
    let Some(state) = store::customer_state(w, pair)? else { return Ok(()) };
    let Pair { company, staff, customer } = pair;
    let parcel = match state.user_type {
        1 if identity::has_account(w, app, company, AccountKind::OfficialAccount)? => {
            return say_to_reader(w, app, pair, content, now);
        }
        2 if !state.is_noticed && can_notice(w, app, pair)? => {
            store::set_noticed(w, pair)?;
            Parcel::MiniNotice { staff, customer, text: content.preview(), said_at: now.0 }
        }
        _ => return Ok(()),
    };
    put(w, app, company, &parcel, now)
}

/// Sends something to a reader of the official account, within the caller's write job.
pub fn say_to_reader(w: &Write<'_>, app: &App, pair: Pair, content: &Content, now: Millis) -> Result<()> {
    // Behind what has not got through yet: words in another order say something else.
    let next_at = store::last_for(w, pair)?.unwrap_or(now).max(now);
    let (text, picture) = letters::words(content);
    let parcel = Parcel::OfficialChat { staff: pair.staff, customer: pair.customer, text, picture };
    put_for(w, app, pair.company, &parcel, next_at, now)
}

/// Whether the company's mini-program has a template, and the customer something to send it with.
fn can_notice(conn: &Connection, app: &App, pair: Pair) -> Result<bool> {
    let has = |name: &str| app.settings.has_of(pair.company, name);
    let is_reachable =
        has(letters::SUBSCRIBE_TEMPLATE) || (has(letters::FORM_TEMPLATE) && store::has_form_id(conn, pair.customer)?);
    Ok(is_reachable && identity::has_account(conn, app, pair.company, AccountKind::MiniProgram)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_text_goes_at_once_and_the_next_take_a_breath() {
        let (outbox, company) = (Outbox::default(), CompanyId(1));
        let next = |userid: &str, now: i64| outbox.next_for(company, userid, Millis(now)).0;
        assert_eq!(next("lina", 1000), 1000);
        outbox.note_told(company, "lina", Millis(1000));
        assert_eq!((next("lina", 1001), next("lina", 2999), next("lina", 3000)), (3000, 3000, 3000));
        assert_eq!((next("lina", 3001), next("zhangwei", 1001)), (3001, 1001));
        // A clock that was put back holds nobody up.
        assert_eq!(next("lina", -100_000), -100_000);
    }

    #[test]
    fn parcels_are_kept_under_the_name_of_their_kind() {
        let (staff, customer) = (StaffId(1), CustomerId(2));
        let parcels = [
            Parcel::StaffText { userid: "u".into(), text: "t".into() },
            Parcel::OfficialChat { staff, customer, text: "t".into(), picture: String::new() },
            Parcel::MiniNotice { staff, customer, text: "t".into(), said_at: 1 },
            Parcel::IncomingMedia {
                staff,
                customer,
                medium: Medium::Voice,
                address: String::new(),
                media_id: "m".into(),
            },
        ];
        for (parcel, kind) in parcels.iter().zip(Kind::ALL) {
            let json = serde_json::to_value(parcel).unwrap();
            assert_eq!((parcel.kind(), json["kind"].as_str()), (kind, Some(kind.name())));
            assert_eq!(serde_json::from_value::<Parcel>(json).unwrap(), *parcel);
        }
    }
}
