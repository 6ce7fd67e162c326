//! Cards in the back office. Document 002, sections 8.1 to 8.4.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::PluginFilter;
use crate::{
    app::App,
    clean,
    error::Result,
    identity::{Admin, Right},
    ids::CardPluginId,
    plugins::{CardFields, desk},
    web::{Answer, Body, Empty, NewId, Page, Params, Tag},
};

pub struct CardPluginApi(pub App);

/// 名片插件
#[derive(Debug, Object, Serialize)]
struct CardPluginRow {
    mingpian_id: i64,
    /// 名片名称，只用于管理
    name: String,
    username: String,
    phone: String,
    create_date: String,
    avatar: String,
    /// 微信二维码
    webchat_code: String,
    position: String,
}

#[derive(Debug, Object)]
struct CardPluginForm {
    /// 名片名称，只用于管理，不能重复
    #[oai(validator(max_length = 50))]
    name: String,
    /// 头像地址
    #[oai(validator(max_length = 300))]
    avatar: Option<String>,
    /// 姓名
    #[oai(validator(max_length = 50))]
    username: String,
    #[oai(validator(max_length = 50))]
    phone: Option<String>,
    /// 微信二维码地址
    #[oai(validator(max_length = 300))]
    webchat_code: Option<String>,
    /// 职位
    #[oai(validator(max_length = 50))]
    position: Option<String>,
}

impl CardPluginForm {
    fn fields(self) -> Result<CardFields> {
        let text = |given: Option<String>| clean::text(given.unwrap_or_default().trim());
        Ok(CardFields {
            name: text(Some(self.name)),
            username: text(Some(self.username)),
            avatar: clean::address("avatar", self.avatar)?,
            phone: text(self.phone),
            webchat_code: clean::address("webchat_code", self.webchat_code)?,
            position: text(self.position),
        })
    }
}

#[OpenApi(tag = "Tag::AdminPlugin")]
impl CardPluginApi {
    /// 后台管理 - 插件管理 - 名片展示
    ///
    /// 自己添加的，最新的在前。
    #[oai(path = "/zhugeleida/admin/plugin_mingpian", method = "get", operation_id = "admin.plugin_mingpian.list")]
    async fn list_card_plugins(
        &self,
        admin: Admin,
        filter: Params<PluginFilter>,
    ) -> Result<Answer<Page<CardPluginRow>>> {
        admin.require(Right::PluginRead)?;
        let (cards, count) = desk::list_cards(&self.0, &admin, filter.0.paging(10)?).await?;
        let rows = cards.into_iter().map(|card| CardPluginRow {
            mingpian_id: card.id.0,
            name: card.fields.name,
            username: card.fields.username,
            phone: card.fields.phone,
            create_date: self.0.zone.iso(card.created_at),
            avatar: card.fields.avatar,
            webchat_code: card.fields.webchat_code,
            position: card.fields.position,
        });
        Ok(Answer::new("", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 插件 - 添加插件名片
    ///
    /// 名称重复时返回 300。
    #[oai(
        path = "/zhugeleida/admin/plugin_mingpian/add/:o_id",
        method = "post",
        operation_id = "admin.plugin_mingpian.add"
    )]
    async fn add_card_plugin(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<CardPluginForm>,
    ) -> Result<Answer<NewId>> {
        admin.require(Right::PluginWrite)?;
        let _ = o_id;
        let id = desk::add_card(&self.0, &admin, form.0.fields()?).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 插件 - 修改插件名片
    #[oai(
        path = "/zhugeleida/admin/plugin_mingpian/update/:o_id",
        method = "post",
        operation_id = "admin.plugin_mingpian.update"
    )]
    async fn update_card_plugin(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<CardPluginForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::PluginWrite)?;
        desk::update_card(&self.0, &admin, CardPluginId(o_id.0), form.0.fields()?).await?;
        // The document's own message (contract: admin.plugin_mingpian.update).
        Ok(Answer::done("添加成功"))
    }

    /// 后台管理 - 插件 - 删除插件名片
    ///
    /// 有文章使用时返回 300。
    #[oai(
        path = "/zhugeleida/admin/plugin_mingpian/delete/:o_id",
        method = "post",
        operation_id = "admin.plugin_mingpian.delete"
    )]
    async fn delete_card_plugin(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::PluginWrite)?;
        desk::delete_card(&self.0, &admin, CardPluginId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}
