//! Endpoints of articles, a file a subject.

mod comments;
mod desk;
mod links;
mod ranking;
mod reader;
mod spread;
mod tags;

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::ArticleTag;
use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        desk::ArticleApi(app.clone()),
        tags::ArticleTagApi(app.clone()),
        comments::ArticleReviewApi(app.clone()),
        reader::ReaderArticleApi(app.clone()),
        links::ShareApi(app.clone()),
        ranking::RankingApi(app.clone()),
        spread::SpreadApi(app.clone()),
    )
}

/// 文章标签
#[derive(Debug, Object, Serialize)]
struct ArticleTagRow {
    id: i64,
    name: String,
    /// 阅读多少秒后，读者得到此标签
    reading_seconds: i64,
}

impl From<ArticleTag> for ArticleTagRow {
    fn from(tag: ArticleTag) -> Self {
        Self { id: tag.id.0, name: tag.name, reading_seconds: tag.reading_seconds }
    }
}
