//! Products in the mini-program. Documents 000 and 001.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::ProductCover;
use crate::{
    app::App,
    error::{Error, FieldErrors, Result},
    identity::Customer,
    ids::{GoodId, ProductId, StaffId},
    mall,
    products::{self, ProductContent, status_text},
    web::{Answer, Empty, Page, Paging, Params, Tag},
};

pub struct CustomerProductApi(pub App);

#[derive(Debug, Object)]
struct CustomerProductFilter {
    /// 所属雷达用户
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 20
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct CustomerProductChoice {
    /// 所属雷达用户
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 产品 ID
    product_id: Option<i64>,
}

/// As [`CustomerProductChoice`], or a good of the mall: the two share these addresses.
#[derive(Debug, Object)]
struct CustomerProductOrGood {
    /// 所属雷达用户
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 产品 ID
    product_id: Option<i64>,
    /// 商城商品 ID，代替 product_id
    goods_id: Option<i64>,
}

/// What a customer forwards or asks about.
enum Thing {
    Product(StaffId, ProductId),
    Good(StaffId, GoodId),
}

impl CustomerProductOrGood {
    fn thing(self) -> Result<Thing> {
        let Self { uid, u_id, product_id, goods_id } = self;
        if let (Some(staff), Some(good)) = (uid.or(u_id), goods_id) {
            return Ok(Thing::Good(StaffId(staff), GoodId(good)));
        }
        // A good without a salesperson lacks no product.
        let (staff, product) = CustomerProductChoice { uid, u_id, product_id: product_id.or(goods_id) }.ids()?;
        Ok(Thing::Product(staff, product))
    }
}

impl CustomerProductChoice {
    fn ids(&self) -> Result<(StaffId, ProductId)> {
        let mut missing = FieldErrors::new();
        let staff = self.uid.or(self.u_id);
        if staff.is_none() {
            missing.add("uid", "此字段不能为空");
        }
        if self.product_id.is_none() {
            missing.add("product_id", "此字段不能为空");
        }
        match (staff, self.product_id) {
            (Some(staff), Some(product)) => Ok((StaffId(staff), ProductId(product))),
            _ => Err(Error::Invalid(missing)),
        }
    }
}

/// 产品
#[derive(Debug, Object, Serialize)]
struct CustomerProductRow {
    id: i64,
    publisher_date: String,
    content: ProductCover,
    name: String,
    price: String,
    /// 雷达用户的头像
    user_avatar: String,
    /// 雷达用户的姓名
    username: String,
    /// 雷达用户的职位
    position: String,
    reason: String,
    create_date: String,
    status: String,
    status_code: i64,
}

/// 产品详情
#[derive(Debug, Object, Serialize)]
struct CustomerProduct {
    id: i64,
    name: String,
    price: String,
    /// 雷达用户的头像
    user_avatar: String,
    /// 雷达用户的姓名
    username: String,
    /// 雷达用户的职位
    position: String,
    reason: String,
    publisher_date: String,
    content: ProductContent,
    create_date: String,
    status: String,
    status_code: i64,
}

/// 产品详情与未读消息数
#[derive(Debug, Object, Serialize)]
struct CustomerProductPage {
    ret_data: Vec<CustomerProduct>,
    /// 雷达用户发来的未读消息数
    chatinfo_count: i64,
    data_count: i64,
}

#[OpenApi(tag = "Tag::CustomerProduct")]
impl CustomerProductApi {
    /// 小程序 - 产品-查看所有产品
    ///
    /// 公司的与此雷达用户的产品，不含已下架的；推荐指数大的在前，其次最新的在前；缺省每页 20 条。
    #[oai(
        path = "/zhugeleida/xiaochengxu/product/product_list",
        method = "get",
        operation_id = "xiaochengxu.product.product_list"
    )]
    async fn list_offered(
        &self,
        customer: Customer,
        filter: Params<CustomerProductFilter>,
    ) -> Result<Answer<Page<CustomerProductRow>>> {
        let filter = filter.0;
        let staff = filter.uid.or(filter.u_id).ok_or_else(|| Error::field("uid", "此字段不能为空"))?;
        let paging = Paging::new(filter.current_page, filter.length, 20)?;
        let (seller, products, count) = products::browse(&self.0, customer, StaffId(staff), paging).await?;
        let zone = &self.0.zone;
        let rows = products.into_iter().map(|product| CustomerProductRow {
            id: product.id.0,
            publisher_date: zone.iso(product.created_at),
            content: ProductCover { cover_data: product.content.cover_data },
            name: product.name,
            price: product.price,
            user_avatar: seller.avatar.clone(),
            username: seller.name.clone(),
            position: seller.position.clone(),
            reason: product.reason,
            create_date: zone.date(product.created_at),
            status: status_text(product.status).to_owned(),
            status_code: product.status,
        });
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }

    /// 小程序 - 产品-查看单个产品
    #[oai(
        path = "/zhugeleida/xiaochengxu/product/product_single",
        method = "get",
        operation_id = "xiaochengxu.product.product_single"
    )]
    async fn look_at_product(
        &self,
        customer: Customer,
        choice: Params<CustomerProductChoice>,
    ) -> Result<Answer<CustomerProductPage>> {
        let (staff, id) = choice.0.ids()?;
        let look = products::look_at(&self.0, customer, staff, id).await?;
        let (product, zone) = (look.product, &self.0.zone);
        let row = CustomerProduct {
            id: product.id.0,
            name: product.name,
            price: product.price,
            user_avatar: look.seller.avatar,
            username: look.seller.name,
            position: look.seller.position,
            reason: product.reason,
            publisher_date: zone.iso(product.created_at),
            content: product.content,
            create_date: zone.date(product.created_at),
            status: status_text(product.status).to_owned(),
            status_code: product.status,
        };
        let page = CustomerProductPage { ret_data: vec![row], chatinfo_count: look.unread, data_count: 1 };
        Ok(Answer::new("查询成功", page))
    }

    /// 小程序 - 产品里-记录转发产品动作
    #[oai(
        path = "/zhugeleida/xiaochengxu/mallManage/forward_product",
        method = "get",
        operation_id = "xiaochengxu.mallManage.forward_product"
    )]
    async fn forward_product(
        &self,
        customer: Customer,
        choice: Params<CustomerProductOrGood>,
    ) -> Result<Answer<Empty>> {
        match choice.0.thing()? {
            Thing::Product(staff, id) => products::forward(&self.0, customer, staff, id).await?,
            Thing::Good(staff, id) => mall::forward(&self.0, customer, staff, id).await?,
        }
        Ok(Answer::done("记录转发产品成功"))
    }

    /// 小程序 - 产品里-记录转发产品动作（另一地址）
    #[oai(
        path = "/zhugeleida/xiaochengxu/product/forward_product",
        method = "get",
        operation_id = "xiaochengxu.mallManage.forward_product.alias"
    )]
    async fn forward_product_alias(
        &self,
        customer: Customer,
        choice: Params<CustomerProductOrGood>,
    ) -> Result<Answer<Empty>> {
        self.forward_product(customer, choice).await
    }

    /// 小程序 - 咨询商品
    ///
    /// 同时在聊天中发送一条产品咨询（info_type 2）。
    #[oai(
        path = "/zhugeleida/xiaochengxu/mallManage/consult_product",
        method = "get",
        operation_id = "xiaochengxu.mallManage.consult_product"
    )]
    async fn consult_product(
        &self,
        customer: Customer,
        choice: Params<CustomerProductOrGood>,
    ) -> Result<Answer<Empty>> {
        match choice.0.thing()? {
            Thing::Product(staff, id) => products::consult(&self.0, customer, staff, id).await?,
            Thing::Good(staff, id) => mall::consult(&self.0, customer, staff, id).await?,
        }
        Ok(Answer::done("咨询产品成功"))
    }

    /// 小程序 - 咨询商品（另一地址）
    #[oai(
        path = "/zhugeleida/xiaochengxu/product/consult_product",
        method = "get",
        operation_id = "xiaochengxu.mallManage.consult_product.alias"
    )]
    async fn consult_product_alias(
        &self,
        customer: Customer,
        choice: Params<CustomerProductOrGood>,
    ) -> Result<Answer<Empty>> {
        self.consult_product(customer, choice).await
    }
}
