//! Departments (部门). The documents presuppose them: staff are filtered by and put into departments.

use poem_openapi::{Object, OpenApi, param::Path, types::MaybeUndefined};
use serde::Serialize;

use super::{parent_change, trimmed};
use crate::{
    app::App,
    error::Result,
    identity::{Admin, Right, departments},
    ids::DepartmentId,
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct DepartmentApi(pub App);

/// 部门
#[derive(Debug, Object, Serialize)]
struct DepartmentRow {
    id: i64,
    /// 部门名称
    name: String,
    /// 上级部门 ID；顶级为 null
    parent_id: Option<i64>,
    /// 上级部门名称；顶级为空
    parent_name: String,
    /// 成员数
    user_count: i64,
    /// 创建时间
    create_date: String,
}

#[derive(Debug, Object)]
struct DepartmentFilter {
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct DepartmentForm {
    /// 部门名称；在公司内唯一
    #[oai(validator(max_length = 64))]
    name: String,
    /// 上级部门 ID；为空表示顶级，修改时不传表示不变
    parentid: MaybeUndefined<i64>,
    /// 同 parentid
    parent_id: MaybeUndefined<i64>,
}

impl DepartmentForm {
    fn parent(&self) -> Option<Option<DepartmentId>> {
        parent_change(&self.parentid, DepartmentId).or_else(|| parent_change(&self.parent_id, DepartmentId))
    }
}

#[OpenApi(tag = "Tag::AdminDepartment")]
impl DepartmentApi {
    /// 后台管理 - 部门 - 展示部门
    ///
    /// 本公司的部门，最新的在前。
    #[oai(path = "/zhugeleida/admin/department", method = "get", operation_id = "admin.department.list")]
    async fn list_departments(
        &self,
        admin: Admin,
        filter: Params<DepartmentFilter>,
    ) -> Result<Answer<Page<DepartmentRow>>> {
        admin.require(Right::StaffRead)?;
        let paging = Paging::new(filter.0.current_page, filter.0.length, 10)?;
        let (departments, count) = departments::page(&self.0, &admin, paging).await?;
        let rows = departments.into_iter().map(|listed| DepartmentRow {
            id: listed.department.id.0,
            name: listed.department.name,
            parent_id: listed.department.parent.map(|parent| parent.0),
            parent_name: listed.parent_name,
            user_count: listed.members,
            create_date: self.0.zone.plain(listed.created_at),
        });
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 部门 - 增加部门
    ///
    /// 公司已添加通讯录秘钥时，同时在企业微信中增加；企业微信拒绝则返回其错误码，不保存。
    #[oai(path = "/zhugeleida/admin/department/add/:o_id", method = "post", operation_id = "admin.department.add")]
    async fn add_department(&self, admin: Admin, o_id: Path<i64>, form: Body<DepartmentForm>) -> Result<Answer<NewId>> {
        admin.require(Right::DepartmentWrite)?;
        let _ = o_id;
        let parent = form.0.parent().flatten();
        let id = departments::add(&self.0, &admin, trimmed(&form.0.name), parent).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 部门 - 修改部门
    #[oai(
        path = "/zhugeleida/admin/department/update/:o_id",
        method = "post",
        operation_id = "admin.department.update"
    )]
    async fn update_department(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<DepartmentForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::DepartmentWrite)?;
        let (id, parent) = (DepartmentId(o_id.0), form.0.parent());
        departments::update(&self.0, &admin, id, trimmed(&form.0.name), parent).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 部门 - 删除部门
    ///
    /// 部门下有成员或下级部门时返回 304。
    #[oai(
        path = "/zhugeleida/admin/department/delete/:o_id",
        method = "post",
        operation_id = "admin.department.delete"
    )]
    async fn delete_department(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::DepartmentWrite)?;
        departments::delete(&self.0, &admin, DepartmentId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}
