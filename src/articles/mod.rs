//! Articles of the official account: written in the back office, read and passed on by customers in WeChat.
//!
//! Wire names: 文章 is an article, `uid` the staff member whose link a reader followed, `pid` the reader who passed it
//! on, `level` how many hands it went through, `insert_ads` what it shows beside its text.

mod ads;
mod api;
mod comments;
mod desk;
pub mod links;
mod ranking;
mod reading;
mod spread;
pub mod store;
mod tags;

pub use ads::Ad;
pub use api::api;
pub use comments::{comment_at, set_status as set_comment_status};
pub use desk::{Draft, add_at};
pub use links::Share;
pub use reading::{Binding, Visit, bind, forward_at, read_at, stay_at};
pub use tags::add_at as add_tag_at;

use crate::{
    ids::{ActivityId, ArticleId, ArticleTagId, CardPluginId, CompanyId, CustomerId, GoodsPluginId, StaffId},
    time::Millis,
};

pub const PUBLISHED: i64 = 1;
pub const DRAFT: i64 = 2;

/// An article as it is listed.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: ArticleId,
    pub title: String,
    pub summary: String,
    pub cover: String,
    pub insert_ads: String,
    pub status: i64,
    pub source: i64,
    /// Name and avatar of the author; the company's name when the account is gone.
    pub author: String,
    pub avatar: String,
    pub read_count: i64,
    pub forward_count: i64,
    pub comment_count: i64,
    pub preview_code: String,
    pub created_at: Millis,
    pub tags: Vec<ArticleTag>,
}

/// One article with its text.
#[derive(Debug, Clone)]
pub struct Article {
    pub listed: Listed,
    pub content: String,
    pub ad: AdLinks,
}

/// An article as far as what readers do to it needs it: without its text.
#[derive(Debug, Clone)]
pub struct Glance {
    pub title: String,
    pub status: i64,
    pub activity: Option<ActivityId>,
}

/// The plugins that an article shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AdLinks {
    pub card: Option<CardPluginId>,
    pub activity: Option<ActivityId>,
    pub goods: Option<GoodsPluginId>,
}

/// A tag of articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleTag {
    pub id: ArticleTagId,
    pub name: String,
    /// Who reads so long gets the tag.
    pub reading_seconds: i64,
}

/// Where in the tree of an article somebody reads: by whose link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub company: CompanyId,
    pub article: ArticleId,
    pub staff: StaffId,
    pub customer: CustomerId,
}

/// The text of a status code.
pub fn status_text(status: i64) -> &'static str {
    match status {
        PUBLISHED => "已发",
        DRAFT => "未发",
        _ => "",
    }
}

/// The text of a source code.
pub fn source_text(source: i64) -> &'static str {
    match source {
        1 => "原创",
        2 => "转载",
        _ => "",
    }
}
