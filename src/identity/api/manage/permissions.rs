//! Permission entries, managed by staff (权限). Document 003.

use std::collections::HashMap;

use poem_openapi::{Object, OpenApi, param::Path, types::MaybeUndefined};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::{
        Staff,
        api::{parent_change, text_change, trimmed},
        permissions::{self, Permission, PermissionForm},
    },
    ids::PermissionId,
    time::Zone,
    web::{Answer, Body, Empty, NewId, Tag},
};

pub struct PermissionApi(pub App);

/// 权限条目
#[derive(Debug, Object, Serialize)]
struct PermissionRow {
    id: i64,
    /// 访问 URL
    path: String,
    /// 图标
    icon: String,
    /// 标题
    title: String,
    /// 父级 ID；顶级为 null
    pid_id: Option<i64>,
    /// 排序序号
    order_num: i64,
    create_date: String,
}

/// 权限条目及其下级
#[derive(Debug, Object, Serialize)]
struct PermissionBranch {
    id: i64,
    /// 访问 URL
    path: String,
    /// 图标
    icon: String,
    /// 标题
    title: String,
    /// 排序序号
    order_num: i64,
    /// 下级
    children: Vec<PermissionBranch>,
}

/// 权限条目：逐条与树形
#[derive(Debug, Object, Serialize)]
struct PermissionList {
    ret_data: Vec<PermissionRow>,
    /// 树形
    result_data_tree: Vec<PermissionBranch>,
    data_count: i64,
}

#[derive(Debug, Object)]
struct PermissionBody {
    /// 访问 URL
    #[oai(validator(max_length = 200))]
    path: String,
    /// 图标
    #[oai(validator(max_length = 200))]
    icon: MaybeUndefined<String>,
    /// 标题
    #[oai(validator(max_length = 50))]
    title: String,
    /// 父级 ID；为空表示顶级
    pid_id: MaybeUndefined<i64>,
    /// 排序序号，必填
    order_num: Option<i64>,
    /// 同 order_num
    order: Option<i64>,
}

/// What an entry says, before the order is known to be there.
pub struct Fields {
    pub path: String,
    pub icon: MaybeUndefined<String>,
    pub title: String,
    pub pid_id: MaybeUndefined<i64>,
    pub order: Option<i64>,
}

impl Fields {
    fn read(self) -> Result<PermissionForm> {
        Ok(PermissionForm {
            path: trimmed(&self.path),
            icon: text_change(self.icon),
            title: trimmed(&self.title),
            parent: parent_change(&self.pid_id, PermissionId),
            order: self.order.ok_or_else(|| Error::field("order_num", "此字段不能为空"))?,
        })
    }
}

impl From<PermissionBody> for Fields {
    fn from(body: PermissionBody) -> Self {
        let PermissionBody { path, icon, title, pid_id, order_num, order } = body;
        Self { path, icon, title, pid_id, order: order_num.or(order) }
    }
}

/// Adds an entry, at either of its addresses.
pub async fn add(app: &App, staff: Staff, fields: Fields) -> Result<Answer<NewId>> {
    let id = permissions::add(app, staff.manager()?, fields.read()?).await?;
    Ok(Answer::new("添加成功", NewId { id: id.0 }))
}

/// Changes an entry, at either of its addresses.
pub async fn update(app: &App, staff: Staff, id: PermissionId, fields: Fields) -> Result<Answer<Empty>> {
    permissions::update(app, staff.manager()?, id, fields.read()?).await?;
    Ok(Answer::done("修改成功"))
}

#[OpenApi(tag = "Tag::StaffManage")]
impl PermissionApi {
    /// 查询权限条目
    ///
    /// 本公司的全部条目，按排序序号，不分页；result_data_tree 是同样的条目按上下级排列。
    #[oai(path = "/zhugeleida/qiyeweixin/quanxian", method = "get", operation_id = "qiyeweixin.quanxian.list")]
    async fn list_permissions(&self, staff: Staff) -> Result<Answer<PermissionList>> {
        let entries = permissions::list(&self.0, staff).await?;
        let result_data_tree = tree(&entries);
        let ret_data: Vec<_> = entries.into_iter().map(|entry| PermissionRow::of(entry, &self.0.zone)).collect();
        let data_count = i64::try_from(ret_data.len()).unwrap_or(i64::MAX);
        Ok(Answer::new("查询成功", PermissionList { ret_data, result_data_tree, data_count }))
    }

    /// 增加权限
    ///
    /// 仅角色 1 和 2。路径或标题在本公司重复时返回 300。
    #[oai(
        path = "/zhugeleida/qiyeweixin/quanxian/add/:o_id",
        method = "post",
        operation_id = "qiyeweixin.quanxian.add"
    )]
    async fn add_permission(&self, staff: Staff, o_id: Path<i64>, form: Body<PermissionBody>) -> Result<Answer<NewId>> {
        let _ = o_id;
        add(&self.0, staff, form.0.into()).await
    }

    /// 删除权限条目
    ///
    /// 仅角色 1 和 2。含有下级时返回 304。
    #[oai(
        path = "/zhugeleida/qiyeweixin/quanxian/delete/:o_id",
        method = "post",
        operation_id = "qiyeweixin.quanxian.delete"
    )]
    async fn delete_permission(&self, staff: Staff, o_id: Path<i64>) -> Result<Answer<Empty>> {
        permissions::delete(&self.0, staff.manager()?, PermissionId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 修改权限条目
    ///
    /// 仅角色 1 和 2。不传 icon、pid_id 时不变，pid_id 传空则成为顶级。
    #[oai(
        path = "/zhugeleida/qiyeweixin/quanxian/update/:o_id",
        method = "post",
        operation_id = "qiyeweixin.quanxian.update"
    )]
    async fn update_permission(
        &self,
        staff: Staff,
        o_id: Path<i64>,
        form: Body<PermissionBody>,
    ) -> Result<Answer<Empty>> {
        update(&self.0, staff, PermissionId(o_id.0), form.0.into()).await
    }
}

impl PermissionRow {
    fn of(entry: Permission, zone: &Zone) -> Self {
        Self {
            id: entry.id.0,
            path: entry.path,
            icon: entry.icon,
            title: entry.title,
            pid_id: entry.parent.map(|parent| parent.0),
            order_num: entry.order,
            create_date: zone.iso(entry.created_at),
        }
    }
}

/// The same entries by their parents, in the same order.
fn tree(entries: &[Permission]) -> Vec<PermissionBranch> {
    let mut below: HashMap<Option<PermissionId>, Vec<&Permission>> = HashMap::new();
    for entry in entries {
        below.entry(entry.parent).or_default().push(entry);
    }
    branches(None, &below)
}

fn branches(
    parent: Option<PermissionId>,
    below: &HashMap<Option<PermissionId>, Vec<&Permission>>,
) -> Vec<PermissionBranch> {
    let children = below.get(&parent).into_iter().flatten();
    children
        .map(|entry| PermissionBranch {
            id: entry.id.0,
            path: entry.path.clone(),
            icon: entry.icon.clone(),
            title: entry.title.clone(),
            order_num: entry.order,
            children: branches(Some(entry.id), below),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Millis;

    #[test]
    fn the_tree_keeps_the_order_at_every_level() {
        let entry = |id, parent: Option<i64>| Permission {
            id: PermissionId(id),
            path: String::new(),
            icon: String::new(),
            title: String::new(),
            parent: parent.map(PermissionId),
            order: 0,
            created_at: Millis(0),
        };
        let tree = tree(&[entry(5, Some(4)), entry(3, None), entry(4, None), entry(1, Some(5)), entry(2, Some(4))]);
        let ids = |branches: &[PermissionBranch]| branches.iter().map(|branch| branch.id).collect::<Vec<_>>();
        assert_eq!(ids(&tree), [3, 4]);
        assert_eq!(ids(&tree[1].children), [5, 2]);
        assert_eq!(ids(&tree[1].children[0].children), [1]);
    }
}
