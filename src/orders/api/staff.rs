//! The orders credited to a salesperson.

use poem_openapi::{Object, OpenApi};

use super::{OrderRow, state_named};
use crate::{
    app::App,
    error::Result,
    identity::Staff,
    orders::{Filter, Whose, desk},
    time::Millis,
    web::{Answer, Date, Page, Paging, Params, Tag},
};

pub struct StaffOrderApi(pub App);

#[derive(Debug, Object)]
struct StaffOrders {
    /// 订单状态：1、2、3、4、5、7、8、9、10
    #[oai(rename = "theOrderStatus")]
    state: Option<i64>,
    /// 客户名称中的一部分
    customer_name: Option<String>,
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

#[OpenApi(tag = "Tag::StaffOrder")]
impl StaffOrderApi {
    /// 企业微信 - 订单 - 我的业绩订单
    ///
    /// 业绩归属于自己的订单，最新的在前；缺省每页 10 条。
    #[oai(path = "/zhugeleida/qiyeweixin/theOrder", method = "get", operation_id = "qiyeweixin.theOrder.list")]
    async fn list_credited_orders(&self, staff: Staff, query: Params<StaffOrders>) -> Result<Answer<Page<OrderRow>>> {
        let (query, zone) = (query.0, &self.0.zone);
        let paging = Paging::new(query.current_page, query.length, 10)?;
        let filter = Filter {
            company: staff.company,
            whose: Whose::Staff(staff.id),
            state: state_named(query.state)?,
            number: None,
            customer_name: query.customer_name,
            from: query.from.map_or(Millis(0), |date| zone.start_of(date.0)),
            to: query.to.map_or(Millis(i64::MAX), |date| zone.start_of(date.0.plus(1))),
        };
        let (orders, count) = desk::page(&self.0, filter, paging).await?;
        let rows = orders.into_iter().map(|order| OrderRow::of(order, zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }
}
