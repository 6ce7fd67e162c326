//! The settings (系统设置). Ours.

use poem_openapi::{Object, OpenApi, types::MaybeUndefined};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::Admin,
    office::settings::{self, Standing},
    web::{Answer, Body, Empty, Page, Params, Tag},
};

pub struct SettingsApi(pub App);

#[derive(Debug, Object)]
struct SettingsQuery {
    /// 公司 ID；不传为自己的公司
    company_id: Option<i64>,
}

/// 一项设置
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SystemSetting")]
struct SettingRow {
    /// 设置项，如 company.1.xcx.app_id
    key: String,
    /// 所属分组：company.xcx、company.gzh、company.work、company.pay、company.comments、platform.xcx、platform.gzh、platform、auth
    group: String,
    /// 分组名称
    group_name: String,
    /// 名称
    name: String,
    /// text 文本，secret 秘钥，multiline_secret 多行秘钥（证书），number 整数，flag 开关（true、false）
    kind: String,
    /// 当前的值；秘钥以星号表示，未设置为空
    value: String,
    /// 未设置时的值
    #[oai(rename = "default")]
    #[serde(rename = "default")]
    default_value: String,
    /// 已设置
    is_set: bool,
    /// 说明，以及在微信的何处查看
    help: String,
    /// 单位；没有则为空
    unit: String,
}

impl From<Standing> for SettingRow {
    fn from(standing: Standing) -> Self {
        let entry = standing.entry;
        let (group, group_name) = entry.group();
        Self {
            is_set: !standing.value.is_empty(),
            key: standing.key,
            group: group.to_owned(),
            group_name: group_name.to_owned(),
            name: entry.name.to_owned(),
            kind: entry.kind.name().to_owned(),
            value: standing.value,
            default_value: entry.default_value().to_owned(),
            help: entry.help.to_owned(),
            unit: entry.kind.unit().to_owned(),
        }
    }
}

#[derive(Debug, Object)]
struct SettingForm {
    /// 设置项
    #[oai(validator(max_length = 100))]
    key: String,
    /// 新的值；空值清除此设置，恢复缺省；秘钥只传星号时保持不变
    #[oai(validator(max_length = 20000))]
    value: MaybeUndefined<String>,
}

#[OpenApi(tag = "Tag::AdminSettings")]
impl SettingsApi {
    /// 后台管理 - 系统设置 - 列表
    ///
    /// 全部设置项，其中公司的设置属于所选的公司。秘钥从不返回。
    #[oai(path = "/zhugeleida/admin/settings", method = "get", operation_id = "admin.settings.list")]
    async fn list_settings(&self, admin: Admin, query: Params<SettingsQuery>) -> Result<Answer<Page<SettingRow>>> {
        admin.require_super()?;
        let settings = settings::list(&self.0, &admin, query.0.company_id).await?;
        Ok(Answer::new("查询成功", Page::whole(settings.into_iter().map(SettingRow::from).collect())))
    }

    /// 后台管理 - 系统设置 - 修改
    ///
    /// 一次修改一项，立即生效。没有此设置项或值不合适时返回 301，data 指明 key 或 value。
    #[oai(path = "/zhugeleida/admin/settings/update", method = "post", operation_id = "admin.settings.update")]
    async fn update_setting(&self, admin: Admin, form: Body<SettingForm>) -> Result<Answer<Empty>> {
        admin.require_super()?;
        let value = match form.0.value {
            MaybeUndefined::Value(value) => value,
            MaybeUndefined::Null => String::new(),
            // Who forgets the value does not mean to clear it.
            MaybeUndefined::Undefined => return Err(Error::field("value", "此字段不能缺少；空值清除此设置")),
        };
        settings::update(&self.0, &admin, form.0.key, value).await?;
        Ok(Answer::done("保存成功"))
    }
}
