//! Companies, managed by staff (公司). Document 003.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::{
        Manager, Staff,
        api::trimmed,
        companies::{self, CompanyForm, Order},
    },
    ids::CompanyId,
    time::Millis,
    web::{Answer, Body, BodyOnly, Empty, Page, Paging, Params, Tag},
};

pub struct CompanyApi(pub App);

/// A company of which only the name is known gets one month and this many cards, to be changed in the back office.
const FIRST_LENGTH: i64 = 1;
const FIRST_CARDS: i64 = 10;

/// 公司
#[derive(Debug, Object, Serialize)]
struct TeamCompanyRow {
    id: i64,
    name: String,
    /// 同 id
    company_id: i64,
    create_date: String,
}

#[derive(Debug, Object)]
struct TeamCompanyQuery {
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct TeamCompanyForm {
    /// 公司名
    #[oai(validator(max_length = 100))]
    name: String,
}

#[derive(Debug, Object)]
struct TeamCompanyName {
    /// 公司名
    name: Option<String>,
}

#[derive(Debug, Object)]
struct OptionalCompanyForm {
    /// 公司名；带有它时是增加公司
    #[oai(validator(max_length = 100))]
    name: Option<String>,
}

#[OpenApi(tag = "Tag::StaffManage")]
impl CompanyApi {
    /// 查询公司
    ///
    /// 最新的在前，默认每页 10 条。角色 1 可见全部公司，其余只见自己的公司。
    #[oai(path = "/zhugeleida/qiyeweixin/company", method = "get", operation_id = "qiyeweixin.company.list")]
    async fn list_team_companies(
        &self,
        staff: Staff,
        query: Params<TeamCompanyQuery>,
    ) -> Result<Answer<Page<TeamCompanyRow>>> {
        let paging = Paging::new(query.0.current_page, query.0.length, 10)?;
        let (companies, count) = companies::page(&self.0, staff.only_company(), Order::Newest, paging).await?;
        let rows = companies.into_iter().map(|company| TeamCompanyRow {
            id: company.id.0,
            name: company.name,
            company_id: company.id.0,
            create_date: self.0.zone.iso(company.created_at),
        });
        Ok(Answer::new("", Page::new(rows.collect(), count)))
    }

    /// 增加公司
    ///
    /// 仅角色 1。自当日起开通一个月、可开通 10 张名片，之后可在后台修改。名称重复时返回 300。
    #[oai(path = "/zhugeleida/qiyeweixin/company/add/:o_id", method = "post", operation_id = "qiyeweixin.company.add")]
    async fn add_team_company(
        &self,
        staff: Staff,
        o_id: Path<i64>,
        query: Params<TeamCompanyName>,
        form: Body<TeamCompanyForm>,
    ) -> Result<Answer<TeamCompanyOutcome>> {
        // Body takes from the query what the form lacks.
        let _ = (o_id, query);
        self.add(staff, &form.0.name).await
    }

    /// 删除公司
    ///
    /// 仅角色 1。公司仍有用户或其他数据时返回 304；自己的公司返回 305。
    /// 请求体带有 name 时是增加公司（与 company/add 相同），不会删除；地址参数中的 name 不起作用。
    #[oai(
        path = "/zhugeleida/qiyeweixin/company/delete/:o_id",
        method = "post",
        operation_id = "qiyeweixin.company.delete"
    )]
    async fn delete_team_company(
        &self,
        staff: Staff,
        o_id: Path<i64>,
        query: Params<TeamCompanyName>,
        form: BodyOnly<OptionalCompanyForm>,
    ) -> Result<Answer<TeamCompanyOutcome>> {
        let _ = query;
        if let Some(name) = form.0.name {
            return self.add(staff, &name).await;
        }
        companies::delete(&self.0, super_manager(staff)?, CompanyId(o_id.0)).await?;
        Ok(Answer::new("删除成功", TeamCompanyOutcome { id: None }))
    }

    /// 修改公司
    ///
    /// 仅角色 1。名称重复时返回 300。
    #[oai(
        path = "/zhugeleida/qiyeweixin/company/update/:o_id",
        method = "post",
        operation_id = "qiyeweixin.company.update"
    )]
    async fn update_team_company(
        &self,
        staff: Staff,
        o_id: Path<i64>,
        form: Body<TeamCompanyForm>,
    ) -> Result<Answer<Empty>> {
        let manager = super_manager(staff)?;
        companies::rename(&self.0, manager, CompanyId(o_id.0), trimmed(&form.0.name)).await?;
        Ok(Answer::done("修改成功"))
    }
}

/// 新建的公司；删除时为空
#[derive(Debug, Object, Serialize)]
struct TeamCompanyOutcome {
    /// 新建的 ID
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
}

impl CompanyApi {
    async fn add(&self, staff: Staff, name: &str) -> Result<Answer<TeamCompanyOutcome>> {
        let manager = super_manager(staff)?;
        let name = trimmed(name);
        if name.is_empty() {
            return Err(Error::field("name", "此字段不能为空"));
        }
        let form = CompanyForm {
            name,
            start: self.0.zone.day(Millis::now()),
            open_length: FIRST_LENGTH,
            card_quota: FIRST_CARDS,
            address: None,
            remarks: None,
        };
        let id = companies::add(&self.0, manager, form).await?;
        Ok(Answer::new("添加成功", TeamCompanyOutcome { id: Some(id.0) }))
    }
}

/// Only role 1 changes companies.
fn super_manager(staff: Staff) -> Result<Manager> {
    let manager = staff.manager()?;
    manager.require_super()?;
    Ok(manager)
}
