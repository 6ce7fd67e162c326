//! Registering oneself as staff, and approving those who did. Document 002, sections 1.8, 1.9 and 5.9.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::{
        Admin, Right,
        invitations::{self, Inviter},
        waiting::{self, Changes, Form},
    },
    ids::TempStaffId,
    web::{Answer, Body, Empty, NewId, Params, Tag},
};

pub struct WaitingApi(pub App);

/// 邀请二维码
#[derive(Debug, Object, Serialize)]
struct InvitationCode {
    /// 二维码图片
    qrcode_url: String,
    /// 二维码中的链接，七天内有效，只能用于扫码添加个人信息
    url: String,
}

#[derive(Debug, Object)]
struct ApplicationForm {
    /// 用户姓名
    #[oai(validator(max_length = 64))]
    username: String,
    /// 职位
    #[oai(validator(max_length = 64))]
    position: String,
    /// 微信号
    #[oai(validator(max_length = 64))]
    wechat: String,
    /// 微信绑定的手机号
    #[oai(validator(pattern = r"^1[0-9]{10}$"))]
    wechat_phone: String,
    /// 名片显示的手机
    #[oai(validator(pattern = r"^1[0-9]{10}$"))]
    mingpian_phone: String,
    /// 部门 ID 列表，如 [1,2]
    department_id: Option<Vec<i64>>,
}

#[derive(Debug, Object)]
struct ApplicationType {
    /// 用户类型，只有 temp_user（缺省）
    #[oai(rename = "type")]
    kind: Option<String>,
}

#[derive(Debug, Object)]
struct ApplicationChanges {
    /// 用户姓名
    #[oai(validator(max_length = 64))]
    username: Option<String>,
    /// 职位
    #[oai(validator(max_length = 64))]
    position: Option<String>,
    /// 微信号
    #[oai(validator(max_length = 64))]
    wechat: Option<String>,
    /// 微信绑定的手机号
    #[oai(validator(pattern = r"^1[0-9]{10}$"))]
    wechat_phone: Option<String>,
    /// 名片显示的手机
    #[oai(validator(pattern = r"^1[0-9]{10}$"))]
    mingpian_phone: Option<String>,
    /// 部门 ID 列表，如 [1,2]
    department_id: Option<Vec<i64>>,
    /// 不起作用：待审核的人还没有登录名
    login_user: Option<String>,
    /// 不起作用
    password: Option<String>,
    /// 不起作用
    role_id: Option<i64>,
    /// 不起作用
    company_id: Option<i64>,
    /// 用户类型，只有 temp_user（缺省）
    #[oai(rename = "type")]
    kind: Option<String>,
}

#[derive(Debug, Object)]
struct ApprovalForm {
    /// 临时用户 ID 列表，如 [1,2,3]
    #[oai(validator(max_items = 100))]
    user_id_list: Vec<i64>,
}

#[derive(Debug, Object)]
struct ApprovalQuery {
    /// 临时用户 ID 列表，可代替请求体中的同名字段
    user_id_list: Option<Vec<i64>>,
}

/// What the documents copied here from the list of users; it means nothing.
#[derive(Debug, Object)]
struct InvitationQuery {
    /// 不起作用
    status: Option<i64>,
    /// 不起作用
    department: Option<i64>,
    /// 不起作用
    position: Option<String>,
    /// 不起作用
    username: Option<String>,
}

#[OpenApi(tag = "Tag::AdminStaff")]
impl WaitingApi {
    /// 后台管理 - 用户 - 生成添加用户的二维码
    ///
    /// 用户扫码添加个人信息。二维码中的签名不是管理员的签名，只能用于扫码添加个人信息，七天内有效。
    #[oai(
        path = "/zhugeleida/admin/user/create_scan_code/:o_id",
        method = "get",
        operation_id = "admin.user.create_scan_code"
    )]
    async fn create_invitation(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        query: Params<InvitationQuery>,
    ) -> Result<Answer<InvitationCode>> {
        let _ = (o_id, query);
        admin.require(Right::StaffWrite)?;
        let invitation = invitations::create(&self.0, &admin).await?;
        Ok(Answer::new("查询成功", InvitationCode { qrcode_url: invitation.picture, url: invitation.link }))
    }

    /// 后台管理 - 用户 - 添加扫码添加个人信息
    ///
    /// 以二维码中的 rand_str、timestamp、user_id 签名，或以管理员自己的签名。姓名已有人使用时返回 300。
    #[oai(
        path = "/zhugeleida/admin/user/scan_code_to_add_user/:o_id",
        method = "post",
        operation_id = "admin.user.scan_code_to_add_user"
    )]
    async fn apply(&self, inviter: Inviter, o_id: Path<i64>, form: Body<ApplicationForm>) -> Result<Answer<NewId>> {
        let _ = o_id;
        let form = form.0;
        let form = Form {
            username: form.username.trim().to_owned(),
            position: form.position,
            wechat: form.wechat,
            wechat_phone: form.wechat_phone,
            card_phone: form.mingpian_phone,
            department_ids: form.department_id.unwrap_or_default(),
        };
        let id = waiting::apply(&self.0, inviter.0.company, inviter.0.author(), form).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 用户 - 修改审核的用户
    ///
    /// 只修改所传的字段；type 为其它值时返回 303。
    #[oai(path = "/zhugeleida/admin/user/update/:o_id", method = "post", operation_id = "admin.user.update")]
    async fn update_applicant(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        query: Params<ApplicationType>,
        form: Body<ApplicationChanges>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::StaffWrite)?;
        let form = form.0;
        must_wait(form.kind.as_deref().or(query.0.kind.as_deref()))?;
        let changes = Changes {
            username: form.username.map(|name| name.trim().to_owned()),
            position: form.position,
            wechat: form.wechat,
            wechat_phone: form.wechat_phone,
            card_phone: form.mingpian_phone,
            department_ids: form.department_id,
        };
        waiting::update(&self.0, &admin, TempStaffId(o_id.0), changes).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理  - 用户 - 删除临时用户
    ///
    /// type 为其它值时返回 303。
    #[oai(path = "/zhugeleida/admin/user/delete/:o_id", method = "post", operation_id = "admin.user.delete")]
    async fn delete_applicant(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        filter: Params<ApplicationType>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::StaffWrite)?;
        must_wait(filter.0.kind.as_deref())?;
        waiting::delete(&self.0, &admin, TempStaffId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 后台管理  - 用户 - 批量或者单个审核入库用户信息
    ///
    /// 全部入库或全部不入库：超过可开通名片数时返回 302，其中有人不在待审核之列时返回 301。已配置通讯录的公司同时在企业微信中创建成员。
    #[oai(
        path = "/zhugeleida/admin/user/approval_storage_user_info/:o_id",
        method = "post",
        operation_id = "admin.user.approval_storage_user_info"
    )]
    async fn approve(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        query: Params<ApprovalQuery>,
        form: Body<ApprovalForm>,
    ) -> Result<Answer<Empty>> {
        // Body takes from the query what the form lacks.
        let _ = (o_id, query);
        admin.require(Right::StaffWrite)?;
        waiting::approve(&self.0, &admin, form.0.user_id_list).await?;
        Ok(Answer::done("添加成功"))
    }
}

/// Only those who wait can be changed or deleted here; absent means them.
fn must_wait(kind: Option<&str>) -> Result<()> {
    match kind {
        None | Some("temp_user") => Ok(()),
        Some(_) => Err(Error::Form("用户类型应为 temp_user".into())),
    }
}
