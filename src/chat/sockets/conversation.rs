//! A socket that shows one conversation to one of its two sides.
//!
//! Exactly once and in order: after subscribing, everything from the first unread message on is read from the database
//! and pushed; events about messages up to the last pushed one are then skipped.

use serde_json::json;

use super::next_of;
use crate::{
    app::App,
    chat::{self, Content, Message, Pair, Side, presence::Visit, rows::push_frame, store},
    error::{Error, Result},
    events::{Event, Person, Subscription},
    identity::{Family, Frame, Gate, failed, without_ids},
    ids::{CustomerId, MessageId, StaffId},
    web::{Reply, Socket},
};

pub struct Conversation {
    app: App,
    gate: Gate,
    side: Side,
    /// The code that `register` is answered with; the sockets of the first generation say nothing.
    welcome: Option<i64>,
    joined: Option<Joined>,
}

/// After the client has said who talks with whom.
struct Joined {
    pair: Pair,
    events: Subscription,
    /// Of a customer: while this is held, WeChat need not tell them what is said here.
    _visit: Option<Visit>,
    /// The newest message that was pushed to this socket.
    pushed: MessageId,
    /// Whether the client is inside the chat page: outside, messages are pushed but stay unread.
    inside: bool,
    /// What the frames that are going out show for the first time.
    showing: Option<MessageId>,
}

impl Conversation {
    pub fn new(app: App, gate: Gate, side: Side, welcome: Option<i64>) -> Self {
        Self { app, gate, side, welcome, joined: None }
    }

    fn family(&self) -> Family {
        match self.side {
            Side::Staff => Family::Staff,
            Side::Customer => Family::Customer,
        }
    }

    /// The field that names the other side in this side's frames.
    fn other_name(&self) -> [&'static str; 2] {
        match self.side {
            Side::Staff => ["customer_id", "customer_id"],
            Side::Customer => ["u_id", "uid"],
        }
    }

    /// Lets the client in, or checks that a frame is of whom was let in; whether it was let in just now.
    async fn join(&mut self, frame: &Frame) -> Result<bool, Reply> {
        let [name, other_name] = self.other_name();
        let other = frame.id(name).or_else(|| frame.id(other_name));
        let Some(other) = other.or_else(|| self.joined.as_ref().map(|joined| self.other_of(joined.pair))) else {
            return Err(without_ids());
        };
        if let Some(joined) = &self.joined {
            let same = self.other_of(joined.pair) == other
                && frame.id("user_id").is_none_or(|id| id == self.own_of(joined.pair));
            if same {
                return Ok(false);
            }
            // A client that turns to somebody else on the same socket registers anew.
            self.joined = None;
        }
        let session = self.gate.admit(frame).await?;
        let pair = match self.family() {
            Family::Customer => {
                session.customer().map(|me| Pair { company: me.company, staff: StaffId(other), customer: me.id })
            }
            _ => session.staff().map(|me| Pair { company: me.company, staff: me.id, customer: CustomerId(other) }),
        }
        .map_err(|error| failed(&error))?;
        self.check_other(pair).await.map_err(|error| failed(&error))?;
        let person = match self.side {
            Side::Staff => Person::Staff(pair.staff),
            Side::Customer => Person::Customer(pair.customer),
        };
        let events = self.app.hub.subscribe(person);
        self.gate.admit(frame).await?;
        let side = self.side;
        // Messages from here on come as events; those that were unread at this moment are fetched.
        let newest = self.app.db.read(move |conn| store::newest_before_unread(conn, pair, side)).await;
        let pushed = newest.map_err(|error| failed(&error))?;
        let visit = (side == Side::Customer).then(|| self.app.presence.enter(pair));
        self.joined = Some(Joined { pair, events, _visit: visit, pushed, inside: false, showing: None });
        Ok(true)
    }

    /// The other side must be of the same company and, for staff, a customer of theirs.
    async fn check_other(&self, pair: Pair) -> Result<()> {
        let side = self.side;
        self.app
            .db
            .read(move |conn| match side {
                Side::Customer if crate::customers::store::is_staff_of(conn, pair.company, pair.staff)? => Ok(()),
                Side::Customer => Err(Error::no_such("用户")),
                Side::Staff => crate::customers::store::relation(conn, pair.company, pair.staff, pair.customer)?
                    .map(|_| ())
                    .ok_or_else(|| Error::no_such("客户")),
            })
            .await
    }

    fn own_of(&self, pair: Pair) -> i64 {
        match self.side {
            Side::Staff => pair.staff.0,
            Side::Customer => pair.customer.0,
        }
    }

    fn other_of(&self, pair: Pair) -> i64 {
        match self.side {
            Side::Staff => pair.customer.0,
            Side::Customer => pair.staff.0,
        }
    }

    /// What was said since the first message that this side had not read, as frames.
    async fn catch_up(&mut self) -> Result<Vec<String>> {
        let mut frames = Vec::new();
        let Some(joined) = &mut self.joined else { return Ok(frames) };
        loop {
            let (pair, side, after) = (joined.pair, self.side, joined.pushed);
            let missed = self.app.db.read(move |conn| store::since(conn, pair, side, after)).await?;
            let Some(last) = missed.last() else { return Ok(frames) };
            joined.pushed = last.id;
            joined.showing = Some(last.id);
            frames.push(push_frame(self.side, &missed.iter().collect::<Vec<&Message>>(), &self.app.zone));
            if missed.len() < store::BATCH {
                return Ok(frames);
            }
        }
    }

    /// `register`: the client enters the chat page; what was pushed to it before is read now.
    fn register(&mut self) -> Reply {
        if let Some(joined) = &mut self.joined {
            joined.inside = true;
            joined.showing = Some(joined.pushed);
        }
        match self.welcome {
            Some(code) => Reply::frame(json!({"code": code, "msg": "注册成功"}).to_string()),
            None => Reply::nothing(),
        }
    }

    /// `query_num`: how much is unread; the client is outside the chat page.
    async fn query_num(&mut self) -> Reply {
        let Some(joined) = &mut self.joined else { return without_ids() };
        joined.inside = false;
        let (pair, side) = (joined.pair, self.side);
        let counted =
            self.app.db.read(move |conn| Ok((store::unread_in(conn, pair, side)?, store::phone_of(conn, pair)?))).await;
        match counted {
            Ok((unread, phone)) => Reply::frame(
                json!({
                    "code": 200,
                    "msg": "查询成功-获取聊天数量",
                    "data": {"unread_msg_num": unread},
                    "phone": phone,
                })
                .to_string(),
            ),
            Err(error) => failed(&error),
        }
    }

    async fn say(&mut self, frame: &Frame) -> Reply {
        let Some(joined) = &mut self.joined else { return without_ids() };
        // Clients of the first generation have no other socket than the chat page's.
        joined.inside = true;
        let (pair, side) = (joined.pair, self.side);
        let msg = frame.text("msg");
        let said = match Content::from_wire(frame.value("content"), msg.as_deref(), side) {
            Ok(content) => chat::say(&self.app, pair, side, content).await.map(drop),
            Err(error) => Err(error),
        };
        match said {
            Ok(()) => {
                let msg = match side {
                    Side::Staff => "雷达消息-发送成功",
                    Side::Customer => "小程序消息-发送成功",
                };
                Reply::frame(json!({"code": 200, "msg": msg}).to_string())
            }
            Err(error) => failed(&error),
        }
    }
}

impl Socket for Conversation {
    type Event = Event;

    /// A forged handshake is refused at once; a good one still waits for the frame that names the other side.
    async fn on_open(&mut self) -> Reply {
        self.gate.refusal().await
    }

    async fn on_text(&mut self, text: String) -> Reply {
        let frame = match Frame::request(&text) {
            Ok(frame) => frame,
            Err(answer) => return answer,
        };
        let is_new = match self.join(&frame).await {
            Ok(is_new) => is_new,
            Err(refusal) => return refusal,
        };
        let mut reply = match frame.kind().as_deref() {
            Some("register") => self.register(),
            Some("query_num") => self.query_num().await,
            _ => self.say(&frame).await,
        };
        if is_new {
            match self.catch_up().await {
                Ok(pending) => reply.frames.extend(pending),
                Err(error) => return failed(&error),
            }
        }
        reply
    }

    async fn next_event(&mut self) -> Option<Event> {
        next_of(self.joined.as_mut().map(|joined| &mut joined.events)).await
    }

    async fn on_event(&mut self, event: Event) -> Reply {
        let Some(joined) = &mut self.joined else { return Reply::nothing() };
        let pair = joined.pair;
        match event {
            Event::Message(message)
                if message.staff == pair.staff
                    && message.customer == pair.customer
                    && message.id > joined.pushed
                    && message.send_type != 4 =>
            {
                joined.pushed = message.id;
                joined.showing = Some(message.id);
                Reply::frame(push_frame(self.side, &[message.as_ref()], &self.app.zone))
            }
            Event::ReadByCustomer(customer) if self.side == Side::Staff && customer == pair.customer => Reply::frame(
                json!({
                    "code": 202,
                    "msg": "实时通知小程序新消息-已读通知",
                    "data": {"is_customer_already_read": 1},
                })
                .to_string(),
            ),
            _ => Reply::nothing(),
        }
    }

    /// What has gone out to somebody who looks at the conversation is read.
    async fn on_sent(&mut self) {
        let Some(joined) = &mut self.joined else { return };
        let Some(shown) = joined.showing.take() else { return };
        if !joined.inside {
            return;
        }
        if let Err(error) = chat::read_up_to(&self.app, joined.pair, self.side, Some(shown)).await {
            tracing::error!(%error, "messages could not be marked as read");
        }
    }

    fn is_known(&self) -> bool {
        self.joined.is_some()
    }
}
