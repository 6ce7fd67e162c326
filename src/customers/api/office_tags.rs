//! The back office's tags of customers. Ours.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    clean,
    customers::office_tags::{self, Group},
    error::{Error, Result},
    identity::{Admin, Right},
    ids::{CustomerId, StaffId, TagId},
    web::{Answer, Body, Empty, NewId, Tag},
};

pub struct OfficeTagApi(pub App);

/// 公司或雷达用户的标签
#[derive(Debug, Object, Serialize)]
struct CompanyTag {
    id: i64,
    name: String,
    /// 标签属于哪位雷达用户；0 为公司的标签，所有人可用
    uid: i64,
    /// 公司的标签为空
    staff_name: String,
    /// 有此标签的客户数
    customer_num: i64,
}

/// 标签分组
#[derive(Debug, Object, Serialize)]
struct CompanyTagGroup {
    id: i64,
    name: String,
    /// 公司的标签在前，雷达用户自己的在后
    tag_list: Vec<CompanyTag>,
}

/// 包在 ret_data 中的标签分组
#[derive(Debug, Object, Serialize)]
struct CompanyTagGroups {
    ret_data: Vec<CompanyTagGroup>,
}

#[derive(Debug, Object)]
struct RelationTagsForm {
    /// 雷达用户 ID
    uid: i64,
    /// 标签 ID 列表，替换客户在此雷达用户处原有的标签；[] 为清空
    #[oai(validator(max_items = 100))]
    tag_list: Vec<i64>,
}

#[derive(Debug, Object)]
struct NewCompanyTagForm {
    /// 标签名或分组名
    #[oai(validator(max_length = 20))]
    name: String,
    /// 所属分组 ID；不传则添加分组
    parent_id: Option<i64>,
}

#[derive(Debug, Object)]
struct CompanyTagForm {
    /// 新的名称
    #[oai(validator(max_length = 20))]
    name: String,
}

impl From<Group> for CompanyTagGroup {
    fn from(group: Group) -> Self {
        let tags = group.tags.into_iter().map(|tag| CompanyTag {
            id: tag.id.0,
            name: tag.name,
            uid: tag.owner.map(|owner| owner.0).unwrap_or_default(),
            staff_name: tag.owner_name,
            customer_num: tag.customers,
        });
        Self { id: group.id.0, name: group.name, tag_list: tags.collect() }
    }
}

#[OpenApi(tag = "Tag::AdminCustomer")]
impl OfficeTagApi {
    /// 后台管理 - 客户标签 - 列表
    ///
    /// 全公司的标签，按分组；不分页。
    #[oai(path = "/zhugeleida/admin/customer/tags", method = "get", operation_id = "admin.customer.tags")]
    async fn list_company_tags(&self, admin: Admin) -> Result<Answer<CompanyTagGroups>> {
        admin.require(Right::CustomerRead)?;
        let groups = office_tags::groups(&self.0, &admin).await?;
        let ret_data = groups.into_iter().map(CompanyTagGroup::from).collect();
        Ok(Answer::new("查询成功", CompanyTagGroups { ret_data }))
    }

    /// 后台管理 - 客户 - 修改标签
    ///
    /// 替换客户在一位雷达用户处的全部标签；两者没有关系返回 302，标签不属于公司也不属于此雷达用户返回 301。
    #[oai(
        path = "/zhugeleida/admin/customer/update_tag/:customer_id",
        method = "post",
        operation_id = "admin.customer.update_tag"
    )]
    async fn replace_tags(
        &self,
        admin: Admin,
        customer_id: Path<i64>,
        form: Body<RelationTagsForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::CustomerWrite)?;
        let tags = form.0.tag_list.into_iter().map(TagId).collect();
        office_tags::replace(&self.0, &admin, StaffId(form.0.uid), CustomerId(customer_id.0), tags).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 客户标签 - 添加
    ///
    /// 添加公司的标签或分组。没有此分组返回 302，已有同名的返回 300。
    #[oai(path = "/zhugeleida/admin/customer_tag/add/:o_id", method = "post", operation_id = "admin.customer_tag.add")]
    async fn add_company_tag(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<NewCompanyTagForm>,
    ) -> Result<Answer<NewId>> {
        admin.require(Right::CustomerWrite)?;
        let _ = o_id;
        let id = office_tags::add(&self.0, &admin, form.0.parent_id.map(TagId), named(&form.0.name)?).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 客户标签 - 修改
    ///
    /// 只能修改公司的标签与分组，否则返回 302；已有同名的返回 300。
    #[oai(
        path = "/zhugeleida/admin/customer_tag/update/:o_id",
        method = "post",
        operation_id = "admin.customer_tag.update"
    )]
    async fn update_company_tag(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<CompanyTagForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::CustomerWrite)?;
        office_tags::rename(&self.0, &admin, TagId(o_id.0), named(&form.0.name)?).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 客户标签 - 删除
    ///
    /// 只能删除公司的标签与分组，否则返回 302；客户不再有此标签。分组下还有标签返回 304。
    #[oai(
        path = "/zhugeleida/admin/customer_tag/delete/:o_id",
        method = "post",
        operation_id = "admin.customer_tag.delete"
    )]
    async fn delete_company_tag(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::CustomerWrite)?;
        office_tags::delete(&self.0, &admin, TagId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}

fn named(name: &str) -> Result<String> {
    match clean::text(name.trim()) {
        name if name.is_empty() => Err(Error::field("name", "此字段不能为空")),
        name => Ok(name),
    }
}
