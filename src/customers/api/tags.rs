//! Work WeChat: customer tags. Document 003.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    customers::{
        changes::{self, Outlook},
        tags,
    },
    error::{Error, Result},
    identity::Staff,
    ids::{CustomerId, TagId},
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct TagApi(pub App);

#[derive(Debug, Object)]
struct CustomerTagFilter {
    /// 客户 ID：is_select 表示此客户是否有该标签
    customer_id: Option<i64>,
}

/// 标签
#[derive(Debug, Object, Serialize)]
struct CustomerTagRow {
    id: i64,
    name: String,
    /// 指定的客户是否有此标签
    is_select: bool,
}

/// 标签分组
#[derive(Debug, Object, Serialize)]
struct CustomerTagGroup {
    name: String,
    tags: Vec<CustomerTagRow>,
}

/// 分级展示的标签
#[derive(Debug, Object, Serialize)]
struct CustomerTagGroups {
    ret_data: Vec<CustomerTagGroup>,
    /// 分组的个数
    tag_count: i64,
}

#[derive(Debug, Object)]
struct TagCustomerFilter {
    /// 只看这个标签
    tag_id: Option<i64>,
    /// customer_list 的页码，从 1 开始
    current_page: Option<i64>,
    /// customer_list 的长度，默认 20，最多 100
    length: Option<i64>,
}

/// 有此标签的客户
#[derive(Debug, Object, Serialize)]
struct TaggedCustomer {
    id: i64,
    headimgurl: String,
    name: String,
}

/// 有客户的标签
#[derive(Debug, Object, Serialize)]
struct UsedTag {
    id: i64,
    name: String,
    /// 同 id
    tag_id: i64,
    /// 客户总数
    customer_num: i64,
    /// 最近的客户
    customer_list: Vec<TaggedCustomer>,
}

/// 有客户的标签
#[derive(Debug, Object, Serialize)]
struct UsedTags {
    ret_data: Vec<UsedTag>,
    /// 标签的个数
    ret_count: i64,
}

/// 常用的标签
#[derive(Debug, Object, Serialize)]
struct TopTag {
    id: i64,
    name: String,
    /// 客户总数
    customer_num: i64,
}

#[derive(Debug, Object)]
struct NewTagForm {
    /// 标签名
    #[oai(validator(max_length = 20))]
    name: String,
    /// 客户 ID 的列表
    customer_list: Option<Vec<i64>>,
}

#[derive(Debug, Object)]
struct OwnTagForm {
    /// 标签名；不传则不变
    #[oai(validator(max_length = 20))]
    name: Option<String>,
    /// 客户 ID 的列表，替换原有的客户；不传则不变
    customer_list: Option<Vec<i64>>,
}

#[derive(Debug, Object)]
struct CustomerTagNameForm {
    /// 标签名
    #[oai(validator(max_length = 20))]
    name: String,
}

#[derive(Debug, Object)]
struct CustomerTagBinding {
    /// 标签 ID 的列表，替换客户原有的标签
    tag_list: Option<Vec<i64>>,
    /// 标签名：给客户加上这个标签
    #[oai(validator(max_length = 20))]
    name: Option<String>,
}

#[OpenApi(tag = "Tag::StaffTag")]
impl TagApi {
    /// 查询所有标签 【分级展示】
    ///
    /// 公司的标签与自己的标签，自己的在「自定义」分组下；不分页。
    #[oai(path = "/zhugeleida/qiyeweixin/tag_list", method = "get", operation_id = "qiyeweixin.tag_list.list")]
    async fn list_tags(&self, staff: Staff, filter: Params<CustomerTagFilter>) -> Result<Answer<CustomerTagGroups>> {
        let groups = tags::groups(&self.0, staff, filter.0.customer_id.map(CustomerId)).await?;
        let groups = groups.into_iter().map(|group| CustomerTagGroup {
            name: group.name,
            tags: group
                .tags
                .into_iter()
                .map(|tag| CustomerTagRow { id: tag.id.0, name: tag.name, is_select: tag.is_selected })
                .collect(),
        });
        let ret_data: Vec<_> = groups.collect();
        let tag_count = count(&ret_data);
        Ok(Answer::new("请求成功", CustomerTagGroups { ret_data, tag_count }))
    }

    /// 添加标签 （同时绑定此标签到此客户）
    ///
    /// o_id 为客户 ID。已有同名标签时直接绑定；不是自己的客户返回 307。
    #[oai(
        path = "/zhugeleida/qiyeweixin/tag_list/add_tag/:o_id",
        method = "post",
        operation_id = "qiyeweixin.tag_list.add_tag"
    )]
    async fn add_tag(&self, staff: Staff, o_id: Path<i64>, form: Body<CustomerTagNameForm>) -> Result<Answer<NewId>> {
        let id = tags::add(&self.0, staff, CustomerId(o_id.0), named(&form.0.name)?).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 为客户绑定标签
    ///
    /// o_id 为客户 ID。tag_list 替换客户原有的标签，name 给客户加上一个标签；两者至少传一个。不是自己的客户返回 307。
    #[oai(
        path = "/zhugeleida/qiyeweixin/tag_list/customer_tag/:o_id",
        method = "post",
        operation_id = "qiyeweixin.tag_list.customer_tag"
    )]
    async fn bind_tags(&self, staff: Staff, o_id: Path<i64>, form: Body<CustomerTagBinding>) -> Result<Answer<Empty>> {
        let (form, customer) = (form.0, CustomerId(o_id.0));
        match (form.tag_list, form.name) {
            (Some(ids), _) => {
                let tags = Some(ids.into_iter().map(TagId).collect());
                changes::set_outlook(&self.0, staff, customer, Outlook { tags, ..Outlook::default() }).await?;
            }
            (None, Some(name)) => {
                tags::add(&self.0, staff, customer, named(&name)?).await?;
            }
            (None, None) => return Err(Error::field("tag_list", "tag_list 与 name 至少传一个")),
        }
        Ok(Answer::done("添加成功"))
    }

    /// 查询标签（有客户关联的标签全部显示出来）
    ///
    /// 自己的客户所用的标签，客户多的在前。customer_num 为客户总数；customer_list 只列最近的 20 位，要看其余的请传 tag_id 与 current_page。
    #[oai(path = "/zhugeleida/qiyeweixin/tag_customer", method = "get", operation_id = "qiyeweixin.tag_customer.list")]
    async fn list_used(&self, staff: Staff, filter: Params<TagCustomerFilter>) -> Result<Answer<UsedTags>> {
        let filter = filter.0;
        let paging = Paging::new(filter.current_page, filter.length, 20)?;
        let used = tags::in_use(&self.0, staff, filter.tag_id.map(TagId), paging).await?;
        let ret_data: Vec<_> = used.into_iter().map(UsedTag::from).collect();
        let ret_count = count(&ret_data);
        Ok(Answer::new("", UsedTags { ret_data, ret_count }))
    }

    /// 添加标签 (并绑定对应的客户)
    ///
    /// 没有客户返回 302；自己或公司已有同名标签返回 301。
    #[oai(
        path = "/zhugeleida/qiyeweixin/tag_customer/add/:o_id",
        method = "post",
        operation_id = "qiyeweixin.tag_customer.add"
    )]
    async fn add_with_customers(&self, staff: Staff, o_id: Path<i64>, form: Body<NewTagForm>) -> Result<Answer<NewId>> {
        let _ = o_id;
        let customers = ids(form.0.customer_list.unwrap_or_default());
        let id = tags::add_with_customers(&self.0, staff, named(&form.0.name)?, customers).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 修改标签及其客户
    ///
    /// 只能修改自己的标签，否则返回 302。customer_list 替换原有的全部客户。
    #[oai(
        path = "/zhugeleida/qiyeweixin/tag_customer/update/:o_id",
        method = "post",
        operation_id = "qiyeweixin.tag_customer.update"
    )]
    async fn update_own(&self, staff: Staff, o_id: Path<i64>, form: Body<OwnTagForm>) -> Result<Answer<Empty>> {
        let name = form.0.name.as_deref().map(named).transpose()?;
        tags::update(&self.0, staff, TagId(o_id.0), name, form.0.customer_list.map(ids)).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 删除标签
    ///
    /// 只能删除自己的标签，否则返回 302；客户不再有此标签。
    #[oai(
        path = "/zhugeleida/qiyeweixin/tag_customer/delete/:o_id",
        method = "post",
        operation_id = "qiyeweixin.tag_customer.delete"
    )]
    async fn delete_own(&self, staff: Staff, o_id: Path<i64>) -> Result<Answer<Empty>> {
        tags::delete(&self.0, staff, TagId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 常用标签
    ///
    /// 自己的客户用得最多的九个标签。
    #[oai(path = "/zhugeleida/qiyeweixin/search/get_tag", method = "get", operation_id = "qiyeweixin.search.get_tag")]
    async fn list_top(&self, staff: Staff) -> Result<Answer<Page<TopTag>>> {
        let top = tags::top(&self.0, staff, 9).await?;
        let rows = top.into_iter().map(|tag| TopTag { id: tag.id.0, name: tag.name, customer_num: tag.customers });
        Ok(Answer::new("查询成功", Page::whole(rows.collect())))
    }
}

impl From<tags::Used> for UsedTag {
    fn from(tag: tags::Used) -> Self {
        let faces = tag.faces.into_iter();
        Self {
            id: tag.id.0,
            name: tag.name,
            tag_id: tag.id.0,
            customer_num: tag.customers,
            customer_list: faces
                .map(|face| TaggedCustomer { id: face.customer.0, headimgurl: face.avatar, name: face.name })
                .collect(),
        }
    }
}

fn ids(list: Vec<i64>) -> Vec<CustomerId> {
    list.into_iter().map(CustomerId).collect()
}

fn count<T>(rows: &[T]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

fn named(name: &str) -> Result<String> {
    match name.trim() {
        "" => Err(Error::field("name", "此字段不能为空")),
        name => Ok(name.to_owned()),
    }
}
