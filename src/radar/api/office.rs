//! The radar in the back office: the company's log and its figures. Ours.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::{Admin, Right},
    ids::{CustomerId, StaffId},
    radar::{
        action_name,
        office::{self, Activity, Watched},
        store::office::Filter,
    },
    time::{Day, Zone},
    web::{Answer, Date, Page, Paging, Params, Tag},
};

pub struct OfficeRadarApi(pub App);

/// 全公司访问日志中的一条
#[derive(Debug, Object, Serialize)]
pub struct OfficeRadarRow {
    id: i64,
    /// 雷达用户 ID
    uid: i64,
    staff_name: String,
    customer_id: i64,
    customer_name: String,
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

impl OfficeRadarRow {
    pub fn new(watched: Watched, zone: &Zone) -> Self {
        let Watched { entry, staff_name } = watched;
        Self {
            id: entry.id.0,
            uid: entry.staff.0,
            staff_name,
            customer_id: entry.customer.0,
            action: action_name(entry.action).to_owned(),
            action_code: entry.action,
            log: entry.line(),
            create_date: zone.plain(entry.created_at),
            customer_name: entry.customer_name,
            headimgurl: entry.customer_avatar,
        }
    }
}

#[derive(Debug, Object)]
struct OfficeRadarFilter {
    /// 雷达用户 ID
    uid: Option<i64>,
    /// 客户 ID
    customer_id: Option<i64>,
    /// 动作编号，1 到 24
    #[oai(validator(minimum(value = "1"), maximum(value = "24")))]
    action: Option<i64>,
    /// 从这一天起
    #[oai(rename = "create_date__gte")]
    create_date_gte: Option<Date>,
    /// 到这一天为止（含）
    #[oai(rename = "create_date__lt")]
    create_date_lt: Option<Date>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，缺省 20
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct ActivityQuery {
    /// 雷达用户 ID，缺省为全公司
    uid: Option<i64>,
    /// 天数：7（缺省）、15、30 或 90，含今天
    days: Option<i64>,
}

/// 一种动作的次数
#[derive(Debug, Object, Serialize)]
struct CountedAction {
    /// 动作编号
    action: i64,
    /// 动作名称
    name: String,
    count: i64,
}

/// 一天的次数
#[derive(Debug, Object, Serialize)]
struct CountedDay {
    /// 日期
    statics_date: String,
    value: i64,
}

/// 一位雷达用户的次数
#[derive(Debug, Object, Serialize)]
struct CountedStaff {
    /// 雷达用户 ID
    uid: i64,
    staff_name: String,
    count: i64,
}

/// 雷达统计
#[derive(Debug, Object, Serialize)]
#[allow(clippy::struct_field_names, reason = "lists are called so on the wire")]
struct RadarStats {
    /// 由多到少，只列出发生过的
    action_list: Vec<CountedAction>,
    /// 每天一条，由远及近，截至今天
    day_list: Vec<CountedDay>,
    /// 由多到少，只列出有动态的
    staff_list: Vec<CountedStaff>,
}

impl From<Activity> for RadarStats {
    fn from(activity: Activity) -> Self {
        let Activity { actions, days, staff } = activity;
        let action = |(action, count)| CountedAction { action, name: action_name(action).to_owned(), count };
        let day = |(day, value): (Day, i64)| CountedDay { statics_date: day.text(), value };
        let member = |(uid, staff_name, count): (StaffId, String, i64)| CountedStaff { uid: uid.0, staff_name, count };
        Self {
            action_list: actions.into_iter().map(action).collect(),
            day_list: days.into_iter().map(day).collect(),
            staff_list: staff.into_iter().map(member).collect(),
        }
    }
}

/// 包在 ret_data 中的统计
#[derive(Debug, Object, Serialize)]
struct WrappedStats {
    ret_data: RadarStats,
}

#[OpenApi(tag = "Tag::AdminRadar")]
impl OfficeRadarApi {
    /// 后台管理 - 雷达 - 访问日志
    ///
    /// 全公司的访问日志，最新的在前，缺省每页 20 条。只是查看，不影响雷达用户的“已看”。
    #[oai(path = "/zhugeleida/admin/radar", method = "get", operation_id = "admin.radar.list")]
    async fn list(&self, admin: Admin, filter: Params<OfficeRadarFilter>) -> Result<Answer<Page<OfficeRadarRow>>> {
        admin.require(Right::RadarRead)?;
        let asked = filter.0;
        let paging = Paging::new(asked.current_page, asked.length, 20)?;
        let filter = Filter {
            staff: asked.uid.map(StaffId),
            customer: asked.customer_id.map(CustomerId),
            action: asked.action,
            from: asked.create_date_gte.map(|date| date.0),
            until: asked.create_date_lt.map(|date| date.0),
        };
        let (entries, total) = office::page(&self.0, &admin, filter, paging).await?;
        let rows = entries.into_iter().map(|entry| OfficeRadarRow::new(entry, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, total)))
    }

    /// 后台管理 - 雷达 - 统计
    ///
    /// 最近一段时间（含今天）的客户动作：按动作、按天、按雷达用户。
    #[oai(path = "/zhugeleida/admin/radar/stats", method = "get", operation_id = "admin.radar.stats")]
    async fn stats(&self, admin: Admin, query: Params<ActivityQuery>) -> Result<Answer<WrappedStats>> {
        admin.require(Right::RadarRead)?;
        let days = query.0.days.unwrap_or(7);
        if !matches!(days, 7 | 15 | 30 | 90) {
            return Err(Error::field("days", "应为 7、15、30 或 90"));
        }
        let activity = office::activity(&self.0, &admin, query.0.uid.map(StaffId), days).await?;
        Ok(Answer::new("查询成功", WrappedStats { ret_data: activity.into() }))
    }
}
