//! Cases and diaries (案例、日记): what a company did for a client, told to its customers in diaries that they read, praise
//! and comment on.
//!
//! Wire names: `headimgurl` is the picture of the case's client, `diary_date` the day that a diary tells of, `up_count`
//! how often it was praised, 足迹 what a customer has looked at, 收藏 what a customer has collected.

mod acting;
mod api;
mod office;
mod reading;
pub mod store;
mod words;

pub use acting::{Collected, Praise, collect, collect_at, comment, comment_at, praise, praise_at};
pub use api::api;
pub use office::{
    CaseDraft, CaseFilter, CommentFilter, DiaryDraft, DiaryFilter, add_case, add_diary, add_tag, audit_comment,
    delete_case, delete_comment, delete_diary, delete_tag, list_cases, list_comments, list_diaries, rename_tag,
    update_case, update_diary,
};
pub use reading::{
    Shelf, browse, collected, comments, diaries, look, read, read_at, searched_tags, tags, top_tags, visit_at, visited,
};

use crate::{
    ids::{CaseId, CaseTagId, CommentId, CompanyId, CustomerId, DiaryId},
    time::{Millis, Zone},
};

/// The status that customers see; 2 is a draft or withdrawn.
pub const PUBLISHED: i64 = 1;
pub const UNPUBLISHED: i64 = 2;

/// A comment that nobody has looked at, one that everybody sees, one that nobody sees.
pub const WAITING: i64 = 0;
pub const PASSED: i64 = 1;
pub const REFUSED: i64 = 2;

/// Who looks: a customer sees what is published, the back office everything of the company.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    pub company: CompanyId,
    pub customer: Option<CustomerId>,
}

impl Viewer {
    pub fn is_office(self) -> bool {
        self.customer.is_none()
    }
}

/// A tag of cases.
#[derive(Debug, Clone)]
pub struct Tag {
    pub id: CaseTagId,
    pub name: String,
    pub searches: i64,
    pub created_at: Millis,
}

/// A case, as a viewer sees it.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: CaseId,
    pub company: CompanyId,
    pub customer_name: String,
    pub avatar: String,
    /// JSON.
    pub cover_picture: String,
    pub status: i64,
    /// Whether its diaries may be commented on.
    pub is_open: bool,
    pub reads: i64,
    pub collections: i64,
    /// Of those of its diaries that the viewer sees, together.
    pub comments: i64,
    pub praises: i64,
    /// Whether the viewer has collected it.
    pub is_collected: bool,
    pub tags: Vec<Tag>,
    pub last_diary: Option<Diary>,
    /// When it was made; among what was visited or collected, when that was.
    pub at: Millis,
    pub updated_at: Millis,
}

/// A diary, as a viewer sees it.
#[derive(Debug, Clone)]
pub struct Diary {
    pub id: DiaryId,
    pub case: CaseId,
    pub company: CompanyId,
    pub title: String,
    pub written_at: Millis,
    /// JSON.
    pub cover_picture: String,
    /// JSON.
    pub content: String,
    pub cover_show_type: i64,
    pub status: i64,
    pub reads: i64,
    pub comments: i64,
    pub praises: i64,
    pub created_at: Millis,
    /// Whether the viewer has praised it.
    pub is_praised: bool,
    /// When the case's first published diary was written.
    pub first_written_at: Option<Millis>,
}

impl Diary {
    /// Days between the first diary of the case and this one.
    pub fn interval_days(&self, zone: &Zone) -> i64 {
        self.first_written_at.map_or(0, |first| zone.days_ago(first, self.written_at).max(0))
    }
}

/// A comment on a diary.
#[derive(Debug, Clone)]
pub struct Comment {
    pub id: CommentId,
    pub customer: CustomerId,
    pub customer_name: String,
    pub customer_avatar: String,
    pub content: String,
    pub status: i64,
    pub created_at: Millis,
    pub diary: DiaryId,
    pub diary_title: String,
    pub case: CaseId,
    pub case_name: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;

    #[test]
    fn days_are_counted_from_the_first_diary_of_the_case() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let first = zone.moment("2019-01-28 23:50:00").unwrap();
        let mut diary = Diary {
            id: DiaryId(1),
            case: CaseId(1),
            company: CompanyId(1),
            title: String::new(),
            written_at: first,
            cover_picture: "{}".to_owned(),
            content: "{}".to_owned(),
            cover_show_type: 1,
            status: PUBLISHED,
            reads: 0,
            comments: 0,
            praises: 0,
            created_at: first,
            is_praised: false,
            first_written_at: Some(first),
        };
        assert_eq!(diary.interval_days(&zone), 0);
        diary.written_at = first.plus(HOUR);
        assert_eq!(diary.interval_days(&zone), 1, "the next calendar day");
        diary.written_at = first.plus(30 * 24 * HOUR);
        assert_eq!(diary.interval_days(&zone), 30);
        // A draft that tells of a day before the first published one.
        diary.written_at = first.plus(-48 * HOUR);
        assert_eq!(diary.interval_days(&zone), 0);
        diary.first_written_at = None;
        assert_eq!(diary.interval_days(&zone), 0);
    }
}
