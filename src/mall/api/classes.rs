//! Classes of goods. Document 000, 小程序 商品分类管理.

use poem_openapi::{Object, OpenApi, param::Path, types::MaybeUndefined};
use serde::Serialize;

use crate::{
    app::App,
    error::Result,
    identity::{Right, UnstampedAdmin, UnstampedAdminOrCustomer},
    ids::GoodsClassId,
    mall::{Class, classes},
    web::{Answer, Body, Empty, NewId, Params, Tag},
};

pub struct GoodsClassApi(pub App);

#[derive(Debug, Object)]
struct GoodsClassForm {
    /// 分类名称
    #[oai(rename = "classificationName", validator(max_length = 50))]
    name: String,
    /// 该分类商品总数；不保存，商品数由系统统计
    #[oai(rename = "goodsNum", validator(minimum(value = "0")))]
    goods_num: i64,
    /// 父级分类 ID；为空是一级分类，修改时不传则不变
    #[oai(rename = "parentClassification")]
    parent: MaybeUndefined<i64>,
}

#[derive(Debug, Object)]
struct GoodsClassFilter {
    /// 只查询此分类及其下级
    #[oai(rename = "singleUser")]
    single: Option<i64>,
}

/// 商品分类
#[derive(Debug, Object, Serialize)]
struct GoodsClass {
    name: String,
    id: i64,
    /// 直接在此分类中的商品数
    #[oai(rename = "goodsNum")]
    #[serde(rename = "goodsNum")]
    goods: i64,
    /// 下级分类；没有时不返回
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    children: Option<Vec<GoodsClass>>,
}

#[OpenApi(tag = "Tag::AdminMall")]
impl GoodsClassApi {
    /// 小程序 - 商品分类管理 添加 说明
    ///
    /// 由管理员签名，可以不带 timestamp。分类最多五级。
    #[oai(
        path = "/zhugeleida/xiaochengxu/goodsClassOper/add/:o_id",
        method = "post",
        operation_id = "xiaochengxu.goodsClassOper.add"
    )]
    async fn add_class(
        &self,
        admin: UnstampedAdmin,
        o_id: Path<i64>,
        form: Body<GoodsClassForm>,
    ) -> Result<Answer<NewId>> {
        let (admin, form, _) = (admin.0, form.0, o_id);
        admin.require(Right::MallWrite)?;
        let (name, parent, _) = form.parts();
        let id = classes::add(&self.0, &admin, name, parent.flatten()).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 小程序 - 商品分类管理 修改 说明
    ///
    /// 由管理员签名，可以不带 timestamp。父级不能是自己或自己的下级。
    #[oai(
        path = "/zhugeleida/xiaochengxu/goodsClassOper/update/:o_id",
        method = "post",
        operation_id = "xiaochengxu.goodsClassOper.update"
    )]
    async fn update_class(
        &self,
        admin: UnstampedAdmin,
        o_id: Path<i64>,
        form: Body<GoodsClassForm>,
    ) -> Result<Answer<Empty>> {
        let admin = admin.0;
        admin.require(Right::MallWrite)?;
        let (name, parent, _) = form.0.parts();
        classes::update(&self.0, &admin, GoodsClassId(o_id.0), name, parent).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 小程序 - 商品分类管理 删除 说明
    ///
    /// 由管理员签名，可以不带 timestamp。含有下级分类或商品时返回 304。
    #[oai(
        path = "/zhugeleida/xiaochengxu/goodsClassOper/delete/:o_id",
        method = "post",
        operation_id = "xiaochengxu.goodsClassOper.delete"
    )]
    async fn delete_class(&self, admin: UnstampedAdmin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        let admin = admin.0;
        admin.require(Right::MallWrite)?;
        classes::delete(&self.0, &admin, GoodsClassId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 小程序 - 商品分类管理 查询 说明
    ///
    /// 由管理员或客户签名，可以不带 timestamp。返回公司的分类树，先添加的在前。
    #[oai(
        path = "/zhugeleida/xiaochengxu/goodsClassShow",
        method = "get",
        operation_id = "xiaochengxu.goodsClassShow.list"
    )]
    async fn show_classes(
        &self,
        caller: UnstampedAdminOrCustomer,
        filter: Params<GoodsClassFilter>,
    ) -> Result<Answer<Vec<GoodsClass>>> {
        let company = match caller {
            UnstampedAdminOrCustomer::Admin(admin) => {
                admin.require(Right::MallRead)?;
                admin.company
            }
            UnstampedAdminOrCustomer::Customer(customer) => customer.company,
        };
        let tree = classes::tree(&self.0, company, filter.0.single.map(GoodsClassId)).await?;
        Ok(Answer::new("查询成功", tree.into_iter().map(GoodsClass::from).collect()))
    }
}

impl GoodsClassForm {
    /// The name, the parent that was sent, and the number that is only checked.
    fn parts(self) -> (String, Option<Option<GoodsClassId>>, i64) {
        let parent = match self.parent {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(id) => Some(Some(GoodsClassId(id))),
        };
        (self.name.trim().to_owned(), parent, self.goods_num)
    }
}

impl From<Class> for GoodsClass {
    fn from(class: Class) -> Self {
        let children: Vec<Self> = class.children.into_iter().map(Self::from).collect();
        let children = Some(children).filter(|children| !children.is_empty());
        Self { name: class.name, id: class.id.0, goods: class.goods, children }
    }
}
