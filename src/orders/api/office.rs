//! Orders in the back office.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::{OrderRow, state_named};
use crate::{
    app::App,
    clean,
    error::Result,
    identity::{Admin, Right},
    ids::{OrderId, StaffId},
    orders::{Filter, State, Whose, desk, refunds},
    time::Millis,
    web::{Answer, Body, Date, Empty, Page, Paging, Params, Tag},
};

pub struct OfficeOrderApi(pub App);

#[derive(Debug, Object)]
struct OfficeOrders {
    /// 订单状态：1、2、3、4、5、7、8、9、10
    #[oai(rename = "theOrderStatus")]
    state: Option<i64>,
    /// 订单号，或其开头
    #[oai(rename = "orderNumber", validator(max_length = 40))]
    number: Option<String>,
    /// 客户名称中的一部分
    #[oai(validator(max_length = 100))]
    customer_name: Option<String>,
    /// 业绩归属的雷达用户 ID
    uid: Option<i64>,
    /// 从这一天起
    #[oai(rename = "create_date__gte")]
    from: Option<Date>,
    /// 到这一天为止（含）
    #[oai(rename = "create_date__lt")]
    to: Option<Date>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct RefusalForm {
    /// 拒绝的理由，客户可见
    #[oai(rename = "tuiKuanHuiFu", validator(max_length = 200))]
    answer: Option<String>,
}

/// 退款后的订单状态
#[derive(Debug, Object, Serialize)]
struct Refunding {
    /// 2 退款完成；4 退款中，到账后自动完成
    #[oai(rename = "theOrderStatusCode")]
    #[serde(rename = "theOrderStatusCode")]
    state_code: i64,
}

#[OpenApi(tag = "Tag::AdminOrder")]
impl OfficeOrderApi {
    /// 后台管理 - 商城订单 - 查询
    ///
    /// 最新的在前；缺省每页 10 条。
    #[oai(path = "/zhugeleida/admin/theOrder", method = "get", operation_id = "admin.theOrder.list")]
    async fn list_orders(&self, admin: Admin, query: Params<OfficeOrders>) -> Result<Answer<Page<OrderRow>>> {
        admin.require(Right::OrderRead)?;
        let (query, zone) = (query.0, &self.0.zone);
        let paging = Paging::new(query.current_page, query.length, 10)?;
        let filter = Filter {
            company: admin.company,
            whose: query.uid.map_or(Whose::Everybodys, |staff| Whose::Staff(StaffId(staff))),
            state: state_named(query.state)?,
            number: query.number.filter(|number| !number.is_empty()),
            customer_name: query.customer_name,
            from: query.from.map_or(Millis(0), |date| zone.start_of(date.0)),
            to: query.to.map_or(Millis(i64::MAX), |date| zone.start_of(date.0.plus(1))),
        };
        let (orders, count) = desk::page(&self.0, filter, paging).await?;
        let rows = orders.into_iter().map(|order| OrderRow::of(order, zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }

    /// 后台管理 - 商城订单 - 同意退款
    ///
    /// 全额退回客户的付款账户。微信拒绝时返回 301，订单为退款失败，可以再次同意；微信无法访问时在后台继续。
    /// 需要先设置商户 API 证书，否则返回 400。
    #[oai(path = "/zhugeleida/admin/theOrder/refund/:o_id", method = "post", operation_id = "admin.theOrder.refund")]
    async fn approve_refund(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Refunding>> {
        admin.require(Right::OrderRefund)?;
        let state = refunds::approve(&self.0, &admin, OrderId(o_id.0)).await?;
        let msg = if state == State::Refunded { "退款成功" } else { "退款已提交" };
        Ok(Answer::new(msg, Refunding { state_code: state.code() }))
    }

    /// 后台管理 - 商城订单 - 拒绝退款
    #[oai(path = "/zhugeleida/admin/theOrder/refuse/:o_id", method = "post", operation_id = "admin.theOrder.refuse")]
    async fn refuse_refund(&self, admin: Admin, o_id: Path<i64>, form: Body<RefusalForm>) -> Result<Answer<Empty>> {
        admin.require(Right::OrderRefund)?;
        let answer = clean::text(form.0.answer.as_deref().unwrap_or_default());
        refunds::refuse(&self.0, &admin, OrderId(o_id.0), answer).await?;
        Ok(Answer::done("已拒绝退款"))
    }
}
