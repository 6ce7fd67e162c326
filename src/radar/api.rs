//! How salespeople read the radar: `/zhugeleida/qiyeweixin/action/…` (documents 003 and 004).

pub mod office;

use std::collections::BTreeMap;

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::{ACTION_NAMES, Entry, action_name, reading, store::Filter};
use crate::{
    app::App,
    error::Result,
    identity::Staff,
    ids::{CustomerId, RadarId},
    time::Zone,
    web::{Answer, Date, Page, Paging, Params, Tag},
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    (RadarApi(app.clone()), office::OfficeRadarApi(app.clone()))
}

struct RadarApi(App);

/// 访问日志
#[derive(Debug, Object, Serialize)]
pub struct RadarRow {
    id: i64,
    /// 雷达用户 ID
    user_id: i64,
    /// 客户 ID
    customer_id: i64,
    /// 客户头像
    headimgurl: String,
    /// 动作名称
    action: String,
    /// 动作编号
    action_code: i64,
    /// 客户名与动作
    log: String,
    /// 时间
    create_date: String,
}

impl RadarRow {
    pub fn new(entry: &Entry, zone: &Zone) -> Self {
        Self {
            id: entry.id.0,
            user_id: entry.staff.0,
            customer_id: entry.customer.0,
            headimgurl: entry.customer_avatar.clone(),
            action: action_name(entry.action).to_owned(),
            action_code: entry.action,
            log: entry.line(),
            create_date: zone.iso(entry.created_at),
        }
    }
}

#[derive(Debug, Object)]
struct RadarFilter {
    /// 只看此客户
    customer_id: Option<i64>,
    /// 动作编号：1 查看名片, 2 查看产品, 3 查看动态, 4 查看官网, 5 复制微信, 6 转发名片, 7 咨询产品, 8 保存电话, 9 觉得靠谱,
    /// 10 拨打电话, 11 播放语音, 12 复制邮箱, 13 授权访问
    action: Option<i64>,
    /// 开始日期（含）
    #[oai(rename = "create_date__gte")]
    create_date_gte: Option<Date>,
    /// 结束日期（含当天）
    #[oai(rename = "create_date__lt")]
    create_date_lt: Option<Date>,
    /// 只看此条日志
    id: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

impl RadarFilter {
    fn decoded(&self) -> Result<(Filter, Paging)> {
        let filter = Filter {
            customer: self.customer_id.map(CustomerId),
            action: self.action,
            id: self.id.map(RadarId),
            from: self.create_date_gte.map(|date| date.0),
            until: self.create_date_lt.map(|date| date.0),
        };
        Ok((filter, Paging::new(self.current_page, self.length, 10)?))
    }
}

#[derive(Debug, Object)]
struct NewLogFilter {
    /// 只看此动作
    action: Option<i64>,
}

/// 一个动作的次数
#[derive(Debug, Object, Serialize)]
struct ActionCount {
    /// 次数
    count: i64,
    /// 动作名称
    name: String,
}

/// 一个客户的动作
#[derive(Debug, Object, Serialize)]
struct CustomerActions {
    /// 总次数
    #[oai(rename = "totalCount")]
    #[serde(rename = "totalCount")]
    total_count: i64,
    customer_id: i64,
    /// 客户名
    #[oai(rename = "customer__username")]
    #[serde(rename = "customer__username")]
    customer_username: String,
    /// 雷达用户 ID
    user_id: String,
    /// 客户头像
    headimgurl: String,
    /// 动作编号到次数
    detail: BTreeMap<String, ActionCount>,
}

/// 各动作的次数
#[derive(Debug, Object, Serialize)]
struct ActionCounts {
    /// 动作编号到名称
    action: BTreeMap<String, String>,
    /// 动作编号到次数，只列出发生过的
    detail: BTreeMap<String, i64>,
    /// 雷达用户 ID
    user_id: String,
}

#[OpenApi(tag = "Tag::StaffRadar")]
impl RadarApi {
    /// 【企业微信-雷达】按时间展示访问日志
    ///
    /// 最新的在前，每页默认 10 条；返回的日志随即标记为已看。
    #[oai(path = "/zhugeleida/qiyeweixin/action/time", method = "get", operation_id = "qiyeweixin.action.time")]
    async fn list_radar(&self, staff: Staff, filter: Params<RadarFilter>) -> Result<Answer<Page<RadarRow>>> {
        let (filter, paging) = filter.0.decoded()?;
        let (entries, total) = reading::page(&self.0, staff, filter, paging).await?;
        Ok(Answer::new("查询日志记录成功", Page::new(self.rows(&entries), total)))
    }

    /// 【企业微信雷达】按人头展示访问日志
    ///
    /// 最活跃的客户在前，每页默认 10 位；未指定日期时为最近七天。
    #[oai(path = "/zhugeleida/qiyeweixin/action/customer", method = "get", operation_id = "qiyeweixin.action.customer")]
    async fn list_radar_by_customer(
        &self,
        staff: Staff,
        filter: Params<RadarFilter>,
    ) -> Result<Answer<Vec<CustomerActions>>> {
        let (filter, paging) = filter.0.decoded()?;
        let mut customers: Vec<CustomerActions> = Vec::new();
        for tally in reading::by_customer(&self.0, staff, filter, paging).await? {
            if customers.last().is_none_or(|last| last.customer_id != tally.customer.0) {
                customers.push(CustomerActions {
                    total_count: 0,
                    customer_id: tally.customer.0,
                    customer_username: tally.name,
                    user_id: staff.id.to_string(),
                    headimgurl: tally.avatar,
                    detail: BTreeMap::new(),
                });
            }
            if let Some(customer) = customers.last_mut() {
                customer.total_count += tally.entries;
                let name = action_name(tally.action).to_owned();
                customer.detail.insert(tally.action.to_string(), ActionCount { count: tally.entries, name });
            }
        }
        Ok(Answer::new("查询日志记录成功", customers))
    }

    /// 【企业微信-雷达】按行为统计
    ///
    /// 未指定日期时为最近七天。
    #[oai(path = "/zhugeleida/qiyeweixin/action/count", method = "get", operation_id = "qiyeweixin.action.count")]
    async fn count_radar(&self, staff: Staff, filter: Params<RadarFilter>) -> Result<Answer<Vec<ActionCounts>>> {
        let (filter, _) = filter.0.decoded()?;
        let counts = reading::by_action(&self.0, staff, filter).await?;
        let counted = ActionCounts {
            action: ACTION_NAMES.iter().map(|(code, name)| (code.to_string(), (*name).to_owned())).collect(),
            detail: counts.into_iter().map(|(code, count)| (code.to_string(), count)).collect(),
            user_id: staff.id.to_string(),
        };
        Ok(Answer::new("查询日志记录成功", vec![counted]))
    }

    /// 小程序 - 实时获取各个动作的最新访问日志
    ///
    /// 只返回尚未看过的日志，最新的在前；返回的随即标记为已看。
    #[oai(
        path = "/zhugeleida/qiyeweixin/action/get_new_log",
        method = "get",
        operation_id = "qiyeweixin.action.get_new_log"
    )]
    async fn list_new_radar(&self, staff: Staff, filter: Params<NewLogFilter>) -> Result<Answer<Page<RadarRow>>> {
        let entries = reading::unseen(&self.0, staff, filter.0.action).await?;
        Ok(Answer::new("查询日志记录成功", Page::whole(self.rows(&entries))))
    }
}

impl RadarApi {
    fn rows(&self, entries: &[Entry]) -> Vec<RadarRow> {
        entries.iter().map(|entry| RadarRow::new(entry, &self.0.zone)).collect()
    }
}
