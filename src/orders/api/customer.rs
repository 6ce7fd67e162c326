//! Paying, and a customer's own orders. Document 000, 预支付.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::{OrderRow, state_named};
use crate::{
    app::App,
    clean,
    error::{Error, Result},
    identity::{Customer, UnstampedCustomer},
    ids::{GoodId, OrderId, StaffId},
    orders::{
        Purchase,
        buying::{self, Prepaid},
        customer, settling,
    },
    web::{Answer, Body, Empty, Page, Paging, Params, Tag, XmlAnswer, XmlBody, remote_caller},
};

pub struct PaymentApi(pub App);
pub struct CustomerOrderApi(pub App);

#[derive(Debug, Object)]
struct PrepayForm {
    /// 付款的小程序客户 ID，须与签名的 user_id 相同
    u_id: i64,
    /// 商城商品 ID
    #[oai(rename = "goodsId")]
    good: i64,
    /// 小程序 ID；可以不传，付款始终使用本公司的小程序
    xiaochengxu_id: Option<i64>,
    /// 业绩归属的雷达用户 ID；不传时为客户最近联系的雷达用户
    uid: Option<i64>,
    /// 数量，缺省 1
    #[oai(rename = "goodsNum", validator(minimum(value = "1"), maximum(value = "100000")))]
    quantity: Option<i64>,
    /// 联系电话
    #[oai(rename = "phoneNumber", validator(max_length = 20))]
    phone: Option<String>,
    /// 再次支付：待付款订单的 ID；此时不新建订单
    fukuan: Option<i64>,
}

/// 小程序 wx.requestPayment 的参数
#[derive(Debug, Object, Serialize)]
struct PaymentData {
    #[oai(rename = "appId")]
    #[serde(rename = "appId")]
    app_id: String,
    /// 秒；客户端以文本传给 wx.requestPayment
    #[oai(rename = "timeStamp")]
    #[serde(rename = "timeStamp")]
    timestamp: i64,
    #[oai(rename = "nonceStr")]
    #[serde(rename = "nonceStr")]
    nonce: String,
    /// prepay_id=…
    package: String,
    /// MD5
    #[oai(rename = "signType")]
    #[serde(rename = "signType")]
    sign_type: String,
    #[oai(rename = "paySign")]
    #[serde(rename = "paySign")]
    signature: String,
    /// 订单 ID
    order_id: i64,
    /// 订单号
    #[oai(rename = "orderNumber")]
    #[serde(rename = "orderNumber")]
    number: String,
}

impl From<Prepaid> for PaymentData {
    fn from(prepaid: Prepaid) -> Self {
        Self {
            app_id: prepaid.app_id,
            timestamp: prepaid.arguments.timestamp,
            nonce: prepaid.arguments.nonce,
            package: prepaid.arguments.package,
            sign_type: "MD5".to_owned(),
            signature: prepaid.arguments.signature,
            order_id: prepaid.order.0,
            number: prepaid.number,
        }
    }
}

#[OpenApi(tag = "Tag::CustomerOrder")]
impl PaymentApi {
    /// 预支付 说明
    ///
    /// 由客户签名，可以不带 timestamp。新建订单并占用库存，十分钟内未付款自动取消；失败返回 301，msg 为 `预支付失败, 原因:…`。
    #[oai(path = "/zhugeleida/xiaochengxu/yuZhiFu", method = "post", operation_id = "xiaochengxu.yuZhiFu.create")]
    async fn prepay(&self, customer: UnstampedCustomer, form: Body<PrepayForm>) -> Result<Answer<PaymentData>> {
        let (customer, form) = (customer.0, form.0);
        if form.u_id != customer.id.0 {
            return Err(Error::NoSuchAddress("非法请求".into()));
        }
        let ip = remote_caller().0;
        let prepaid = match form.fukuan {
            Some(order) => buying::pay_again(&self.0, customer, OrderId(order), ip).await?,
            None => buying::buy(&self.0, customer, form.purchase()?, ip).await?,
        };
        Ok(Answer::new("预支付请求成功", prepaid.into()))
    }

    /// 微信支付 - 支付结果通知
    ///
    /// 由微信调用：XML，验证签名、appid、商户号与金额；重复的通知只生效一次。
    #[oai(path = "/zhugeleida/xiaochengxu/payback", method = "post", operation_id = "xiaochengxu.payback")]
    async fn payback(&self, body: XmlBody) -> XmlAnswer {
        let (code, msg) = match settling::take_notification(&self.0, &body.0).await {
            Ok(()) => ("SUCCESS", "OK".to_owned()),
            Err(error) => {
                tracing::warn!(%error, "a payment notification was not taken");
                let is_fault = matches!(error, Error::Internal(_));
                ("FAIL", if is_fault { "系统繁忙".to_owned() } else { error.to_string() })
            }
        };
        XmlAnswer(crate::weixin::xml::write([("return_code", code), ("return_msg", msg.as_str())]))
    }
}

impl PrepayForm {
    fn purchase(self) -> Result<Purchase> {
        let phone = self.phone.unwrap_or_default().trim().to_owned();
        let is_phone = phone.len() >= 5 && phone.chars().all(|c| c.is_ascii_digit() || "+- ".contains(c));
        if !phone.is_empty() && !is_phone {
            return Err(Error::field("phoneNumber", "请输入正确的手机号"));
        }
        Ok(Purchase {
            good: GoodId(self.good),
            quantity: self.quantity.unwrap_or(1),
            phone,
            staff: self.uid.map(StaffId),
        })
    }
}

#[derive(Debug, Object)]
struct OwnOrders {
    /// 订单 ID；传时只返回这一个订单，待付款的会先向微信查询
    id: Option<i64>,
    /// 订单状态：1、2、3、4、5、7、8、9、10
    #[oai(rename = "theOrderStatus")]
    state: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct RefundForm {
    /// 退款原因
    #[oai(rename = "tuiKuanYuanYin", validator(max_length = 200))]
    reason: Option<String>,
}

#[OpenApi(tag = "Tag::CustomerOrder")]
impl CustomerOrderApi {
    /// 小程序 - 订单 - 我的订单
    ///
    /// 最新的在前；缺省每页 10 条。
    #[oai(path = "/zhugeleida/xiaochengxu/theOrder", method = "get", operation_id = "xiaochengxu.theOrder.list")]
    async fn list_own_orders(&self, customer: Customer, query: Params<OwnOrders>) -> Result<Answer<Page<OrderRow>>> {
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 10)?;
        let page = if let Some(id) = query.id {
            let order = customer::look_at(&self.0, customer, OrderId(id)).await?;
            Page::whole(vec![OrderRow::of(order, &self.0.zone)])
        } else {
            let (orders, count) = customer::list(&self.0, customer, state_named(query.state)?, paging).await?;
            Page::new(orders.into_iter().map(|order| OrderRow::of(order, &self.0.zone)).collect(), count)
        };
        Ok(Answer::new("查询成功", page))
    }

    /// 小程序 - 订单 - 取消
    ///
    /// 只能取消待付款的订单；库存退回。
    #[oai(
        path = "/zhugeleida/xiaochengxu/theOrder/cancel/:id",
        method = "post",
        operation_id = "xiaochengxu.theOrder.cancel"
    )]
    async fn cancel_order(&self, customer: Customer, id: Path<i64>) -> Result<Answer<Empty>> {
        customer::cancel(&self.0, customer, OrderId(id.0)).await?;
        Ok(Answer::done("取消成功"))
    }

    /// 小程序 - 订单 - 确认收货
    #[oai(
        path = "/zhugeleida/xiaochengxu/theOrder/confirm/:id",
        method = "post",
        operation_id = "xiaochengxu.theOrder.confirm"
    )]
    async fn confirm_order(&self, customer: Customer, id: Path<i64>) -> Result<Answer<Empty>> {
        customer::confirm(&self.0, customer, OrderId(id.0)).await?;
        Ok(Answer::done("确认收货成功"))
    }

    /// 小程序 - 订单 - 申请退款
    ///
    /// 已付款、尚未确认收货的订单；由后台审核。被拒绝后可以再次申请。
    #[oai(
        path = "/zhugeleida/xiaochengxu/theOrder/refund/:id",
        method = "post",
        operation_id = "xiaochengxu.theOrder.refund"
    )]
    async fn ask_for_refund(&self, customer: Customer, id: Path<i64>, form: Body<RefundForm>) -> Result<Answer<Empty>> {
        let reason = clean::text(form.0.reason.as_deref().unwrap_or_default());
        customer::ask_for_refund(&self.0, customer, OrderId(id.0), reason).await?;
        Ok(Answer::done("申请成功"))
    }
}
