//! Products in the back office. Document 002, section 2.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::ProductCover;
use crate::{
    app::App,
    error::{Error, Result},
    identity::{Admin, Right},
    ids::{ProductId, StaffId},
    products::{self, Draft, Filter, Kind, Product, ProductContent, status_text},
    time::Zone,
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct AdminProductApi(pub App);

#[derive(Debug, Object)]
struct AdminProductFilter {
    /// 1 公司产品，2 个人产品
    product_type: i64,
    /// 1 已上架（含推荐），2 已下架，3 推荐；缺省为已上架
    status: Option<i64>,
    /// 产品名称，模糊搜索
    product_name: Option<String>,
    /// 公司 ID；只有超级管理员可以查看其它公司
    company_id: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 20
    length: Option<i64>,
}

/// 产品
#[derive(Debug, Object, Serialize)]
struct AdminProductRow {
    product_id: i64,
    content: ProductCover,
    name: String,
    price: String,
    publisher_date: String,
    /// 公司名，或雷达用户姓名
    publisher: String,
    status: String,
    status_code: i64,
    /// 推荐指数，0 到 10
    recommend_index: i64,
}

#[derive(Debug, Object)]
struct AdminProductChoice {
    /// 产品 ID
    product_id: i64,
    /// 1 公司产品，2 个人产品
    product_type: i64,
}

/// 产品详情
#[derive(Debug, Object, Serialize)]
struct AdminProduct {
    id: i64,
    publisher: String,
    publisher_date: String,
    name: String,
    price: String,
    user_avatar: String,
    reason: String,
    content: ProductContent,
    create_date: String,
    status: String,
    status_code: i64,
    recommend_index: i64,
}

#[derive(Debug, Object)]
struct ProductForm {
    /// 产品名称，公司内不能重复
    #[oai(validator(max_length = 200))]
    name: String,
    /// 产品价格，文本
    #[oai(validator(max_length = 100))]
    price: String,
    /// 推荐理由
    #[oai(validator(max_length = 1000))]
    reason: String,
    /// 产品封面与文章，如 {"cover_data":[{"type":"picture_url","data":["…"]}],"article_data":[{"type":"title","data":["…"]}]}
    content: Option<ProductContent>,
    /// 1 公司产品（缺省），2 个人产品
    product_type: Option<i64>,
    /// 个人产品所属的雷达用户
    u_id: Option<i64>,
}

#[derive(Debug, Object)]
struct ProductAddQuery {
    /// 不起作用
    product_id: Option<i64>,
    /// 1 公司产品，2 个人产品；可代替请求体中的同名字段
    product_type: Option<i64>,
}

#[derive(Debug, Object)]
struct ProductStatusForm {
    /// 1 已发布，2 已下架，3 推荐
    #[oai(validator(minimum(value = "1"), maximum(value = "3")))]
    status: i64,
}

/// 产品状态
#[derive(Debug, Object, Serialize)]
struct ProductStatus {
    product_id: i64,
    status: String,
    status_code: i64,
}

#[derive(Debug, Object)]
struct RecommendForm {
    /// 推荐指数：10 最前，1 最后，0 取消推荐
    #[oai(validator(minimum(value = "0"), maximum(value = "10")))]
    index: Option<i64>,
    /// 同 index
    #[oai(validator(minimum(value = "0"), maximum(value = "10")))]
    recommend_index: Option<i64>,
}

#[OpenApi(tag = "Tag::AdminProduct")]
impl AdminProductApi {
    /// 展示产品(公司产品+个人产品)
    ///
    /// 推荐指数大的在前，其次最新的在前；缺省每页 20 条。
    #[oai(path = "/zhugeleida/admin/product/product_list", method = "get", operation_id = "admin.product.list")]
    async fn list_products(
        &self,
        admin: Admin,
        filter: Params<AdminProductFilter>,
    ) -> Result<Answer<Page<AdminProductRow>>> {
        admin.require(Right::ProductRead)?;
        let filter = filter.0;
        let paging = Paging::new(filter.current_page, filter.length, 20)?;
        let wanted = Filter {
            company: admin.company_named(filter.company_id)?,
            kind: Kind::from_code(filter.product_type)?,
            status: filter.status.unwrap_or(1),
            name: filter.product_name,
        };
        let (products, count) = products::list(&self.0, wanted, paging).await?;
        let rows = products.into_iter().map(|product| AdminProductRow::new(product, &self.0.zone));
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 产品里 - 查看单个产品(公司产品+个人产品)
    #[oai(path = "/zhugeleida/admin/product/product_single", method = "get", operation_id = "admin.product.single")]
    async fn single_product(
        &self,
        admin: Admin,
        choice: Params<AdminProductChoice>,
    ) -> Result<Answer<Page<AdminProduct>>> {
        admin.require(Right::ProductRead)?;
        let kind = Kind::from_code(choice.0.product_type)?;
        let product = products::single(&self.0, &admin, ProductId(choice.0.product_id), kind).await?;
        Ok(Answer::new("查询成功", Page::whole(vec![AdminProduct::new(product, &self.0.zone)])))
    }

    /// 后台管理 - 产品里-增加产品
    ///
    /// 产品名称在公司内不能重复（300）。个人产品须以 u_id 指明所属的雷达用户。
    #[oai(path = "/zhugeleida/admin/product/add/:o_id", method = "post", operation_id = "admin.product.add")]
    async fn add_product(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        query: Params<ProductAddQuery>,
        form: Body<ProductForm>,
    ) -> Result<Answer<NewId>> {
        // Body takes from the query what the form lacks.
        let _ = (o_id, query);
        admin.require(Right::ProductWrite)?;
        let owner = match Kind::from_code(form.0.product_type.unwrap_or(1))? {
            Kind::Company => None,
            Kind::Staff => Some(form.0.u_id.ok_or_else(|| Error::field("u_id", "个人产品应指明所属的雷达用户"))?),
        };
        let draft = form.0.draft(None)?;
        let id = products::add(&self.0, &admin, draft, owner.map(StaffId)).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 产品里-修改公司和个人产品
    #[oai(path = "/zhugeleida/admin/product/update/:o_id", method = "post", operation_id = "admin.product.update")]
    async fn update_product(&self, admin: Admin, o_id: Path<i64>, form: Body<ProductForm>) -> Result<Answer<Empty>> {
        admin.require(Right::ProductWrite)?;
        let draft = form.0.draft(Some("此字段不能为空"))?;
        products::update(&self.0, &admin, ProductId(o_id.0), draft).await?;
        // The document's own message (contract: admin.product.update).
        Ok(Answer::done("添加成功"))
    }

    /// 后台管理 - 产品里-删除公司产品
    ///
    /// 超级管理员可删除公司产品与个人产品，其他角色只能删除个人产品（403）。
    #[oai(path = "/zhugeleida/admin/product/delete/:o_id", method = "post", operation_id = "admin.product.delete")]
    async fn delete_product(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::ProductWrite)?;
        products::delete(&self.0, &admin, ProductId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 后台管理 - 产品里 - 上架 | 下架产品
    #[oai(
        path = "/zhugeleida/admin/product/change_status/:o_id",
        method = "post",
        operation_id = "admin.product.change_status"
    )]
    async fn change_product_status(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<ProductStatusForm>,
    ) -> Result<Answer<ProductStatus>> {
        admin.require(Right::ProductWrite)?;
        let status_code = form.0.status;
        products::set_status(&self.0, &admin, ProductId(o_id.0), status_code).await?;
        let msg = match status_code {
            1 => "修改上架状态成功",
            products::WITHDRAWN => "修改下架状态成功",
            _ => "修改推荐状态成功",
        };
        let data = ProductStatus { product_id: o_id.0, status: status_text(status_code).to_owned(), status_code };
        Ok(Answer::new(msg, data))
    }

    /// 后台管理 - 产品里 - 修改产品推荐指数
    #[oai(
        path = "/zhugeleida/admin/product/recommend_index/:o_id",
        method = "post",
        operation_id = "admin.product.recommend_index"
    )]
    async fn recommend_product(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<RecommendForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::ProductWrite)?;
        let index = form.0.index.or(form.0.recommend_index).ok_or_else(|| Error::field("index", "此字段不能为空"))?;
        products::recommend(&self.0, &admin, ProductId(o_id.0), index).await?;
        Ok(Answer::done("修改成功"))
    }
}

impl ProductForm {
    /// `must` is why the content may not be left out.
    fn draft(self, must: Option<&str>) -> Result<Draft> {
        let content = match (self.content, must) {
            (None, Some(reason)) => return Err(Error::field("content", reason)),
            (content, _) => content.unwrap_or_default().cleaned()?,
        };
        Ok(Draft { name: self.name.trim().to_owned(), price: self.price, reason: self.reason, content })
    }
}

impl AdminProductRow {
    fn new(product: Product, zone: &Zone) -> Self {
        Self {
            product_id: product.id.0,
            publisher: product.publisher().to_owned(),
            content: ProductCover { cover_data: product.content.cover_data },
            name: product.name,
            price: product.price,
            publisher_date: zone.plain(product.created_at),
            status: status_text(product.status).to_owned(),
            status_code: product.status,
            recommend_index: product.recommend_index,
        }
    }
}

impl AdminProduct {
    fn new(product: Product, zone: &Zone) -> Self {
        Self {
            id: product.id.0,
            publisher: product.added_by(),
            publisher_date: zone.iso(product.created_at),
            name: product.name,
            price: product.price,
            user_avatar: product.staff_avatar,
            reason: product.reason,
            content: product.content,
            create_date: zone.date(product.created_at),
            status: status_text(product.status).to_owned(),
            status_code: product.status,
            recommend_index: product.recommend_index,
        }
    }
}
