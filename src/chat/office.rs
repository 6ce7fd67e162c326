//! The back office reads what staff and customers wrote to each other. Nobody's message counts as read by it.

use super::{Content, Pair, store::office as store};
use crate::{
    app::App,
    error::{Error, Result},
    identity::Admin,
    ids::{CustomerId, MessageId, StaffId},
    time::Millis,
    web::Paging,
};

/// A conversation in which something was said.
#[derive(Debug, Clone)]
pub struct Conversation {
    pub staff: StaffId,
    pub staff_name: String,
    pub customer: CustomerId,
    pub customer_name: String,
    pub customer_avatar: String,
    /// The newest message.
    pub last: Content,
    pub last_at: Millis,
    pub unread_by_staff: i64,
    pub staff_messages: i64,
    pub customer_messages: i64,
}

/// Which conversations are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub staff: Option<StaffId>,
    /// Part of the customer's name, their own or the noted one.
    pub search: Option<String>,
}

/// One message of a conversation.
#[derive(Debug, Clone)]
pub struct Said {
    pub id: MessageId,
    pub send_type: i64,
    pub content: Content,
    pub is_read_by_customer: bool,
    pub at: Millis,
}

/// Where in a conversation somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Newest,
    /// Messages older than one.
    Before(MessageId),
    /// A message, and what was said before and after it.
    Around(MessageId),
}

/// Some messages of a conversation, oldest first.
#[derive(Debug, Clone)]
pub struct Part {
    pub messages: Vec<Said>,
    /// Ask for what is before this one to go on; none when nothing is.
    pub before: Option<MessageId>,
}

/// What a search looks for.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub words: String,
    pub staff: Option<StaffId>,
    /// Only messages older than this one.
    pub before: Option<MessageId>,
    pub most: usize,
}

/// A message that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    pub id: MessageId,
    pub staff: StaffId,
    pub staff_name: String,
    pub customer: CustomerId,
    pub customer_name: String,
    pub customer_avatar: String,
    pub send_type: i64,
    pub text: String,
    pub at: Millis,
}

/// A page of the company's conversations, the one with the newest message first, and how many there are in all.
pub async fn conversations(
    app: &App,
    admin: &Admin,
    filter: Filter,
    paging: Paging,
) -> Result<(Vec<Conversation>, i64)> {
    let company = admin.company;
    app.db
        .read(move |conn| {
            let rows = store::conversations(conn, company, &filter, paging)?;
            Ok((rows, store::count(conn, company, &filter)?))
        })
        .await
}

/// Some messages of a conversation. 307 unless the two have to do with each other.
pub async fn part(
    app: &App,
    admin: &Admin,
    (staff, customer): (StaffId, CustomerId),
    place: Place,
    most: i64,
) -> Result<Part> {
    let pair = Pair { company: admin.company, staff, customer };
    app.db
        .read(move |conn| {
            if !store::is_conversation(conn, pair)? {
                return Err(Error::NoRelation);
            }
            let mut messages = match place {
                Place::Newest => store::before(conn, pair, MessageId(i64::MAX), most)?,
                Place::Before(id) => store::before(conn, pair, id, most)?,
                Place::Around(id) => {
                    let mut newer = store::since(conn, pair, id, most - most / 2)?;
                    newer.reverse();
                    newer.extend(store::before(conn, pair, id, most / 2)?);
                    newer
                }
            };
            messages.reverse();
            let before = match messages.first() {
                Some(first) if !store::before(conn, pair, first.id, 1)?.is_empty() => Some(first.id),
                _ => None,
            };
            Ok(Part { messages, before })
        })
        .await
}

/// Messages that one look goes through, so that no read lasts long.
const STEP: i64 = 20_000;
/// Messages that one search goes through.
const FARTHEST: i64 = 500_000;

/// Messages whose text, or whose product's name, contains some words: newest first; and, when there may be more, the
/// message before which to go on.
///
/// Goes through the messages themselves, from the newest back, and through no more than [`FARTHEST`] of them: writing a
/// message, which happens all the time, shall not pay for a search, which hardly ever happens.
pub async fn search(app: &App, admin: &Admin, wanted: Wanted) -> Result<(Vec<Hit>, Option<MessageId>)> {
    let company = admin.company;
    let end = app.db.read(store::newest).await?.0 + 1;
    let mut until = wanted.before.map_or(end, |before| before.0.min(end));
    let farthest = until - FARTHEST;
    let mut hits = Vec::new();
    while until > 1 {
        if until <= farthest {
            return Ok((hits, Some(MessageId(until))));
        }
        let (from, step) = (until - STEP, Wanted { most: wanted.most - hits.len(), ..wanted.clone() });
        let span = (MessageId(from), MessageId(until));
        hits.extend(app.db.read(move |conn| store::search(conn, company, &step, span)).await?);
        if hits.len() >= wanted.most {
            let last = hits.last().map(|hit: &Hit| hit.id);
            return Ok((hits, last));
        }
        until = from;
    }
    Ok((hits, None))
}
