//! Roles of back-office accounts (角色). Document 002, section 4.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::trimmed;
use crate::{
    app::App,
    error::Result,
    identity::{Admin, Right, roles},
    ids::{RoleId, RuleId},
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct RoleApi(pub App);

/// 角色
#[derive(Debug, Object, Serialize)]
struct RoleRow {
    /// 角色 ID
    role_id: i64,
    /// 角色名称
    role_name: String,
    /// 全部权限条目，标明此角色拥有哪些
    rules_data: Vec<RoleRule>,
    /// 创建时间
    create_date: String,
}

/// 父级权限条目
#[derive(Debug, Object, Serialize)]
struct RoleRule {
    /// 父级 ID
    parent_rule_id: i64,
    /// 父级名称
    parent_rule_name: String,
    /// 此角色是否拥有
    selected: bool,
    /// 子级权限条目
    children_rule_list: Vec<RoleChildRule>,
}

/// 子级权限条目
#[derive(Debug, Object, Serialize)]
struct RoleChildRule {
    /// 子级 ID
    children_rule_id: i64,
    /// 子级名称
    children_rule_name: String,
    /// 此角色是否拥有
    selected: bool,
}

#[derive(Debug, Object)]
struct RoleFilter {
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct RoleForm {
    /// 角色名称
    #[oai(validator(max_length = 50))]
    name: String,
    /// 选中的权限条目 ID 列表
    rules_list: Vec<i64>,
}

#[OpenApi(tag = "Tag::AdminRole")]
impl RoleApi {
    /// 后台管理 - 角色 - 展示全部角色
    ///
    /// 最新的在前。所有公司共用的角色由超级管理员维护；其他人建的角色只属于自己的公司。
    #[oai(path = "/zhugeleida/admin/admin_role", method = "get", operation_id = "admin.admin_role.list")]
    async fn list_roles(&self, admin: Admin, filter: Params<RoleFilter>) -> Result<Answer<Page<RoleRow>>> {
        admin.require(Right::RoleRead)?;
        let paging = Paging::new(filter.0.current_page, filter.0.length, 10)?;
        let page = roles::page(&self.0, &admin, paging).await?;
        let rules_of = |role: RoleId| {
            let tops = page.tree.iter().map(|(top, below)| RoleRule {
                parent_rule_id: top.id.0,
                parent_rule_name: top.name.clone(),
                selected: page.has(role, top.id),
                children_rule_list: below
                    .iter()
                    .map(|rule| RoleChildRule {
                        children_rule_id: rule.id.0,
                        children_rule_name: rule.name.clone(),
                        selected: page.has(role, rule.id),
                    })
                    .collect(),
            });
            tops.collect()
        };
        let rows = page.roles.iter().map(|role| RoleRow {
            role_id: role.id.0,
            role_name: role.name.clone(),
            rules_data: rules_of(role.id),
            create_date: self.0.zone.plain(role.created_at),
        });
        Ok(Answer::new("查询成功", Page::new(rows.collect(), page.count)))
    }

    /// 后台管理 - 角色 - 增加角色
    #[oai(path = "/zhugeleida/admin/admin_role/add/:o_id", method = "post", operation_id = "admin.admin_role.add")]
    async fn add_role(&self, admin: Admin, o_id: Path<i64>, form: Body<RoleForm>) -> Result<Answer<NewId>> {
        admin.require(Right::RoleWrite)?;
        let _ = o_id;
        let rules = form.0.rules_list.into_iter().map(RuleId).collect();
        let id = roles::add(&self.0, &admin, trimmed(&form.0.name), rules).await?;
        Ok(Answer::new("增加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 角色 - 修改角色
    ///
    /// rules_list 替换原有的全部选择。超级管理员角色不能修改。
    #[oai(
        path = "/zhugeleida/admin/admin_role/update/:o_id",
        method = "post",
        operation_id = "admin.admin_role.update"
    )]
    async fn update_role(&self, admin: Admin, o_id: Path<i64>, form: Body<RoleForm>) -> Result<Answer<Empty>> {
        admin.require(Right::RoleWrite)?;
        let rules = form.0.rules_list.into_iter().map(RuleId).collect();
        roles::update(&self.0, &admin, RoleId(o_id.0), trimmed(&form.0.name), Some(rules)).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 角色 - 删除角色
    ///
    /// 仍有用户属于此角色时返回 304。角色 1、2、3 不能删除。
    #[oai(
        path = "/zhugeleida/admin/admin_role/delete/:o_id",
        method = "post",
        operation_id = "admin.admin_role.delete"
    )]
    async fn delete_role(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::RoleWrite)?;
        roles::delete(&self.0, &admin, RoleId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}
