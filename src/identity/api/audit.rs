//! The audit log (操作日志).

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::{
    app::App,
    error::Result,
    identity::{Admin, Right, audit},
    ids::AdminId,
    time::Millis,
    web::{Answer, Date, Page, Paging, Params, Tag},
};

pub struct AuditApi(pub App);

#[derive(Debug, Object)]
struct AuditFilter {
    /// 公司 ID；超级管理员不传时为全部公司
    company_id: Option<i64>,
    /// 管理员 ID
    admin_id: Option<i64>,
    /// 操作的开头，如 product. 或 user.update
    #[oai(validator(max_length = 100))]
    action: Option<String>,
    /// 从这一天起
    #[oai(rename = "create_date__gte")]
    create_date_gte: Option<Date>,
    /// 到这一天为止（含）
    #[oai(rename = "create_date__lt")]
    create_date_lt: Option<Date>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数
    length: Option<i64>,
}

/// 一次操作
#[derive(Debug, Object, Serialize)]
struct AuditRow {
    id: i64,
    company_id: i64,
    company_name: String,
    /// 操作的管理员 ID；由雷达用户操作时为 null
    admin_id: Option<i64>,
    /// 操作的雷达用户 ID；由管理员操作时为 null
    staff_id: Option<i64>,
    /// 操作人姓名；账号已删除时为空
    username: String,
    /// 操作
    action: String,
    /// 操作的中文名称
    action_name: String,
    /// 操作的对象与内容，不含密码与秘钥
    detail: String,
    /// 操作时的网络地址
    address: String,
    create_date: String,
}

#[OpenApi(tag = "Tag::AdminAccount")]
impl AuditApi {
    /// 后台管理 - 操作日志
    ///
    /// 最新的在前，缺省每页 20 条。超级管理员可见全部公司的操作，其余只见本公司的操作。
    #[oai(path = "/zhugeleida/admin/audit_log", method = "get", operation_id = "admin.audit_log.list")]
    async fn list_audit_log(&self, admin: Admin, filter: Params<AuditFilter>) -> Result<Answer<Page<AuditRow>>> {
        admin.require(Right::AuditRead)?;
        let asked = filter.0;
        let paging = Paging::new(asked.current_page, asked.length, 20)?;
        let zone = &self.0.zone;
        let filter = audit::Filter {
            company: None,
            admin: asked.admin_id.map(AdminId),
            action: asked.action.filter(|action| !action.is_empty()),
            from: asked.create_date_gte.map_or(Millis(0), |date| zone.start_of(date.0)),
            to: asked.create_date_lt.map_or(Millis(i64::MAX), |date| zone.start_of(date.0.plus(1))),
        };
        let (entries, count) = audit::page(&self.0, &admin, asked.company_id, filter, paging).await?;
        let rows = entries.into_iter().map(|entry| AuditRow {
            id: entry.id,
            company_id: entry.company.0,
            company_name: entry.company_name,
            admin_id: entry.admin.map(|admin| admin.0),
            staff_id: entry.staff.map(|staff| staff.0),
            username: entry.username,
            action_name: audit::label(&entry.action),
            action: entry.action,
            detail: entry.detail,
            address: entry.address,
            create_date: zone.plain(entry.created_at),
        });
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }
}
