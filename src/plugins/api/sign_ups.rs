//! Those who signed up for an activity, as a spreadsheet. Ours.

use poem_openapi::{OpenApi, param::Path};

use crate::{
    app::App,
    error::Result,
    identity::{Admin, Right},
    ids::ActivityId,
    plugins::desk::{self, Exported},
    time::{Millis, Zone},
    web::{Cell, Column, Download, Sheet, Tag},
};

pub struct SignUpApi(pub App);

const COLUMNS: &[Column] = &[("姓名", 14), ("手机", 14), ("报名时间", 19), ("留言", 40), ("雷达用户", 12)];

fn cells(row: Exported, zone: &Zone) -> Vec<Cell> {
    vec![
        Cell::text(row.sign_up.name),
        Cell::text(row.sign_up.phone),
        Cell::moment(Some(row.sign_up.created_at), zone),
        Cell::text(row.sign_up.leave_message),
        Cell::text(row.staff_name),
    ]
}

#[OpenApi(tag = "Tag::AdminPlugin")]
impl SignUpApi {
    /// 后台管理 - 插件 - 导出报名客户
    ///
    /// 报名活动的全部报名客户，导出为 Excel 文件，先报名的在前。不是本公司的活动返回 302。
    #[oai(
        path = "/zhugeleida/admin/plugin_report/export/:o_id",
        method = "get",
        operation_id = "admin.plugin_report.export"
    )]
    async fn export_sign_ups(&self, admin: Admin, o_id: Path<i64>) -> Result<Download> {
        admin.require(Right::PluginRead)?;
        let (app, id) = (&self.0, ActivityId(o_id.0));
        let title = desk::note_export(app, &admin, id).await?;
        let mut sheet = Sheet::begin(&app.data, COLUMNS);
        let mut last = None;
        loop {
            let rows = desk::next_sign_ups(app, id, last).await?;
            let Some(end) = rows.last() else { break };
            last = Some((end.sign_up.created_at, end.id));
            sheet.add(rows.into_iter().map(|row| cells(row, &app.zone)).collect()).await?;
        }
        let day = app.zone.date(Millis::now()).replace('-', "");
        sheet.finish(&format!("报名-{}-{day}.xlsx", title.replace(['/', '\\'], "_"))).await
    }
}
