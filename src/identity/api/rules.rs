//! Access rules (权限条目). Document 002, section 3.

use poem_openapi::{Object, OpenApi, param::Path, types::MaybeUndefined};
use serde::Serialize;

use super::{parent_change, trimmed};
use crate::{
    app::App,
    error::Result,
    identity::{Admin, Right, rules},
    ids::RuleId,
    web::{Answer, Body, Empty, NewId, Page, Params, Tag},
};

pub struct RuleApi(pub App);

/// 权限条目
#[derive(Debug, Object, Serialize)]
struct RuleRow {
    id: i64,
    /// 权限名称
    name: String,
    /// 权限标识
    url_path: String,
    /// 父级 ID；顶级为 null
    super_id: Option<i64>,
    /// 父级名称；顶级为空
    super_name: String,
    /// 创建时间
    create_date: String,
}

#[derive(Debug, Object)]
struct RuleFilter {
    /// true 时只列出父级条目
    #[oai(rename = "super_id_id__isnull")]
    super_id_id_isnull: Option<bool>,
}

#[derive(Debug, Object)]
struct RuleForm {
    /// 权限名称
    #[oai(validator(max_length = 50))]
    name: String,
    /// 权限标识
    #[oai(validator(max_length = 200))]
    url_path: String,
    /// 父级 ID；为空表示本身就是父级
    super_id_id: MaybeUndefined<i64>,
}

#[OpenApi(tag = "Tag::AdminRule")]
impl RuleApi {
    /// 后台管理 - 权限 - 展示权限条目
    ///
    /// 最新的在前，不分页。
    #[oai(path = "/zhugeleida/admin/access_rules", method = "get", operation_id = "admin.access_rules.list")]
    async fn list_rules(&self, admin: Admin, filter: Params<RuleFilter>) -> Result<Answer<Page<RuleRow>>> {
        admin.require(Right::RoleRead)?;
        let only_top = filter.0.super_id_id_isnull == Some(true);
        let rules = rules::list(&self.0, only_top).await?;
        let zone = &self.0.zone;
        let rows = rules.into_iter().map(|rule| RuleRow {
            id: rule.id.0,
            name: rule.name,
            url_path: rule.url_path,
            super_id: rule.parent.map(|parent| parent.0),
            super_name: rule.parent_name,
            create_date: zone.plain(rule.created_at),
        });
        Ok(Answer::new("查询成功", Page::whole(rows.collect())))
    }

    /// 后台管理 - 权限 - 增加权限条目
    #[oai(path = "/zhugeleida/admin/access_rules/add/:o_id", method = "post", operation_id = "admin.access_rules.add")]
    async fn add_rule(&self, admin: Admin, o_id: Path<i64>, form: Body<RuleForm>) -> Result<Answer<NewId>> {
        admin.require_super()?;
        let _ = o_id;
        let form = form.0;
        let parent = parent_change(&form.super_id_id, RuleId).flatten();
        let id = rules::add(&self.0, &admin, trimmed(&form.name), trimmed(&form.url_path), parent).await?;
        Ok(Answer::new("增加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 权限 - 更新权限条目
    ///
    /// 不传 super_id_id 时父级不变，传空则成为父级。
    #[oai(
        path = "/zhugeleida/admin/access_rules/update/:o_id",
        method = "post",
        operation_id = "admin.access_rules.update"
    )]
    async fn update_rule(&self, admin: Admin, o_id: Path<i64>, form: Body<RuleForm>) -> Result<Answer<Empty>> {
        admin.require_super()?;
        let form = form.0;
        let parent = parent_change(&form.super_id_id, RuleId);
        let (name, url_path) = (trimmed(&form.name), trimmed(&form.url_path));
        rules::update(&self.0, &admin, RuleId(o_id.0), name, url_path, parent).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 权限 - 删除权限条目
    ///
    /// 含有子级时返回 304。
    #[oai(
        path = "/zhugeleida/admin/access_rules/delete/:o_id",
        method = "post",
        operation_id = "admin.access_rules.delete"
    )]
    async fn delete_rule(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require_super()?;
        rules::delete(&self.0, &admin, RuleId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}
