//! What customers do: collect a case, praise a diary, write below it. Repeating changes nothing.

use super::{
    PASSED, WAITING,
    reading::{Shelf, published_title},
    store,
};
use crate::{
    app::App,
    db::Write,
    error::{Error, Result},
    identity::Customer,
    ids::{CaseId, CommentId, DiaryId},
    time::Millis,
};

/// How a case stands to a customer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collected {
    JustNow,
    Before,
    No,
}

/// How often a diary was praised, and whether this customer just did it for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Praise {
    pub count: i64,
    pub is_first: bool,
}

/// Collects a case, or lets it go.
pub async fn collect(app: &App, customer: Customer, shelf: Shelf, id: CaseId, wanted: bool) -> Result<Collected> {
    shelf.must_be_own(customer, "案例")?;
    app.db.write(move |w| collect_at(w, customer, id, wanted, Millis::now())).await
}

/// [`collect`] within a write job, at a given moment.
pub fn collect_at(w: &Write<'_>, customer: Customer, id: CaseId, wanted: bool, now: Millis) -> Result<Collected> {
    if !store::cases::is_published(w, customer.company, id)? {
        return Err(Error::no_such("案例"));
    }
    if !wanted {
        store::cases::let_go(w, customer.id, id)?;
        return Ok(Collected::No);
    }
    let is_new = store::cases::collect(w, customer.id, id, now)?;
    Ok(if is_new { Collected::JustNow } else { Collected::Before })
}

/// Praises a diary; the second time changes nothing.
pub async fn praise(app: &App, customer: Customer, shelf: Shelf, id: DiaryId) -> Result<Praise> {
    shelf.must_be_own(customer, "日记")?;
    app.db.write(move |w| praise_at(w, customer, id, Millis::now())).await
}

/// [`praise`] within a write job, at a given moment.
pub fn praise_at(w: &Write<'_>, customer: Customer, id: DiaryId, now: Millis) -> Result<Praise> {
    published_title(w, customer, id)?;
    let is_first = store::diaries::praise(w, customer.id, id, now)?;
    Ok(Praise { count: store::diaries::praises(w, id)?, is_first })
}

/// Writes below a diary. Others see it once the back office has passed it, or at once where the company's setting says
/// so. 305 where the case is not open for comments.
pub async fn comment(app: &App, customer: Customer, shelf: Shelf, id: DiaryId, content: String) -> Result<CommentId> {
    shelf.must_be_own(customer, "日记")?;
    let status = if app.settings.shows_comments_at_once(customer.company) { PASSED } else { WAITING };
    app.db.write(move |w| comment_at(w, customer, id, &content, status, Millis::now())).await
}

/// [`comment`] within a write job, at a given moment.
pub fn comment_at(
    w: &Write<'_>,
    customer: Customer,
    id: DiaryId,
    content: &str,
    status: i64,
    now: Millis,
) -> Result<CommentId> {
    published_title(w, customer, id)?;
    if !store::diaries::is_open(w, id)? {
        return Err(Error::Refused("此案例未开放评论".into()));
    }
    store::comments::insert(w, customer, id, content, status, now)
}
