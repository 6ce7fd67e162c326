//! Companies (公司). Document 002, section 7.

use poem_openapi::{Object, OpenApi, param::Path, types::MaybeUndefined};
use serde::Serialize;

use super::{text_change, trimmed};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{
        Admin, Right,
        companies::{self, Agent, Company, CompanyForm, Order},
    },
    ids::CompanyId,
    time::Millis,
    web::{Answer, Body, Date, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct CompanyApi(pub App);

/// 公司
#[derive(Debug, Object, Serialize)]
struct CompanyRow {
    /// 公司名称
    name: String,
    /// 公司 ID
    company_id: i64,
    /// 已开通名片数
    user_count: i64,
    /// 可开通名片数
    mingpian_available_num: i64,
    /// 剩余天数
    available_days: i64,
    /// 已使用天数
    used_days: i64,
    /// 已获取客户数
    customer_num: i64,
    /// 计费开始时间
    charging_start_time: String,
    /// 账户过期时间；9999-12-31 表示永不过期
    account_expired_time: String,
    /// 开通时长：1 一个月，2 二个月，3 三个月，4 一年，5 二年
    open_length_time: i64,
    /// 备注；没有为 null
    remarks: Option<String>,
    /// 公司地址
    address: String,
    /// 企业微信的企业 ID；未填写为空
    corp_id: String,
    /// 创建日期
    create_date: String,
}

#[derive(Debug, Object)]
struct CompanyFilter {
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
    /// create_date 或 name，前缀 - 为倒序；默认 -create_date
    order: Option<String>,
}

#[derive(Debug, Object)]
struct CompanyWriteForm {
    /// 公司名称
    #[oai(validator(max_length = 100))]
    name: String,
    /// 开始计费时间，如 2018-08-13
    charging_start_time: Date,
    /// 开通时长：1 一个月，2 二个月，3 三个月，4 一年，5 二年
    #[oai(validator(minimum(value = "1"), maximum(value = "5")))]
    open_length_time: i64,
    /// 开通数量
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    mingpian_available_num: i64,
    /// 备注；修改时不传表示不变
    #[oai(validator(max_length = 1000))]
    remarks: MaybeUndefined<String>,
    /// 公司地址；修改时不传表示不变
    #[oai(validator(max_length = 200))]
    address: MaybeUndefined<String>,
}

#[derive(Debug, Object)]
struct CompanyName {
    /// 公司 ID；默认为自己的公司
    company_id: Option<i64>,
}

/// 企业微信授权信息
#[derive(Debug, Object, Serialize)]
struct AuthorStatus {
    /// 固定三项：通讯录、AI雷达、Boss雷达
    ret_data: Vec<AuthorRow>,
}

/// 一个秘钥的状态
#[derive(Debug, Object, Serialize)]
struct AuthorRow {
    /// 名称
    name: String,
    /// 秘钥已保存并且有效
    is_validate: bool,
    /// 1 代表 AI雷达，2 代表 Boss雷达；通讯录没有
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    app_type: Option<i64>,
}

#[derive(Object)]
struct ContactsForm {
    /// 企业 ID
    #[oai(validator(max_length = 64))]
    corp_id: String,
    /// 通讯录的秘钥
    #[oai(validator(max_length = 128))]
    tongxunlu_secret: String,
}

#[derive(Object)]
struct AgentForm {
    /// 1 代表 AI雷达，2 代表 Boss雷达
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    app_type: Option<i64>,
    /// 应用的 ID
    #[oai(validator(pattern = r"^[0-9]{1,18}$"))]
    agent_id: String,
    /// 应用秘钥
    #[oai(validator(max_length = 128))]
    app_secret: String,
    /// 应用名称（AI雷达 或 Boss雷达），没有 app_type 时代替它
    name: Option<String>,
}

impl CompanyWriteForm {
    fn read(self) -> Result<CompanyForm> {
        // Between 1970 and 2099: what lies outside is a slip of the pen.
        let start = Some(self.charging_start_time.0).filter(|day| (0..47_482).contains(&day.0));
        Ok(CompanyForm {
            name: trimmed(&self.name),
            start: start.ok_or_else(|| Error::field("charging_start_time", "应在 1970 到 2099 年之间"))?,
            open_length: self.open_length_time,
            card_quota: self.mingpian_available_num,
            address: text_change(self.address),
            remarks: text_change(self.remarks),
        })
    }
}

impl AgentForm {
    fn agent(&self) -> Result<Agent> {
        // The document's table has `name`, its example `app_type`.
        match (self.app_type, self.name.as_deref().map(str::trim)) {
            (Some(1), _) | (None, Some("AI雷达")) => Ok(Agent::Radar),
            (Some(2), _) | (None, Some("Boss雷达")) => Ok(Agent::Boss),
            _ => Err(Error::field("app_type", "应为 1（AI雷达）或 2（Boss雷达）")),
        }
    }
}

#[OpenApi(tag = "Tag::AdminCompany")]
impl CompanyApi {
    /// 后台管理 - 公司里 - 企业微信展示授权信息
    ///
    /// 每次都向企业微信验证已保存的秘钥。
    #[oai(
        path = "/zhugeleida/admin/company/author_status",
        method = "get",
        operation_id = "admin.company.author_status"
    )]
    async fn author_status(&self, admin: Admin, named: Params<CompanyName>) -> Result<Answer<AuthorStatus>> {
        admin.require(Right::CompanyRead)?;
        let valid = companies::validity(&self.0, &admin, named.0.company_id).await?;
        let row = |name: &str, is_validate, app_type| AuthorRow { name: name.to_owned(), is_validate, app_type };
        let ret_data = vec![
            row("通讯录", valid.contacts, None),
            row("AI雷达", valid.radar, Some(1)),
            row("Boss雷达", valid.boss, Some(2)),
        ];
        Ok(Answer::new("", AuthorStatus { ret_data }))
    }

    /// 后台管理 - 公司里 - 展示公司数据
    ///
    /// 超级管理员可见全部公司，其余只见自己的公司。
    #[oai(path = "/zhugeleida/admin/company", method = "get", operation_id = "admin.company.list")]
    async fn list_companies(&self, admin: Admin, filter: Params<CompanyFilter>) -> Result<Answer<Page<CompanyRow>>> {
        admin.require(Right::CompanyRead)?;
        let paging = Paging::new(filter.0.current_page, filter.0.length, 10)?;
        let order = Order::named(filter.0.order.as_deref())?;
        let (companies, count) = companies::page(&self.0, admin.only_company(), order, paging).await?;
        let rows = companies.into_iter().map(|company| self.row(company)).collect::<Result<_>>()?;
        Ok(Answer::new("", Page::new(rows, count)))
    }

    /// 后台管理 - 公司里 - 增加公司
    ///
    /// 仅超级管理员。
    #[oai(
        path = "/zhugeleida/admin/company/add_company/:o_id",
        method = "post",
        operation_id = "admin.company.add_company"
    )]
    async fn add_company(&self, admin: Admin, o_id: Path<i64>, form: Body<CompanyWriteForm>) -> Result<Answer<NewId>> {
        admin.require_super()?;
        let _ = o_id;
        let id = companies::add(&self.0, &admin, form.0.read()?).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 公司里 - 修改公司
    ///
    /// 仅超级管理员。计费开始时间或开通时长有变时，重新计算过期时间。
    #[oai(
        path = "/zhugeleida/admin/company/update_company/:o_id",
        method = "post",
        operation_id = "admin.company.update_company"
    )]
    async fn update_company(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<CompanyWriteForm>,
    ) -> Result<Answer<Empty>> {
        admin.require_super()?;
        companies::update(&self.0, &admin, CompanyId(o_id.0), form.0.read()?).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 公司里 - 添加企业微信-通讯录
    ///
    /// 先向企业微信验证，未通过则返回企业微信的错误码，不保存。
    #[oai(
        path = "/zhugeleida/admin/company/update_tongxunlu/:o_id",
        method = "post",
        operation_id = "admin.company.update_tongxunlu"
    )]
    async fn update_tongxunlu(&self, admin: Admin, o_id: Path<i64>, form: Body<ContactsForm>) -> Result<Answer<Empty>> {
        let (corp_id, secret) = (trimmed(&form.0.corp_id), trimmed(&form.0.tongxunlu_secret));
        companies::set_contacts(&self.0, &admin, CompanyId(o_id.0), corp_id, secret).await?;
        Ok(Answer::done("保存成功"))
    }

    /// 后台管理 - 公司里 - 添加AI雷达\Boss雷达 agent 秘钥
    ///
    /// 须先添加通讯录的秘钥。先向企业微信验证，未通过则返回企业微信的错误码，不保存。
    #[oai(
        path = "/zhugeleida/admin/company/update_agent/:o_id",
        method = "post",
        operation_id = "admin.company.update_agent"
    )]
    async fn update_agent(&self, admin: Admin, o_id: Path<i64>, form: Body<AgentForm>) -> Result<Answer<Empty>> {
        let agent = form.0.agent()?;
        let (agent_id, secret) = (form.0.agent_id, trimmed(&form.0.app_secret));
        companies::set_agent(&self.0, &admin, CompanyId(o_id.0), agent, agent_id, secret).await?;
        Ok(Answer::done("保存成功"))
    }
}

impl CompanyApi {
    fn row(&self, company: Company) -> Result<CompanyRow> {
        let zone = &self.0.zone;
        let today = zone.day(Millis::now());
        Ok(CompanyRow {
            corp_id: self.0.settings.get_of(company.id, "work.corp_id")?.unwrap_or_default(),
            name: company.name,
            company_id: company.id.0,
            user_count: company.staff_count,
            mingpian_available_num: company.card_quota,
            available_days: company.terms.available_days(today),
            used_days: company.terms.used_days(today),
            customer_num: company.customer_count,
            charging_start_time: company.terms.start.text(),
            account_expired_time: company.terms.end().text(),
            open_length_time: company.terms.open_length,
            remarks: company.remarks,
            address: company.address,
            create_date: zone.date(company.created_at),
        })
    }
}
