//! What readers say below an article: everybody sees it once the back office has audited it.

use super::{PUBLISHED, desk, store};
use crate::{
    app::App,
    db::Write,
    error::{Error, Result},
    identity::{self, Admin, Customer},
    ids::{ArticleId, CommentId, CompanyId, CustomerId},
    time::Millis,
    web::Paging,
};

/// The documents print an unpaged list; so many are shown of an article with more.
const SHOWN: i64 = 500;

#[derive(Debug, Clone)]
pub struct Comment {
    pub id: CommentId,
    pub article: ArticleId,
    pub article_title: String,
    pub customer: CustomerId,
    pub customer_name: String,
    pub customer_avatar: String,
    pub content: String,
    /// 0 waits, 1 audited.
    pub status: i64,
    pub created_at: Millis,
}

/// What the back office looks for.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    pub company: CompanyId,
    pub article: Option<ArticleId>,
    pub status: Option<i64>,
}

/// 302 unless the article is published.
pub async fn comment(app: &App, by: Customer, article: ArticleId, content: String) -> Result<()> {
    app.db.write(move |w| comment_at(w, by, article, &content, Millis::now()).map(drop)).await
}

/// [`comment`] within a write job, at a given moment.
pub fn comment_at(w: &Write<'_>, by: Customer, article: ArticleId, content: &str, now: Millis) -> Result<CommentId> {
    published(w, by, article)?;
    store::comments::insert(w, by, article, content, now)
}

/// Audited ones and the reader's own.
pub async fn shown(app: &App, by: Customer, article: ArticleId) -> Result<(Vec<Comment>, i64)> {
    app.db
        .read(move |conn| {
            published(conn, by, article)?;
            Ok((store::comments::shown(conn, by, article, SHOWN)?, store::comments::count_shown(conn, by, article)?))
        })
        .await
}

fn published(conn: &rusqlite::Connection, by: Customer, article: ArticleId) -> Result<()> {
    let found = store::desk::glance(conn, by.company, article)?;
    found.filter(|article| article.status == PUBLISHED).map(drop).ok_or_else(desk::no_such)
}

pub async fn list(app: &App, filter: Filter, paging: Paging) -> Result<(Vec<Comment>, i64)> {
    app.db
        .read(move |conn| Ok((store::comments::list(conn, &filter, paging)?, store::comments::count(conn, &filter)?)))
        .await
}

/// Shows a comment to everybody, or hides it again.
pub async fn audit(app: &App, admin: &Admin, id: CommentId, status: i64) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            set_status(w, company, id, status)?;
            identity::store::audit::put(w, company, by, "article_review.update", &format!("文章评论 {id} → {status}"))
        })
        .await
}

/// [`audit`] within a write job.
pub fn set_status(w: &Write<'_>, company: CompanyId, id: CommentId, status: i64) -> Result<()> {
    if store::comments::set_status(w, company, id, status)? { Ok(()) } else { Err(Error::no_such("评论")) }
}

pub async fn delete(app: &App, admin: &Admin, id: CommentId) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            if !store::comments::delete(w, company, id)? {
                return Err(Error::no_such("评论"));
            }
            identity::store::audit::put(w, company, by, "article_review.delete", &format!("文章评论 {id}"))
        })
        .await
}
