//! Which staff are how busy: what they did, and what was done to them, within some days.

use super::store::ranking as store;
use crate::{
    app::App,
    error::{Error, Result},
    identity::Admin,
    ids::StaffId,
    time::Millis,
};

/// What the ranking is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Radar,
    Customers,
    FollowUps,
    Messages,
}

impl Order {
    /// 301 for a name that there is not.
    pub fn named(name: Option<&str>) -> Result<Self> {
        match name.map_or("radar", str::trim) {
            "radar" => Ok(Self::Radar),
            "customers" => Ok(Self::Customers),
            "follow_ups" => Ok(Self::FollowUps),
            "messages" => Ok(Self::Messages),
            _ => Err(Error::field("order", "应为 radar、customers、follow_ups 或 messages")),
        }
    }
}

/// An enabled staff member and their figures.
#[derive(Debug, Clone)]
pub struct Ranked {
    pub staff: StaffId,
    pub name: String,
    pub avatar: String,
    /// What customers did.
    pub radar: i64,
    /// New customers who are still theirs.
    pub customers: i64,
    pub follow_ups: i64,
    /// Said to customers.
    pub messages: i64,
    /// All customers.
    pub all_customers: i64,
}

impl Ranked {
    fn figure(&self, order: Order) -> i64 {
        match order {
            Order::Radar => self.radar,
            Order::Customers => self.customers,
            Order::FollowUps => self.follow_ups,
            Order::Messages => self.messages,
        }
    }
}

/// The first `most` of the enabled staff, by their figures of the last `days` days, today being the last.
pub async fn ranking(app: &App, admin: &Admin, order: Order, days: i64, most: usize) -> Result<Vec<Ranked>> {
    let (company, zone) = (admin.company, app.zone.clone());
    let from = zone.day(Millis::now()).plus(1 - days);
    app.db
        .read(move |conn| {
            let mut ranked = store::figures(conn, company, from, zone.start_of(from))?;
            ranked.sort_by(|one, other| {
                let key = |ranked: &Ranked| (-ranked.figure(order), -ranked.all_customers, ranked.staff.0);
                key(one).cmp(&key(other))
            });
            ranked.truncate(most);
            Ok(ranked)
        })
        .await
}
