//! A socket that keeps a salesperson's unread count, or the contact list, up to date.

use serde_json::json;

use super::next_of;
use crate::{
    app::App,
    chat::{api::contacts, store},
    error::Result,
    events::{Event, Person, Subscription},
    identity::{Frame, Gate, Session, Staff, failed},
    web::{Paging, Reply, Socket},
};

const CHANGED: &str = "实时获取雷达【消息数量】成功";
const REGISTERED: &str = "注册成功返回【消息数量】成功";

/// What the socket shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Counts,
    Contacts,
}

pub struct Overview {
    app: App,
    gate: Gate,
    view: View,
    joined: Option<Joined>,
}

struct Joined {
    staff: Staff,
    events: Subscription,
    /// The count that was last told.
    told: Option<i64>,
    /// The page of contacts that the client looks at, once it has asked for one.
    paging: Option<Paging>,
}

impl Overview {
    pub fn new(app: App, gate: Gate, view: View) -> Self {
        Self { app, gate, view, joined: None }
    }

    async fn join(&mut self, frame: &Frame) -> Result<(), Reply> {
        let staff_of = |session: &Session| session.staff().map_err(|error| failed(&error));
        let staff = staff_of(self.gate.admit(frame).await?.as_ref())?;
        if self.joined.as_ref().is_none_or(|joined| joined.staff.id != staff.id) {
            let events = self.app.hub.subscribe(Person::Staff(staff.id));
            self.gate.admit(frame).await?;
            self.joined = Some(Joined { staff, events, told: None, paging: None });
        }
        Ok(())
    }

    /// The unread count as a frame, with `msg`; nothing when `only_changed` and it is the one told last.
    async fn count(&mut self, msg: &str, only_changed: bool) -> Result<Reply> {
        let Some(joined) = &mut self.joined else { return Ok(Reply::nothing()) };
        let staff = joined.staff;
        let unread = self.app.db.read(move |conn| store::unread_of_staff(conn, staff.company, staff.id)).await?;
        if only_changed && joined.told == Some(unread) {
            return Ok(Reply::nothing());
        }
        joined.told = Some(unread);
        Ok(Reply::frame(json!({"code": 200, "msg": msg, "data": {"unread_msg_num": unread}}).to_string()))
    }

    async fn list(&mut self) -> Result<Reply> {
        let Some(Joined { staff, paging: Some(paging), .. }) = &self.joined else { return Ok(Reply::nothing()) };
        let page = contacts(&self.app, *staff, *paging).await?;
        Ok(Reply::frame(json!({"code": 200, "msg": CHANGED, "data": page}).to_string()))
    }

    async fn answer(&mut self, frame: &Frame) -> Result<Reply> {
        match (frame.kind().as_deref(), self.view) {
            (Some("query_num"), View::Contacts) => {
                let paging = Paging::new(frame.id("current_page"), frame.id("length"), 10)?;
                if let Some(joined) = &mut self.joined {
                    joined.paging = Some(paging);
                }
                self.list().await
            }
            (Some("query_num"), View::Counts) => self.count(CHANGED, false).await,
            _ => self.count(REGISTERED, false).await,
        }
    }
}

impl Socket for Overview {
    type Event = Event;

    async fn on_open(&mut self) -> Reply {
        self.gate.refusal().await
    }

    async fn on_text(&mut self, text: String) -> Reply {
        let frame = match Frame::request(&text) {
            Ok(frame) => frame,
            Err(answer) => return answer,
        };
        if (self.joined.is_none() || frame.text("rand_str").is_some())
            && let Err(refusal) = self.join(&frame).await
        {
            return refusal;
        }
        self.answer(&frame).await.unwrap_or_else(|error| failed(&error))
    }

    async fn next_event(&mut self) -> Option<Event> {
        next_of(self.joined.as_mut().map(|joined| &mut joined.events)).await
    }

    async fn on_event(&mut self, event: Event) -> Reply {
        if !matches!(event, Event::Message(_) | Event::Unread) {
            return Reply::nothing();
        }
        let news = match self.view {
            View::Counts => self.count(CHANGED, true).await,
            View::Contacts => self.list().await,
        };
        news.unwrap_or_else(|error| failed(&error))
    }

    fn is_known(&self) -> bool {
        self.joined.is_some()
    }
}
