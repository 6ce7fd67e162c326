//! The back office writes and publishes articles.

use super::{Ad, Article, DRAFT, Listed, PUBLISHED, links, store};
use crate::{
    app::App,
    db::{self, Write},
    error::{Error, Result},
    identity::{self, Admin, pictures},
    ids::{AdminId, ArticleId, ArticleTagId, CompanyId},
    outbox,
    time::Millis,
    web::Paging,
};

/// What the form of an article says, cleaned.
#[derive(Debug, Clone)]
pub struct Draft {
    pub title: String,
    pub summary: String,
    pub cover: String,
    pub content: String,
    pub ad: Ad,
    /// `None`: as they are.
    pub tags: Option<Vec<ArticleTagId>>,
    /// `None`: as it is; a new article is published.
    pub status: Option<i64>,
    /// `None`: as it is; a new article is original.
    pub source: Option<i64>,
}

/// What a list is narrowed to.
#[derive(Debug, Clone)]
pub struct Filter {
    pub company: CompanyId,
    pub status: Option<i64>,
    pub title: Option<String>,
    /// Any of these.
    pub tags: Option<Vec<i64>>,
    pub order: Order,
}

/// How a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Newest,
    Oldest,
    MostRead,
    LeastRead,
    MostForwarded,
    LeastForwarded,
}

impl Order {
    /// 301 for what no document names.
    pub fn named(name: Option<&str>) -> Result<Self> {
        match name.map(str::trim) {
            None | Some("-create_date") => Ok(Self::Newest),
            Some("create_date") => Ok(Self::Oldest),
            Some("-read_count") => Ok(Self::MostRead),
            Some("read_count") => Ok(Self::LeastRead),
            Some("-forward_count") => Ok(Self::MostForwarded),
            Some("forward_count") => Ok(Self::LeastForwarded),
            Some(_) => Err(Error::field("order", "应为 create_date、read_count、forward_count，可在前面加 -")),
        }
    }
}

pub async fn list(app: &App, filter: Filter, paging: Paging) -> Result<(Vec<Listed>, i64)> {
    app.db.read(move |conn| Ok((store::desk::list(conn, &filter, paging)?, store::desk::count(conn, &filter)?))).await
}

/// With the picture of the preview's QR code, made when it is missing.
pub async fn single(app: &App, admin: &Admin, id: ArticleId) -> Result<Article> {
    let company = admin.company;
    let found = app.db.read(move |conn| store::desk::find(conn, company, id)).await?;
    let mut article = found.ok_or_else(no_such)?;
    if article.listed.preview_code.is_empty() {
        article.listed.preview_code = draw_preview_code(app, company, id).await?;
    }
    Ok(article)
}

/// 300 when the author has an article of that title, 302 when a tag or a plugin is not the company's. The new article
/// and the picture of its preview's QR code.
pub async fn add(app: &App, admin: &Admin, draft: Draft) -> Result<(ArticleId, String)> {
    let (company, owner, by, app_inside) = (admin.company, admin.id, admin.author(), app.clone());
    let id = app
        .db
        .write(move |w| {
            let id = add_at(w, &app_inside, company, owner, &draft, Millis::now())?;
            audit(w, company, by, "article.add", id, &draft.title)?;
            Ok(id)
        })
        .await?;
    Ok((id, draw_preview_code(app, company, id).await?))
}

/// [`add`] within a write job, at a given moment, without the picture.
pub fn add_at(
    w: &Write<'_>,
    app: &App,
    company: CompanyId,
    author: AdminId,
    draft: &Draft,
    now: Millis,
) -> Result<ArticleId> {
    draft.ad.check(w, company)?;
    let status = draft.status.unwrap_or(PUBLISHED);
    let id = store::desk::insert(w, company, author, draft, status, now).map_err(taken)?;
    set_tags(w, company, id, draft)?;
    if status == PUBLISHED {
        announce(w, app, company, &draft.title, now)?;
    }
    Ok(id)
}

pub async fn update(app: &App, admin: &Admin, id: ArticleId, draft: Draft) -> Result<()> {
    let (company, by, app) = (admin.company, admin.author(), app.clone());
    let app_inside = app.clone();
    app.db
        .write(move |w| {
            let before = store::desk::find(w, company, id)?.ok_or_else(no_such)?;
            draft.ad.check(w, company)?;
            store::desk::update(w, company, id, &draft).map_err(taken)?;
            set_tags(w, company, id, &draft)?;
            if before.listed.status == DRAFT && draft.status == Some(PUBLISHED) {
                announce(w, &app_inside, company, &draft.title, Millis::now())?;
            }
            audit(w, company, by, "article.update", id, &draft.title)
        })
        .await
}

/// The article is shown nowhere any more; what its readers did stays.
pub async fn delete(app: &App, admin: &Admin, id: ArticleId) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            let before = store::desk::find(w, company, id)?.ok_or_else(no_such)?;
            store::desk::delete(w, company, id)?;
            audit(w, company, by, "article.delete", id, &before.listed.title)
        })
        .await
}

pub fn no_such() -> Error {
    Error::no_such("文章")
}

fn audit(
    w: &Write<'_>,
    company: CompanyId,
    by: identity::Author,
    action: &str,
    id: ArticleId,
    title: &str,
) -> Result<()> {
    identity::store::audit::put(w, company, by, action, &format!("文章 {id} {title}"))
}

fn set_tags(w: &Write<'_>, company: CompanyId, id: ArticleId, draft: &Draft) -> Result<()> {
    match &draft.tags {
        Some(tags) if !store::desk::set_tags(w, company, id, tags)? => Err(Error::no_such("文章标签")),
        _ => Ok(()),
    }
}

/// Tells every salesperson that there is something to pass on.
fn announce(w: &Write<'_>, app: &App, company: CompanyId, title: &str, now: Millis) -> Result<()> {
    let text = format!("【温馨提示】:管理员发布了文章《{title}》,大家积极转发呦");
    for staff in store::desk::enabled_staff(w, company)? {
        outbox::tell_staff(w, app, company, staff, &text, now)?;
    }
    Ok(())
}

async fn draw_preview_code(app: &App, company: CompanyId, id: ArticleId) -> Result<String> {
    let link = links::preview(app, company, id).await?;
    let url = pictures::store(
        app,
        "gongzhonghao/qrcode",
        move || pictures::qr_code(&link),
        move |stamp| format!("article_{id}_{stamp}_qrCode.png"),
    )
    .await?;
    let stored = url.clone();
    app.db.write(move |w| store::desk::set_preview_code(w, company, id, &stored)).await?;
    Ok(url)
}

fn taken(error: Error) -> Error {
    match &error {
        Error::Internal(cause) if cause.downcast_ref().is_some_and(db::is_conflict) => {
            Error::NameTaken("文章名已存在".into())
        }
        _ => error,
    }
}
