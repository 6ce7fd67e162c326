//! Time as stored (milliseconds UTC) and as written (in the configured zone). Days are calendar days of that zone.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::error::{Error, Result};

/// Milliseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

/// A calendar day of the configured zone, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;

impl Millis {
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    #[must_use]
    pub fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

impl Day {
    /// The last day that can be written, 9999-12-31: what never ends is said to end then.
    pub const LAST: Self = Self(2_932_896);

    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// `YYYY-MM-DD`.
    pub fn text(self) -> String {
        self.date().to_string()
    }

    /// As spreadsheets count days: from 1899-12-30.
    pub fn serial(self) -> i64 {
        self.0.saturating_add(25_569)
    }

    fn date(self) -> Date {
        let days = self.0.clamp(-100_000, Self::LAST.0);
        Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(days))
    }

    /// Reads `YYYY-MM-DD`, also unpadded (`2018-6-1`), with slashes, or followed by a time of day.
    pub fn parse(text: &str) -> Option<Self> {
        let date = text.trim().split([' ', 'T']).next()?;
        let mut parts = date.split(['-', '/']);
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
        Some(Self::from_date(date))
    }

    fn from_date(date: Date) -> Self {
        let span = date - Date::constant(1970, 1, 1);
        Self(i64::from(span.get_days()))
    }

    /// This day so many calendar months later; the day of the month is clamped, and the last day of a month
    /// stays the last day.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let date = self.date();
        let later = date.saturating_add(jiff::Span::new().months(months));
        let later = if date == date.last_of_month() { later.last_of_month() } else { later };
        Self::from_date(later)
    }
}

/// The configured time zone, and how moments are written in it.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// A zone by its IANA name, for instance `Asia/Shanghai`.
    pub fn named(name: &str) -> Result<Self> {
        TimeZone::get(name).map(Self).map_err(|_| Error::internal(format!("unknown time zone {name}")))
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    fn civil(&self, at: Millis) -> jiff::civil::DateTime {
        self.0.to_datetime(Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// As spreadsheets write moments: days since 1899-12-30 in this zone, to the second.
    #[allow(clippy::cast_precision_loss, reason = "days of this age")]
    pub fn serial(&self, at: Millis) -> f64 {
        let t = self.civil(at);
        let seconds = (i64::from(t.hour()) * 60 + i64::from(t.minute())) * 60 + i64::from(t.second());
        Day::from_date(t.date()).serial() as f64 + seconds as f64 / 86_400.0
    }

    /// `2018-06-13T11:49:57.548`
    pub fn iso(&self, at: Millis) -> String {
        let t = self.civil(at);
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}",
            t.year(),
            t.month(),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            t.millisecond()
        )
    }

    /// `2018-06-13 11:49:57`
    pub fn plain(&self, at: Millis) -> String {
        let t = self.civil(at);
        format!("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", t.year(), t.month(), t.day(), t.hour(), t.minute(), t.second())
    }

    /// `2018-06-13 11:49`
    pub fn minute(&self, at: Millis) -> String {
        let t = self.civil(at);
        format!("{:04}-{:02}-{:02} {:02}:{:02}", t.year(), t.month(), t.day(), t.hour(), t.minute())
    }

    /// `2018-06-13`
    pub fn date(&self, at: Millis) -> String {
        self.day(at).text()
    }

    /// `20180613_114957`, for names of generated files.
    pub fn file_stamp(&self, at: Millis) -> String {
        self.plain(at).replace(['-', ':'], "").replace(' ', "_")
    }

    /// The calendar day of a moment.
    pub fn day(&self, at: Millis) -> Day {
        Day::from_date(self.civil(at).date())
    }

    /// The first moment of a day.
    pub fn start_of(&self, day: Day) -> Millis {
        day.date()
            .to_zoned(self.0.clone())
            .map_or(Millis(day.0 * 24 * HOUR), |zoned| Millis(zoned.timestamp().as_millisecond()))
    }

    /// Reads `YYYY-MM-DD`, leniently as [`Day::parse`], with `HH:MM` or `HH:MM:SS` behind it or without: then the day's
    /// first moment.
    pub fn moment(&self, text: &str) -> Option<Millis> {
        let text = text.trim();
        let day = Day::parse(text)?;
        let Some((_, clock)) = text.split_once([' ', 'T']) else { return Some(self.start_of(day)) };
        let clock = clock.trim();
        let time: jiff::civil::Time = clock.parse().ok()?;
        let zoned = day.date().to_datetime(time).to_zoned(self.0.clone()).ok()?;
        Some(Millis(zoned.timestamp().as_millisecond()))
    }

    /// The short date of the contact list: another year `2018`, today `11:49`, yesterday `昨天`, else `06-13`.
    pub fn short(&self, at: Millis, now: Millis) -> String {
        let (then, today) = (self.civil(at), self.civil(now));
        match self.day(now).0 - self.day(at).0 {
            0 => format!("{:02}:{:02}", then.hour(), then.minute()),
            1 => "昨天".to_owned(),
            _ if then.year() != today.year() => format!("{:04}", then.year()),
            _ => format!("{:02}-{:02}", then.month(), then.day()),
        }
    }

    /// Calendar days from `at` to `now`.
    pub fn days_ago(&self, at: Millis, now: Millis) -> i64 {
        self.day(now).0 - self.day(at).0
    }
}

macro_rules! stored_as_integer {
    ($($name:ident),*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.0))
            }
        }
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    )*};
}
stored_as_integer!(Millis, Day);

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai() -> Zone {
        Zone::named("Asia/Shanghai").unwrap()
    }

    #[test]
    fn writes_the_three_styles_in_the_zone() {
        let at = Millis(1_528_861_797_548);
        assert_eq!(shanghai().iso(at), "2018-06-13T11:49:57.548");
        assert_eq!(shanghai().plain(at), "2018-06-13 11:49:57");
        assert_eq!(shanghai().date(at), "2018-06-13");
        assert_eq!(shanghai().file_stamp(at), "20180613_114957");
    }

    #[test]
    fn yesterday_is_a_calendar_day_not_24_hours() {
        let zone = shanghai();
        let morning = zone.start_of(Day::parse("2018-06-13").unwrap()).plus(8 * HOUR);
        let late_before = morning.plus(-9 * HOUR);
        assert_eq!(zone.short(late_before, morning), "昨天");
        assert_eq!(zone.short(morning.plus(-HOUR), morning), "07:00");
        assert_eq!(zone.short(morning.plus(-10 * 24 * HOUR), morning), "06-03");
        assert_eq!(zone.short(morning.plus(-400 * 24 * HOUR), morning), "2017");
        assert_eq!(zone.days_ago(late_before, morning), 1);
    }

    #[test]
    fn reads_unpadded_dates_and_adds_months() {
        let day = |text: &str| Day::parse(text).unwrap();
        assert_eq!(day("2018-06-1"), day("2018-06-01"));
        assert_eq!(day("2018-06-01 10:00:00"), day("2018/6/1"));
        assert_eq!(Day::parse("2018-13-01"), None);
        assert_eq!(Day::parse("yesterday"), None);
        assert_eq!(day("2018-08-31").plus_months(1).text(), "2018-09-30");
        assert_eq!(day("2018-09-30").plus_months(1).text(), "2018-10-31");
        assert_eq!(day("2018-08-13").plus_months(3).text(), "2018-11-13");
        assert_eq!(day("2020-01-30").plus_months(1).text(), "2020-02-29");
        assert_eq!(Day::LAST.text(), "9999-12-31");
    }

    #[test]
    fn moments_are_read_as_they_are_written() {
        let zone = shanghai();
        let read = |text: &str| zone.moment(text).map(|at| zone.plain(at));
        assert_eq!(read("2019-01-28 13:50:00").as_deref(), Some("2019-01-28 13:50:00"));
        assert_eq!(read("2019-1-28T13:50").as_deref(), Some("2019-01-28 13:50:00"));
        assert_eq!(read("2019/1/28").as_deref(), Some("2019-01-28 00:00:00"));
        assert_eq!([read("2019-01-28 25:00"), read("2019-01-28 soon"), read("13:50")], [None, None, None]);
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_zone() {
        let zone = shanghai();
        let start = zone.start_of(Day::parse("2018-06-13").unwrap());
        assert_eq!(zone.plain(start), "2018-06-13 00:00:00");
        assert_eq!(zone.date(start.plus(-1)), "2018-06-12");
    }
}
