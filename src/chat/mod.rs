//! Chat between a customer and a salesperson: sending, reading, who has read what, pushing to open sockets.
//!
//! Wire names: `send_type` 1 is a message of the staff member, 2 of the customer; `src`/`name` are the customer's avatar
//! and name; `dateTime` is when it was sent; `chatinfo_count` and `unread_msg_num` are unread counts.

mod api;
mod content;
mod office;
mod parties;
pub mod presence;
mod rows;
mod sockets;
pub mod store;

use std::sync::Arc;

pub use api::api;
pub use content::Content;
pub use presence::Presence;
pub use sockets::sockets;

use crate::{
    app::App,
    cards,
    customers::{self, Bond},
    db::Write,
    error::{Error, Result},
    events::{Event, Person},
    identity::{self, AccountKind},
    ids::{CompanyId, CustomerId, MessageId, ScriptId, StaffId},
    mall, outbox, scripts,
    stats::{self, Deed},
    time::Millis,
    weixin,
};

/// The `user_type` of the official account's readers.
const READER: i64 = 1;

/// Which end of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Staff,
    Customer,
}

impl Side {
    /// The documents' `send_type` of a message from this side.
    pub fn send_type(self) -> i64 {
        match self {
            Self::Staff => 1,
            Self::Customer => 2,
        }
    }
}

/// The two ends of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub company: CompanyId,
    pub staff: StaffId,
    pub customer: CustomerId,
}

/// A message as it is shown, with the faces of both sides.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: MessageId,
    pub staff: StaffId,
    pub customer: CustomerId,
    pub send_type: i64,
    pub content: Content,
    pub is_first: bool,
    pub is_read_by_customer: bool,
    pub created_at: Millis,
    pub faces: Arc<Faces>,
}

/// Names and avatars of both sides.
#[derive(Debug, Clone)]
pub struct Faces {
    pub staff_name: String,
    pub staff_avatar: String,
    pub customer_name: String,
    pub customer_avatar: String,
}

/// How a salesperson is reached outside the chat; empty where their card hides it.
#[derive(Debug, Default)]
pub struct Reach {
    pub phone: String,
    pub wechat: String,
}

/// Stores a message from `from` within the caller's write job; both sides' sockets see it after the commit.
///
/// The sender has read it at once. A customer's words move their last activity and are told to the staff member's
/// Work WeChat; a staff member's words move the last follow-up and are told by WeChat to a customer who is not there.
pub fn send(w: &Write<'_>, app: &App, pair: Pair, from: Side, content: Content, now: Millis) -> Result<Message> {
    if content.info_type == 6 && !mall::store::exists(w, pair.company)? {
        return Err(Error::Form("此小程序没有开启商城".into()));
    }
    let relation = customers::relate(w, app, &Bond::by_itself(pair.company, pair.staff, pair.customer), now)?;
    let message = put(w, app, pair, from, content, Occasion::Said, now)?;
    if from == Side::Staff {
        outbox::tell_customer(w, app, pair, &message.content, now)?;
    }
    if from == Side::Customer {
        customers::interest::feed_message(w, relation.id, now)?;
        let line = match message.content.info_type {
            1 => format!("{}:{}", message.faces.customer_name, message.content.preview()),
            _ => format!("【{}】:发送给您一条新消息，请点击查看!", message.faces.customer_name),
        };
        outbox::tell_staff(w, app, pair.company, pair.staff, &line, now)?;
    }
    Ok(message)
}

/// [`send`] as a job of its own.
pub async fn say(app: &App, pair: Pair, from: Side, content: Content) -> Result<Message> {
    let inside = app.clone();
    app.db.write(move |w| send(w, &inside, pair, from, content, Millis::now())).await
}

/// [`say`], of a staff member who sends a script: the message and the use are counted together or not at all.
pub async fn say_script(app: &App, pair: Pair, content: Content, script: ScriptId) -> Result<Message> {
    let inside = app.clone();
    app.db
        .write(move |w| {
            scripts::count_use(w, pair.company, script)?;
            send(w, &inside, pair, Side::Staff, content, Millis::now())
        })
        .await
}

/// Takes the phone number that WeChat encrypted for the customer's mini-program: kept in the profile, and said in the
/// conversation so that the staff member sees it. 250 when it cannot be decrypted (usually an outdated session key).
pub async fn receive_phone(app: &App, pair: Pair, encrypted_data: &str, iv: &str) -> Result<()> {
    let mini = identity::account_of(app, pair.company, AccountKind::MiniProgram).await?;
    let sealed = app.db.read(move |conn| store::session_key_of(conn, pair)).await?;
    let key = app.vault.unseal(&sealed)?;
    let number = weixin::decrypt_phone(mini.app_id(), &key.into(), encrypted_data, iv)?;
    if number.is_empty() {
        return Err(Error::Unacceptable("获取失败".into()));
    }
    let inside = app.clone();
    app.db
        .write(move |w| {
            store::set_phone(w, pair, &number)?;
            let words = Content::text(&format!("我的手机号是: {number}"));
            send(w, &inside, pair, Side::Customer, words, Millis::now()).map(drop)
        })
        .await
}

/// The greeting that opens a conversation, in the staff member's name, unread for the customer.
pub fn greet(
    w: &Write<'_>,
    app: &App,
    company: CompanyId,
    staff: StaffId,
    customer: CustomerId,
    now: Millis,
) -> Result<()> {
    let names = store::signature_of(w, company, staff)?;
    let pair = Pair { company, staff, customer };
    if store::outside::user_type_of(w, company, customer)? != READER {
        let words = format!(
            "您好,我是{}的{},欢迎进入我的名片,有什么可以帮到您的吗?您可以在这里和我及时沟通。",
            names.company, names.staff
        );
        return put(w, app, pair, Side::Staff, Content::text(&words), Occasion::Greeting, now).map(drop);
    }
    let account = identity::face_of(w, app, company)?;
    let at = if account.qr_code.is_empty() { "关注" } else { "扫码关注" };
    let name =
        if account.name.is_empty() { "我们的公众号".to_owned() } else { format!("【{}】", account.name) };
    let words = format!(
        "终于等到你🌹，我是您的专属客服代表【{} - {}】。   如需沟通，您可在此或{at}{name}, 并在公众号内进行回复(支持语音、图片、文字)",
        names.company, names.staff
    );
    put(w, app, pair, Side::Staff, Content::text(&words), Occasion::Greeting, now)?;
    if !account.qr_code.is_empty() {
        put(w, app, pair, Side::Staff, Content::picture(&account.qr_code), Occasion::WithGreeting, now)?;
    }
    Ok(())
}

/// Tells the staff member something about a conversation, in it; the customer does not see it.
pub fn tip(w: &Write<'_>, app: &App, pair: Pair, text: &str, now: Millis) -> Result<()> {
    let faces = Arc::new(store::faces(w, pair)?);
    let id = store::outside::insert_tip(w, pair, text, now)?;
    let message = Message {
        id,
        staff: pair.staff,
        customer: pair.customer,
        send_type: 3,
        content: Content::text(text),
        is_first: false,
        is_read_by_customer: true,
        created_at: now,
        faces,
    };
    let (hub, event) = (app.hub.clone(), Event::Message(Arc::new(message)));
    w.after_commit(move || hub.publish(Person::Staff(pair.staff), &event));
    Ok(())
}

/// Why a message is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody said it.
    Said,
    /// It opens the conversation.
    Greeting,
    /// It comes right after that, as nobody's doing either.
    WithGreeting,
}

fn put(
    w: &Write<'_>,
    app: &App,
    pair: Pair,
    from: Side,
    content: Content,
    occasion: Occasion,
    now: Millis,
) -> Result<Message> {
    let is_first = occasion == Occasion::Greeting;
    let id = store::insert(w, pair, from, &content, is_first, now)?;
    store::count_sent(w, pair, from, id, occasion, now)?;
    if from == Side::Staff && occasion == Occasion::Said {
        stats::store::count_deed(w, pair.staff, app.zone.day(now), Deed::Message)?;
    }
    let message = Message {
        id,
        staff: pair.staff,
        customer: pair.customer,
        send_type: from.send_type(),
        content,
        is_first,
        is_read_by_customer: from == Side::Customer,
        created_at: now,
        faces: Arc::new(store::faces(w, pair)?),
    };
    let (hub, event) = (app.hub.clone(), Event::Message(Arc::new(message.clone())));
    w.after_commit(move || {
        hub.publish(Person::Staff(pair.staff), &event);
        hub.publish(Person::Customer(pair.customer), &event);
    });
    Ok(message)
}

/// Marks what `reader` has not read yet of a conversation as read, up to and including `until`, within the caller's
/// write job. Open sockets learn the new counts, the staff member's also that the customer has read.
pub fn mark_read(w: &Write<'_>, app: &App, pair: Pair, reader: Side, until: MessageId) -> Result<()> {
    if store::mark_read(w, pair, reader, until)? == 0 {
        return Ok(());
    }
    let hub = app.hub.clone();
    w.after_commit(move || match reader {
        Side::Staff => hub.publish(Person::Staff(pair.staff), &Event::Unread),
        Side::Customer => {
            hub.publish(Person::Customer(pair.customer), &Event::Unread);
            hub.publish(Person::Staff(pair.staff), &Event::ReadByCustomer(pair.customer));
        }
    });
    Ok(())
}

/// Reads a page of a conversation, newest first; what the reader had not read of it is read now.
pub async fn page(app: &App, pair: Pair, reader: Side, paging: crate::web::Paging) -> Result<Vec<Message>> {
    let (messages, newest_unread) = app
        .db
        .read(move |conn| Ok((store::page(conn, pair, reader, paging)?, store::newest_unread(conn, pair, reader)?)))
        .await?;
    read_up_to(app, pair, reader, newest_unread).await?;
    Ok(messages)
}

/// How the salesperson of a conversation is reached, and how many messages the conversation has.
pub async fn counterpart(app: &App, pair: Pair) -> Result<(Reach, i64)> {
    let (reach, count) =
        app.db.read(move |conn| Ok((cards::store::reach(conn, pair)?, store::count(conn, pair)?))).await?;
    let (phone, wechat) = reach.unwrap_or_default();
    Ok((Reach { phone, wechat }, count))
}

/// What the reader has not read yet, newest first; read now.
pub async fn fresh(app: &App, pair: Pair, reader: Side) -> Result<Vec<Message>> {
    let mut messages = app.db.read(move |conn| store::unread(conn, pair, reader)).await?;
    read_up_to(app, pair, reader, messages.last().map(|message| message.id)).await?;
    messages.reverse();
    Ok(messages)
}

/// [`mark_read`] as a job of its own; nothing to do without a message.
pub async fn read_up_to(app: &App, pair: Pair, reader: Side, until: Option<MessageId>) -> Result<()> {
    let Some(until) = until else { return Ok(()) };
    let app_inside = app.clone();
    app.db.write(move |w| mark_read(w, &app_inside, pair, reader, until)).await
}
