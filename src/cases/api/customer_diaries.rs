//! Mini-program: diaries, praise and comments. Document 001, section 3.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::{
    CaseShelf, CaseShelfPage,
    rows::{DiaryCommentRow, DiaryRow},
    shelf,
};
use crate::{
    app::App,
    cases::{self, DiaryFilter},
    error::{Error, Result},
    identity::{Admin, Customer, CustomerOrAdmin, Right},
    ids::{CaseId, DiaryId},
    web::{Answer, Body, Empty, Page, Paging, Params, Tag},
};

pub struct CustomerDiaryApi(pub App);

#[derive(Debug, Object)]
struct DiaryQuery {
    /// 公司 ID；缺省为签名者所属的公司
    company_id: Option<i64>,
    /// 日记 ID：查询单个日记
    diary_id: Option<i64>,
    /// 案例 ID：只列出此案例的日记
    case_id: Option<i64>,
    /// 所属雷达用户，动作记入其雷达；缺省为客户最近联系的雷达用户
    uid: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 20
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct DiaryCommentForm {
    /// 评论内容
    #[oai(validator(max_length = 500))]
    content: String,
}

/// 点赞结果
#[derive(Debug, Object, Serialize)]
struct DiaryPraised {
    /// 点赞数量
    up_count: i64,
    is_praise_diary: i64,
    is_praise_diary_text: String,
}

#[OpenApi(tag = "Tag::CustomerCase")]
impl CustomerDiaryApi {
    /// 小程序 - 日记  - 列表展示
    ///
    /// 只含已发的日记，最新的在前，缺省每页 20 条。带 diary_id 时展示单个日记，计入阅读量，雷达记录“查看日记详情”；
    /// 不带 case_id 的第一页为日记首页，雷达记录“查看日记首页”。
    #[oai(
        path = "/zhugeleida/xiaochengxu/diary_manage/diary_list",
        method = "get",
        operation_id = "xiaochengxu.diary_manage.diary_list"
    )]
    async fn list_diaries(&self, customer: Customer, query: Params<DiaryQuery>) -> Result<Answer<Page<DiaryRow>>> {
        self.for_customer(customer, query.0).await
    }

    /// 小程序 - 日记  - 列表展示（另一地址）
    ///
    /// 客户签名时与小程序地址相同。管理员签名时列出公司的全部日记（含未发的），不计阅读量，is_praise_diary 为 0。
    #[oai(
        path = "/zhugeleida/admin/diary_manage/diary_list",
        method = "get",
        operation_id = "xiaochengxu.diary_manage.diary_list.alias"
    )]
    async fn list_diaries_alias(
        &self,
        caller: CustomerOrAdmin,
        query: Params<DiaryQuery>,
    ) -> Result<Answer<Page<DiaryRow>>> {
        match caller {
            CustomerOrAdmin::Customer(customer) => self.for_customer(customer, query.0).await,
            CustomerOrAdmin::Admin(admin) => self.for_office(admin, query.0).await,
        }
    }

    /// 小程序 -  日记 - 评论日记
    ///
    /// 评论经后台审核后其他人可见，此前仅自己可见。案例未开放评论时返回 305。
    #[oai(
        path = "/zhugeleida/xiaochengxu/diary_manage/review_diary/:o_id",
        method = "post",
        operation_id = "xiaochengxu.diary_manage.review_diary"
    )]
    async fn comment_on_diary(
        &self,
        customer: Customer,
        o_id: Path<i64>,
        query: Params<CaseShelf>,
        form: Body<DiaryCommentForm>,
    ) -> Result<Answer<Empty>> {
        let content = form.0.content.trim().to_owned();
        let shelf = shelf(query.0.company_id, query.0.uid);
        cases::comment(&self.0, customer, shelf, DiaryId(o_id.0), content).await?;
        Ok(Answer::done("成功"))
    }

    /// 小程序 - 日记 - 评论列表展示
    ///
    /// 审核通过的评论，以及自己待审核的评论，最新的在前，缺省每页 100 条。
    #[oai(
        path = "/zhugeleida/xiaochengxu/diary_manage/diary_id_review_list/:o_id",
        method = "get",
        operation_id = "xiaochengxu.diary_manage.diary_id_review_list"
    )]
    async fn list_diary_comments(
        &self,
        customer: Customer,
        o_id: Path<i64>,
        query: Params<CaseShelfPage>,
    ) -> Result<Answer<Page<DiaryCommentRow>>> {
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 100)?;
        let shelf = shelf(query.company_id, None);
        let (comments, count) = cases::comments(&self.0, customer, shelf, DiaryId(o_id.0), paging).await?;
        let rows = comments.into_iter().map(|comment| DiaryCommentRow::new(comment, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)).noted())
    }

    /// 小程序 - 日记 - 点赞日记
    ///
    /// 每位客户一次；再次点赞不变，返回 302 与同样的数据。
    #[oai(
        path = "/zhugeleida/xiaochengxu/diary_manage/praise_diary/:o_id",
        method = "post",
        operation_id = "xiaochengxu.diary_manage.praise_diary"
    )]
    async fn praise_diary(
        &self,
        customer: Customer,
        o_id: Path<i64>,
        query: Params<CaseShelf>,
    ) -> Result<Answer<DiaryPraised>> {
        let shelf = shelf(query.0.company_id, query.0.uid);
        let praise = cases::praise(&self.0, customer, shelf, DiaryId(o_id.0)).await?;
        let (code, msg) = if praise.is_first { (200, "记录成功") } else { (302, "已经点过赞了") };
        let is_praise_diary_text = "已赞过此日记".to_owned();
        Ok(Answer::coded(code, msg, DiaryPraised { up_count: praise.count, is_praise_diary: 1, is_praise_diary_text }))
    }
}

impl CustomerDiaryApi {
    async fn for_customer(&self, customer: Customer, query: DiaryQuery) -> Result<Answer<Page<DiaryRow>>> {
        let shelf = shelf(query.company_id, query.uid);
        let (diaries, count) = if let Some(id) = query.diary_id {
            (vec![cases::read(&self.0, customer, shelf, DiaryId(id)).await?], 1)
        } else {
            let paging = Paging::new(query.current_page, query.length, 20)?;
            cases::diaries(&self.0, customer, shelf, query.case_id.map(CaseId), paging).await?
        };
        Ok(self.page(diaries, count))
    }

    async fn for_office(&self, admin: Admin, query: DiaryQuery) -> Result<Answer<Page<DiaryRow>>> {
        admin.require(Right::CaseRead)?;
        let paging = Paging::new(query.current_page, query.length, 20)?;
        let (id, filter) = (query.diary_id.map(DiaryId), DiaryFilter { case: query.case_id.map(CaseId), status: None });
        let (diaries, count) = match admin.company_named(query.company_id) {
            Ok(company) => cases::list_diaries(&self.0, company, id, filter, paging).await?,
            // As a customer is answered: another company has nothing to show.
            Err(Error::NotFound(_)) if id.is_none() => (Vec::new(), 0),
            Err(other) => return Err(other),
        };
        Ok(self.page(diaries, count))
    }

    fn page(&self, diaries: Vec<cases::Diary>, count: i64) -> Answer<Page<DiaryRow>> {
        let rows = diaries.into_iter().map(|diary| DiaryRow::new(diary, &self.0.zone)).collect();
        Answer::new("查询成功", Page::new(rows, count)).noted()
    }
}
