//! The connection check (微信连接检测). Ours.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::{Finding, Outcome};
use crate::{
    app::App,
    error::Result,
    identity::{Admin, Right},
    web::{Answer, Page, Params, Tag},
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    CheckApi(app.clone())
}

struct CheckApi(App);

#[derive(Debug, Object)]
struct CheckQuery {
    /// 公司 ID；不传为自己的公司，只有超级管理员可以指定其它公司
    company_id: Option<i64>,
}

/// 一项检测
#[derive(Debug, Object, Serialize)]
struct CheckRow {
    /// 检测的内容
    name: String,
    /// 可以正常使用
    is_ok: bool,
    /// 已经填写
    is_configured: bool,
    /// 微信的错误码；没有则为 0
    errcode: i64,
    /// 出了什么问题；正常时为空
    msg: String,
    /// 应当怎么做；正常时为空
    advice: String,
}

#[OpenApi(tag = "Tag::AdminCompany")]
impl CheckApi {
    /// 后台管理 - 公司 - 微信连接检测
    ///
    /// 逐一试用公司在微信的各项配置（企业微信、小程序、公众号、第三方平台、微信支付），说明问题与处理办法。每次都实际请求微信，最长约十秒。
    #[oai(path = "/zhugeleida/admin/weixin_check", method = "get", operation_id = "admin.weixin_check.list")]
    async fn weixin_check(&self, admin: Admin, query: Params<CheckQuery>) -> Result<Answer<Page<CheckRow>>> {
        admin.require(Right::CompanyRead)?;
        let findings = super::check(&self.0, &admin, query.0.company_id).await?;
        let count = i64::try_from(findings.len()).unwrap_or(i64::MAX);
        Ok(Answer::new("检测完成", Page::new(findings.into_iter().map(CheckRow::from).collect(), count)))
    }
}

impl From<Finding> for CheckRow {
    fn from(finding: Finding) -> Self {
        let (is_ok, is_configured, errcode, msg, advice) = match finding.outcome {
            Outcome::Fine => (true, true, 0, String::new(), String::new()),
            Outcome::Missing(what) => (false, false, 0, what, "请在公司设置中填写;不使用此功能时可以忽略".to_owned()),
            Outcome::Wrong { errcode, meaning, advice } => (false, true, errcode, meaning, advice),
        };
        Self { name: finding.name, is_ok, is_configured, errcode, msg, advice }
    }
}
