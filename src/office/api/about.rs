//! About this installation (关于). Ours.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::{
    app::App,
    error::Result,
    identity::Admin,
    office::about,
    web::{Answer, Tag},
};

pub struct AboutApi(pub App);

/// Projects that a reader would look for first, and the licences they come under.
const COMPONENTS: [(&str, &str); 9] = [
    ("SQLite", "公有领域"),
    ("poem", "MIT 或 Apache-2.0"),
    ("tokio", "MIT"),
    ("rusqlite", "MIT"),
    ("resvg", "MIT 或 Apache-2.0"),
    ("Vue", "MIT"),
    ("Element Plus", "MIT"),
    ("ECharts", "Apache-2.0"),
    ("Noto Sans CJK SC", "SIL OFL 1.1"),
];

/// 使用的开源组件
#[derive(Debug, Object, Serialize)]
struct AboutComponent {
    name: String,
    licence: String,
}

/// 程序与数据
#[derive(Debug, Object, Serialize)]
#[oai(rename = "AboutInstallation")]
struct AboutData {
    /// 程序版本
    version: String,
    /// 启动时间
    started_at: String,
    /// 已运行多少秒
    uptime_seconds: u64,
    /// 演示模式
    demo: bool,
    /// 时区
    timezone: String,
    /// 链接与二维码的前缀
    public_url: String,
    /// 数据库占用的字节数；仅超级管理员可见，其余为 null
    database_bytes: Option<u64>,
    /// 上传文件占用的字节数，最多每十分钟测量一次；仅超级管理员可见，其余为 null
    uploads_bytes: Option<u64>,
    /// 公司数；超级管理员统计全部公司，其余只统计本公司，以下各项相同
    company_num: i64,
    /// 雷达用户数
    staff_num: i64,
    /// 客户数
    customer_num: i64,
    /// 雷达访问日志数
    radar_num: i64,
    /// 聊天消息数
    message_num: i64,
    sqlite_version: String,
    licence: String,
    components: Vec<AboutComponent>,
}

/// 包在 ret_data 中的数据
#[derive(Debug, Object, Serialize)]
struct AboutAnswer {
    ret_data: AboutData,
}

#[OpenApi(tag = "Tag::AdminSettings")]
impl AboutApi {
    /// 后台管理 - 关于
    ///
    /// 程序的版本、运行时间与数据量。
    #[oai(path = "/zhugeleida/admin/about", method = "get", operation_id = "admin.about.single")]
    async fn about(&self, admin: Admin) -> Result<Answer<AboutAnswer>> {
        let app = &self.0;
        let about = about::about(app, &admin).await?;
        let component = |(name, licence): (&str, &str)| AboutComponent { name: name.into(), licence: licence.into() };
        let ret_data = AboutData {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: app.zone.plain(app.started_at),
            uptime_seconds: about.uptime.as_secs(),
            demo: app.demo,
            timezone: app.zone.name().to_owned(),
            public_url: app.public_url.clone(),
            database_bytes: about.room.map(|room| room.database),
            uploads_bytes: about.room.map(|room| room.uploads),
            company_num: about.amounts.companies,
            staff_num: about.amounts.staff,
            customer_num: about.amounts.customers,
            radar_num: about.amounts.radar_entries,
            message_num: about.amounts.messages,
            sqlite_version: rusqlite::version().to_owned(),
            licence: env!("CARGO_PKG_LICENSE").to_owned(),
            components: COMPONENTS.map(component).into(),
        };
        Ok(Answer::new("查询成功", AboutAnswer { ret_data }))
    }
}
