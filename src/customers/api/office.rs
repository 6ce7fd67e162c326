//! The back office's customers: the list, one customer, what happened with them. Ours.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::office_rows::{CustomerProfile, OfficeCustomer, TimelineRow};
use crate::{
    app::App,
    customers::{
        office::{self, Filter, Order},
        timeline::{self, Kind, Place},
    },
    error::{Error, FieldErrors, Result},
    identity::{Admin, Right},
    ids::{CustomerId, StaffId, TagId},
    time::{Millis, Zone},
    web::{Answer, Date, Page, Paging, Params, Tag},
};

pub struct OfficeApi(pub App);

#[derive(Debug, Object)]
pub struct OfficeCustomers {
    /// 名称、备注名或手机号中的一部分
    #[oai(validator(max_length = 100))]
    search: Option<String>,
    /// 雷达用户 ID
    uid: Option<i64>,
    /// 来源：1 扫码，2 转发，3 搜索，4 公众号文章，5 公众号视频
    source: Option<i64>,
    /// 1 微信公众号，2 微信小程序
    user_type: Option<i64>,
    /// 标签 ID
    tag_id: Option<i64>,
    /// 成为客户的日期，从这一天起
    #[oai(rename = "create_date__gte")]
    create_date_gte: Option<Date>,
    /// 到这一天为止（含）
    #[oai(rename = "create_date__lt")]
    create_date_lt: Option<Date>,
    /// create_date、last_activity_time、last_follow_time、expedted_pr 或 interest，前面加 - 为由大到小；缺省 -create_date
    order: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，缺省 10
    length: Option<i64>,
}

impl OfficeCustomers {
    /// 301 for a source or kind that there is not.
    pub fn filter(&self, zone: &Zone) -> Result<Filter> {
        let mut errors = FieldErrors::new();
        if self.source.is_some_and(|source| !(1..=5).contains(&source)) {
            errors.add("source", "应为 1 到 5");
        }
        if self.user_type.is_some_and(|kind| !(1..=2).contains(&kind)) {
            errors.add("user_type", "应为 1 或 2");
        }
        errors.into_result()?;
        Ok(Filter {
            search: self.search.as_deref().map(str::trim).filter(|search| !search.is_empty()).map(ToOwned::to_owned),
            staff: self.uid.map(StaffId),
            source: self.source,
            user_type: self.user_type,
            tag: self.tag_id.map(TagId),
            from: self.create_date_gte.map(|date| zone.start_of(date.0)),
            until: self.create_date_lt.map(|date| zone.start_of(date.0.plus(1))),
        })
    }
}

/// 包在 ret_data 中的客户
#[derive(Debug, Object, Serialize)]
struct SingleCustomer {
    ret_data: CustomerProfile,
}

#[derive(Debug, Object)]
struct TimelineQuery {
    /// 只看与此雷达用户之间的
    uid: Option<i64>,
    /// 只看一种：radar 访问，follow 跟进，chat 聊天，order 订单
    kind: Option<String>,
    /// 上一页返回的 next
    #[oai(validator(max_length = 100))]
    before: Option<String>,
    /// 条数，缺省 20
    length: Option<i64>,
}

/// 一页动态
#[derive(Debug, Object, Serialize)]
struct Timeline {
    ret_data: Vec<TimelineRow>,
    /// 下一页的 before；没有更早的为空
    next: String,
}

#[OpenApi(tag = "Tag::AdminCustomer")]
impl OfficeApi {
    /// 后台管理 - 客户 - 列表
    ///
    /// 本公司的客户，每位客户与每位雷达用户的关系一行；缺省每页 10 条，最新的在前。
    #[oai(path = "/zhugeleida/admin/customer", method = "get", operation_id = "admin.customer.list")]
    async fn list(&self, admin: Admin, query: Params<OfficeCustomers>) -> Result<Answer<Page<OfficeCustomer>>> {
        admin.require(Right::CustomerRead)?;
        let paging = Paging::new(query.0.current_page, query.0.length, 10)?;
        let order = Order::named(query.0.order.as_deref())?;
        let filter = query.0.filter(&self.0.zone)?;
        let (listed, count) = office::list(&self.0, &admin, order, filter, paging).await?;
        let now = Millis::now();
        let rows = listed.into_iter().map(|row| OfficeCustomer::new(row, &self.0.zone, now)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }

    /// 后台管理 - 客户 - 详情
    ///
    /// 客户的资料、与每位雷达用户的关系、各种行为的次数。不是本公司的客户返回 302。
    #[oai(
        path = "/zhugeleida/admin/customer/single/:customer_id",
        method = "get",
        operation_id = "admin.customer.single"
    )]
    async fn single(&self, admin: Admin, customer_id: Path<i64>) -> Result<Answer<SingleCustomer>> {
        admin.require(Right::CustomerRead)?;
        let whole = office::whole(&self.0, &admin, CustomerId(customer_id.0)).await?;
        let ret_data = CustomerProfile::new(whole, &self.0.zone, Millis::now());
        Ok(Answer::new("查询成功", SingleCustomer { ret_data }))
    }

    /// 后台管理 - 客户 - 动态
    ///
    /// 访问、跟进、聊天与订单合在一起，最新的在前，缺省 20 条；before 传上一页的 next 继续。不是本公司的客户返回 302。
    #[oai(
        path = "/zhugeleida/admin/customer/timeline/:customer_id",
        method = "get",
        operation_id = "admin.customer.timeline"
    )]
    async fn timeline(
        &self,
        admin: Admin,
        customer_id: Path<i64>,
        query: Params<TimelineQuery>,
    ) -> Result<Answer<Timeline>> {
        admin.require(Right::CustomerRead)?;
        let query = query.0;
        let asked = timeline::Asked {
            customer: CustomerId(customer_id.0),
            staff: query.uid.map(StaffId),
            kind: query.kind.as_deref().map(kind_named).transpose()?,
            before: query.before.as_deref().map(Place::parse).transpose()?,
            length: Paging::new(None, query.length, 20)?.limit(),
        };
        let (happened, next) = timeline::page(&self.0, &admin, asked).await?;
        let ret_data = happened.into_iter().map(|row| TimelineRow::new(row, &self.0.zone)).collect();
        let next = next.map(Place::text).unwrap_or_default();
        Ok(Answer::new("查询成功", Timeline { ret_data, next }))
    }
}

fn kind_named(name: &str) -> Result<Kind> {
    Kind::named(name.trim()).ok_or_else(|| Error::field("kind", "应为 radar、follow、chat 或 order"))
}
