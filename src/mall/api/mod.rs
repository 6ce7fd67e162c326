//! Endpoints of the mall.

mod classes;
mod goods;
mod settings;
mod shop;

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::{Good, price, status_text};
use crate::{app::App, time::Zone};

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        settings::MallApi(app.clone()),
        classes::GoodsClassApi(app.clone()),
        goods::GoodsApi(app.clone()),
        shop::ShopApi(app.clone()),
    )
}

/// 商城商品
#[derive(Debug, Object, Serialize)]
#[oai(rename = "MallGood")]
struct GoodRow {
    id: i64,
    #[oai(rename = "goodsName")]
    #[serde(rename = "goodsName")]
    name: String,
    /// 元，两位小数
    #[oai(rename = "goodsPrice")]
    #[serde(rename = "goodsPrice")]
    price: String,
    /// 库存
    #[oai(rename = "goodsInventory")]
    #[serde(rename = "goodsInventory")]
    inventory: i64,
    /// 已售数量
    #[oai(rename = "goodsSold")]
    #[serde(rename = "goodsSold")]
    sold: i64,
    /// 1 已上架，2 未上架，3 已售罄，4 已下架
    #[oai(rename = "goodsStatusCode")]
    #[serde(rename = "goodsStatusCode")]
    status_code: i64,
    #[oai(rename = "goodsStatus")]
    #[serde(rename = "goodsStatus")]
    status: String,
    /// 推荐指数：10 最前，0 无
    recommend_index: i64,
    /// 分类 ID；未分类为 null
    #[oai(rename = "parentClassification")]
    #[serde(rename = "parentClassification")]
    class: Option<i64>,
    /// 分类名称；未分类为空
    #[oai(rename = "parentName")]
    #[serde(rename = "parentName")]
    class_name: String,
    /// 顶部轮播图；第一张为封面
    #[oai(rename = "topLunBoTu")]
    #[serde(rename = "topLunBoTu")]
    pictures: Vec<String>,
    /// 详情图片
    #[oai(rename = "detailePicture")]
    #[serde(rename = "detailePicture")]
    detail_pictures: Vec<String>,
    /// 描述详情
    #[oai(rename = "DetailsDescription")]
    #[serde(rename = "DetailsDescription")]
    description: String,
    #[oai(rename = "createDate")]
    #[serde(rename = "createDate")]
    created: String,
}

impl GoodRow {
    fn of(good: Good, zone: &Zone) -> Self {
        let status_code = good.shown_status();
        Self {
            id: good.id.0,
            name: good.name,
            price: price::yuan(good.price_fen),
            inventory: good.inventory,
            sold: good.sold,
            status_code,
            status: status_text(status_code).to_owned(),
            recommend_index: good.recommend_index,
            class: good.class.map(|class| class.0),
            class_name: good.class_name,
            pictures: good.pictures,
            detail_pictures: good.detail_pictures,
            description: good.description,
            created: zone.plain(good.created_at),
        }
    }
}
