//! The back office names the tags of articles.

use super::{ArticleTag, store};
use crate::{
    app::App,
    db::{self, Write},
    error::{Error, Result},
    identity::{self, Admin},
    ids::{ArticleTagId, CompanyId},
    time::Millis,
};

/// A tag is passed to who has read so long, unless the form says otherwise.
pub const READING_SECONDS: i64 = 60;

/// All tags of the company.
pub async fn list(app: &App, admin: &Admin) -> Result<Vec<ArticleTag>> {
    let company = admin.company;
    app.db.read(move |conn| store::tags::list(conn, company)).await
}

/// 303 when the company has a tag of that name.
pub async fn add(app: &App, admin: &Admin, name: String, seconds: Option<i64>) -> Result<ArticleTagId> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            let id = add_at(w, company, &name, seconds.unwrap_or(READING_SECONDS), Millis::now())?;
            identity::store::audit::put(w, company, by, "article_tag.add", &format!("文章标签 {id} {name}"))?;
            Ok(id)
        })
        .await
}

/// [`add`] within a write job, at a given moment.
pub fn add_at(w: &Write<'_>, company: CompanyId, name: &str, seconds: i64, now: Millis) -> Result<ArticleTagId> {
    store::tags::insert(w, company, name, seconds, now).map_err(taken)
}

pub async fn update(app: &App, admin: &Admin, id: ArticleTagId, name: String, seconds: Option<i64>) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            if !store::tags::update(w, company, id, &name, seconds).map_err(taken)? {
                return Err(no_such());
            }
            identity::store::audit::put(w, company, by, "article_tag.update", &format!("文章标签 {id} {name}"))
        })
        .await
}

/// Articles that had it lose it.
pub async fn delete(app: &App, admin: &Admin, id: ArticleTagId) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            if !store::tags::delete(w, company, id)? {
                return Err(no_such());
            }
            identity::store::audit::put(w, company, by, "article_tag.delete", &format!("文章标签 {id}"))
        })
        .await
}

fn no_such() -> Error {
    Error::no_such("标签ID")
}

fn taken(error: Error) -> Error {
    match &error {
        Error::Internal(cause) if cause.downcast_ref().is_some_and(db::is_conflict) => {
            Error::Form("不能存在相同的标签名".into())
        }
        _ => error,
    }
}
