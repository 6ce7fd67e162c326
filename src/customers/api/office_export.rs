//! The back office's customers as a spreadsheet. Ours.

use poem_openapi::OpenApi;

use super::office::OfficeCustomers;
use crate::{
    app::App,
    customers::{
        area_text,
        office::{self, Listed},
        sex_text, source_text, user_type_text,
    },
    error::Result,
    identity::{Admin, Right},
    time::{Millis, Zone},
    web::{Cell, Column, Download, Params, Sheet, Tag},
};

pub struct ExportApi(pub App);

const COLUMNS: &[Column] = &[
    ("客户 ID", 9),
    ("客户名称", 18),
    ("备注名", 14),
    ("手机号", 14),
    ("性别", 6),
    ("地区", 14),
    ("类型", 12),
    ("来源", 12),
    ("雷达用户 ID", 12),
    ("雷达用户", 12),
    ("标签", 24),
    ("预计成交率", 11),
    ("预计成交日期", 13),
    ("AI 成交率", 10),
    ("访问次数", 9),
    ("聊天消息", 9),
    ("最后活动", 19),
    ("最后跟进", 19),
    ("成为客户", 19),
];

fn cells(row: Listed, zone: &Zone, now: Millis) -> Vec<Cell> {
    let tags: Vec<String> = row.tags.into_iter().map(|(_, name)| name).collect();
    vec![
        Cell::Number(row.customer.0),
        Cell::text(row.name),
        Cell::text(row.memo_name),
        Cell::text(row.phone),
        Cell::text(sex_text(row.sex)),
        Cell::text(area_text(&row.province, &row.city)),
        Cell::text(user_type_text(row.user_type)),
        Cell::text(source_text(row.source)),
        Cell::Number(row.staff.0),
        Cell::text(row.staff_name),
        Cell::text(tags.join("，")),
        Cell::Percent(row.expected_rate),
        Cell::day(row.expected_day),
        Cell::Percent(row.interest.score(now)),
        Cell::Number(row.radar_count),
        Cell::Number(row.messages),
        Cell::moment(row.last_activity_at, zone),
        Cell::moment(row.last_follow_at, zone),
        Cell::moment(Some(row.created_at), zone),
    ]
}

#[OpenApi(tag = "Tag::AdminCustomer")]
impl ExportApi {
    /// 后台管理 - 客户 - 导出
    ///
    /// 与列表相同的条件，全部客户一次导出为 Excel 文件，最新的在前；current_page、length 与 order 不起作用。
    #[oai(path = "/zhugeleida/admin/customer/export", method = "get", operation_id = "admin.customer.export")]
    async fn export(&self, admin: Admin, query: Params<OfficeCustomers>) -> Result<Download> {
        admin.require(Right::CustomerExport)?;
        let (app, now) = (&self.0, Millis::now());
        let filter = query.0.filter(&app.zone)?;
        office::note_export(app, &admin, &filter).await?;
        let mut sheet = Sheet::begin(&app.data, COLUMNS);
        let mut last = None;
        loop {
            let rows = office::next_rows(app, admin.company, filter.clone(), last).await?;
            let Some(end) = rows.last() else { break };
            last = Some((end.created_at, end.relation));
            sheet.add(rows.into_iter().map(|row| cells(row, &app.zone, now)).collect()).await?;
        }
        sheet.finish(&format!("客户-{}.xlsx", app.zone.date(now).replace('-', ""))).await
    }
}
