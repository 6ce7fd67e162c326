//! Back office: cases and their tags. No document describes them.

use poem_openapi::{Object, OpenApi, param::Path, types::Any};
use serde::Serialize;
use serde_json::Value;

use super::{COVER, json_text, rows::CaseRow, trimmed};
use crate::{
    app::App,
    cases::{self, CaseDraft, CaseFilter},
    clean,
    error::{Error, Result},
    identity::{Admin, Right},
    ids::{CaseId, CaseTagId},
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct OfficeCaseApi(pub App);

#[derive(Debug, Object)]
struct OfficeCaseQuery {
    /// 公司 ID；只有超级管理员可以查看其它公司
    company_id: Option<i64>,
    /// 案例 ID：单个展示
    case_id: Option<i64>,
    /// 案例的客户名称，模糊搜索
    customer_name: Option<String>,
    /// 1 已发，2 未发；缺省为全部
    status: Option<i64>,
    /// 标签 ID
    tag_id: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 20
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct OfficeCaseForm {
    /// 案例的客户名称，公司内不能重复；新增时必填
    #[oai(validator(max_length = 100))]
    customer_name: Option<String>,
    /// 案例客户的头像
    #[oai(validator(max_length = 300))]
    headimgurl: Option<String>,
    /// 封面，JSON
    cover_picture: Option<Any<Value>>,
    /// 1 已发，2 未发（新增时的缺省）
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    status: Option<i64>,
    /// 是否开放评论：0 或 1（新增时的缺省）
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    is_open_comment: Option<i64>,
    /// 标签 ID 列表；传 [] 清空
    tag_list: Option<Vec<i64>>,
}

#[derive(Debug, Object)]
struct OfficeCaseTagQuery {
    /// 公司 ID；只有超级管理员可以查看其它公司
    company_id: Option<i64>,
    /// 标签关键字，模糊搜索
    name: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct OfficeCaseTagForm {
    /// 标签名称，公司内不能重复
    #[oai(validator(max_length = 30))]
    name: String,
}

/// 案例标签
#[derive(Debug, Object, Serialize)]
struct OfficeCaseTagRow {
    id: i64,
    name: String,
    /// 客户搜索的次数
    search_amount: i64,
    create_date: String,
}

#[OpenApi(tag = "Tag::AdminCase")]
impl OfficeCaseApi {
    /// 后台管理 - 案例 - 列表展示
    ///
    /// 含未发的案例，最近更新的在前，缺省每页 20 条。
    #[oai(path = "/zhugeleida/admin/case_manage", method = "get", operation_id = "admin.case_manage.list")]
    async fn office_cases(&self, admin: Admin, query: Params<OfficeCaseQuery>) -> Result<Answer<Page<CaseRow>>> {
        admin.require(Right::CaseRead)?;
        let query = query.0;
        let company = admin.company_named(query.company_id)?;
        let paging = Paging::new(query.current_page, query.length, 20)?;
        let filter = CaseFilter {
            status: query.status,
            customer_name: trimmed(query.customer_name),
            tag: query.tag_id.map(CaseTagId),
        };
        let (cases, count) = cases::list_cases(&self.0, company, query.case_id.map(CaseId), filter, paging).await?;
        let rows = cases.into_iter().map(|case| CaseRow::new(case, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }

    /// 后台管理 - 案例 - 列表展示（另一地址）
    #[oai(
        path = "/zhugeleida/admin/case_manage/case_list",
        method = "get",
        operation_id = "admin.case_manage.list.alias"
    )]
    async fn office_cases_alias(&self, admin: Admin, query: Params<OfficeCaseQuery>) -> Result<Answer<Page<CaseRow>>> {
        self.office_cases(admin, query).await
    }

    /// 后台管理 - 案例 - 增加案例
    ///
    /// 案例名称在公司内不能重复（300）。
    #[oai(path = "/zhugeleida/admin/case_manage/add/:o_id", method = "post", operation_id = "admin.case_manage.add")]
    async fn add_case(&self, admin: Admin, o_id: Path<i64>, form: Body<OfficeCaseForm>) -> Result<Answer<NewId>> {
        admin.require(Right::CaseWrite)?;
        let _ = o_id;
        let id = cases::add_case(&self.0, &admin, form.0.draft()?).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 案例 - 修改案例
    ///
    /// 不传的字段不变。
    #[oai(
        path = "/zhugeleida/admin/case_manage/update/:o_id",
        method = "post",
        operation_id = "admin.case_manage.update"
    )]
    async fn update_case(&self, admin: Admin, o_id: Path<i64>, form: Body<OfficeCaseForm>) -> Result<Answer<Empty>> {
        admin.require(Right::CaseWrite)?;
        cases::update_case(&self.0, &admin, CaseId(o_id.0), form.0.draft()?).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 案例 - 删除案例
    ///
    /// 其日记、评论一并删除，客户的收藏与足迹中不再有此案例。
    #[oai(
        path = "/zhugeleida/admin/case_manage/delete/:o_id",
        method = "post",
        operation_id = "admin.case_manage.delete"
    )]
    async fn delete_case(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::CaseWrite)?;
        cases::delete_case(&self.0, &admin, CaseId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 后台管理 - 案例标签 - 列表展示
    ///
    /// 最新的在前，缺省每页 10 条。
    #[oai(path = "/zhugeleida/admin/case_tag", method = "get", operation_id = "admin.case_tag.list")]
    async fn office_case_tags(
        &self,
        admin: Admin,
        query: Params<OfficeCaseTagQuery>,
    ) -> Result<Answer<Page<OfficeCaseTagRow>>> {
        admin.require(Right::CaseRead)?;
        let query = query.0;
        let company = admin.company_named(query.company_id)?;
        let paging = Paging::new(query.current_page, query.length, 10)?;
        let (tags, count) = cases::tags(&self.0, company, trimmed(query.name), paging).await?;
        let rows = tags.into_iter().map(|tag| OfficeCaseTagRow {
            id: tag.id.0,
            name: tag.name,
            search_amount: tag.searches,
            create_date: self.0.zone.plain(tag.created_at),
        });
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 案例标签 - 增加标签
    ///
    /// 名称在公司内不能重复（300）。
    #[oai(path = "/zhugeleida/admin/case_tag/add/:o_id", method = "post", operation_id = "admin.case_tag.add")]
    async fn add_case_tag(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<OfficeCaseTagForm>,
    ) -> Result<Answer<NewId>> {
        admin.require(Right::CaseWrite)?;
        let _ = o_id;
        let id = cases::add_tag(&self.0, &admin, form.0.name.trim().to_owned()).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 案例标签 - 修改标签
    #[oai(path = "/zhugeleida/admin/case_tag/update/:o_id", method = "post", operation_id = "admin.case_tag.update")]
    async fn update_case_tag(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<OfficeCaseTagForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::CaseWrite)?;
        cases::rename_tag(&self.0, &admin, CaseTagId(o_id.0), form.0.name.trim().to_owned()).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 案例标签 - 删除标签
    ///
    /// 案例与搜索历史中不再有此标签。
    #[oai(path = "/zhugeleida/admin/case_tag/delete/:o_id", method = "post", operation_id = "admin.case_tag.delete")]
    async fn delete_case_tag(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::CaseWrite)?;
        cases::delete_tag(&self.0, &admin, CaseTagId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}

impl OfficeCaseForm {
    fn draft(self) -> Result<CaseDraft> {
        Ok(CaseDraft {
            customer_name: trimmed(self.customer_name),
            avatar: trimmed(self.headimgurl).map(|url| clean::address("headimgurl", Some(url))).transpose()?,
            cover_picture: json_text("cover_picture", self.cover_picture, COVER)?,
            status: self.status,
            is_open: self.is_open_comment.map(|flag| flag == 1),
            tags: self.tag_list.map(tags).transpose()?,
        })
    }
}

/// A case has a handful of tags.
fn tags(ids: Vec<i64>) -> Result<Vec<CaseTagId>> {
    const MOST: usize = 50;
    if ids.len() > MOST {
        return Err(Error::field("tag_list", format!("最多 {MOST} 个标签")));
    }
    Ok(ids.into_iter().map(CaseTagId).collect())
}
