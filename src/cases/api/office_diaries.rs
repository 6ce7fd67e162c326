//! Back office: diaries and the comments on them. No document describes them.

use poem_openapi::{Object, OpenApi, param::Path, types::Any};
use serde::Serialize;
use serde_json::Value;

use super::{CONTENT, COVER, json_text, rows::DiaryRow, trimmed};
use crate::{
    app::App,
    cases::{self, CommentFilter, DiaryDraft, DiaryFilter, words},
    error::{Error, Result},
    identity::{Admin, Right},
    ids::{CaseId, CommentId, DiaryId},
    time::Zone,
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct OfficeDiaryApi(pub App);

#[derive(Debug, Object)]
struct OfficeDiaryQuery {
    /// 公司 ID；只有超级管理员可以查看其它公司
    company_id: Option<i64>,
    /// 日记 ID：单个展示
    diary_id: Option<i64>,
    /// 案例 ID
    case_id: Option<i64>,
    /// 1 已发，2 未发；缺省为全部
    status: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 20
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct OfficeDiaryForm {
    /// 所属案例 ID；新增时必填
    case_id: Option<i64>,
    /// 标题；新增时必填
    #[oai(validator(max_length = 200))]
    title: Option<String>,
    /// 日记日期，YYYY-MM-DD HH:MM:SS；新增时缺省为现在
    diary_date: Option<String>,
    /// 封面，JSON
    cover_picture: Option<Any<Value>>,
    /// 内容，JSON
    content: Option<Any<Value>>,
    /// 1 只展示图片（新增时的缺省），2 只展示视频
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    cover_show_type: Option<i64>,
    /// 1 已发，2 未发（新增时的缺省）
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    status: Option<i64>,
}

#[derive(Debug, Object)]
struct OfficeCommentQuery {
    /// 公司 ID；只有超级管理员可以查看其它公司
    company_id: Option<i64>,
    /// 日记 ID
    diary_id: Option<i64>,
    /// 0 未审核，1 审核通过，2 未通过；缺省为全部
    status: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 20
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct CommentAuditForm {
    /// 1 审核通过，2 未通过
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    status: i64,
}

/// 日记的评论
#[derive(Debug, Object, Serialize)]
struct OfficeCommentRow {
    id: i64,
    diary_id: i64,
    diary_title: String,
    case_id: i64,
    /// 案例的客户名称
    case_customer_name: String,
    from_customer_id: i64,
    from_customer_name: String,
    from_customer_headimgurl: String,
    content: String,
    /// 0 未审核，1 审核通过，2 未通过
    status: i64,
    status_text: String,
    create_time: String,
}

#[OpenApi(tag = "Tag::AdminCase")]
impl OfficeDiaryApi {
    /// 后台管理 - 日记 - 列表展示
    ///
    /// 含未发的日记，最新的在前，缺省每页 20 条。
    #[oai(path = "/zhugeleida/admin/diary_manage", method = "get", operation_id = "admin.diary_manage.list")]
    async fn office_diaries(&self, admin: Admin, query: Params<OfficeDiaryQuery>) -> Result<Answer<Page<DiaryRow>>> {
        admin.require(Right::CaseRead)?;
        let query = query.0;
        let company = admin.company_named(query.company_id)?;
        let paging = Paging::new(query.current_page, query.length, 20)?;
        let filter = DiaryFilter { case: query.case_id.map(CaseId), status: query.status };
        let (diaries, count) =
            cases::list_diaries(&self.0, company, query.diary_id.map(DiaryId), filter, paging).await?;
        let rows = diaries.into_iter().map(|diary| DiaryRow::new(diary, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }

    /// 后台管理 - 日记 - 增加日记
    #[oai(path = "/zhugeleida/admin/diary_manage/add/:o_id", method = "post", operation_id = "admin.diary_manage.add")]
    async fn add_diary(&self, admin: Admin, o_id: Path<i64>, form: Body<OfficeDiaryForm>) -> Result<Answer<NewId>> {
        admin.require(Right::CaseWrite)?;
        let _ = o_id;
        let id = cases::add_diary(&self.0, &admin, form.0.draft(&self.0.zone)?).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 日记 - 修改日记
    ///
    /// 不传的字段不变。
    #[oai(
        path = "/zhugeleida/admin/diary_manage/update/:o_id",
        method = "post",
        operation_id = "admin.diary_manage.update"
    )]
    async fn update_diary(&self, admin: Admin, o_id: Path<i64>, form: Body<OfficeDiaryForm>) -> Result<Answer<Empty>> {
        admin.require(Right::CaseWrite)?;
        cases::update_diary(&self.0, &admin, DiaryId(o_id.0), form.0.draft(&self.0.zone)?).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 日记 - 删除日记
    ///
    /// 其评论与点赞一并删除。
    #[oai(
        path = "/zhugeleida/admin/diary_manage/delete/:o_id",
        method = "post",
        operation_id = "admin.diary_manage.delete"
    )]
    async fn delete_diary(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::CaseWrite)?;
        cases::delete_diary(&self.0, &admin, DiaryId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 后台管理 - 日记评论 - 列表展示
    ///
    /// 最新的在前，缺省每页 20 条。
    #[oai(path = "/zhugeleida/admin/comment_manage", method = "get", operation_id = "admin.comment_manage.list")]
    async fn office_comments(
        &self,
        admin: Admin,
        query: Params<OfficeCommentQuery>,
    ) -> Result<Answer<Page<OfficeCommentRow>>> {
        admin.require(Right::CaseRead)?;
        let query = query.0;
        let company = admin.company_named(query.company_id)?;
        let paging = Paging::new(query.current_page, query.length, 20)?;
        let filter = CommentFilter { diary: query.diary_id.map(DiaryId), status: query.status };
        let (comments, count) = cases::list_comments(&self.0, company, filter, paging).await?;
        let rows = comments.into_iter().map(|comment| OfficeCommentRow::new(comment, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }

    /// 后台管理 - 日记评论 - 审核
    #[oai(
        path = "/zhugeleida/admin/comment_manage/update/:o_id",
        method = "post",
        operation_id = "admin.comment_manage.update"
    )]
    async fn audit_comment(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<CommentAuditForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::CaseWrite)?;
        cases::audit_comment(&self.0, &admin, CommentId(o_id.0), form.0.status).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 日记评论 - 删除
    #[oai(
        path = "/zhugeleida/admin/comment_manage/delete/:o_id",
        method = "post",
        operation_id = "admin.comment_manage.delete"
    )]
    async fn delete_comment(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::CaseWrite)?;
        cases::delete_comment(&self.0, &admin, CommentId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}

impl OfficeDiaryForm {
    fn draft(self, zone: &Zone) -> Result<DiaryDraft> {
        let written_at = trimmed(self.diary_date)
            .map(|text| zone.moment(&text).ok_or_else(|| Error::field("diary_date", "格式应为 YYYY-MM-DD HH:MM:SS")))
            .transpose()?;
        Ok(DiaryDraft {
            case: self.case_id.map(CaseId),
            title: trimmed(self.title),
            written_at,
            cover_picture: json_text("cover_picture", self.cover_picture, COVER)?,
            content: json_text("content", self.content, CONTENT)?,
            cover_show_type: self.cover_show_type,
            status: self.status,
        })
    }
}

impl OfficeCommentRow {
    fn new(comment: cases::Comment, zone: &Zone) -> Self {
        Self {
            id: comment.id.0,
            diary_id: comment.diary.0,
            diary_title: comment.diary_title,
            case_id: comment.case.0,
            case_customer_name: comment.case_name,
            from_customer_id: comment.customer.0,
            from_customer_name: comment.customer_name,
            from_customer_headimgurl: comment.customer_avatar,
            content: comment.content,
            status: comment.status,
            status_text: words::comment_status(comment.status).to_owned(),
            create_time: zone.plain(comment.created_at),
        }
    }
}
