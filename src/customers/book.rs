//! A staff member's customers: the list of them (通讯录), and what is known of one.

use super::{interest::Interest, store};
use crate::{
    app::App,
    error::{Error, Result},
    identity::Staff,
    ids::{ArticleId, CustomerId, TagId},
    time::{Day, Millis, Zone},
    web::Paging,
};

/// What the list is sorted by, the greatest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Rate,
    Follow,
    Activity,
}

impl Order {
    /// With and without the minus sign it means the same; what is unknown sorts by the rate
    /// (contract: qiyeweixin.tongxunlu.list).
    pub fn named(text: Option<&str>) -> Self {
        let name = text.unwrap_or_default().trim().trim_start_matches('-').trim();
        match name.strip_prefix("customer__").unwrap_or(name) {
            "last_follow_time" => Self::Follow,
            "last_activity_time" => Self::Activity,
            _ => Self::Rate,
        }
    }
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    pub source: Option<i64>,
    /// 1 official account, 2 mini-program.
    pub user_type: Option<i64>,
}

/// A row of the list.
pub struct Listed {
    pub customer: CustomerId,
    pub name: String,
    pub avatar: String,
    pub user_type: i64,
    pub staff_name: String,
    pub source: i64,
    pub expected_day: Option<Day>,
    pub expected_rate: i64,
    pub last_follow_at: Option<Millis>,
    pub last_activity_at: Option<Millis>,
    /// By which the customer came, and its title.
    pub article: Option<(ArticleId, String)>,
}

/// One customer as a staff member sees them: profile, outlook and the staff member's own notes.
pub struct Details {
    pub customer: CustomerId,
    pub name: String,
    pub avatar: String,
    pub user_type: i64,
    pub source: i64,
    /// Name of the customer who forwarded the card; empty without one.
    pub parent_name: String,
    pub expected_day: Option<Day>,
    pub expected_rate: i64,
    pub memo_name: Option<String>,
    pub sex: Option<i64>,
    pub phone: String,
    pub email: String,
    pub company: String,
    pub position: String,
    pub address: String,
    pub birthday: String,
    pub memo: String,
    pub tags: Vec<(TagId, String)>,
    pub interest: Interest,
    /// Since when the two know each other.
    pub known_since: Millis,
    pub last_follow_at: Option<Millis>,
    pub last_activity_at: Option<Millis>,
}

/// A page of the caller's customers, and how many there are in all.
pub async fn list(app: &App, staff: Staff, order: Order, filter: Filter, paging: Paging) -> Result<(Vec<Listed>, i64)> {
    app.db
        .read(move |conn| {
            Ok((store::book::list(conn, staff, order, filter, paging)?, store::book::count(conn, staff, filter)?))
        })
        .await
}

/// 302 unless the customer has to do with the caller.
pub async fn details(app: &App, staff: Staff, customer: CustomerId) -> Result<Details> {
    let found = app.db.read(move |conn| store::book::details(conn, staff, customer)).await?;
    found.ok_or_else(|| Error::no_such("客户"))
}

/// When the customer was last followed up: empty, `今天`, `昨天` or `3天前`.
pub fn follow_text(zone: &Zone, at: Option<Millis>, now: Millis) -> String {
    match at.map(|at| zone.days_ago(at, now)) {
        None => String::new(),
        Some(..=0) => "今天".to_owned(),
        Some(1) => "昨天".to_owned(),
        Some(days) => format!("{days}天前"),
    }
}

/// The same in a sentence: `未跟进过`, `今天跟进`, `昨天已跟进` or the date.
pub fn follow_status(zone: &Zone, at: Option<Millis>, now: Millis) -> String {
    let Some(at) = at else { return "未跟进过".to_owned() };
    match zone.days_ago(at, now) {
        ..=0 => "今天跟进".to_owned(),
        1 => "昨天已跟进".to_owned(),
        _ => zone.date(at),
    }
}

/// When the customer last did something: empty, `今天`, `昨天` or the date.
pub fn activity_text(zone: &Zone, at: Option<Millis>, now: Millis) -> String {
    let Some(at) = at else { return String::new() };
    match zone.days_ago(at, now) {
        ..=0 => "今天".to_owned(),
        1 => "昨天".to_owned(),
        _ => zone.date(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;

    #[test]
    fn days_are_calendar_days() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let now = zone.start_of(Day::parse("2018-06-13").unwrap()).plus(8 * HOUR);
        let texts = |hours: i64| {
            let at = Some(now.plus(-hours * HOUR));
            (follow_text(&zone, at, now), follow_status(&zone, at, now), activity_text(&zone, at, now))
        };
        let of = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(texts(7), of("今天", "今天跟进", "今天"));
        assert_eq!(texts(9), of("昨天", "昨天已跟进", "昨天"));
        assert_eq!(texts(31), of("昨天", "昨天已跟进", "昨天"));
        assert_eq!(texts(33), of("2天前", "2018-06-11", "2018-06-11"));
        assert_eq!(follow_text(&zone, None, now), "");
        assert_eq!(follow_status(&zone, None, now), "未跟进过");
        assert_eq!(activity_text(&zone, None, now), "");
    }

    #[test]
    fn orders_of_every_version_are_known() {
        for name in ["-last_follow_time", "last_follow_time", " -last_follow_time "] {
            assert_eq!(Order::named(Some(name)), Order::Follow);
        }
        assert_eq!(Order::named(Some("-last_activity_time")), Order::Activity);
        for name in [None, Some("-expedted_pr"), Some("-customer__expedted_pr"), Some("id; DROP TABLE staff")] {
            assert_eq!(Order::named(name), Order::Rate);
        }
    }
}
