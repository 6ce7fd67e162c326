//! What readers do with an article: open it, stay, pass it on. Each reads at a place of the tree in which the article
//! spreads: by a staff member's link (level 1) or by another reader's (one level on).

use super::{Article, PUBLISHED, Place, ads, desk, store};
use crate::{
    app::App,
    chat::Pair,
    customers::{self, Bond},
    db::Write,
    error::{Error, Result},
    identity::Customer,
    ids::{ArticleId, CustomerId, ReaderId, ReadingId, StaffId},
    radar::{self, Action},
    time::{Millis, SECOND},
};

/// The page tells every five seconds that it is still open; a longer silence counts as this much.
const LONGEST_SILENCE: i64 = 10 * SECOND;

/// By which link an article is opened.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    pub article: ArticleId,
    /// `None`: a preview, or nobody's link.
    pub staff: Option<StaffId>,
    /// The reader who passed it on.
    pub parent: Option<CustomerId>,
    /// As the link says; checked against where the parent is.
    pub level: Option<i64>,
}

/// An opening, as a sign of life finds it.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    pub last_at: Millis,
    pub reader: Option<ReaderId>,
    pub staff: Option<StaffId>,
    /// Of the place in the tree, milliseconds.
    pub stay: i64,
}

/// An opened article as the reader gets it.
#[derive(Debug, Clone)]
pub struct Page {
    pub article: Article,
    pub insert_ads: String,
    /// `None` for a draft: previews of it are not counted.
    pub reading: Option<ReadingId>,
}

/// Opens an article: counted, on the radar, and the reader bound to whose link it was.
pub async fn read(app: &App, by: Customer, visit: Visit) -> Result<Page> {
    let app_inside = app.clone();
    let reading = app.db.write(move |w| read_at(w, &app_inside, by, visit, Millis::now())).await?;
    app.db
        .read(move |conn| {
            let article = store::desk::find(conn, by.company, visit.article)?.ok_or_else(desk::no_such)?;
            let insert_ads = ads::filled(conn, by.company, &article.listed.insert_ads, article.ad, visit.staff)?;
            Ok(Page { article, insert_ads, reading })
        })
        .await
}

/// [`read`] within a write job, at a given moment. By a staff member's link only published articles open; a preview
/// shows drafts too.
pub fn read_at(w: &Write<'_>, app: &App, by: Customer, visit: Visit, now: Millis) -> Result<Option<ReadingId>> {
    let article = store::desk::glance(w, by.company, visit.article)?.ok_or_else(desk::no_such)?;
    if article.status != PUBLISHED {
        return if visit.staff.is_some() { Err(desk::no_such()) } else { Ok(None) };
    }
    let reader = match visit.staff {
        Some(staff) => Some(place_of(w, app, by, staff, visit, now)?),
        None => None,
    };
    let reading = store::readers::open(w, visit.article, by.id, reader, article.activity, now)?;
    if let Some(activity) = article.activity {
        crate::plugins::store::activities::count_read(w, activity)?;
    }
    if let Some(staff) = visit.staff {
        let title = article.title;
        let text = format!("正在查看文章《{title}》,看来对您的文章感兴趣");
        record(w, app, by, staff, Action::ViewArticle, text, now)?;
    }
    Ok(Some(reading))
}

/// Passes an article on, to a friend or to everybody (朋友圈).
pub async fn forward(app: &App, by: Customer, staff: StaffId, visit: Visit, is_to_friend: bool) -> Result<()> {
    let app_inside = app.clone();
    app.db.write(move |w| forward_at(w, &app_inside, by, staff, visit, is_to_friend, Millis::now())).await
}

/// [`forward`] within a write job, at a given moment.
pub fn forward_at(
    w: &Write<'_>,
    app: &App,
    by: Customer,
    staff: StaffId,
    visit: Visit,
    is_to_friend: bool,
    now: Millis,
) -> Result<()> {
    let article = store::desk::glance(w, by.company, visit.article)?;
    let article = article.filter(|article| article.status == PUBLISHED).ok_or_else(desk::no_such)?;
    let reader = place_of(w, app, by, staff, visit, now)?;
    store::readers::count_forward(w, visit.article, reader, is_to_friend)?;
    let title = article.title;
    let (action, text) = if is_to_friend {
        (Action::ForwardToFriend, format!("转发了您的文章《{title}》分享给【朋友】,帮您进一步扩大了传播效果"))
    } else {
        (Action::ForwardToMoments, format!("转发了您的文章《{title}》分享到【朋友圈】,帮您进一步扩大了传播效果"))
    };
    record(w, app, by, staff, action, text, now)
}

/// A sign of life of an opened page: the time since the last one is reading time. 302 unless it is the reader's own.
pub async fn stay(
    app: &App,
    by: Customer,
    article: ArticleId,
    staff: Option<StaffId>,
    reading: ReadingId,
) -> Result<()> {
    app.db.write(move |w| stay_at(w, by, article, staff, reading, Millis::now())).await
}

/// [`stay`] within a write job, at a given moment.
pub fn stay_at(
    w: &Write<'_>,
    by: Customer,
    article: ArticleId,
    staff: Option<StaffId>,
    reading: ReadingId,
    now: Millis,
) -> Result<()> {
    store::desk::glance(w, by.company, article)?.ok_or_else(desk::no_such)?;
    let opened = store::readers::opened(w, reading, article, by.id)?;
    let opened = opened
        .filter(|opened| staff.is_none() || opened.staff.is_none() || opened.staff == staff)
        .ok_or_else(|| Error::no_such("查看文章记录"))?;
    let more = (now.0 - opened.last_at.0).clamp(0, LONGEST_SILENCE);
    store::readers::add_stay(w, reading, opened.reader, more, now)?;
    match opened.staff {
        Some(staff) => pass_tags_on(w, by, article, staff, opened.stay, opened.stay + more, now),
        None => Ok(()),
    }
}

/// Tags whose reading time was reached between `before` and `after` go to the reader: once, so that what a staff member
/// takes away stays away.
fn pass_tags_on(
    w: &Write<'_>,
    by: Customer,
    article: ArticleId,
    staff: StaffId,
    before: i64,
    after: i64,
    now: Millis,
) -> Result<()> {
    let pair = Pair { company: by.company, staff, customer: by.id };
    if customers::store::relation(w, by.company, staff, by.id)?.is_none() {
        return Ok(());
    }
    for tag in store::tags::of_article(w, article)? {
        let needed = tag.reading_seconds * SECOND;
        if before < needed && needed <= after {
            customers::tags::add_at(w, pair, &tag.name, now)?;
        }
    }
    Ok(())
}

/// Who reads what by whose link, as the link says it.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    pub place: Place,
    pub parent: Option<CustomerId>,
    pub level: Option<i64>,
}

/// Gives a reader their place in the tree: one for each article, staff member and parent; the second time it is the
/// same. The relation with the staff member is made when there is none, the parent's place is marked as having
/// children. `None` for a reader's own link: nobody is bound to themself. 302 unless the staff member is an enabled one
/// of the company; the caller has looked at the article.
pub fn bind(w: &Write<'_>, app: &App, binding: Binding, now: Millis) -> Result<Option<ReaderId>> {
    let Binding { place, parent, level } = binding;
    if !customers::store::is_enabled_staff(w, place.company, place.staff)? {
        return Err(Error::no_such("用户"));
    }
    if parent == Some(place.customer) {
        return Ok(None);
    }
    // A parent of another company, or a deleted one, is none.
    let parent = match parent {
        Some(parent) => store::readers::has_name(w, place.company, parent)?.map(|_| parent),
        None => None,
    };
    let bond = Bond { company: place.company, staff: place.staff, customer: place.customer, source: Some(4), parent };
    customers::relate(w, app, &bond, now)?;
    if let Some(reader) = store::readers::find(w, &place, parent)? {
        return Ok(Some(reader));
    }
    let above = match parent {
        Some(parent) => store::readers::levels(w, &place, parent)?,
        None => Vec::new(),
    };
    let (level, from) = level_below(parent.is_some(), &above, level);
    let reader = store::readers::insert(w, &place, parent, from, level, now)?;
    if let Some(from) = from {
        store::readers::mark_parent(w, from)?;
    }
    Ok(Some(reader))
}

/// The level below the parent, and the place of the parent that it hangs on. A parent may be on several levels: the
/// link says which; a link cannot invent one. A parent who has no place yet is taken as one of the first level.
fn level_below(has_parent: bool, above: &[(ReaderId, i64)], said: Option<i64>) -> (i64, Option<ReaderId>) {
    let meant = said.and_then(|said| above.iter().find(|(_, level)| level + 1 == said));
    match meant.or(above.first()) {
        Some((reader, level)) => (level + 1, Some(*reader)),
        None if has_parent => (2, None),
        None => (1, None),
    }
}

/// Where the reader is in the tree; whoever opens their own link, where they were before.
fn place_of(w: &Write<'_>, app: &App, by: Customer, staff: StaffId, visit: Visit, now: Millis) -> Result<ReaderId> {
    let place = Place { company: by.company, article: visit.article, staff, customer: by.id };
    let binding = Binding { place, parent: visit.parent, level: visit.level };
    if let Some(reader) = bind(w, app, binding, now)? {
        return Ok(reader);
    }
    if let Some((reader, _)) = store::readers::levels(w, &place, by.id)?.first() {
        return Ok(*reader);
    }
    let alone = Binding { place, parent: None, level: None };
    bind(w, app, alone, now)?.ok_or_else(|| Error::internal("a reader without a parent has no place"))
}

/// On the radar, when the reader has said who they are.
fn record(
    w: &Write<'_>,
    app: &App,
    by: Customer,
    staff: StaffId,
    action: Action,
    text: String,
    now: Millis,
) -> Result<()> {
    if store::readers::has_name(w, by.company, by.id)? != Some(true) {
        return Ok(());
    }
    let pair = Pair { company: by.company, staff, customer: by.id };
    radar::record_while_open(w, app, pair, action, text, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_one_below_a_place_of_the_parent() {
        let above = [(ReaderId(1), 1), (ReaderId(9), 3)];
        assert_eq!(level_below(false, &[], Some(7)), (1, None));
        assert_eq!(level_below(true, &[], Some(7)), (2, None));
        assert_eq!(level_below(true, &above, None), (2, Some(ReaderId(1))));
        assert_eq!(level_below(true, &above, Some(4)), (4, Some(ReaderId(9))));
        assert_eq!(level_below(true, &above, Some(1_000_000)), (2, Some(ReaderId(1))));
    }
}
