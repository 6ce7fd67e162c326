//! Settings of the mall (商城). Document 000, 小程序 基础设置.

use poem_openapi::{Object, OpenApi};

use crate::{
    app::App,
    error::Result,
    identity::{Right, UnstampedAdmin},
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
}

#[OpenApi(tag = "Tag::AdminMall")]
impl MallApi {
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
        let form = MallForm { name: form.0.name, merchant: form.0.merchant, key: form.0.key };
        let is_new = settings::save(&self.0, &admin, form.trimmed()).await?;
        Ok(Answer::new(if is_new { "创建成功" } else { "修改成功" }, String::new()))
    }
}
