//! Messages and contacts as they are written: the older and the newer field names beside each other.

use poem_openapi::Object;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Message, Side, store::Contact};
use crate::time::{Millis, Zone};

/// 聊天消息
#[derive(Debug, Object, Serialize)]
pub struct ChatRow {
    /// 客户 ID
    customer_id: i64,
    /// 雷达用户 ID
    user_id: i64,
    /// 客户头像
    src: String,
    /// 客户名
    name: String,
    /// 发送时间
    #[oai(rename = "dateTime")]
    #[serde(rename = "dateTime")]
    date_time: String,
    /// 1 用户发送给客户, 2 客户发送给用户, 3 给用户的系统提示（客户看不到）
    send_type: i64,
    /// 文字内容；其他类型为空
    msg: String,
    /// 1 文字, 2 产品咨询, 3 电话号码, 4 图片, 5 视频或语音, 6 商城
    info_type: i64,
    /// 是否为会话的第一条消息
    is_first_info: bool,
    /// 发送者的名字
    from_user_name: String,
    /// 雷达用户头像
    user_avatar: String,
    /// 同 user_avatar（公众号）
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    user_avator: Option<String>,
    /// 客户名
    customer: String,
    /// 客户头像
    customer_headimgurl: String,
    /// 客户是否已读：0 未读, 1 已读
    is_customer_already_read: i64,
    /// 未读 | 已读
    is_customer_already_read_text: String,
    /// 图片或视频地址（类型 4、5）
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// 产品封面（类型 2）
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    product_cover_url: Option<String>,
    /// 产品名（类型 2）
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    product_name: Option<String>,
    /// 产品价格（类型 2）
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    product_price: Option<String>,
    /// 产品 ID（类型 2）
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    product_id: Option<i64>,
    /// 咨询商城商品时的商品 ID
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    goods_id: Option<i64>,
}

impl ChatRow {
    /// As HTTP answers print it: ISO time, the greeting marked.
    pub fn new(message: &Message, zone: &Zone) -> Self {
        let faces = &message.faces;
        let member = |name: &str| message.content.members.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        Self {
            customer_id: message.customer.0,
            user_id: message.staff.0,
            src: faces.customer_avatar.clone(),
            name: faces.customer_name.clone(),
            date_time: zone.iso(message.created_at),
            send_type: message.send_type,
            msg: member("msg").unwrap_or_default(),
            info_type: message.content.info_type,
            is_first_info: message.is_first,
            from_user_name: match message.send_type {
                2 => faces.customer_name.clone(),
                3 => "系统提示".to_owned(),
                _ => faces.staff_name.clone(),
            },
            user_avatar: faces.staff_avatar.clone(),
            user_avator: None,
            customer: faces.customer_name.clone(),
            customer_headimgurl: faces.customer_avatar.clone(),
            is_customer_already_read: i64::from(message.is_read_by_customer),
            is_customer_already_read_text: if message.is_read_by_customer { "已读" } else { "未读" }.to_owned(),
            url: member("url"),
            product_cover_url: member("product_cover_url"),
            product_name: member("product_name"),
            product_price: member("product_price"),
            product_id: message.content.members.get("product_id").and_then(Value::as_i64),
            goods_id: message.content.members.get("goods_id").and_then(Value::as_i64),
        }
    }

    /// As the official account's readers get it: the avatar under both of its documented names.
    pub fn of_reader(message: &Message, zone: &Zone) -> Self {
        let row = Self::new(message, zone);
        Self { user_avator: Some(row.user_avatar.clone()), ..row }
    }

    /// As sockets print it: plain time, never marked as the first.
    fn pushed(message: &Message, zone: &Zone) -> Self {
        Self { date_time: zone.plain(message.created_at), is_first_info: false, ..Self::new(message, zone) }
    }
}

/// The frame that pushes messages to one side, oldest first.
pub fn push_frame(to: Side, messages: &[&Message], zone: &Zone) -> String {
    let rows: Vec<_> = messages.iter().map(|message| ChatRow::pushed(message, zone)).collect();
    let msg = match to {
        Side::Staff => "实时推送雷达-最新聊天信息成功",
        Side::Customer => "实时推送小程序-最新聊天信息成功",
    };
    let count = rows.len();
    json!({"data": {"ret_data": rows, "data_count": count}, "code": 200, "msg": msg}).to_string()
}

/// 消息联系人
#[derive(Debug, Object, Serialize)]
pub struct ContactRow {
    customer_id: i64,
    /// 客户头像
    src: String,
    /// 客户名
    name: String,
    /// 今天为时分，昨天为“昨天”，今年为月日，更早为年份
    #[oai(rename = "dateTime")]
    #[serde(rename = "dateTime")]
    date_time: String,
    /// 最后一条消息
    msg: String,
    /// 未读消息数
    count: i64,
}

impl ContactRow {
    pub fn new(contact: &Contact, zone: &Zone, now: Millis) -> Self {
        Self {
            customer_id: contact.customer.0,
            src: contact.avatar.clone(),
            name: contact.name.clone(),
            date_time: zone.short(contact.at, now),
            msg: contact.content.preview(),
            count: contact.unread,
        }
    }
}
