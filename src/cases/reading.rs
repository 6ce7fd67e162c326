//! What customers look at. Opening a case leaves a footprint, searching by a tag a trace in the history, and both the
//! first page of diaries and a single one a line on the radar of the salesperson whom the customer has to do with.

use rusqlite::Connection;

use super::{
    Case, Comment, Diary, PUBLISHED, Tag, Viewer,
    office::{CaseFilter, DiaryFilter},
    store, words,
};
use crate::{
    app::App,
    chat::Pair,
    customers,
    db::Write,
    error::{Error, Result},
    identity::Customer,
    ids::{CaseId, CaseTagId, CompanyId, DiaryId, StaffId},
    radar::{self, Action},
    time::Millis,
    web::Paging,
};

/// How many tags the history and the most searched ones hold.
const TAGS: i64 = 13;

/// Which company's things a customer asks for, and by whose card they came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shelf {
    pub company: Option<CompanyId>,
    pub staff: Option<StaffId>,
}

impl Shelf {
    /// Another company has nothing to show to this customer.
    pub fn is_own(self, customer: Customer) -> bool {
        self.company.is_none_or(|company| company == customer.company)
    }

    /// 302 for a single thing of another company.
    pub(super) fn must_be_own(self, customer: Customer, what: &'static str) -> Result<()> {
        if self.is_own(customer) { Ok(()) } else { Err(Error::no_such(what)) }
    }
}

fn viewer(customer: Customer) -> Viewer {
    Viewer { company: customer.company, customer: Some(customer.id) }
}

/// A page of the published cases, the last updated first; with a tag those that have it. Turning pages is neither a new
/// search nor a new visit.
pub async fn browse(
    app: &App,
    customer: Customer,
    shelf: Shelf,
    tag: Option<CaseTagId>,
    paging: Paging,
) -> Result<(Vec<Case>, i64)> {
    if !shelf.is_own(customer) {
        return Ok((Vec::new(), 0));
    }
    if paging.offset() == 0 {
        let inside = app.clone();
        app.db
            .write(move |w| match tag {
                Some(tag) => store::tags::note_search(w, customer, tag, Millis::now()),
                None => visit_home(w, &inside, customer, shelf.staff, Millis::now()),
            })
            .await?;
    }
    let filter = CaseFilter { status: Some(PUBLISHED), customer_name: None, tag };
    app.db
        .read(move |conn| {
            let viewer = viewer(customer);
            Ok((store::cases::list(conn, viewer, &filter, paging)?, store::cases::count(conn, viewer, &filter)?))
        })
        .await
}

/// Opens one case.
pub async fn look(app: &App, customer: Customer, shelf: Shelf, id: CaseId) -> Result<Case> {
    shelf.must_be_own(customer, "案例")?;
    app.db.write(move |w| visit_at(w, customer, id, Millis::now())).await?;
    let found = app.db.read(move |conn| store::cases::find(conn, viewer(customer), id)).await?;
    found.ok_or_else(|| Error::no_such("案例"))
}

/// Leaves a footprint, within a write job, at a given moment.
pub fn visit_at(w: &Write<'_>, customer: Customer, id: CaseId, now: Millis) -> Result<()> {
    if !store::cases::is_published(w, customer.company, id)? {
        return Err(Error::no_such("案例"));
    }
    store::cases::insert_visit(w, customer.id, id, now)
}

/// The customer's footprints, a row a visit.
pub async fn visited(app: &App, customer: Customer, shelf: Shelf, paging: Paging) -> Result<(Vec<Case>, i64)> {
    if !shelf.is_own(customer) {
        return Ok((Vec::new(), 0));
    }
    app.db
        .read(move |conn| {
            Ok((store::cases::visited(conn, customer, paging)?, store::cases::count_visited(conn, customer)?))
        })
        .await
}

/// What the customer has collected.
pub async fn collected(app: &App, customer: Customer, shelf: Shelf, paging: Paging) -> Result<(Vec<Case>, i64)> {
    if !shelf.is_own(customer) {
        return Ok((Vec::new(), 0));
    }
    app.db
        .read(move |conn| {
            Ok((store::cases::collected(conn, customer, paging)?, store::cases::count_collected(conn, customer)?))
        })
        .await
}

/// The company's tags, newest first.
pub async fn tags(app: &App, company: CompanyId, name: Option<String>, paging: Paging) -> Result<(Vec<Tag>, i64)> {
    app.db
        .read(move |conn| {
            let tags = store::tags::list(conn, company, name.as_deref(), paging)?;
            Ok((tags, store::tags::count(conn, company, name.as_deref())?))
        })
        .await
}

/// The tags that the customer searched by last, each once.
pub async fn searched_tags(app: &App, customer: Customer, shelf: Shelf) -> Result<Vec<Tag>> {
    if !shelf.is_own(customer) {
        return Ok(Vec::new());
    }
    app.db.read(move |conn| store::tags::searched(conn, customer, TAGS)).await
}

/// The company's most searched tags.
pub async fn top_tags(app: &App, customer: Customer, shelf: Shelf) -> Result<Vec<Tag>> {
    if !shelf.is_own(customer) {
        return Ok(Vec::new());
    }
    app.db.read(move |conn| store::tags::top(conn, customer.company, TAGS)).await
}

/// A page of the published diaries, of all cases or of one, newest first. All of them are the home page of the diaries.
pub async fn diaries(
    app: &App,
    customer: Customer,
    shelf: Shelf,
    case: Option<CaseId>,
    paging: Paging,
) -> Result<(Vec<Diary>, i64)> {
    if !shelf.is_own(customer) {
        return Ok((Vec::new(), 0));
    }
    if paging.offset() == 0 && case.is_none() {
        let inside = app.clone();
        app.db.write(move |w| visit_home(w, &inside, customer, shelf.staff, Millis::now())).await?;
    }
    let filter = DiaryFilter { case, status: None };
    app.db
        .read(move |conn| {
            let viewer = viewer(customer);
            Ok((store::diaries::list(conn, viewer, filter, paging)?, store::diaries::count(conn, viewer, filter)?))
        })
        .await
}

/// Reads one diary.
pub async fn read(app: &App, customer: Customer, shelf: Shelf, id: DiaryId) -> Result<Diary> {
    shelf.must_be_own(customer, "日记")?;
    let inside = app.clone();
    app.db.write(move |w| read_at(w, &inside, customer, shelf.staff, id, Millis::now())).await?;
    let found = app.db.read(move |conn| store::diaries::find(conn, viewer(customer), id)).await?;
    found.ok_or_else(|| Error::no_such("日记"))
}

/// Reading a diary within a write job, at a given moment.
pub fn read_at(
    w: &Write<'_>,
    app: &App,
    customer: Customer,
    staff: Option<StaffId>,
    id: DiaryId,
    now: Millis,
) -> Result<()> {
    let title = published_title(w, customer, id)?;
    let count = store::diaries::count_reading(w, customer.id, id)?;
    let Some(staff) = salesperson(w, customer, staff)? else { return Ok(()) };
    write_down(w, app, customer, staff, Action::ViewDiary, words::diary_line(&title, count), now)
}

/// The comments below a diary that this customer may see, newest first.
pub async fn comments(
    app: &App,
    customer: Customer,
    shelf: Shelf,
    id: DiaryId,
    paging: Paging,
) -> Result<(Vec<Comment>, i64)> {
    shelf.must_be_own(customer, "日记")?;
    app.db
        .read(move |conn| {
            published_title(conn, customer, id)?;
            let comments = store::comments::of_diary(conn, customer, id, paging)?;
            Ok((comments, store::comments::count_of_diary(conn, customer, id)?))
        })
        .await
}

/// 302 unless customers see it.
pub(super) fn published_title(conn: &Connection, customer: Customer, id: DiaryId) -> Result<String> {
    store::diaries::published_title(conn, customer.company, id)?.ok_or_else(|| Error::no_such("日记"))
}

/// The page of all cases or of all diaries was opened.
fn visit_home(w: &Write<'_>, app: &App, customer: Customer, staff: Option<StaffId>, now: Millis) -> Result<()> {
    let Some(staff) = salesperson(w, customer, staff)? else { return Ok(()) };
    let before = radar::store::times_done(w, staff, customer.id, Action::ViewDiaries)?;
    write_down(w, app, customer, staff, Action::ViewDiaries, words::home_line(before + 1), now)
}

/// On whose radar it shows: the salesperson named, if the customer has to do with them, else whom the customer last
/// turned to.
fn salesperson(w: &Write<'_>, customer: Customer, named: Option<StaffId>) -> Result<Option<StaffId>> {
    let Some(staff) = named else { return customers::store::recent_staff(w, customer.company, customer.id) };
    let knows = customers::store::relation(w, customer.company, staff, customer.id)?.is_some()
        && customers::store::is_enabled_staff(w, customer.company, staff)?;
    Ok(knows.then_some(staff))
}

fn write_down(
    w: &Write<'_>,
    app: &App,
    customer: Customer,
    staff: StaffId,
    action: Action,
    text: String,
    now: Millis,
) -> Result<()> {
    let pair = Pair { company: customer.company, staff, customer: customer.id };
    radar::record_while_open(w, app, pair, action, text, now)
}
