//! The back office hands customers over from one salesperson to another. Ours.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    customers::handover,
    error::Result,
    identity::{Admin, Right},
    ids::{CustomerId, StaffId},
    web::{Answer, Body, Tag},
};

pub struct HandoverApi(pub App);

#[derive(Debug, Object)]
struct HandoverForm {
    /// 接收客户的雷达用户 ID，须为本公司已启用的用户
    user_id: i64,
    /// 客户 ID 列表；不传则移交全部客户
    customer_list: Option<Vec<i64>>,
}

/// 移交结果
#[derive(Debug, Object, Serialize)]
struct HandedOver {
    /// 移交的客户数
    customer_num: i64,
    /// 其中接收人原已有的客户数：两边的记录已合并
    merged_num: i64,
}

#[OpenApi(tag = "Tag::AdminStaff")]
impl HandoverApi {
    /// 后台管理 - 用户 - 移交客户
    ///
    /// o_id 为移出客户的雷达用户（多为离职或停用的成员）。聊天、访问日志、跟进、备注与标签随客户一起移交，接收人会收到提醒。
    #[oai(path = "/zhugeleida/admin/user/handover/:o_id", method = "post", operation_id = "admin.user.handover")]
    async fn hand_over(&self, admin: Admin, o_id: Path<i64>, form: Body<HandoverForm>) -> Result<Answer<HandedOver>> {
        admin.require(Right::StaffWrite)?;
        let chosen = form.0.customer_list.map(|ids| ids.into_iter().map(CustomerId).collect());
        let moved = handover::hand_over(&self.0, &admin, StaffId(o_id.0), StaffId(form.0.user_id), chosen).await?;
        Ok(Answer::new("移交成功", HandedOver { customer_num: moved.customers, merged_num: moved.merged }))
    }
}
