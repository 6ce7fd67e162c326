//! Endpoints of orders.

mod customer;
mod office;
mod staff;

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::{Order, State};
use crate::{
    app::App,
    error::{Error, Result},
    mall::yuan,
    time::Zone,
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        customer::PaymentApi(app.clone()),
        customer::CustomerOrderApi(app.clone()),
        staff::StaffOrderApi(app.clone()),
        office::OfficeOrderApi(app.clone()),
    )
}

/// The state that a filter names; 301 for a number that is none.
fn state_named(code: Option<i64>) -> Result<Option<State>> {
    code.map(|code| State::of(code).ok_or_else(|| Error::field("theOrderStatus", "没有此订单状态"))).transpose()
}

/// 商城订单
#[derive(Debug, Object, Serialize)]
#[oai(rename = "MallOrder")]
struct OrderRow {
    id: i64,
    /// 订单号，即微信支付的商户订单号
    #[oai(rename = "orderNumber")]
    #[serde(rename = "orderNumber")]
    number: String,
    /// 1 待付款，8 交易成功，9 交易失败，10 取消订单，7 确认收货；退款：4 退款中，2 退款完成，3 退款失败，5 拒绝退款
    #[oai(rename = "theOrderStatusCode")]
    #[serde(rename = "theOrderStatusCode")]
    state_code: i64,
    #[oai(rename = "theOrderStatus")]
    #[serde(rename = "theOrderStatus")]
    state: String,
    /// 商品 ID；商品已删除时为 null
    goods_id: Option<i64>,
    /// 下单时的商品名称
    #[oai(rename = "goodsName")]
    #[serde(rename = "goodsName")]
    goods_name: String,
    /// 下单时的商品图片
    #[oai(rename = "goodsPicture")]
    #[serde(rename = "goodsPicture")]
    goods_picture: String,
    /// 下单时的单价，元
    #[oai(rename = "goodsPrice")]
    #[serde(rename = "goodsPrice")]
    goods_price: String,
    /// 数量
    #[oai(rename = "goodsNum")]
    #[serde(rename = "goodsNum")]
    quantity: i64,
    /// 应付款，元
    #[oai(rename = "yingFuKuan")]
    #[serde(rename = "yingFuKuan")]
    amount: String,
    #[oai(rename = "phoneNumber")]
    #[serde(rename = "phoneNumber")]
    phone: String,
    /// 超时后才到账、库存已不足的件数，通常为 0
    #[oai(rename = "queShao")]
    #[serde(rename = "queShao")]
    missing: i64,
    /// 客户 ID；客户已删除时为 null
    customer_id: Option<i64>,
    customer_name: String,
    customer_headimgurl: String,
    /// 业绩归属的雷达用户；没有时为 null
    user_id: Option<i64>,
    username: String,
    /// 微信支付订单号；付款前为空
    transaction_id: String,
    /// 申请退款的原因
    #[oai(rename = "tuiKuanYuanYin")]
    #[serde(rename = "tuiKuanYuanYin")]
    refund_reason: String,
    /// 拒绝退款的理由，或退款失败的原因
    #[oai(rename = "tuiKuanHuiFu")]
    #[serde(rename = "tuiKuanHuiFu")]
    refund_answer: String,
    #[oai(rename = "createDate")]
    #[serde(rename = "createDate")]
    created: String,
    /// 付款时间；未付款为空
    #[oai(rename = "payDate")]
    #[serde(rename = "payDate")]
    paid: String,
    /// 付款、失败或取消的时间；待付款为空
    #[oai(rename = "stopDate")]
    #[serde(rename = "stopDate")]
    ended: String,
    /// 申请退款的时间；没有时为空
    #[oai(rename = "tuiKuanShenQingDate")]
    #[serde(rename = "tuiKuanShenQingDate")]
    refund_wanted: String,
    /// 退款完成的时间；没有时为空
    #[oai(rename = "tuiKuanDate")]
    #[serde(rename = "tuiKuanDate")]
    refunded: String,
}

impl OrderRow {
    fn of(order: Order, zone: &Zone) -> Self {
        let at = |at: Option<crate::time::Millis>| at.map(|at| zone.plain(at)).unwrap_or_default();
        Self {
            id: order.id.0,
            state_code: order.state.code(),
            state: order.state.title().to_owned(),
            goods_id: order.good.map(|good| good.0),
            goods_price: yuan(order.unit_price_fen),
            quantity: order.quantity,
            amount: yuan(order.amount_fen),
            missing: order.missing(),
            customer_id: order.customer.map(|customer| customer.0),
            user_id: order.staff.map(|staff| staff.0),
            created: zone.plain(order.created_at),
            paid: at(order.paid_at),
            ended: at(order.ended_at),
            refund_wanted: at(order.refund_wanted_at),
            refunded: at(order.refunded_at),
            number: order.number,
            goods_name: order.good_name,
            goods_picture: order.good_picture,
            phone: order.phone,
            customer_name: order.customer_name,
            customer_headimgurl: order.customer_avatar,
            username: order.staff_name,
            transaction_id: order.transaction_id,
            refund_reason: order.refund_reason,
            refund_answer: order.refund_answer,
        }
    }
}
