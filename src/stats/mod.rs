//! The back office's figures: kept by day as rows are written, so that a dashboard costs the same at any size.

mod api;
mod ranking;
pub mod store;

pub use api::api;

use rusqlite::Connection;

use crate::{
    app::App,
    error::Result,
    identity::Admin,
    ids::CompanyId,
    time::{Day, Millis},
};

/// What is counted by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Customers,
    FollowUps,
    /// Views of cards and articles.
    Views,
    /// Forwards of cards and articles.
    Forwards,
    Saves,
    /// Praise of cards and articles; taking it back is not counted.
    Praises,
    CardViews,
    CardForwards,
}

impl Figure {
    fn column(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::FollowUps => "follow_ups",
            Self::Views => "views",
            Self::Forwards => "forwards",
            Self::Saves => "saves",
            Self::Praises => "praises",
            Self::CardViews => "card_views",
            Self::CardForwards => "card_forwards",
        }
    }
}

/// What is counted by day for each staff member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    FollowUp,
    /// A message to a customer.
    Message,
}

impl Deed {
    fn column(self) -> &'static str {
        match self {
            Self::FollowUp => "follow_ups",
            Self::Message => "messages",
        }
    }
}

/// Figures added up over some days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub customers: i64,
    pub follow_ups: i64,
    pub views: i64,
    pub forwards: i64,
    pub saves: i64,
    pub praises: i64,
}

/// The periods of the overview. The long ones end yesterday.
#[derive(Debug, Clone, Copy)]
pub struct Overview {
    pub total: Sums,
    pub today: Sums,
    pub yesterday: Sums,
    pub seven_days: Sums,
    pub thirty_days: Sums,
}

/// What the home page says about the company and the account.
#[derive(Debug, Clone)]
pub struct Summary {
    pub company_name: String,
    pub username: String,
    pub card_quota: i64,
    /// Cards in use: enabled staff.
    pub staff: i64,
    pub customers: i64,
    pub charging_start: Day,
    /// The first day on which the company is expired; `None` never.
    pub expiry: Option<Day>,
}

impl Summary {
    /// Whole days since charging began: none before that, no more after the expiry.
    pub fn used_days(&self, today: Day) -> i64 {
        let until = self.expiry.map_or(today, |expiry| expiry.min(today));
        (until.0 - self.charging_start.0).max(0)
    }

    /// The day of expiry as it is shown: 9999-12-31 stands for never.
    pub fn end(&self) -> Day {
        self.expiry.unwrap_or(Day::LAST)
    }

    /// Whole days until the expiry, the one that is running not counted.
    pub fn available_days(&self, today: Day) -> i64 {
        let expiry = self.end();
        let left = if today < self.charging_start { expiry.0 - self.charging_start.0 } else { expiry.0 - today.0 - 1 };
        left.max(0)
    }
}

/// The company's and the account's state, and the day that it was asked on.
pub async fn summary(app: &App, admin: &Admin) -> Result<(Summary, Day)> {
    let (company, id, today) = (admin.company, admin.id, app.zone.day(Millis::now()));
    let summary = app.db.read(move |conn| store::summary(conn, company, id)).await?;
    Ok((summary, today))
}

pub async fn overview(app: &App, admin: &Admin) -> Result<Overview> {
    let (company, today) = (admin.company, app.zone.day(Millis::now()));
    app.db.read(move |conn| overview_on(conn, company, today)).await
}

/// [`overview`] as it is on a day.
pub fn overview_on(conn: &Connection, company: CompanyId, today: Day) -> Result<Overview> {
    let sums = |from: Day, to: Day| store::sums(conn, company, from, to);
    let yesterday = today.plus(-1);
    Ok(Overview {
        total: sums(Day(i64::MIN), Day(i64::MAX))?,
        today: sums(today, today)?,
        yesterday: sums(yesterday, yesterday)?,
        seven_days: sums(today.plus(-7), yesterday)?,
        thirty_days: sums(today.plus(-30), yesterday)?,
    })
}

/// A figure day by day over the last `days` days, yesterday being the last; a day without anything is 0.
pub async fn line(app: &App, admin: &Admin, figure: Figure, days: i64) -> Result<Vec<(Day, i64)>> {
    let (company, today) = (admin.company, app.zone.day(Millis::now()));
    app.db.read(move |conn| line_on(conn, company, figure, days, today)).await
}

/// [`line`] as it is on a day.
pub fn line_on(
    conn: &Connection,
    company: CompanyId,
    figure: Figure,
    days: i64,
    today: Day,
) -> Result<Vec<(Day, i64)>> {
    let counted = store::line(conn, company, figure, today.plus(-days), today.plus(-1))?;
    let value = |day: Day| counted.iter().find(|(counted, _)| *counted == day).map_or(0, |(_, value)| *value);
    Ok((1..=days).rev().map(|ago| today.plus(-ago)).map(|day| (day, value(day))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(start: &str, expiry: Option<&str>) -> Summary {
        Summary {
            company_name: String::new(),
            username: String::new(),
            card_quota: 5,
            staff: 0,
            customers: 0,
            charging_start: Day::parse(start).unwrap(),
            expiry: expiry.map(|day| Day::parse(day).unwrap()),
        }
    }

    fn days(summary: &Summary, today: &str) -> (i64, i64) {
        let today = Day::parse(today).unwrap();
        (summary.used_days(today), summary.available_days(today))
    }

    #[test]
    fn used_and_available_days_as_in_the_document() {
        let year = summary("2018-06-20", Some("2019-06-20"));
        assert_eq!(days(&year, "2018-07-12"), (22, 342));
        assert_eq!(days(&year, "2018-06-01"), (0, 365));
        assert_eq!(days(&year, "2019-06-19"), (364, 0));
        assert_eq!(days(&year, "2020-01-01"), (365, 0));
        let (used, available) = days(&summary("2018-06-20", None), "2018-06-21");
        assert!(used == 1 && available > 2_000_000);
    }
}
