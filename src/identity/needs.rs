//! What each operation of the back office needs: one table for the signature's check, the documentation and the tests.
//!
//! The caller's extractor looks here before the form is read, so that nobody learns from a refusal of the form what
//! they may not even ask; the endpoints' own `require` holds whatever this table says.

use super::{Admin, rights::Right};
use crate::error::Result;

/// What an administrator needs for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// No signature at all.
    Nothing,
    /// Any administrator who is signed in.
    Signed,
    /// A rule, as roles 1 and 2 have them all.
    Right(Right),
    /// Role 1 or 2: no rule grants it.
    Office,
    /// Role 1.
    Super,
    /// Role 1; the document has 404 for the others.
    SuperElseUnknown,
}

use Need::{Nothing, Office, Right as R, Signed, Super, SuperElseUnknown};

/// Paths below `/zhugeleida/`, without a trailing `/{o_id}`.
pub const NEEDS: &[(&str, Need)] = &[
    ("admin/login", Nothing),
    ("admin/modify_password", Signed),
    ("admin/login_rules", Signed),
    ("admin/about", Signed),
    ("admin/settings", Super),
    ("admin/settings/update", Super),
    ("public/img_upload", Signed),
    ("public/img_merge", Signed),
    ("public/img_status", Signed),
    ("admin/company", R(Right::CompanyRead)),
    ("admin/company/author_status", R(Right::CompanyRead)),
    ("admin/company/add_company", Super),
    ("admin/company/update_company", Super),
    ("admin/company/update_tongxunlu", Office),
    ("admin/company/update_agent", Office),
    ("admin/weixin_check", R(Right::CompanyRead)),
    ("admin/department", R(Right::StaffRead)),
    ("admin/department/add", R(Right::DepartmentWrite)),
    ("admin/department/update", R(Right::DepartmentWrite)),
    ("admin/department/delete", R(Right::DepartmentWrite)),
    ("admin/admin_userprofile", R(Right::AdminRead)),
    ("admin/admin_userprofile/add", R(Right::AdminWrite)),
    ("admin/admin_userprofile/update", R(Right::AdminWrite)),
    ("admin/admin_userprofile/delete", R(Right::AdminWrite)),
    ("admin/admin_userprofile/update_status", R(Right::AdminWrite)),
    ("admin/admin_userprofile/switch_admin_user", SuperElseUnknown),
    ("admin/audit_log", R(Right::AuditRead)),
    ("admin/admin_role", R(Right::RoleRead)),
    ("admin/admin_role/add", R(Right::RoleWrite)),
    ("admin/admin_role/update", R(Right::RoleWrite)),
    ("admin/admin_role/delete", R(Right::RoleWrite)),
    ("admin/access_rules", R(Right::RoleRead)),
    ("admin/access_rules/add", Super),
    ("admin/access_rules/update", Super),
    ("admin/access_rules/delete", Super),
    ("admin/user", R(Right::StaffRead)),
    ("admin/user/update_status", R(Right::StaffWrite)),
    ("admin/user/update_role", R(Right::StaffWrite)),
    ("admin/user/create_small_program_qr_code", R(Right::StaffWrite)),
    ("admin/user/sync_user_tongxunlu", R(Right::StaffSync)),
    ("admin/user/create_scan_code", R(Right::StaffWrite)),
    // Or an invitation by somebody who has the right.
    ("admin/user/scan_code_to_add_user", R(Right::StaffWrite)),
    ("admin/user/update", R(Right::StaffWrite)),
    ("admin/user/delete", R(Right::StaffWrite)),
    ("admin/user/approval_storage_user_info", R(Right::StaffWrite)),
    ("admin/user/handover", R(Right::StaffWrite)),
    ("admin/customer", R(Right::CustomerRead)),
    ("admin/customer/single", R(Right::CustomerRead)),
    ("admin/customer/timeline", R(Right::CustomerRead)),
    ("admin/customer/tags", R(Right::CustomerRead)),
    ("admin/customer/update_tag", R(Right::CustomerWrite)),
    ("admin/customer/export", R(Right::CustomerExport)),
    ("admin/customer_tag/add", R(Right::CustomerWrite)),
    ("admin/customer_tag/update", R(Right::CustomerWrite)),
    ("admin/customer_tag/delete", R(Right::CustomerWrite)),
    ("admin/home_page", R(Right::Home)),
    ("admin/home_page/acount_data", R(Right::Home)),
    ("admin/home_page/line_info", R(Right::Home)),
    ("admin/home_page/staff_ranking", R(Right::Home)),
    ("admin/radar", R(Right::RadarRead)),
    ("admin/radar/stats", R(Right::RadarRead)),
    ("admin/chat", R(Right::ChatRead)),
    ("admin/chat/messages", R(Right::ChatRead)),
    ("admin/chat/search", R(Right::ChatRead)),
    ("admin/product/product_list", R(Right::ProductRead)),
    ("admin/product/product_single", R(Right::ProductRead)),
    ("admin/product/feedback_list", R(Right::ProductRead)),
    ("admin/product/add", R(Right::ProductWrite)),
    ("admin/product/update", R(Right::ProductWrite)),
    ("admin/product/delete", R(Right::ProductWrite)),
    ("admin/product/change_status", R(Right::ProductWrite)),
    ("admin/product/recommend_index", R(Right::ProductWrite)),
    ("admin/product/change_feedback_status", R(Right::ProductWrite)),
    ("xiaochengxu/jiChuSheZhiOper/addOrUpdate", R(Right::MallWrite)),
    ("xiaochengxu/goodsClassOper/add", R(Right::MallWrite)),
    ("xiaochengxu/goodsClassOper/update", R(Right::MallWrite)),
    ("xiaochengxu/goodsClassOper/delete", R(Right::MallWrite)),
    ("xiaochengxu/goodsClassShow", R(Right::MallRead)),
    ("admin/mall_settings", R(Right::MallRead)),
    ("admin/mallManagement", R(Right::MallRead)),
    ("admin/mallManagement/add", R(Right::MallWrite)),
    ("admin/mallManagement/update", R(Right::MallWrite)),
    ("admin/mallManagement/delete", R(Right::MallWrite)),
    ("admin/theOrder", R(Right::OrderRead)),
    ("admin/theOrder/refund", R(Right::OrderRefund)),
    ("admin/theOrder/refuse", R(Right::OrderRefund)),
    ("admin/case_manage", R(Right::CaseRead)),
    ("admin/case_manage/case_list", R(Right::CaseRead)),
    ("admin/case_manage/add", R(Right::CaseWrite)),
    ("admin/case_manage/update", R(Right::CaseWrite)),
    ("admin/case_manage/delete", R(Right::CaseWrite)),
    ("admin/case_tag", R(Right::CaseRead)),
    ("admin/case_tag/add", R(Right::CaseWrite)),
    ("admin/case_tag/update", R(Right::CaseWrite)),
    ("admin/case_tag/delete", R(Right::CaseWrite)),
    ("admin/diary_manage", R(Right::CaseRead)),
    ("admin/diary_manage/diary_list", R(Right::CaseRead)),
    ("admin/diary_manage/add", R(Right::CaseWrite)),
    ("admin/diary_manage/update", R(Right::CaseWrite)),
    ("admin/diary_manage/delete", R(Right::CaseWrite)),
    ("admin/comment_manage", R(Right::CaseRead)),
    ("admin/comment_manage/update", R(Right::CaseWrite)),
    ("admin/comment_manage/delete", R(Right::CaseWrite)),
    ("admin/article/myarticle_list", R(Right::ArticleRead)),
    ("admin/article/myarticle", R(Right::ArticleRead)),
    ("admin/article/readers", R(Right::ArticleRead)),
    ("admin/article/summary", R(Right::ArticleRead)),
    ("admin/article/tree", R(Right::ArticleRead)),
    ("admin/article/add", R(Right::ArticleWrite)),
    ("admin/article/update", R(Right::ArticleWrite)),
    ("admin/article/delete", R(Right::ArticleWrite)),
    ("admin/article_tag", R(Right::ArticleRead)),
    ("admin/article_tag/add", R(Right::ArticleWrite)),
    ("admin/article_tag/update", R(Right::ArticleWrite)),
    ("admin/article_tag/delete", R(Right::ArticleWrite)),
    ("admin/article_review", R(Right::ArticleRead)),
    ("admin/article_review/update", R(Right::ArticleWrite)),
    ("admin/article_review/delete", R(Right::ArticleWrite)),
    ("admin/plugin_mingpian", R(Right::PluginRead)),
    ("admin/plugin_mingpian/add", R(Right::PluginWrite)),
    ("admin/plugin_mingpian/update", R(Right::PluginWrite)),
    ("admin/plugin_mingpian/delete", R(Right::PluginWrite)),
    ("admin/plugin_report", R(Right::PluginRead)),
    ("admin/plugin_report/add", R(Right::PluginWrite)),
    ("admin/plugin_report/update", R(Right::PluginWrite)),
    ("admin/plugin_report/delete", R(Right::PluginWrite)),
    ("admin/plugin_report/sign_up_activity", R(Right::PluginWrite)),
    ("admin/plugin_report/export", R(Right::PluginRead)),
    ("admin/plugin_goods", R(Right::PluginRead)),
    ("admin/plugin_goods/add", R(Right::PluginWrite)),
    ("admin/plugin_goods/update", R(Right::PluginWrite)),
    ("admin/plugin_goods/delete", R(Right::PluginWrite)),
    ("admin/xcx_auth_process", R(Right::GrantRead)),
    ("admin/xcx_auth_process/update/app_id", R(Right::GrantWrite)),
    ("admin/xcx_auth_process/update/info", R(Right::GrantWrite)),
    ("admin/xcx_auth_process/update/xcx_get_authorizer_info", R(Right::GrantWrite)),
    ("admin/gzh_auth_process", R(Right::GrantRead)),
    ("admin/gzh_auth_process/update/app_id", R(Right::GrantWrite)),
    ("admin/open_weixin/create_grant_url", R(Right::GrantWrite)),
    ("admin/open_weixin_gongzhonghao/create_grant_url", R(Right::GrantWrite)),
    // WeChat's own calls, which it signs in its way, and the browser that it sends back.
    ("admin/open_weixin/auth_code", Nothing),
    ("admin/open_weixin_gongzhonghao/auth_code", Nothing),
    ("admin/open_weixin/tongzhi", Nothing),
    ("admin/open_weixin_gongzhonghao/tongzhi", Nothing),
    ("admin/open_weixin/callback", Nothing),
    ("admin/xcx_app", R(Right::ReleaseRead)),
    ("admin/dai_xcx/template_list", R(Right::ReleaseRead)),
    ("admin/dai_xcx/upload_code", R(Right::ReleaseWrite)),
    ("admin/dai_xcx/submit_audit", R(Right::ReleaseWrite)),
    ("admin/dai_xcx/get_latest_audit_status", R(Right::ReleaseWrite)),
    ("admin/dai_xcx/undocode_audit", R(Right::ReleaseWrite)),
    ("admin/dai_xcx/relase_code", R(Right::ReleaseWrite)),
    ("admin/dai_xcx/revert_code_release", R(Right::ReleaseWrite)),
    ("admin/talkGroupManageShow", R(Right::ScriptRead)),
    ("admin/talkGroupManageOper/add", R(Right::ScriptWrite)),
    ("admin/talkGroupManageOper/update", R(Right::ScriptWrite)),
    ("admin/talkGroupManageOper/delete", R(Right::ScriptWrite)),
    ("admin/speechDetailsManageShow", R(Right::ScriptRead)),
    ("admin/speechDetailsManageOper/add", R(Right::ScriptWrite)),
    ("admin/speechDetailsManageOper/update", R(Right::ScriptWrite)),
    ("admin/speechDetailsManageOper/delete", R(Right::ScriptWrite)),
    ("admin/outbox", R(Right::OutboxRead)),
    ("admin/outbox/retry", R(Right::OutboxWrite)),
    // Signed by WeChat.
    ("admin/open_weixin_gongzhonghao/callback", Nothing),
    ("admin/website", R(Right::WebsiteRead)),
    ("admin/website/edit", R(Right::WebsiteWrite)),
    ("admin/website_template", R(Right::WebsiteRead)),
    ("admin/website_template/add", Super),
    ("admin/website_template/update", Super),
    ("admin/website_template/delete", Super),
];

/// What the operation of a path needs, the path being a request's or the document's; `None` when it is not in the table.
pub fn need_of(path: &str) -> Option<Need> {
    let path = path.strip_prefix("/zhugeleida/")?;
    let named = |path: &str| NEEDS.iter().find(|(known, _)| *known == path).map(|(_, need)| *need);
    named(path).or_else(|| named(path.rsplit_once('/')?.0))
}

impl Need {
    /// 403 when the administrator has not what is needed; what answers otherwise is left to the endpoint.
    pub fn check(self, admin: &Admin) -> Result<()> {
        match self {
            Nothing | Signed | SuperElseUnknown => Ok(()),
            R(right) => admin.require(right),
            Office => admin.require_office(),
            Super => admin.require_super(),
        }
    }

    /// As the documentation says it; nothing where any signature will do.
    pub fn text(self) -> Option<String> {
        match self {
            Nothing | Signed => None,
            R(right) => Some(format!("管理员需要权限：{}（{}）。", right.name(), right.url_path())),
            Office => Some("仅限角色 1 与 2。".to_owned()),
            Super | SuperElseUnknown => Some("仅限超级管理员（角色 1）。".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_one_need_and_every_right_is_of_use() {
        for (index, (path, _)) in NEEDS.iter().enumerate() {
            assert!(NEEDS[index + 1..].iter().all(|(other, _)| other != path), "{path} stands here twice");
        }
        for right in Right::all() {
            assert!(NEEDS.iter().any(|(_, need)| *need == R(right)), "{right:?} grants nothing");
        }
    }

    #[test]
    fn ids_do_not_matter() {
        for path in ["admin/product/delete", "admin/product/delete/7", "admin/product/delete/{o_id}"] {
            assert_eq!(need_of(&format!("/zhugeleida/{path}")), Some(R(Right::ProductWrite)));
        }
        assert_eq!(need_of("/zhugeleida/admin/company/7/8"), None);
        assert_eq!(need_of("/zhugeleida/xiaochengxu/mallManage"), None);
    }
}
