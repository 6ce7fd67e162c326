//! The ranking of staff on the back office's home page. Ours.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::{Admin, Right},
    stats::ranking::{self, Order, Ranked},
    web::{Answer, Page, Paging, Params, Tag},
};

pub struct RankingApi(pub App);

#[derive(Debug, Object)]
struct StaffRankingQuery {
    /// 天数：1（今天）、7（缺省）或 30，含今天
    days: Option<i64>,
    /// radar（缺省）、customers、follow_ups 或 messages，由多到少
    order: Option<String>,
    /// 条数，1 到 100，缺省 10
    length: Option<i64>,
}

/// 一位雷达用户的业绩
#[derive(Debug, Object, Serialize)]
struct RankedStaff {
    /// 雷达用户 ID
    uid: i64,
    username: String,
    avatar: String,
    /// 客户动作的次数
    radar_num: i64,
    /// 新增客户
    customer_num: i64,
    /// 跟进次数
    follow_num: i64,
    /// 发给客户的消息
    message_num: i64,
    /// 客户总数
    total_customer_num: i64,
}

impl From<Ranked> for RankedStaff {
    fn from(ranked: Ranked) -> Self {
        Self {
            uid: ranked.staff.0,
            username: ranked.name,
            avatar: ranked.avatar,
            radar_num: ranked.radar,
            customer_num: ranked.customers,
            follow_num: ranked.follow_ups,
            message_num: ranked.messages,
            total_customer_num: ranked.all_customers,
        }
    }
}

#[OpenApi(tag = "Tag::AdminHome")]
impl RankingApi {
    /// 统计-员工排行
    ///
    /// 本公司已启用的雷达用户，按最近一段时间（含今天）的业绩由多到少。
    #[oai(
        path = "/zhugeleida/admin/home_page/staff_ranking",
        method = "get",
        operation_id = "admin.home_page.staff_ranking"
    )]
    async fn ranking(&self, admin: Admin, query: Params<StaffRankingQuery>) -> Result<Answer<Page<RankedStaff>>> {
        admin.require(Right::Home)?;
        let days = query.0.days.unwrap_or(7);
        if !matches!(days, 1 | 7 | 30) {
            return Err(Error::field("days", "应为 1、7 或 30"));
        }
        let most = Paging::new(None, query.0.length, 10)?.most();
        let order = Order::named(query.0.order.as_deref())?;
        let ranked = ranking::ranking(&self.0, &admin, order, days, most).await?;
        Ok(Answer::new("查询成功", Page::whole(ranked.into_iter().map(RankedStaff::from).collect())))
    }
}
