//! Endpoints of the back office's home page. Document 002, sections 1.5 to 1.7.

mod ranking;

use poem_openapi::{
    Object, OpenApi,
    types::{ParseFromJSON, ToJSON, Type},
};
use serde::Serialize;

use super::{Figure, Sums};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{Admin, Right},
    stats,
    web::{Answer, Body, Tag},
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    (HomeApi(app.clone()), ranking::RankingApi(app.clone()))
}

struct HomeApi(App);

/// 包在 ret_data 中的数据
#[derive(Debug, Object, Serialize)]
struct HomeData<T: Type + ParseFromJSON + ToJSON + Serialize> {
    ret_data: T,
}

/// 名片状态与账号状态
#[derive(Debug, Object, Serialize)]
struct HomeSummary {
    company_name: String,
    /// 当前管理员姓名
    username: String,
    /// 可开通名片数
    mingpian_num: i64,
    /// 已开通名片数
    user_count: i64,
    /// 到期日期，这一天起过期；9999-12-31 表示永不过期
    expired_time: String,
    /// 开始计费日期
    open_up_date: String,
    /// 剩余天数，不含今天
    available_days: i64,
    /// 已使用天数
    used_days: i64,
    /// 客户总数
    customer_num: i64,
}

/// 一段时间的统计
#[derive(Debug, Object, Serialize)]
struct HomeFigures {
    /// 客户总数
    customer_num: i64,
    /// 跟进总数
    follow_num: i64,
    /// 浏览总数
    browse_num: i64,
    /// 被转发总数
    forward_num: i64,
    /// 被保存总数
    saved_total_num: i64,
    /// 被点赞总数
    praise_sum: i64,
}

impl From<Sums> for HomeFigures {
    fn from(sums: Sums) -> Self {
        Self {
            customer_num: sums.customers,
            follow_num: sums.follow_ups,
            browse_num: sums.views,
            forward_num: sums.forwards,
            saved_total_num: sums.saves,
            praise_sum: sums.praises,
        }
    }
}

/// 数据概览
#[derive(Debug, Object, Serialize)]
struct HomeOverview {
    /// 全部
    count_data: HomeFigures,
    /// 昨天
    yesterday_data: HomeFigures,
    /// 最近七天，截至昨天
    nearly_seven_days: HomeFigures,
    /// 最近三十天，截至昨天
    nearly_thirty_days: HomeFigures,
    /// 今天
    today_data: HomeFigures,
}

/// 走势中的一天
#[derive(Debug, Object, Serialize)]
struct HomePoint {
    /// 日期
    statics_date: String,
    value: i64,
}

#[derive(Debug, Object)]
struct HomeLineForm {
    /// 天数：7 或 15
    days: i64,
    /// 1 客户总数 2 跟进总数 3 浏览名片总数 4 被转发名片总数 5 被保存总数 6 被点赞总数
    #[oai(validator(minimum(value = "1"), maximum(value = "6")))]
    index_type: i64,
}

#[OpenApi(tag = "Tag::AdminHome")]
impl HomeApi {
    /// 统计-名片状态+账号状态
    #[oai(path = "/zhugeleida/admin/home_page", method = "get", operation_id = "admin.home_page.summary")]
    async fn home_summary(&self, admin: Admin) -> Result<Answer<HomeData<HomeSummary>>> {
        admin.require(Right::Home)?;
        let (summary, today) = stats::summary(&self.0, &admin).await?;
        let data = HomeSummary {
            used_days: summary.used_days(today),
            available_days: summary.available_days(today),
            expired_time: summary.end().text(),
            company_name: summary.company_name,
            username: summary.username,
            mingpian_num: summary.card_quota,
            user_count: summary.staff,
            open_up_date: summary.charging_start.text(),
            customer_num: summary.customers,
        };
        Ok(Answer::new("查询成功", HomeData { ret_data: data }))
    }

    /// 统计-数据概览
    ///
    /// 只统计本公司。最近七天与三十天截至昨天，不含今天。
    #[oai(
        path = "/zhugeleida/admin/home_page/acount_data",
        method = "get",
        operation_id = "admin.home_page.acount_data"
    )]
    async fn home_overview(&self, admin: Admin) -> Result<Answer<HomeData<HomeOverview>>> {
        admin.require(Right::Home)?;
        let overview = stats::overview(&self.0, &admin).await?;
        let data = HomeOverview {
            count_data: overview.total.into(),
            yesterday_data: overview.yesterday.into(),
            nearly_seven_days: overview.seven_days.into(),
            nearly_thirty_days: overview.thirty_days.into(),
            today_data: overview.today.into(),
        };
        Ok(Answer::new("查询成功", HomeData { ret_data: data }))
    }

    /// 统计-走势
    ///
    /// 每天一条，由远及近，截至昨天。
    #[oai(path = "/zhugeleida/admin/home_page/line_info", method = "post", operation_id = "admin.home_page.line_info")]
    async fn home_line(&self, admin: Admin, form: Body<HomeLineForm>) -> Result<Answer<HomeData<Vec<HomePoint>>>> {
        admin.require(Right::Home)?;
        if !matches!(form.0.days, 7 | 15) {
            return Err(Error::field("days", "应为 7 或 15"));
        }
        let figure = match form.0.index_type {
            1 => Figure::Customers,
            2 => Figure::FollowUps,
            3 => Figure::CardViews,
            4 => Figure::CardForwards,
            5 => Figure::Saves,
            _ => Figure::Praises,
        };
        let line = stats::line(&self.0, &admin, figure, form.0.days).await?;
        let points = line.into_iter().map(|(day, value)| HomePoint { statics_date: day.text(), value });
        Ok(Answer::new("查询成功", HomeData { ret_data: points.collect() }))
    }
}
