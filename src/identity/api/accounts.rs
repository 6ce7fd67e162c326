//! Accounts of the back office (管理员). Document 002, section 5.

use poem_openapi::{Object, OpenApi, param::Path, types::MaybeUndefined};
use serde::Serialize;

use super::{text_change, trimmed};
use crate::{
    app::App,
    error::Result,
    identity::{
        Admin, Right,
        accounts::{self, AccountChange, NewAccount},
    },
    ids::{AdminId, CompanyId, RoleId},
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct AccountApi(pub App);

/// 后台账号
#[derive(Debug, Object, Serialize)]
struct AccountRow {
    id: i64,
    /// 头像
    avatar: String,
    /// 用户成员姓名
    username: String,
    /// 登录用户名
    login_user: String,
    /// 职位
    position: String,
    /// 公司名称
    company_name: String,
    /// 公司 ID
    company_id: i64,
    /// 角色 ID
    role_id: i64,
    /// 角色名称
    role_name: String,
    /// 1 启用，2 未启用
    status: i64,
    /// 状态名称
    status_text: String,
    /// 创建时间
    create_date: String,
    /// 最近登录时间；未登录过为空
    last_login_date: String,
}

#[derive(Debug, Object)]
struct AccountFilter {
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

#[derive(Object)]
struct AccountForm {
    /// 登录用户名
    #[oai(validator(max_length = 50))]
    login_user: String,
    /// 初始密码：最小长度为八位，包含大小写字母和数字。首次登录后须修改
    #[oai(validator(max_length = 200))]
    password: String,
    /// 角色 ID：1 超级管理员，2 管理员，3 普通用户，其余为自建角色
    role_id: i64,
    /// 公司 ID
    company_id: i64,
    /// 用户成员姓名；默认为登录用户名
    #[oai(validator(max_length = 50))]
    username: Option<String>,
    /// 职位
    #[oai(validator(max_length = 50))]
    position: Option<String>,
}

#[derive(Object)]
struct AccountUpdateForm {
    /// 登录用户名
    #[oai(validator(max_length = 50))]
    login_user: String,
    /// 修改后的密码；为空表示不修改
    #[oai(validator(max_length = 200))]
    password: Option<String>,
    /// 角色 ID
    role_id: i64,
    /// 公司 ID
    company_id: i64,
    /// 用户成员姓名；不传表示不修改
    #[oai(validator(max_length = 50))]
    username: MaybeUndefined<String>,
    /// 职位；不传表示不修改
    #[oai(validator(max_length = 50))]
    position: MaybeUndefined<String>,
}

#[derive(Debug, Object)]
struct AccountStatusForm {
    /// 1 启用，2 未启用
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    status: i64,
}

/// 切换后的账号
#[derive(Object, Serialize)]
struct SwitchedAccount {
    /// 切换后签名用的 token，一小时内有效
    token: String,
    /// 切换后的管理员 ID
    user_id: i64,
    /// 公司名称
    company_name: String,
    /// 公司 ID
    company_id: i64,
    /// 角色 ID
    role_id: i64,
    /// 角色名称
    role_name: String,
    /// 头像
    avatar: String,
}

#[OpenApi(tag = "Tag::AdminAccount")]
impl AccountApi {
    /// 后台管理 - 用户 - 展示全部用户
    ///
    /// 超级管理员可见全部公司的账号，其余只见本公司的；最新的在前。
    #[oai(path = "/zhugeleida/admin/admin_userprofile", method = "get", operation_id = "admin.admin_userprofile.list")]
    async fn list_accounts(&self, admin: Admin, filter: Params<AccountFilter>) -> Result<Answer<Page<AccountRow>>> {
        admin.require(Right::AdminRead)?;
        let paging = Paging::new(filter.0.current_page, filter.0.length, 10)?;
        let (accounts, count) = accounts::page(&self.0, &admin, paging).await?;
        let zone = &self.0.zone;
        let rows = accounts.into_iter().map(|account| AccountRow {
            id: account.id.0,
            status_text: if account.is_enabled() { "启用" } else { "未启用" }.to_owned(),
            avatar: account.avatar,
            username: account.username,
            login_user: account.login_user,
            position: account.position,
            company_name: account.company_name,
            company_id: account.company.0,
            role_id: account.role.0,
            role_name: account.role_name,
            status: account.status,
            create_date: zone.plain(account.created_at),
            last_login_date: account.last_login_at.map(|at| zone.plain(at)).unwrap_or_default(),
        });
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 用户 - 增加用户
    ///
    /// 只能授予不超出自己权限的角色；超级管理员以外的账号只能加入自己的公司。
    #[oai(
        path = "/zhugeleida/admin/admin_userprofile/add/:o_id",
        method = "post",
        operation_id = "admin.admin_userprofile.add"
    )]
    async fn add_account(&self, admin: Admin, o_id: Path<i64>, form: Body<AccountForm>) -> Result<Answer<NewId>> {
        admin.require(Right::AdminWrite)?;
        let _ = o_id;
        let form = form.0;
        let login_user = trimmed(&form.login_user);
        let new = NewAccount {
            username: form.username.map_or_else(|| login_user.clone(), |name| trimmed(&name)),
            position: form.position.as_deref().map(trimmed).unwrap_or_default(),
            login_user,
            password: form.password,
            role: RoleId(form.role_id),
            company: CompanyId(form.company_id),
        };
        let id = accounts::add(&self.0, &admin, new).await?;
        Ok(Answer::new("增加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 用户 - 修改用户
    ///
    /// 改了密码后，该账号原 token 失效。
    #[oai(
        path = "/zhugeleida/admin/admin_userprofile/update/:o_id",
        method = "post",
        operation_id = "admin.admin_userprofile.update"
    )]
    async fn update_account(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<AccountUpdateForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::AdminWrite)?;
        let form = form.0;
        let change = AccountChange {
            login_user: trimmed(&form.login_user),
            password: form.password,
            role: RoleId(form.role_id),
            company: CompanyId(form.company_id),
            username: text_change(form.username),
            position: text_change(form.position),
        };
        accounts::update(&self.0, &admin, AdminId(o_id.0), change).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 用户 - 删除用户
    ///
    /// 删除自己返回 305。
    #[oai(
        path = "/zhugeleida/admin/admin_userprofile/delete/:o_id",
        method = "post",
        operation_id = "admin.admin_userprofile.delete"
    )]
    async fn delete_account(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::AdminWrite)?;
        accounts::delete(&self.0, &admin, AdminId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 后台管理 - 用户 - 用户状态启用和未启用
    ///
    /// 停用后，该账号原 token 失效。修改自己返回 305。
    #[oai(
        path = "/zhugeleida/admin/admin_userprofile/update_status/:o_id",
        method = "post",
        operation_id = "admin.admin_userprofile.update_status"
    )]
    async fn update_account_status(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<AccountStatusForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::AdminWrite)?;
        accounts::set_status(&self.0, &admin, AdminId(o_id.0), form.0.status).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 用户 - 手动切换用户
    ///
    /// 仅超级管理员，其余返回 404；记入审计日志，token 一小时后失效。
    #[oai(
        path = "/zhugeleida/admin/admin_userprofile/switch_admin_user/:o_id",
        method = "post",
        operation_id = "admin.admin_userprofile.switch_admin_user"
    )]
    async fn switch_admin_user(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<SwitchedAccount>> {
        let (account, token) = accounts::switch(&self.0, &admin, AdminId(o_id.0)).await?;
        let data = SwitchedAccount {
            token,
            user_id: account.id.0,
            company_name: account.company_name,
            company_id: account.company.0,
            role_id: account.role.0,
            role_name: account.role_name,
            avatar: account.avatar,
        };
        Ok(Answer::new("获取成功", data))
    }
}
