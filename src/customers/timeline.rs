//! What happened with a customer (动态): visits, follow-ups, messages and orders in one list, newest first.

use super::store;
use crate::{
    app::App,
    chat::Content,
    error::{Error, Result},
    identity::Admin,
    ids::{CompanyId, CustomerId, StaffId},
    orders::State,
    time::Millis,
};

/// What can happen. Of things of the same moment, the earlier kind here stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Radar,
    Follow,
    Chat,
    Order,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Radar, Self::Follow, Self::Chat, Self::Order];

    pub fn name(self) -> &'static str {
        match self {
            Self::Radar => "radar",
            Self::Follow => "follow",
            Self::Chat => "chat",
            Self::Order => "order",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Happened {
    /// Among its kind.
    pub id: i64,
    /// `None`: an order that is credited to nobody.
    pub staff: Option<StaffId>,
    pub staff_name: String,
    pub created_at: Millis,
    pub what: What,
}

#[derive(Debug, Clone)]
pub enum What {
    /// The line of the radar, without the customer's name in front.
    Act {
        action: i64,
        text: String,
    },
    FollowUp {
        text: String,
    },
    Message {
        send_type: i64,
        content: Content,
    },
    Order {
        state: State,
        good: String,
        quantity: i64,
        amount_fen: i64,
    },
}

impl Happened {
    pub fn kind(&self) -> Kind {
        match self.what {
            What::Act { .. } => Kind::Radar,
            What::FollowUp { .. } => Kind::Follow,
            What::Message { .. } => Kind::Chat,
            What::Order { .. } => Kind::Order,
        }
    }

    fn place(&self) -> Place {
        Place { at: self.created_at, kind: self.kind(), id: self.id }
    }
}

/// A place in the list; what comes after it is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub at: Millis,
    pub kind: Kind,
    pub id: i64,
}

impl Place {
    /// As [`Place::text`] writes it; 301 for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let read = || {
            let mut parts = text.trim().split('-');
            let at = Millis(parts.next()?.parse().ok()?);
            let kind = Kind::named(parts.next()?)?;
            let id = parts.next()?.parse().ok()?;
            parts.next().is_none().then_some(Self { at, kind, id })
        };
        read().ok_or_else(|| Error::field("before", "应为上一页返回的 next"))
    }

    pub fn text(self) -> String {
        format!("{}-{}-{}", self.at.0, self.kind.name(), self.id)
    }

    /// Of what kind `kind` has at the moment of this place, the id below which it comes after it.
    pub fn before(self, kind: Kind) -> i64 {
        match kind.cmp(&self.kind) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => self.id,
            std::cmp::Ordering::Greater => i64::MAX,
        }
    }
}

/// Which part of the list is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub customer: CustomerId,
    pub staff: Option<StaffId>,
    pub kind: Option<Kind>,
    pub before: Option<Place>,
    pub length: i64,
}

/// A part of the list, and where the next one begins; 302 unless the customer is the company's.
pub async fn page(app: &App, admin: &Admin, asked: Asked) -> Result<(Vec<Happened>, Option<Place>)> {
    let company: CompanyId = admin.company;
    app.db
        .read(move |conn| {
            if !store::office::is_customer_of(conn, company, asked.customer)? {
                return Err(Error::no_such("客户"));
            }
            let most = asked.length + 1;
            let mut all = Vec::new();
            for kind in Kind::ALL.into_iter().filter(|kind| asked.kind.is_none_or(|wanted| wanted == *kind)) {
                all.append(&mut store::timeline::some(conn, company, &asked, kind, most)?);
            }
            all.sort_by_key(|one| (-one.created_at.0, one.kind(), -one.id));
            let length = usize::try_from(asked.length).unwrap_or_default();
            let goes_on = all.len() > length;
            all.truncate(length);
            let next = all.last().filter(|_| goes_on).map(Happened::place);
            Ok((all, next))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written() {
        let place = Place { at: Millis(1_528_000_000_123), kind: Kind::Chat, id: 7 };
        assert_eq!(place.text(), "1528000000123-chat-7");
        assert_eq!(Place::parse(&place.text()).unwrap(), place);
        for text in ["", "7", "1-chat", "1-chat-7-8", "1-tea-7", "x-chat-7", "1-chat-x", "-1-chat-7"] {
            assert!(Place::parse(text).is_err(), "{text}");
        }
        assert_eq!((place.before(Kind::Follow), place.before(Kind::Chat), place.before(Kind::Order)), (0, 7, i64::MAX));
    }
}
