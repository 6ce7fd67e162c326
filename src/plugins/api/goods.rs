//! Goods in the back office. Document 002, sections 8.10 to 8.13.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::PluginFilter;
use crate::{
    app::App,
    clean,
    error::Result,
    identity::{Admin, Right},
    ids::GoodsPluginId,
    plugins::{GoodsContent, desk},
    web::{Answer, Body, Empty, NewId, Page, Params, Tag},
};

pub struct GoodsPluginApi(pub App);

/// 商品插件
#[derive(Debug, Object, Serialize)]
struct GoodsPluginRow {
    goods_id: i64,
    title: String,
    content: GoodsContent,
    create_date: String,
}

#[derive(Debug, Object)]
struct GoodsPluginForm {
    /// 商品名称，不能重复
    #[oai(validator(max_length = 100))]
    title: String,
    /// {"goods_data":[{"price":128,"introduce":"…","inventory_num":10,"person_limit_num":2}],"cover_data":[{"type":"picture_url","data":["…"]}]}
    content: GoodsContent,
}

impl GoodsPluginForm {
    fn fields(self) -> Result<(String, GoodsContent)> {
        let mut content = self.content;
        for offer in &mut content.goods_data {
            offer.introduce = clean::text(&offer.introduce);
        }
        content.cover_data =
            content.cover_data.into_iter().map(|block| block.cleaned("content")).collect::<Result<_>>()?;
        Ok((clean::text(self.title.trim()), content))
    }
}

#[OpenApi(tag = "Tag::AdminPlugin")]
impl GoodsPluginApi {
    /// 后台管理 - 插件 - 商品展示
    ///
    /// 自己添加的，最新的在前；缺省每页 20 条。
    #[oai(path = "/zhugeleida/admin/plugin_goods", method = "get", operation_id = "admin.plugin_goods.list")]
    async fn list_goods_plugins(
        &self,
        admin: Admin,
        filter: Params<PluginFilter>,
    ) -> Result<Answer<Page<GoodsPluginRow>>> {
        admin.require(Right::PluginRead)?;
        let (goods, count) = desk::list_goods(&self.0, &admin, filter.0.paging(20)?).await?;
        let rows = goods.into_iter().map(|goods| GoodsPluginRow {
            goods_id: goods.id.0,
            title: goods.title,
            content: goods.content,
            create_date: self.0.zone.iso(goods.created_at),
        });
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 插件 - 添加商品
    ///
    /// 名称重复时返回 300。
    #[oai(path = "/zhugeleida/admin/plugin_goods/add/:o_id", method = "post", operation_id = "admin.plugin_goods.add")]
    async fn add_goods_plugin(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<GoodsPluginForm>,
    ) -> Result<Answer<NewId>> {
        admin.require(Right::PluginWrite)?;
        let _ = o_id;
        let (title, content) = form.0.fields()?;
        let id = desk::add_goods(&self.0, &admin, title, content).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 插件 - 修改商品详情
    #[oai(
        path = "/zhugeleida/admin/plugin_goods/update/:o_id",
        method = "post",
        operation_id = "admin.plugin_goods.update"
    )]
    async fn update_goods_plugin(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<GoodsPluginForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::PluginWrite)?;
        let (title, content) = form.0.fields()?;
        desk::update_goods(&self.0, &admin, GoodsPluginId(o_id.0), title, content).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 插件 - 删除商品
    ///
    /// 有文章使用时返回 300。
    #[oai(
        path = "/zhugeleida/admin/plugin_goods/delete/:o_id",
        method = "post",
        operation_id = "admin.plugin_goods.delete"
    )]
    async fn delete_goods_plugin(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::PluginWrite)?;
        desk::delete_goods(&self.0, &admin, GoodsPluginId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}
