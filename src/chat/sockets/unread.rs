//! A socket that keeps the unread count of one of a customer's conversations up to date. Document 004, section 2.1.

use serde_json::json;

use super::next_of;
use crate::{
    app::App,
    chat::{
        Pair, Side,
        parties::{Named, of_customer},
        presence::Visit,
        store,
    },
    error::Result,
    events::{Event, Person, Subscription},
    identity::{Frame, Gate, failed, without_ids},
    web::{Reply, Socket},
};

pub struct Unread {
    app: App,
    gate: Gate,
    /// The name of the program that the count is told to.
    program: &'static str,
    joined: Option<Joined>,
}

struct Joined {
    pair: Pair,
    events: Subscription,
    /// Who sees the count grow need not be told by WeChat.
    _visit: Visit,
    /// The count that was last told.
    told: Option<i64>,
}

impl Unread {
    pub fn new(app: App, gate: Gate, program: &'static str) -> Self {
        Self { app, gate, program, joined: None }
    }

    async fn join(&mut self, frame: &Frame) -> Result<(), Reply> {
        let Some(staff) = frame.id("u_id").or_else(|| frame.id("uid")) else {
            return if self.joined.is_some() { Ok(()) } else { Err(without_ids()) };
        };
        let of_same = |joined: &Joined| {
            joined.pair.staff.0 == staff && frame.id("user_id").is_none_or(|id| id == joined.pair.customer.0)
        };
        if self.joined.as_ref().is_some_and(of_same) {
            return Ok(());
        }
        self.joined = None;
        let session = self.gate.admit(frame).await?;
        let customer = session.customer().map_err(|error| failed(&error))?;
        let named = Named { customer: None, staff: Some(staff) };
        let pair = of_customer(&self.app, customer, named).await.map_err(|error| failed(&error))?;
        let events = self.app.hub.subscribe(Person::Customer(pair.customer));
        self.gate.admit(frame).await?;
        let visit = self.app.presence.enter(pair);
        self.joined = Some(Joined { pair, events, _visit: visit, told: None });
        Ok(())
    }

    /// The count as a frame; nothing when `only_changed` and it is the one told last.
    async fn count(&mut self, only_changed: bool) -> Result<Reply> {
        let Some(joined) = &mut self.joined else { return Ok(Reply::nothing()) };
        let pair = joined.pair;
        let unread = self.app.db.read(move |conn| store::unread_in(conn, pair, Side::Customer)).await?;
        if only_changed && joined.told == Some(unread) {
            return Ok(Reply::nothing());
        }
        joined.told = Some(unread);
        let count = json!({"unread_msg_num": unread});
        let msg = format!("实时获取{}【消息数量】成功", self.program);
        // The document calls the member `msg_data` on this socket, and `data` on all others.
        Ok(Reply::frame(json!({"code": 200, "msg": msg, "msg_data": count, "data": count}).to_string()))
    }
}

impl Socket for Unread {
    type Event = Event;

    async fn on_open(&mut self) -> Reply {
        self.gate.refusal().await
    }

    async fn on_text(&mut self, text: String) -> Reply {
        let frame = match Frame::request(&text) {
            Ok(frame) => frame,
            Err(answer) => return answer,
        };
        if let Err(refusal) = self.join(&frame).await {
            return refusal;
        }
        self.count(false).await.unwrap_or_else(|error| failed(&error))
    }

    async fn next_event(&mut self) -> Option<Event> {
        next_of(self.joined.as_mut().map(|joined| &mut joined.events)).await
    }

    async fn on_event(&mut self, event: Event) -> Reply {
        if !matches!(event, Event::Message(_) | Event::Unread) {
            return Reply::nothing();
        }
        self.count(true).await.unwrap_or_else(|error| failed(&error))
    }

    fn is_known(&self) -> bool {
        self.joined.is_some()
    }
}
