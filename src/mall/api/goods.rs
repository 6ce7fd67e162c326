//! Goods of the mall in the back office.

use poem_openapi::{Object, OpenApi, param::Path};

use super::GoodRow;
use crate::{
    app::App,
    clean,
    error::{Error, Result},
    identity::{Admin, Right},
    ids::{GoodId, GoodsClassId},
    mall::{Draft, Filter, goods, price},
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct GoodsApi(pub App);

#[derive(Debug, Object)]
struct GoodsFilter {
    /// 商品 ID
    id: Option<i64>,
    /// 名称中的一部分
    #[oai(rename = "goodsName")]
    name: Option<String>,
    /// 分类 ID；包括其下级分类
    #[oai(rename = "parentClassification")]
    class: Option<i64>,
    /// 1 已上架，2 未上架，3 已售罄，4 已下架
    #[oai(rename = "goodsStatus", validator(minimum(value = "1"), maximum(value = "4")))]
    status: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct GoodsForm {
    /// 商品名称；公司内不能重复
    #[oai(rename = "goodsName", validator(max_length = 100))]
    name: String,
    /// 元，最多两位小数
    #[oai(rename = "goodsPrice")]
    price: String,
    /// 库存
    #[oai(rename = "goodsInventory", validator(minimum(value = "0"), maximum(value = "1000000000")))]
    inventory: i64,
    /// 1 已上架（缺省），2 未上架，3 已售罄，4 已下架
    #[oai(rename = "goodsStatus", validator(minimum(value = "1"), maximum(value = "4")))]
    status: Option<i64>,
    /// 推荐指数：10 最前，0 无（缺省）
    #[oai(validator(minimum(value = "0"), maximum(value = "10")))]
    recommend_index: Option<i64>,
    /// 分类 ID；为空是未分类
    #[oai(rename = "parentClassification")]
    class: Option<i64>,
    /// 顶部轮播图地址；第一张为封面
    #[oai(rename = "topLunBoTu", validator(max_items = 20))]
    pictures: Option<Vec<String>>,
    /// 详情图片地址
    #[oai(rename = "detailePicture", validator(max_items = 50))]
    detail_pictures: Option<Vec<String>>,
    /// 描述详情
    #[oai(rename = "DetailsDescription", validator(max_length = 10000))]
    description: Option<String>,
}

#[OpenApi(tag = "Tag::AdminMall")]
impl GoodsApi {
    /// 后台管理 - 商城商品 - 查询
    ///
    /// 推荐指数大的在前，其次最新的在前；缺省每页 10 条。
    #[oai(path = "/zhugeleida/admin/mallManagement", method = "get", operation_id = "admin.mallManagement.list")]
    async fn list_goods(&self, admin: Admin, filter: Params<GoodsFilter>) -> Result<Answer<Page<GoodRow>>> {
        admin.require(Right::MallRead)?;
        let filter = filter.0;
        let paging = Paging::new(filter.current_page, filter.length, 10)?;
        let wanted = Filter {
            company: admin.company,
            id: filter.id.map(GoodId),
            name: filter.name,
            class: filter.class.map(GoodsClassId),
            status: filter.status,
            only_offered: false,
        };
        let (goods, count) = goods::list(&self.0, wanted, paging).await?;
        let rows = goods.into_iter().map(|good| GoodRow::of(good, &self.0.zone));
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 商城商品 - 添加
    ///
    /// 商品名称在公司内不能重复（300）。
    #[oai(
        path = "/zhugeleida/admin/mallManagement/add/:o_id",
        method = "post",
        operation_id = "admin.mallManagement.add"
    )]
    async fn add_good(&self, admin: Admin, o_id: Path<i64>, form: Body<GoodsForm>) -> Result<Answer<NewId>> {
        admin.require(Right::MallWrite)?;
        let _ = o_id;
        let id = goods::add(&self.0, &admin, form.0.draft()?).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 商城商品 - 修改
    ///
    /// 没有传的可选字段恢复缺省值。
    #[oai(
        path = "/zhugeleida/admin/mallManagement/update/:o_id",
        method = "post",
        operation_id = "admin.mallManagement.update"
    )]
    async fn update_good(&self, admin: Admin, o_id: Path<i64>, form: Body<GoodsForm>) -> Result<Answer<Empty>> {
        admin.require(Right::MallWrite)?;
        goods::update(&self.0, &admin, GoodId(o_id.0), form.0.draft()?).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 商城商品 - 删除
    #[oai(
        path = "/zhugeleida/admin/mallManagement/delete/:o_id",
        method = "post",
        operation_id = "admin.mallManagement.delete"
    )]
    async fn delete_good(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::MallWrite)?;
        goods::delete(&self.0, &admin, GoodId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}

impl GoodsForm {
    fn draft(self) -> Result<Draft> {
        Ok(Draft {
            price_fen: price::fen("goodsPrice", &self.price)?,
            name: self.name.trim().to_owned(),
            class: self.class.map(GoodsClassId),
            inventory: self.inventory,
            status: self.status.unwrap_or(goods::ON_SALE),
            recommend_index: self.recommend_index.unwrap_or_default(),
            pictures: addresses("topLunBoTu", self.pictures)?,
            detail_pictures: addresses("detailePicture", self.detail_pictures)?,
            description: clean::text(&self.description.unwrap_or_default()),
        })
    }
}

fn addresses(field: &str, given: Option<Vec<String>>) -> Result<Vec<String>> {
    const LONGEST: usize = 300;
    let check = |given: String| match clean::address(field, Some(given))? {
        address if address.len() > LONGEST => Err(Error::field(field, format!("地址最多 {LONGEST} 个字"))),
        address => Ok(address),
    };
    given.unwrap_or_default().into_iter().map(check).collect()
}
