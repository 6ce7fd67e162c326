//! Work WeChat: a staff member's customers, looked at. Documents 003 and 004.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::{
    app::App,
    customers::{
        book::{self, Details, Filter, Listed, Order},
        source_text, user_type_text,
    },
    error::{Error, Result},
    identity::Staff,
    ids::CustomerId,
    time::{Day, Millis},
    web::{Answer, Page, Paging, Params, Tag},
};

pub struct CustomerApi(pub App);

#[derive(Debug, Object)]
struct CustomerQuery {
    /// 客户 ID
    customer_id: i64,
}

/// 客户的标签
#[derive(Debug, Object, Serialize)]
struct CustomerTag {
    id: i64,
    name: String,
}

/// 客户信息
#[derive(Debug, Object, Serialize)]
struct CustomerRow {
    id: i64,
    /// 客户姓名
    username: String,
    /// 头像
    headimgurl: String,
    /// 预计成交时间，如 2018-06-14；没有为 null
    expected_time: Option<String>,
    /// 预计成交概率，由雷达用户填写，如 80
    expedted_pr: String,
    /// AI 成交率，0 到 100：由客户的访问、咨询、转发、拨打电话、聊天等行为计算，越近的行为影响越大，十四天减半
    ai_pr: String,
    /// 上级客户的名称；没有为空
    superior: String,
    /// 来源
    source: String,
    /// 备注名；没有为 null
    memo_name: Option<String>,
    /// 性别：0 未知，1 男，2 女
    sex: Option<i64>,
    phone: String,
    email: String,
    company: String,
    position: String,
    address: String,
    birthday: String,
    /// 备注
    mem: String,
    /// 标签的名称
    tag: Vec<String>,
    /// 标签
    tag_list: Vec<CustomerTag>,
    /// 认识了多少天，当天为 0
    day_interval: i64,
    /// 1 微信公众号，2 微信小程序
    user_type: i64,
    /// 微信公众号或微信小程序
    customer_source_text: String,
    /// 最后跟进：空、今天、昨天、3天前
    last_follow_time: String,
    /// 最后活动：空、今天、昨天或日期
    last_activity_time: String,
}

#[derive(Debug, Object)]
struct BookFilter {
    /// 来源：1 扫码，2 转发，3 搜索，4 公众号文章，5 公众号视频
    #[oai(rename = "customer__source")]
    customer_source: Option<i64>,
    /// 同 customer__source
    source: Option<i64>,
    /// 1 来自微信公众号，2 来自微信小程序
    customer_type: Option<i64>,
    /// -expedted_pr（默认）、-last_follow_time 或 -last_activity_time，都是由大到小
    order: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

/// 通讯录中的客户
#[derive(Debug, Object, Serialize)]
struct BookRow {
    customer_id: i64,
    customer_username: String,
    headimgurl: String,
    /// 预计成交时间，如 2018-06-14；没有为 null
    expected_time: Option<String>,
    /// 预计成交概率
    expedted_pr: i64,
    /// 所属企业用户
    belonger: String,
    /// 来源：1 扫码，2 转发，3 搜索，4 公众号文章，5 公众号视频
    source: i64,
    /// 最后跟进：空、今天、昨天、3天前
    last_follow_time: String,
    /// 最后活动：空、今天、昨天或日期
    last_activity_time: String,
    /// 未跟进过、今天跟进、昨天已跟进或日期
    follow_status: String,
    /// 客户来自的文章；没有为 null
    article_id: Option<i64>,
    /// 客户来自的文章标题；没有为空
    title: String,
    /// 1 微信公众号，2 微信小程序
    customer_source: i64,
    customer_source_text: String,
}

#[OpenApi(tag = "Tag::StaffCustomer")]
impl CustomerApi {
    /// 企业微信 - 查询单个-客户信息
    ///
    /// 与自己没有关系的客户返回 302。
    #[oai(path = "/zhugeleida/qiyeweixin/customer", method = "get", operation_id = "qiyeweixin.customer.get")]
    async fn get_customer(&self, staff: Staff, query: Params<CustomerQuery>) -> Result<Answer<Page<CustomerRow>>> {
        let details = book::details(&self.0, staff, CustomerId(query.0.customer_id)).await?;
        Ok(Answer::new("查询成功", Page::whole(vec![self.whole(details, Millis::now())])))
    }

    /// 企业微信 - 通讯录信息
    ///
    /// 与自己有关系的客户，每页默认 10 条。
    #[oai(path = "/zhugeleida/qiyeweixin/tongxunlu", method = "get", operation_id = "qiyeweixin.tongxunlu.list")]
    async fn list_customers(&self, staff: Staff, filter: Params<BookFilter>) -> Result<Answer<Page<BookRow>>> {
        let query = filter.0;
        let paging = Paging::new(query.current_page, query.length, 10)?;
        let order = Order::named(query.order.as_deref());
        let filter = Filter { source: query.customer_source.or(query.source), user_type: query.customer_type };
        if filter.user_type.is_some_and(|user_type| !(1..=2).contains(&user_type)) {
            return Err(Error::field("customer_type", "应为 1 或 2"));
        }
        let (listed, count) = book::list(&self.0, staff, order, filter, paging).await?;
        let now = Millis::now();
        let rows = listed.into_iter().map(|row| self.row(row, now)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }
}

impl CustomerApi {
    fn row(&self, row: Listed, now: Millis) -> BookRow {
        let zone = &self.0.zone;
        let (article_id, title) = row.article.map(|(id, title)| (id.0, title)).unzip();
        BookRow {
            customer_id: row.customer.0,
            customer_username: row.name,
            headimgurl: row.avatar,
            expected_time: row.expected_day.map(Day::text),
            expedted_pr: row.expected_rate,
            belonger: row.staff_name,
            source: row.source,
            last_follow_time: book::follow_text(zone, row.last_follow_at, now),
            last_activity_time: book::activity_text(zone, row.last_activity_at, now),
            follow_status: book::follow_status(zone, row.last_follow_at, now),
            article_id,
            title: title.unwrap_or_default(),
            customer_source: row.user_type,
            customer_source_text: user_type_text(row.user_type).to_owned(),
        }
    }

    fn whole(&self, details: Details, now: Millis) -> CustomerRow {
        let zone = &self.0.zone;
        CustomerRow {
            id: details.customer.0,
            username: details.name,
            headimgurl: details.avatar,
            expected_time: details.expected_day.map(Day::text),
            expedted_pr: details.expected_rate.to_string(),
            ai_pr: details.interest.score(now).to_string(),
            superior: details.parent_name,
            source: source_text(details.source).to_owned(),
            memo_name: details.memo_name,
            sex: details.sex,
            phone: details.phone,
            email: details.email,
            company: details.company,
            position: details.position,
            address: details.address,
            birthday: details.birthday,
            mem: details.memo,
            tag: details.tags.iter().map(|(_, name)| name.clone()).collect(),
            tag_list: details.tags.into_iter().map(|(id, name)| CustomerTag { id: id.0, name }).collect(),
            day_interval: zone.days_ago(details.known_since, now),
            user_type: details.user_type,
            customer_source_text: user_type_text(details.user_type).to_owned(),
            last_follow_time: book::follow_text(zone, details.last_follow_at, now),
            last_activity_time: book::activity_text(zone, details.last_activity_at, now),
        }
    }
}
