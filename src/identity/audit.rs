//! The audit log as it is read: who changed what, and from where.

use super::{Admin, store};
use crate::{
    app::App,
    error::Result,
    ids::{AdminId, CompanyId, StaffId},
    time::Millis,
    web::Paging,
};

/// What the log is narrowed to.
#[derive(Debug, Clone)]
pub struct Filter {
    pub company: Option<CompanyId>,
    pub admin: Option<AdminId>,
    /// How the action begins.
    pub action: Option<String>,
    pub from: Millis,
    /// The first moment that is not wanted any more.
    pub to: Millis,
}

/// Something that somebody did.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: i64,
    pub company: CompanyId,
    pub company_name: String,
    pub admin: Option<AdminId>,
    pub staff: Option<StaffId>,
    /// Empty when the account is gone.
    pub username: String,
    pub action: String,
    pub detail: String,
    pub address: String,
    pub created_at: Millis,
}

/// A page of it, newest first. Role 1 reads that of all companies or of the one it names, others their own.
pub async fn page(
    app: &App,
    admin: &Admin,
    named: Option<i64>,
    mut filter: Filter,
    paging: Paging,
) -> Result<(Vec<Entry>, i64)> {
    filter.company = match named {
        None => admin.only_company(),
        Some(_) => Some(admin.company_named(named)?),
    };
    app.db.read(move |conn| Ok((store::audit::list(conn, &filter, paging)?, store::audit::count(conn, &filter)?))).await
}

/// What the subjects of actions are called.
const SUBJECTS: &[(&str, &str)] = &[
    ("account", "账号"),
    ("access_rules", "权限条目"),
    ("admin_role", "角色"),
    ("admin_userprofile", "管理员"),
    ("article", "文章"),
    ("article_review", "文章评论"),
    ("article_tag", "文章标签"),
    ("case_manage", "案例"),
    ("case_tag", "案例标签"),
    ("comment_manage", "日记评论"),
    ("company", "公司"),
    ("customer", "客户"),
    ("customer_tag", "客户标签"),
    ("dai_xcx", "小程序代码"),
    ("department", "部门"),
    ("diary_manage", "案例日记"),
    ("goodsClassOper", "商品分类"),
    ("gzh_auth_process", "公众号授权"),
    ("jiChuSheZhiOper", "商城设置"),
    ("outbox", "微信消息"),
    ("mallManagement", "商城商品"),
    ("plugin_goods", "商品插件"),
    ("plugin_mingpian", "名片插件"),
    ("plugin_report", "报名插件"),
    ("product", "产品"),
    ("quanxian", "权限"),
    ("settings", "系统设置"),
    ("speechDetailsManageOper", "话术"),
    ("talkGroupManageOper", "话术分组"),
    ("theOrder", "商城订单"),
    ("user", "雷达用户"),
    ("website", "官网"),
    ("website_template", "官网模板"),
    ("xcx_auth_process", "小程序授权"),
];

/// What is done to them.
const DEEDS: &[(&str, &str)] = &[
    ("add", "添加"),
    ("add_company", "添加"),
    ("addOrUpdate", "保存"),
    ("app_id", "填写 app_id"),
    ("approval_storage_user_info", "审核入库"),
    ("authorise", "授权完成"),
    ("change_feedback_status", "处理意见反馈"),
    ("change_status", "上架下架"),
    ("create_scan_code", "生成邀请码"),
    ("create_small_program_qr_code", "生成小程序二维码"),
    ("delete", "删除"),
    ("edit", "修改"),
    ("export", "导出"),
    ("handover", "移交客户"),
    ("modify_password", "修改密码"),
    ("recommend_index", "修改推荐指数"),
    ("refund", "同意退款"),
    ("refuse", "拒绝退款"),
    ("retry", "重新发送"),
    ("info", "修改资料"),
    ("relase_code", "发布"),
    ("revert_code_release", "版本回退"),
    ("scan_code_to_add_user", "扫码登记"),
    ("sign_up_activity", "代为报名"),
    ("submit_audit", "提交审核"),
    ("switch_admin_user", "切换登录"),
    ("sync_user_tongxunlu", "同步通讯录"),
    ("undocode_audit", "撤回审核"),
    ("update", "修改"),
    ("update_agent", "设置应用秘钥"),
    ("update_company", "修改"),
    ("update_status", "启用停用"),
    ("update_tag", "修改标签"),
    ("update_tongxunlu", "设置通讯录秘钥"),
    ("upload_code", "提交代码"),
];

/// An action in words; as it is written when there are none.
pub fn label(action: &str) -> String {
    let called = |words: &[(&'static str, &'static str)], name: &str| {
        words.iter().find(|(known, _)| *known == name).map(|(_, word)| *word)
    };
    let words = action
        .split_once('.')
        .and_then(|(subject, deed)| Some(format!("{} · {}", called(SUBJECTS, subject)?, called(DEEDS, deed)?)));
    words.unwrap_or_else(|| action.to_owned())
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn actions_are_called_by_words() {
        assert_eq!(label("product.add"), "产品 · 添加");
        assert_eq!(label("product.juggle"), "product.juggle");
    }
}
