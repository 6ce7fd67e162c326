//! Settings of the mall (商城). Document 000, 小程序 基础设置.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::{
    app::App,
    error::Result,
    identity::{Admin, Right, UnstampedAdmin},
    mall::settings::{self, MallForm},
    web::{Answer, Body, Tag},
};

pub struct MallApi(pub App);

#[derive(Object)]
struct MallSettingsForm {
    /// 商城名称；须先于支付配置
    #[oai(rename = "shangChengName", validator(max_length = 100))]
    name: Option<String>,
    /// 商户号，30 位以内
    #[oai(rename = "shangHuHao")]
    merchant: Option<String>,
    /// 商户秘钥，32 位
    #[oai(rename = "shangHuMiYao")]
    key: Option<String>,
    /// 商户 API 证书 apiclient_cert.pem 的内容；退款需要
    #[oai(rename = "shangHuZhengShu", validator(max_length = 20000))]
    certificate: Option<String>,
    /// 证书私钥 apiclient_key.pem 的内容；与证书一起设置
    #[oai(rename = "zhengShuMiYao", validator(max_length = 20000))]
    certificate_key: Option<String>,
}

/// 商城的基础设置
#[derive(Debug, Object, Serialize)]
struct MallSettingsRow {
    /// 商城名称；尚未开通时为空
    #[oai(rename = "shangChengName")]
    #[serde(rename = "shangChengName")]
    name: String,
    /// 商户号
    #[oai(rename = "shangHuHao")]
    #[serde(rename = "shangHuHao")]
    merchant: String,
    /// 已设置商户秘钥；秘钥本身不再显示
    has_key: bool,
    /// 已设置商户证书与私钥；退款需要
    has_cert: bool,
    /// 商城已开通：已设置商城名称
    is_open: bool,
}

/// 包在 ret_data 中
#[derive(Debug, Object, Serialize)]
struct MallSettingsData {
    ret_data: MallSettingsRow,
}

#[OpenApi(tag = "Tag::AdminMall")]
impl MallApi {
    /// 后台管理 - 商城 - 基础设置展示
    #[oai(path = "/zhugeleida/admin/mall_settings", method = "get", operation_id = "admin.mall_settings.show")]
    async fn mall_settings(&self, admin: Admin) -> Result<Answer<MallSettingsData>> {
        admin.require(Right::MallRead)?;
        let settings = settings::show(&self.0, &admin).await?;
        let ret_data = MallSettingsRow {
            is_open: settings.name.is_some(),
            name: settings.name.unwrap_or_default(),
            merchant: settings.merchant,
            has_key: settings.has_key,
            has_cert: settings.has_certificate,
        };
        Ok(Answer::new("查询成功", MallSettingsData { ret_data }))
    }

    /// 小程序 基础设置 添加或修改 说明
    ///
    /// 由管理员签名，可以不带 timestamp。没有传的字段保持不变。
    #[oai(
        path = "/zhugeleida/xiaochengxu/jiChuSheZhiOper/addOrUpdate",
        method = "post",
        operation_id = "xiaochengxu.jiChuSheZhiOper.addOrUpdate"
    )]
    async fn add_or_update(&self, admin: UnstampedAdmin, form: Body<MallSettingsForm>) -> Result<Answer<String>> {
        let admin = admin.0;
        admin.require(Right::MallWrite)?;
        let certificate = match (form.0.certificate, form.0.certificate_key) {
            (None, None) => None,
            (certificate, key) => Some((certificate.unwrap_or_default(), key.unwrap_or_default())),
        };
        let form = MallForm { name: form.0.name, merchant: form.0.merchant, key: form.0.key, certificate };
        let is_new = settings::save(&self.0, &admin, form.trimmed()).await?;
        Ok(Answer::new(if is_new { "创建成功" } else { "修改成功" }, String::new()))
    }
}
