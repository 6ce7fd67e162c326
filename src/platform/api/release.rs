//! Releasing the code of mini-programs. Document 002, section 12.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::{Admin, Right},
    platform::{
        release::{self, Deed, Draft, Outcome},
        reviews,
        store::releases::Listed,
    },
    web::{Answer, Body, Page, Paging, Params, Tag},
    weixin::CodeTemplate,
};

pub struct ReleaseApi(pub App);

#[derive(Debug, Object)]
struct MiniAppPaging {
    /// 从 1 开始
    current_page: Option<i64>,
    /// 缺省 20，最多 100
    length: Option<i64>,
}

/// 已授权的小程序
#[derive(Debug, Object, Serialize)]
struct MiniAppRow {
    id: i64,
    /// 填写 appid 的管理员
    belong_user: String,
    company_id: i64,
    company_name: String,
    /// 授权方 appid
    authorization_appid: String,
    /// 状态所说的版本；没有上传过时为空
    version_num: String,
    /// 模版 ID；没有上传过时为 null
    template_id: Option<i64>,
    /// 0 未上线过，1 代码上传成功，2 代码上传失败，3 提交审核报错，4 审核中，5 审核通过，6 审核未通过，7 上线成功，8 上线失败，9 审核撤回成功，10 审核撤回失败，11 版本回退成功，12 版本回退失败
    status: i64,
    status_text: String,
    /// 如 2018-08-22 15:20
    status_time: String,
    /// 体验二维码
    experience_qrcode: String,
    /// 微信拒绝的原因，可含 <br>
    reason: String,
}

/// 代码模版
#[derive(Debug, Object, Serialize)]
struct CodeTemplateRow {
    /// Unix 秒
    create_time: i64,
    /// 版本号
    user_version: String,
    /// 模版描述
    user_desc: String,
    /// 从 0 开始
    template_id: i64,
    source_miniprogram_appid: String,
    source_miniprogram: String,
    developer: String,
}

/// 代码模版库
#[derive(Debug, Object, Serialize)]
struct CodeTemplates {
    template_list: Vec<CodeTemplateRow>,
}

#[derive(Debug, Object)]
struct CodeUploadForm {
    /// 小程序 id 的列表，如 [1,2]
    app_ids_list: Vec<i64>,
    /// 版本号，如 v1.1
    #[oai(validator(max_length = 64))]
    user_version: String,
    /// 模版 ID，从 0 开始
    #[oai(validator(minimum(value = "0")))]
    template_id: i64,
    /// 版本描述
    #[oai(validator(max_length = 500))]
    user_desc: String,
}

#[derive(Debug, Object)]
struct AppIdsForm {
    /// 小程序 id 的列表，如 [1,2]
    app_ids_list: Vec<i64>,
}

/// 每个小程序的结果
#[derive(Debug, Object, Serialize)]
struct ReleaseOutcomes {
    ret_data: Vec<ReleaseOutcomeRow>,
}

/// 一个小程序的结果
#[derive(Debug, Object, Serialize)]
struct ReleaseOutcomeRow {
    id: i64,
    /// 没有此小程序时为 0
    company_id: i64,
    company_name: String,
    /// 200 成功，否则为微信的错误码或接口的返回码
    code: i64,
    msg: String,
    /// 小程序现在的状态，同列表；没有此小程序时为 null
    status: Option<i64>,
    status_text: String,
}

#[OpenApi(tag = "Tag::AdminRelease")]
impl ReleaseApi {
    /// 后台管理 - 小程序 - 所有小程序app展示
    ///
    /// 已授权的小程序，最新的在前，每页 20 条。超级管理员看到所有公司的，其他管理员看到自己公司的。
    #[oai(path = "/zhugeleida/admin/xcx_app", method = "get", operation_id = "admin.xcx_app.list")]
    async fn list_minis(&self, admin: Admin, paged: Params<MiniAppPaging>) -> Result<Answer<Page<MiniAppRow>>> {
        admin.require(Right::ReleaseRead)?;
        let paging = Paging::new(paged.0.current_page, paged.0.length, 20)?;
        let (minis, count) = release::page(&self.0, &admin, paging).await?;
        let rows = minis.into_iter().map(|mini| self.row(mini)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }

    /// 后台管理 - 代小程序 - 获取代码模版库中的所有小程序代码模版
    #[oai(
        path = "/zhugeleida/admin/dai_xcx/template_list",
        method = "get",
        operation_id = "admin.dai_xcx.template_list"
    )]
    async fn list_templates(&self, admin: Admin) -> Result<Answer<CodeTemplates>> {
        admin.require(Right::ReleaseRead)?;
        let template_list = release::templates(&self.0).await?.into_iter().map(CodeTemplateRow::from).collect();
        Ok(Answer::new("获取成功", CodeTemplates { template_list }))
    }

    /// 后台管理 - 代小程序 - 提交代码
    ///
    /// 可以单个，也可以批量。一个失败不影响其余，返回第一个失败的 code 与 msg；data 列出每个小程序的结果。
    #[oai(path = "/zhugeleida/admin/dai_xcx/upload_code", method = "post", operation_id = "admin.dai_xcx.upload_code")]
    async fn upload_code(&self, admin: Admin, form: Body<CodeUploadForm>) -> Result<Answer<ReleaseOutcomes>> {
        let CodeUploadForm { app_ids_list, user_version, template_id, user_desc } = form.0;
        let draft = Draft { version: user_version.trim().to_owned(), template_id, description: user_desc };
        self.perform(admin, app_ids_list, Deed::Upload(draft)).await
    }

    /// 后台管理 - 代小程序 - 提交审核
    ///
    /// 可以单个，也可以批量；结果同提交代码。
    #[oai(
        path = "/zhugeleida/admin/dai_xcx/submit_audit",
        method = "post",
        operation_id = "admin.dai_xcx.submit_audit"
    )]
    async fn submit_audit(&self, admin: Admin, form: Body<AppIdsForm>) -> Result<Answer<ReleaseOutcomes>> {
        self.perform(admin, form.0.app_ids_list, Deed::Submit).await
    }

    /// 后台管理 - 代小程序 - 批量更新查询提交的审核状态
    ///
    /// 查询所有正在审核的小程序；服务器每 15 分钟也会自动查询。
    #[oai(
        path = "/zhugeleida/admin/dai_xcx/get_latest_audit_status",
        method = "get",
        operation_id = "admin.dai_xcx.get_latest_audit_status"
    )]
    async fn get_latest_audit_status(&self, admin: Admin) -> Result<Answer<ReleaseOutcomes>> {
        admin.require(Right::ReleaseWrite)?;
        let outcomes = reviews::ask(&self.0, &admin).await?;
        answer(outcomes, "查询最新一次提交的审核状态", "查询最新一次提交的审核状态-执行完成")
    }

    /// 后台管理 - 代小程序 - 审核撤销
    ///
    /// 可以单个，也可以批量；结果同提交代码。
    #[oai(
        path = "/zhugeleida/admin/dai_xcx/undocode_audit",
        method = "post",
        operation_id = "admin.dai_xcx.undocode_audit"
    )]
    async fn undocode_audit(&self, admin: Admin, form: Body<AppIdsForm>) -> Result<Answer<ReleaseOutcomes>> {
        self.perform(admin, form.0.app_ids_list, Deed::Withdraw).await
    }

    /// 后台管理 - 代小程序 - 发布已经通过审核的代码
    ///
    /// 可以单个，也可以批量；结果同提交代码。
    #[oai(path = "/zhugeleida/admin/dai_xcx/relase_code", method = "post", operation_id = "admin.dai_xcx.relase_code")]
    async fn relase_code(&self, admin: Admin, form: Body<AppIdsForm>) -> Result<Answer<ReleaseOutcomes>> {
        self.perform(admin, form.0.app_ids_list, Deed::Release).await
    }

    /// 后台管理 - 代小程序 - 代码回退
    ///
    /// 可以单个，也可以批量；结果同提交代码。
    #[oai(
        path = "/zhugeleida/admin/dai_xcx/revert_code_release",
        method = "post",
        operation_id = "admin.dai_xcx.revert_code_release"
    )]
    async fn revert_code_release(&self, admin: Admin, form: Body<AppIdsForm>) -> Result<Answer<ReleaseOutcomes>> {
        self.perform(admin, form.0.app_ids_list, Deed::Revert).await
    }
}

impl ReleaseApi {
    async fn perform(&self, admin: Admin, ids: Vec<i64>, deed: Deed) -> Result<Answer<ReleaseOutcomes>> {
        admin.require(Right::ReleaseWrite)?;
        let words = deed.words();
        let outcomes = release::all(&self.0, &admin, ids, deed).await?;
        answer(outcomes, words, &format!("{words}成功"))
    }

    fn row(&self, listed: Listed) -> MiniAppRow {
        MiniAppRow {
            id: listed.app.id.0,
            belong_user: listed.belong_user,
            company_id: listed.app.company.0,
            company_name: listed.app.company_name,
            authorization_appid: listed.app.app_id,
            version_num: listed.version,
            template_id: listed.template_id,
            status: listed.status as i64,
            status_text: listed.status.text().to_owned(),
            status_time: self.0.zone.minute(listed.status_at),
            experience_qrcode: listed.qr_code,
            reason: listed.reason,
        }
    }
}

/// Whether all went well; the first that did not decides code and message.
fn answer(outcomes: Vec<Outcome>, words: &str, done: &str) -> Result<Answer<ReleaseOutcomes>> {
    let unreachable = |outcome: &Outcome| outcome.trouble.as_ref().is_some_and(|trouble| trouble.code() == 503);
    if !outcomes.is_empty() && outcomes.iter().all(unreachable) {
        return Err(Error::WeixinUnreachable);
    }
    let rows: Vec<ReleaseOutcomeRow> = outcomes.iter().map(|outcome| row_of(outcome, words, done)).collect();
    let (code, msg) =
        rows.iter().find(|row| row.code != 200).map_or((200, done.to_owned()), |row| (row.code, row.msg.clone()));
    Ok(Answer::coded(code, msg, ReleaseOutcomes { ret_data: rows }))
}

fn row_of(outcome: &Outcome, words: &str, done: &str) -> ReleaseOutcomeRow {
    let (code, msg) = outcome
        .trouble
        .as_ref()
        .map_or_else(|| (200, done.to_owned()), |trouble| (trouble.code(), format!("{words}报错: {}", trouble.text())));
    ReleaseOutcomeRow {
        id: outcome.id.0,
        company_id: outcome.app.as_ref().map_or(0, |app| app.company.0),
        company_name: outcome.app.as_ref().map_or_else(String::new, |app| app.company_name.clone()),
        code,
        msg,
        status: outcome.status.map(|status| status as i64),
        status_text: outcome.status.map_or("", |status| status.text()).to_owned(),
    }
}

impl From<CodeTemplate> for CodeTemplateRow {
    fn from(template: CodeTemplate) -> Self {
        Self {
            create_time: template.create_time,
            user_version: template.user_version,
            user_desc: template.user_desc,
            template_id: template.template_id,
            source_miniprogram_appid: template.source_miniprogram_appid,
            source_miniprogram: template.source_miniprogram,
            developer: template.developer,
        }
    }
}
