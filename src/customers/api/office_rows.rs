//! How the back office's customers are written.

use poem_openapi::Object;
use serde::Serialize;
use serde_json::Value;

use crate::{
    customers::{
        area_text,
        office::{Bonded, Listed, Whole},
        sex_text, source_text,
        timeline::{Happened, What},
    },
    ids::TagId,
    mall::yuan,
    radar::action_name,
    time::{Day, Millis, Zone},
};

/// 客户的标签
#[derive(Debug, Object, Serialize)]
pub struct OfficeTag {
    pub id: i64,
    pub name: String,
}

fn tag_list(tags: Vec<(TagId, String)>) -> Vec<OfficeTag> {
    tags.into_iter().map(|(id, name)| OfficeTag { id: id.0, name }).collect()
}

fn moment(at: Option<Millis>, zone: &Zone) -> String {
    at.map(|at| zone.plain(at)).unwrap_or_default()
}

/// 客户与一位雷达用户
#[derive(Debug, Object, Serialize)]
pub struct OfficeCustomer {
    pub customer_id: i64,
    /// 客户名称
    pub username: String,
    /// 雷达用户的备注名；没有为空
    pub memo_name: String,
    pub headimgurl: String,
    /// 备注的手机号，没有则为客户自己的
    pub phone: String,
    /// 男、女或空
    pub sex: String,
    /// 省与市
    pub area: String,
    /// 1 微信公众号，2 微信小程序
    pub user_type: i64,
    /// 来源：1 扫码，2 转发，3 搜索，4 公众号文章，5 公众号视频
    pub source: i64,
    pub source_text: String,
    /// 雷达用户 ID
    pub uid: i64,
    pub staff_name: String,
    pub tag_list: Vec<OfficeTag>,
    /// 预计成交概率，由雷达用户填写
    pub expedted_pr: i64,
    /// 预计成交日期；没有为空
    pub expected_time: String,
    /// AI 成交率，0 到 100
    pub interest: i64,
    /// 访问日志条数
    pub radar_count: i64,
    /// 聊天消息条数，双方合计
    pub message_count: i64,
    /// 最后活动时间；没有为空
    pub last_activity_time: String,
    /// 最后跟进时间；没有为空
    pub last_follow_time: String,
    /// 成为客户的时间
    pub create_date: String,
}

impl OfficeCustomer {
    pub fn new(row: Listed, zone: &Zone, now: Millis) -> Self {
        Self {
            customer_id: row.customer.0,
            username: row.name,
            memo_name: row.memo_name,
            headimgurl: row.avatar,
            phone: row.phone,
            sex: sex_text(row.sex).to_owned(),
            area: area_text(&row.province, &row.city),
            user_type: row.user_type,
            source: row.source,
            source_text: source_text(row.source).to_owned(),
            uid: row.staff.0,
            staff_name: row.staff_name,
            tag_list: tag_list(row.tags),
            expedted_pr: row.expected_rate,
            expected_time: row.expected_day.map(Day::text).unwrap_or_default(),
            interest: row.interest.score(now),
            radar_count: row.radar_count,
            message_count: row.messages,
            last_activity_time: moment(row.last_activity_at, zone),
            last_follow_time: moment(row.last_follow_at, zone),
            create_date: zone.plain(row.created_at),
        }
    }
}

/// 客户与一位雷达用户之间的全部
#[derive(Debug, Object, Serialize)]
pub struct CustomerRelation {
    /// 雷达用户 ID
    uid: i64,
    staff_name: String,
    staff_avatar: String,
    source: i64,
    source_text: String,
    /// 介绍来的客户的名称；没有为空
    superior: String,
    /// 介绍来的客户 ID；没有为 null
    superior_id: Option<i64>,
    /// 预计成交日期；没有为空
    expected_time: String,
    expedted_pr: i64,
    /// AI 成交率，0 到 100
    interest: i64,
    last_activity_time: String,
    last_follow_time: String,
    radar_count: i64,
    /// 雷达用户发送的消息数
    staff_message_num: i64,
    /// 客户发送的消息数
    customer_message_num: i64,
    tag_list: Vec<OfficeTag>,
    /// 雷达用户的备注
    memo_name: String,
    memo_phone: String,
    memo_email: String,
    memo_company: String,
    memo_position: String,
    memo_address: String,
    memo_birthday: String,
    memo: String,
    create_date: String,
}

impl CustomerRelation {
    fn new(bond: Bonded, zone: &Zone, now: Millis) -> Self {
        let (superior_id, superior) = bond.parent.map(|(id, name)| (id.0, name)).unzip();
        Self {
            uid: bond.staff.0,
            staff_name: bond.staff_name,
            staff_avatar: bond.staff_avatar,
            source: bond.source,
            source_text: source_text(bond.source).to_owned(),
            superior: superior.unwrap_or_default(),
            superior_id,
            expected_time: bond.expected_day.map(Day::text).unwrap_or_default(),
            expedted_pr: bond.expected_rate,
            interest: bond.interest.score(now),
            last_activity_time: moment(bond.last_activity_at, zone),
            last_follow_time: moment(bond.last_follow_at, zone),
            radar_count: bond.radar_count,
            staff_message_num: bond.staff_messages,
            customer_message_num: bond.customer_messages,
            tag_list: tag_list(bond.tags),
            memo_name: bond.memo_name,
            memo_phone: bond.memo_phone,
            memo_email: bond.memo_email,
            memo_company: bond.memo_company,
            memo_position: bond.memo_position,
            memo_address: bond.memo_address,
            memo_birthday: bond.memo_birthday,
            memo: bond.memo,
            create_date: zone.plain(bond.created_at),
        }
    }
}

/// 一种行为的次数
#[derive(Debug, Object, Serialize)]
pub struct CustomerAction {
    /// 动作编号
    action: i64,
    /// 动作名称
    name: String,
    count: i64,
}

/// 客户的全部
#[derive(Debug, Object, Serialize)]
pub struct CustomerProfile {
    customer_id: i64,
    username: String,
    headimgurl: String,
    /// 客户自己的手机号
    phone: String,
    /// 男、女或空
    sex: String,
    country: String,
    province: String,
    city: String,
    language: String,
    /// 1 微信公众号，2 微信小程序
    user_type: i64,
    openid: String,
    /// 是否关注公众号：0 否，1 是，null 不知道
    is_following: Option<i64>,
    last_login_date: String,
    create_date: String,
    /// 与每位雷达用户的关系，最近有活动的在前
    relation_list: Vec<CustomerRelation>,
    /// 各种行为的次数，多的在前
    action_list: Vec<CustomerAction>,
}

impl CustomerProfile {
    pub fn new(whole: Whole, zone: &Zone, now: Millis) -> Self {
        let profile = whole.profile;
        let actions = whole.actions.into_iter();
        Self {
            customer_id: profile.customer.0,
            username: profile.name,
            headimgurl: profile.avatar,
            phone: profile.phone,
            sex: sex_text(profile.sex).to_owned(),
            country: profile.country,
            province: profile.province,
            city: profile.city,
            language: profile.language,
            user_type: profile.user_type,
            openid: profile.openid,
            is_following: profile.is_following.map(i64::from),
            last_login_date: zone.plain(profile.last_login_at),
            create_date: zone.plain(profile.created_at),
            relation_list: whole.bonds.into_iter().map(|bond| CustomerRelation::new(bond, zone, now)).collect(),
            action_list: actions
                .map(|(action, count)| CustomerAction { action, name: action_name(action).to_owned(), count })
                .collect(),
        }
    }
}

/// 一条动态
#[derive(Debug, Object, Serialize)]
pub struct TimelineRow {
    /// radar 访问，follow 跟进，chat 聊天，order 订单
    kind: String,
    /// 在其种类中的 ID
    id: i64,
    /// 雷达用户 ID；订单没有归属时为 0
    uid: i64,
    staff_name: String,
    create_date: String,
    /// 一行文字
    text: String,
    /// 动作编号（访问）
    action: Option<i64>,
    /// 动作名称（访问），或订单状态
    action_name: String,
    /// 1 用户发送, 2 客户发送, 3 系统提示（聊天）
    send_type: Option<i64>,
    /// 1 文字, 2 产品咨询, 3 电话号码, 4 图片, 5 视频或语音, 6 商城（聊天）
    info_type: Option<i64>,
    /// 消息的内容（聊天）
    content: Option<Value>,
    /// 订单状态编号（订单）
    order_status: Option<i64>,
    /// 金额，如 12.00（订单）
    amount: String,
}

impl TimelineRow {
    pub fn new(row: Happened, zone: &Zone) -> Self {
        let plain = Self {
            kind: row.kind().name().to_owned(),
            id: row.id,
            uid: row.staff.map(|staff| staff.0).unwrap_or_default(),
            staff_name: row.staff_name,
            create_date: zone.plain(row.created_at),
            text: String::new(),
            action: None,
            action_name: String::new(),
            send_type: None,
            info_type: None,
            content: None,
            order_status: None,
            amount: String::new(),
        };
        match row.what {
            What::Act { action, text } => {
                Self { text, action: Some(action), action_name: action_name(action).to_owned(), ..plain }
            }
            What::FollowUp { text } => Self { text, ..plain },
            What::Message { send_type, content } => Self {
                text: content.preview(),
                send_type: Some(send_type),
                info_type: Some(content.info_type),
                content: Some(Value::Object(content.members)),
                ..plain
            },
            What::Order { state, good, quantity, amount_fen } => Self {
                text: format!("{good} ×{quantity}"),
                action_name: state.title().to_owned(),
                order_status: Some(state.code()),
                amount: yuan(amount_fen),
                ..plain
            },
        }
    }
}
