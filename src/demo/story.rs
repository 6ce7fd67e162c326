//! A month of the demo company: when which thing happens. The same story every time, told so that it ends now.

mod author;
mod stage;

use super::cast::Tags;
use crate::{
    app::App,
    cards,
    chat::{Content, Side},
    db::Write,
    error::Result,
    ids::StaffId,
    radar::Action,
    time::Millis,
};

/// Something that happens between a customer and a salesperson, both by their place in the cast.
struct Scene {
    at: Millis,
    customer: usize,
    staff: usize,
    event: Event,
}

enum Event {
    Arrive {
        source: i64,
        user_type: i64,
    },
    /// `parent` is a customer by their place.
    Bind {
        source: i64,
        parent: Option<usize>,
    },
    Authorise,
    ViewCard,
    Card(cards::Deed),
    Praise,
    PraiseSignature,
    Look(Action, String),
    Say(Side, Content),
    Read(Side),
    FollowUp(&'static str),
    /// Percent.
    Rate(i64),
    /// The deal is expected in so many days from now.
    Expect(i64),
    /// The numbers pick among the tags.
    Label([usize; 3]),
    /// The number picks the employer.
    Note(usize),
}

/// Lets everything happen, in the order of time.
pub fn play(w: &Write<'_>, app: &App, staff: &[StaffId], tags: &Tags, now: Millis) -> Result<()> {
    let mut stage = stage::Stage::new(w, app, staff, tags, app.zone.day(now));
    for scene in author::write(&app.zone, now)? {
        stage.perform(scene)?;
    }
    Ok(())
}
