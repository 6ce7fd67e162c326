//! How interested a customer is: the `ai_pr` (AI 成交率) of the documents, worked out from what the customer did.
//!
//! In plain words, for whoever sells:
//!
//! - Everything a customer does is worth points: looking at the card 1, calling 20, paying 30. [`points`] is the table.
//! - Points fade: after [`HALF_LIFE`] (14 days) half of them are left, after four weeks a quarter. What was done today
//!   says more than the same done last month.
//! - The points that are left become a number from 0 to 100: none is 0, [`HALFWAY`] (30) points are 50, 60 are 75, 90
//!   are 88. It gets ever harder to rise, and 100 is certainty, which is hardly ever reached.
//!
//! So: more acts never lower the number, a fresher act never counts less than an older one, and without anything new it
//! sinks slowly. A praise that was taken back counts as if it had never been given. What staff do counts nothing: the
//! salesperson's own guess is `expedted_pr`, this is what the customer shows.
//!
//! The sum is kept on the relation as two numbers, the points and the moment that they are of. Both fade alike, so an
//! act moves the sum to its own moment and adds its points; nothing is ever added up anew.

use rusqlite::Connection;

use super::store;
use crate::{
    chat::Pair,
    error::Result,
    ids::RelationId,
    radar::{Act, Action, Effect},
    time::{HOUR, Millis},
};

/// After this time half of the points are left.
pub const HALF_LIFE: i64 = 14 * 24 * HOUR;
/// So many points are a score of 50.
pub const HALFWAY: f64 = 30.0;
/// A message that the customer wrote in the chat.
pub const MESSAGE: f64 = 5.0;

/// What an act is worth.
pub fn points(action: Action) -> f64 {
    match action {
        // Paid, or turned to the salesperson in person.
        Action::Order => 30.0,
        Action::Call => 20.0,
        Action::SignUp | Action::SavePhone | Action::CopyWechat => 15.0,
        Action::ConsultProduct | Action::CopyEmail => 12.0,
        // Spoke well of it to others, or to the salesperson.
        Action::ForwardCard => 10.0,
        Action::Praise => 8.0,
        Action::ForwardToFriend | Action::ForwardToMoments => 6.0,
        Action::Authorise => 5.0,
        Action::PraiseArticle => 4.0,
        // Looked round.
        Action::ViewProduct | Action::PlayVoice => 3.0,
        Action::ViewWebsite | Action::ViewNews | Action::ViewArticle | Action::ViewDiary | Action::ViewVideo => 2.0,
        Action::ViewCard | Action::ViewDiaries => 1.0,
        // A second thought, and something that the staff member did.
        Action::CancelOrder | Action::SendMall => 0.0,
    }
}

/// Points as of a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interest {
    pub points: f64,
    pub at: Millis,
}

impl Interest {
    pub const NONE: Self = Self { points: 0.0, at: Millis(0) };

    /// After an act, which may also have been before the last one.
    #[must_use]
    pub fn with(self, points: f64, at: Millis) -> Self {
        if at >= self.at {
            Self { points: self.points * faded(self.at, at) + points, at }
        } else {
            Self { points: self.points + points * faded(at, self.at), at: self.at }
        }
    }

    /// As if an act had not been.
    #[must_use]
    pub fn without(self, points: f64, at: Millis) -> Self {
        let left = self.with(-points, at);
        // What rounding leaves below nothing is nothing.
        Self { points: left.points.max(0.0), ..left }
    }

    /// A number in the order of the scores, which holds at any moment, as all points fade alike: the logarithm of the
    /// points, and a half-life of their age for each halving. 0 without points.
    #[allow(clippy::cast_precision_loss, reason = "a millisecond more or less does not matter")]
    pub fn rank(self) -> f64 {
        if self.points > 0.0 { (self.points.log2() + self.at.0 as f64 / HALF_LIFE as f64).max(0.0) } else { 0.0 }
    }

    /// 0 to 100, as of `now`.
    #[allow(clippy::cast_possible_truncation, reason = "0 to 100")]
    pub fn score(self, now: Millis) -> i64 {
        let points = self.points.max(0.0) * faded(self.at, now);
        (100.0 * (1.0 - (-points / HALFWAY).exp2())).round().clamp(0.0, 100.0) as i64
    }
}

/// How much of a point of `then` is left at `now`.
#[allow(clippy::cast_precision_loss, reason = "an hour more or less in a thousand years does not matter")]
fn faded(then: Millis, now: Millis) -> f64 {
    (-((now.0 - then.0).max(0) as f64) / HALF_LIFE as f64).exp2()
}

/// Counts an act that the radar has just written down.
pub fn feed(conn: &Connection, relation: RelationId, act: &Act, at: Millis) -> Result<()> {
    let worth = points(act.action);
    if worth == 0.0 {
        return Ok(());
    }
    let before = store::interest::find(conn, relation)?;
    let after = if act.effect == Effect::TakesBack {
        let pair = Pair { company: act.company, staff: act.staff, customer: act.customer };
        match store::interest::taken_back(conn, pair, act.action)? {
            Some(given) => before.without(worth, given),
            None => before,
        }
    } else {
        before.with(worth, at)
    };
    store::interest::set(conn, relation, after)
}

/// Counts a message of the customer.
pub fn feed_message(conn: &Connection, relation: RelationId, at: Millis) -> Result<()> {
    let before = store::interest::find(conn, relation)?;
    store::interest::set(conn, relation, before.with(MESSAGE, at))
}

#[cfg(test)]
mod tests;
