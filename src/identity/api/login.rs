//! Logging in to the back office (登录). Document 002, section 1.

use poem::web::Data;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::trimmed;
use crate::{
    app::App,
    error::Result,
    identity::{Admin, login},
    web::{Answer, Body, Empty, RemoteCaller, Tag},
};

pub struct LoginApi(pub App);

#[derive(Debug, Object)]
struct AdminLoginForm {
    /// 登录用户名
    #[oai(validator(max_length = 100))]
    username: String,
    /// 密码
    #[oai(validator(max_length = 200))]
    password: String,
}

/// 登录结果
#[derive(Object, Serialize)]
struct AdminLogin {
    /// 签名用的 token
    token: String,
    /// 签名用的管理员 ID
    user_id: i64,
    /// 头像
    set_avatar: String,
    /// 公司名称
    company_name: String,
    /// 公司 ID
    company_id: i64,
    /// 角色 ID：1 超级管理员，2 管理员，3 普通用户，其余为自建角色
    role_id: i64,
    /// 角色名称
    role_name: String,
    /// 头像
    avatar: String,
    /// 上次登录时间；首次登录为空
    last_login_date: String,
    /// 是否已重置初始密码；false 时应先修改密码
    is_reset_password: bool,
}

#[derive(Debug, Object)]
struct PasswordForm {
    /// 新密码：最小长度为八位，包含大小写字母和数字
    #[oai(validator(max_length = 200))]
    password1: String,
    /// 重复新密码
    #[oai(validator(max_length = 200))]
    password2: String,
}

/// 可见的权限
#[derive(Debug, Object, Serialize)]
struct LoginRules {
    /// 权限标识列表
    rules_list: Vec<String>,
}

#[OpenApi(tag = "Tag::AdminLogin")]
impl LoginApi {
    /// 后台 - login登录
    ///
    /// 无需签名。账号或密码错误返回 401，账户未启用返回 306，公司已过期返回 403；一分钟内错误过多返回 429。
    #[oai(path = "/zhugeleida/admin/login", method = "post", operation_id = "admin.login.login")]
    async fn login(&self, remote: Data<&RemoteCaller>, form: Body<AdminLoginForm>) -> Result<Answer<AdminLogin>> {
        let form = form.0;
        let logged_in = login::login(&self.0, trimmed(&form.username), form.password, remote.0.0).await?;
        let account = logged_in.account;
        let data = AdminLogin {
            token: logged_in.token,
            user_id: account.id.0,
            set_avatar: account.avatar.clone(),
            company_name: account.company_name,
            company_id: account.company.0,
            role_id: account.role.0,
            role_name: account.role_name,
            avatar: account.avatar,
            last_login_date: account.last_login_at.map(|at| self.0.zone.plain(at)).unwrap_or_default(),
            is_reset_password: account.is_reset_password,
        };
        Ok(Answer::new("登录成功", data))
    }

    /// 后台管理 - 重置密码
    ///
    /// 初次登录修改密码或者重置密码。之后原 token 失效，需重新登录。
    #[oai(path = "/zhugeleida/admin/modify_password", method = "post", operation_id = "admin.account.modify_password")]
    async fn modify_password(&self, admin: Admin, form: Body<PasswordForm>) -> Result<Answer<Empty>> {
        login::modify_password(&self.0, &admin, form.0.password1, &form.0.password2).await?;
        Ok(Answer::done("修改密码成功"))
    }

    /// 登录权限展示
    ///
    /// 角色 1 与 2 拥有全部权限。
    #[oai(path = "/zhugeleida/admin/login_rules", method = "get", operation_id = "admin.account.login_rules")]
    async fn login_rules(&self, admin: Admin) -> Result<Answer<LoginRules>> {
        let rules_list = login::rules(&self.0, &admin).await?;
        Ok(Answer::new("", LoginRules { rules_list }))
    }
}
