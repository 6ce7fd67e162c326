//! Roles, managed by staff (角色). Document 003.

use poem_openapi::{Object, OpenApi, param::Path, types::MaybeUndefined};
use serde::Serialize;

use super::permissions::{self, Fields};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{Staff, api::trimmed, roles},
    ids::{PermissionId, RoleId},
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct RoleApi(pub App);

/// 角色
#[derive(Debug, Object, Serialize)]
struct TeamRoleRow {
    id: i64,
    name: String,
    /// 同 id
    role_id: i64,
    create_date: String,
}

#[derive(Debug, Object)]
struct TeamRoleQuery {
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct TeamRoleForm {
    /// 角色名称
    #[oai(validator(max_length = 50))]
    name: String,
}

/// 角色；同时带有 path 与 title 时是权限条目
#[derive(Debug, Object)]
struct RoleOrPermissionForm {
    /// 角色名称，角色必填
    #[oai(validator(max_length = 50))]
    name: Option<String>,
    /// 权限条目的访问 URL
    #[oai(validator(max_length = 200))]
    path: Option<String>,
    /// 权限条目的图标
    #[oai(validator(max_length = 200))]
    icon: MaybeUndefined<String>,
    /// 权限条目的标题
    #[oai(validator(max_length = 50))]
    title: Option<String>,
    /// 权限条目的父级 ID；为空表示顶级
    pid_id: MaybeUndefined<i64>,
    /// 权限条目的排序序号
    order_num: Option<i64>,
    /// 同 order_num
    order: Option<i64>,
}

#[OpenApi(tag = "Tag::StaffManage")]
impl RoleApi {
    /// 查询角色
    ///
    /// 最新的在前，默认每页 10 条：所有公司共用的角色与本公司的角色。
    #[oai(path = "/zhugeleida/qiyeweixin/role", method = "get", operation_id = "qiyeweixin.role.list")]
    async fn list_team_roles(&self, staff: Staff, query: Params<TeamRoleQuery>) -> Result<Answer<Page<TeamRoleRow>>> {
        let paging = Paging::new(query.0.current_page, query.0.length, 10)?;
        let (roles, count) = roles::list(&self.0, staff.only_company(), paging).await?;
        let rows = roles.into_iter().map(|role| TeamRoleRow {
            id: role.id.0,
            name: role.name,
            role_id: role.id.0,
            create_date: self.0.zone.iso(role.created_at),
        });
        Ok(Answer::new("", Page::new(rows.collect(), count)))
    }

    /// 增加角色
    ///
    /// 仅角色 1 和 2；角色 1 增加的角色所有公司共用，其余只属于自己的公司。名称重复时返回 300。
    /// 请求体同时带有 path 与 title 时增加权限条目（与 quanxian/add 相同）。
    #[oai(path = "/zhugeleida/qiyeweixin/role/add/:o_id", method = "post", operation_id = "qiyeweixin.role.add")]
    async fn add_team_role(
        &self,
        staff: Staff,
        o_id: Path<i64>,
        form: Body<RoleOrPermissionForm>,
    ) -> Result<Answer<NewId>> {
        let _ = o_id;
        match form.0.read()? {
            Meant::Role(name) => self.add(staff, name).await,
            Meant::Permission(fields) => permissions::add(&self.0, staff, fields).await,
        }
    }

    /// 增加角色
    #[oai(path = "/zhugeleida/qiyeweixin/role", method = "post", operation_id = "qiyeweixin.role.add.alias")]
    async fn add_team_role_at_list(&self, staff: Staff, form: Body<TeamRoleForm>) -> Result<Answer<NewId>> {
        self.add(staff, trimmed(&form.0.name)).await
    }

    /// 删除角色
    ///
    /// 仅角色 1 和 2。仍有用户属于此角色时返回 304；角色 1、2、3 不能删除。
    #[oai(path = "/zhugeleida/qiyeweixin/role/delete/:o_id", method = "post", operation_id = "qiyeweixin.role.delete")]
    async fn delete_team_role(&self, staff: Staff, o_id: Path<i64>) -> Result<Answer<Empty>> {
        roles::delete(&self.0, staff.manager()?, RoleId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 修改角色
    ///
    /// 仅角色 1 和 2；后台的权限选择不变。请求体同时带有 path 与 title 时修改权限条目（与 quanxian/update 相同）。
    #[oai(path = "/zhugeleida/qiyeweixin/role/update/:o_id", method = "post", operation_id = "qiyeweixin.role.update")]
    async fn update_team_role(
        &self,
        staff: Staff,
        o_id: Path<i64>,
        form: Body<RoleOrPermissionForm>,
    ) -> Result<Answer<Empty>> {
        match form.0.read()? {
            Meant::Role(name) => {
                roles::update(&self.0, staff.manager()?, RoleId(o_id.0), name, None).await?;
                Ok(Answer::done("修改成功"))
            }
            Meant::Permission(fields) => permissions::update(&self.0, staff, PermissionId(o_id.0), fields).await,
        }
    }
}

impl RoleApi {
    async fn add(&self, staff: Staff, name: String) -> Result<Answer<NewId>> {
        let id = roles::add(&self.0, staff.manager()?, name, Vec::new()).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }
}

enum Meant {
    Role(String),
    Permission(Fields),
}

impl RoleOrPermissionForm {
    fn read(self) -> Result<Meant> {
        let Self { name, path, icon, title, pid_id, order_num, order } = self;
        match (path, title, name) {
            (Some(path), Some(title), _) => {
                Ok(Meant::Permission(Fields { path, icon, title, pid_id, order: order_num.or(order) }))
            }
            (_, _, Some(name)) => Ok(Meant::Role(trimmed(&name))),
            _ => Err(Error::field("name", "此字段不能为空")),
        }
    }
}
