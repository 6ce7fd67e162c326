//! The mall in the mini-program.

use poem_openapi::{Object, OpenApi};

use super::GoodRow;
use crate::{
    app::App,
    error::{Error, Result},
    identity::Customer,
    ids::{GoodId, GoodsClassId, StaffId},
    mall::{Filter, shop},
    web::{Answer, Page, Paging, Params, Tag},
};

pub struct ShopApi(pub App);

#[derive(Debug, Object)]
struct ShopFilter {
    /// 所属雷达用户，必填
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 名称中的一部分
    #[oai(rename = "goodsName")]
    name: Option<String>,
    /// 分类 ID；包括其下级分类
    #[oai(rename = "parentClassification")]
    class: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 20
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct ShopChoice {
    /// 所属雷达用户，必填
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 商品 ID
    goods_id: i64,
}

fn staff(uid: Option<i64>, u_id: Option<i64>) -> Result<StaffId> {
    uid.or(u_id).map(StaffId).ok_or_else(|| Error::field("uid", "此字段不能为空"))
}

#[OpenApi(tag = "Tag::CustomerMall")]
impl ShopApi {
    /// 小程序 - 商城 - 查看商品列表
    ///
    /// 公司的商品，不含未上架与已下架的；推荐指数大的在前，其次最新的在前；缺省每页 20 条。
    #[oai(path = "/zhugeleida/xiaochengxu/mallManage", method = "get", operation_id = "xiaochengxu.mallManage.list")]
    async fn list_offered(&self, customer: Customer, filter: Params<ShopFilter>) -> Result<Answer<Page<GoodRow>>> {
        let filter = filter.0;
        let staff = staff(filter.uid, filter.u_id)?;
        let paging = Paging::new(filter.current_page, filter.length, 20)?;
        let wanted = Filter {
            company: customer.company,
            id: None,
            name: filter.name,
            class: filter.class.map(GoodsClassId),
            status: None,
            only_offered: true,
        };
        let (goods, count) = shop::browse(&self.0, customer, staff, wanted, paging).await?;
        let rows = goods.into_iter().map(|good| GoodRow::of(good, &self.0.zone));
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }

    /// 小程序 - 商城 - 查看单个商品
    ///
    /// 转发与咨询见 mallManage/forward_product、mallManage/consult_product，以 goods_id 代替 product_id。
    #[oai(
        path = "/zhugeleida/xiaochengxu/mallManage/single",
        method = "get",
        operation_id = "xiaochengxu.mallManage.single"
    )]
    async fn look_at_good(&self, customer: Customer, choice: Params<ShopChoice>) -> Result<Answer<Page<GoodRow>>> {
        let choice = choice.0;
        let staff = staff(choice.uid, choice.u_id)?;
        let good = shop::look_at(&self.0, customer, staff, GoodId(choice.goods_id)).await?;
        Ok(Answer::new("查询成功", Page::whole(vec![GoodRow::of(good, &self.0.zone)])))
    }
}
