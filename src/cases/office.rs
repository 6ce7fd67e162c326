//! What the back office does: writes cases, tags and diaries, publishes them, looks at comments.

use super::{Case, Comment, Diary, Viewer, store};
use crate::{
    app::App,
    db::{self, Write},
    error::{Error, Result},
    identity::{self, Admin},
    ids::{CaseId, CaseTagId, CommentId, CompanyId, DiaryId},
    time::Millis,
    web::Paging,
};

/// What a list of cases is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    pub status: Option<i64>,
    /// A part of it.
    pub customer_name: Option<String>,
    pub tag: Option<CaseTagId>,
}

/// What a list of diaries is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiaryFilter {
    pub case: Option<CaseId>,
    pub status: Option<i64>,
}

/// What a list of comments is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommentFilter {
    pub diary: Option<DiaryId>,
    pub status: Option<i64>,
}

/// What the form of a case says; what it leaves out stays as it is.
#[derive(Debug, Clone, Default)]
pub struct CaseDraft {
    pub customer_name: Option<String>,
    pub avatar: Option<String>,
    /// JSON.
    pub cover_picture: Option<String>,
    pub status: Option<i64>,
    pub is_open: Option<bool>,
    pub tags: Option<Vec<CaseTagId>>,
}

/// What the form of a diary says; what it leaves out stays as it is.
#[derive(Debug, Clone, Default)]
pub struct DiaryDraft {
    pub case: Option<CaseId>,
    pub title: Option<String>,
    pub written_at: Option<Millis>,
    /// JSON.
    pub cover_picture: Option<String>,
    /// JSON.
    pub content: Option<String>,
    pub cover_show_type: Option<i64>,
    pub status: Option<i64>,
}

fn office(company: CompanyId) -> Viewer {
    Viewer { company, customer: None }
}

/// All cases of a company, or the one of the id.
pub async fn list_cases(
    app: &App,
    company: CompanyId,
    id: Option<CaseId>,
    filter: CaseFilter,
    paging: Paging,
) -> Result<(Vec<Case>, i64)> {
    let viewer = office(company);
    app.db
        .read(move |conn| match id {
            Some(id) => {
                let case = store::cases::find(conn, viewer, id)?.ok_or_else(|| Error::no_such("案例"))?;
                Ok((vec![case], 1))
            }
            None => {
                Ok((store::cases::list(conn, viewer, &filter, paging)?, store::cases::count(conn, viewer, &filter)?))
            }
        })
        .await
}

/// 300 when the company has a case of that name, 302 when a tag is not the company's.
pub async fn add_case(app: &App, admin: &Admin, draft: CaseDraft) -> Result<CaseId> {
    let name = draft.customer_name.clone().ok_or_else(|| Error::field("customer_name", "此字段不能为空"))?;
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let id = store::cases::insert(w, admin.company, &name, &draft, Millis::now()).map_err(case_taken)?;
            set_tags(w, admin.company, id, &draft)?;
            note(w, &admin, "case_manage.add", &format!("案例 {id} {name}"))?;
            Ok(id)
        })
        .await
}

pub async fn update_case(app: &App, admin: &Admin, id: CaseId, draft: CaseDraft) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let before = case_name(w, admin.company, id)?;
            store::cases::update(w, admin.company, id, &draft, Millis::now()).map_err(case_taken)?;
            set_tags(w, admin.company, id, &draft)?;
            let status = draft.status.map(|status| format!(" 状态 {status}")).unwrap_or_default();
            let name = draft.customer_name.as_deref().unwrap_or(&before);
            note(w, &admin, "case_manage.update", &format!("案例 {id} {before} → {name}{status}"))
        })
        .await
}

/// With its diaries, their comments, and its place in collections and footprints.
pub async fn delete_case(app: &App, admin: &Admin, id: CaseId) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let name = case_name(w, admin.company, id)?;
            store::cases::delete(w, admin.company, id)?;
            note(w, &admin, "case_manage.delete", &format!("案例 {id} {name}"))
        })
        .await
}

/// 300 when the company has a tag of that name.
pub async fn add_tag(app: &App, admin: &Admin, name: String) -> Result<CaseTagId> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let id = store::tags::insert(w, admin.company, &name, Millis::now()).map_err(tag_taken)?;
            note(w, &admin, "case_tag.add", &format!("案例标签 {id} {name}"))?;
            Ok(id)
        })
        .await
}

pub async fn rename_tag(app: &App, admin: &Admin, id: CaseTagId, name: String) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            found(store::tags::rename(w, admin.company, id, &name).map_err(tag_taken)?, "标签")?;
            note(w, &admin, "case_tag.update", &format!("案例标签 {id} → {name}"))
        })
        .await
}

/// Cases lose it, and customers their searches by it.
pub async fn delete_tag(app: &App, admin: &Admin, id: CaseTagId) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let name = store::tags::delete(w, admin.company, id)?.ok_or_else(|| Error::no_such("标签"))?;
            note(w, &admin, "case_tag.delete", &format!("案例标签 {id} {name}"))
        })
        .await
}

/// All diaries of a company, newest first, or the one of the id.
pub async fn list_diaries(
    app: &App,
    company: CompanyId,
    id: Option<DiaryId>,
    filter: DiaryFilter,
    paging: Paging,
) -> Result<(Vec<Diary>, i64)> {
    let viewer = office(company);
    app.db
        .read(move |conn| match id {
            Some(id) => {
                let diary = store::diaries::find(conn, viewer, id)?.ok_or_else(|| Error::no_such("日记"))?;
                Ok((vec![diary], 1))
            }
            None => {
                Ok((store::diaries::list(conn, viewer, filter, paging)?, store::diaries::count(conn, viewer, filter)?))
            }
        })
        .await
}

/// 302 when the case is not the company's.
pub async fn add_diary(app: &App, admin: &Admin, draft: DiaryDraft) -> Result<DiaryId> {
    let case = draft.case.ok_or_else(|| Error::field("case_id", "此字段不能为空"))?;
    let title = draft.title.clone().ok_or_else(|| Error::field("title", "此字段不能为空"))?;
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let now = Millis::now();
            found(store::cases::touch(w, admin.company, case, now)?, "案例")?;
            let id = store::diaries::insert(w, admin.company, case, &title, &draft, now)?;
            note(w, &admin, "diary_manage.add", &format!("日记 {id} {title}，案例 {case}"))?;
            Ok(id)
        })
        .await
}

pub async fn update_diary(app: &App, admin: &Admin, id: DiaryId, draft: DiaryDraft) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let before = diary(w, admin.company, id)?;
            let case = draft.case.unwrap_or(before.case);
            found(store::cases::touch(w, admin.company, case, Millis::now())?, "案例")?;
            store::diaries::update(w, admin.company, id, &draft)?;
            let status = draft.status.map(|status| format!(" 状态 {status}")).unwrap_or_default();
            let title = draft.title.as_deref().unwrap_or(&before.title);
            note(w, &admin, "diary_manage.update", &format!("日记 {id} {} → {title}{status}", before.title))
        })
        .await
}

pub async fn delete_diary(app: &App, admin: &Admin, id: DiaryId) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let title = diary(w, admin.company, id)?.title;
            store::diaries::delete(w, admin.company, id)?;
            note(w, &admin, "diary_manage.delete", &format!("日记 {id} {title}"))
        })
        .await
}

pub async fn list_comments(
    app: &App,
    company: CompanyId,
    filter: CommentFilter,
    paging: Paging,
) -> Result<(Vec<Comment>, i64)> {
    app.db
        .read(move |conn| {
            Ok((store::comments::list(conn, company, filter, paging)?, store::comments::count(conn, company, filter)?))
        })
        .await
}

/// Lets a comment pass, or refuses it.
pub async fn audit_comment(app: &App, admin: &Admin, id: CommentId, status: i64) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            found(store::comments::set_status(w, admin.company, id, status)?, "评论")?;
            note(w, &admin, "comment_manage.update", &format!("日记评论 {id} 状态 {status}"))
        })
        .await
}

pub async fn delete_comment(app: &App, admin: &Admin, id: CommentId) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let content = store::comments::delete(w, admin.company, id)?.ok_or_else(|| Error::no_such("评论"))?;
            let beginning: String = content.chars().take(50).collect();
            note(w, &admin, "comment_manage.delete", &format!("日记评论 {id} {beginning}"))
        })
        .await
}

fn note(w: &Write<'_>, admin: &Admin, action: &str, detail: &str) -> Result<()> {
    identity::store::audit::put(w, admin.company, admin.author(), action, detail)
}

fn set_tags(w: &Write<'_>, company: CompanyId, id: CaseId, draft: &CaseDraft) -> Result<()> {
    match &draft.tags {
        Some(tags) => found(store::cases::set_tags(w, company, id, tags)?, "标签"),
        None => Ok(()),
    }
}

fn case_name(w: &Write<'_>, company: CompanyId, id: CaseId) -> Result<String> {
    store::cases::name(w, company, id)?.ok_or_else(|| Error::no_such("案例"))
}

fn diary(w: &Write<'_>, company: CompanyId, id: DiaryId) -> Result<Diary> {
    store::diaries::find(w, office(company), id)?.ok_or_else(|| Error::no_such("日记"))
}

fn found(is_there: bool, what: &'static str) -> Result<()> {
    if is_there { Ok(()) } else { Err(Error::no_such(what)) }
}

fn case_taken(error: Error) -> Error {
    taken(error, "不能存在相同的案例名")
}

fn tag_taken(error: Error) -> Error {
    taken(error, "标签名称已存在")
}

fn taken(error: Error, msg: &'static str) -> Error {
    match &error {
        Error::Internal(cause) if cause.downcast_ref().is_some_and(db::is_conflict) => Error::NameTaken(msg.into()),
        _ => error,
    }
}
