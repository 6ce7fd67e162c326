//! Authorising a mini-program or an official account, step by step. Document 002, sections 11 and 13.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;
use serde_json::Value;

use crate::{
    app::App,
    clean,
    error::Result,
    identity::{AccountKind, Admin, Right},
    platform::{
        Profile,
        accounts::{self, Process, Step},
        grants,
    },
    time::Millis,
    web::{Answer, Body, Empty, Tag},
};

pub struct ProcessApi(pub App);

/// 授权进行到哪一步
#[derive(Debug, Object, Serialize)]
struct AuthProcess {
    /// 1 填写 app_id，2 授权，3 完善信息；授权完成时为空字符串
    step: Value,
    ret_data: AuthorizedAccount,
}

/// 授权方信息；授权之前除 authorization_appid 外为空，授权取消后保留
#[derive(Debug, Object, Serialize)]
struct AuthorizedAccount {
    /// 授权方 appid
    authorization_appid: String,
    /// 名称
    name: String,
    /// 主体名称
    principal_name: String,
    /// 授权方头像
    head_img: String,
    /// 微信认证是否通过
    verify_type_info: bool,
    /// 服务类目
    service_category: String,
    /// 介绍
    introduce: String,
    /// 原始 ID
    original_id: String,
    /// 授权方的二维码
    qrcode_url: String,
    /// 上线版本号；公众号为空
    version_num: String,
    /// 上线时间
    release_time: String,
    /// 待上线版本 - 版本号
    stay_version_num: String,
    /// 待上线版本 - 审核时间
    stay_audit_time: String,
}

#[derive(Debug, Object)]
struct AuthAppIdForm {
    /// 小程序或公众号的 appid
    authorization_appid: String,
}

#[derive(Debug, Object)]
struct MiniInfoForm {
    /// 小程序名称
    #[oai(validator(max_length = 100))]
    name: String,
    /// 小程序头像，上传到 wcx_head_image
    #[oai(validator(max_length = 500))]
    head_img: String,
    /// 介绍语；不传时为空
    #[oai(validator(max_length = 1000))]
    introduce: Option<String>,
    /// 服务类型，如 IT\互联网\医疗
    #[oai(validator(max_length = 200))]
    service_category: String,
}

#[OpenApi(tag = "Tag::AdminGrant")]
impl ProcessApi {
    /// 后台管理 - 小程序授权 - 流程控制接口
    ///
    /// 根据 step 显示不同的流程页面；授权完成后展示小程序具体信息。
    #[oai(path = "/zhugeleida/admin/xcx_auth_process", method = "get", operation_id = "admin.xcx_auth_process.show")]
    async fn show_xcx(&self, admin: Admin) -> Result<Answer<AuthProcess>> {
        admin.require(Right::GrantRead)?;
        self.show(&admin, AccountKind::MiniProgram).await
    }

    /// 后台管理 - 公众号授权 - 流程控制接口
    ///
    /// 根据 step 显示不同的流程页面；授权完成后展示公众号具体信息，四个版本字段为空。
    #[oai(path = "/zhugeleida/admin/gzh_auth_process", method = "get", operation_id = "admin.gzh_auth_process.show")]
    async fn show_gzh(&self, admin: Admin) -> Result<Answer<AuthProcess>> {
        admin.require(Right::GrantRead)?;
        self.show(&admin, AccountKind::OfficialAccount).await
    }

    /// 后台管理 - 小程序授权 - 修改流程1页面
    ///
    /// 属于另一家公司时返回 300；已授权时不能更换，返回 305。
    #[oai(
        path = "/zhugeleida/admin/xcx_auth_process/update/app_id",
        method = "post",
        operation_id = "admin.xcx_auth_process.update_app_id"
    )]
    async fn name_xcx(&self, admin: Admin, form: Body<AuthAppIdForm>) -> Result<Answer<Empty>> {
        admin.require(Right::GrantWrite)?;
        accounts::name(&self.0, &admin, AccountKind::MiniProgram, &form.0.authorization_appid).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 代公众号授权 - 修改流程1页面
    ///
    /// 属于另一家公司时返回 300；已授权时不能更换，返回 305。
    #[oai(
        path = "/zhugeleida/admin/gzh_auth_process/update/app_id",
        method = "post",
        operation_id = "admin.gzh_auth_process.update_app_id"
    )]
    async fn name_gzh(&self, admin: Admin, form: Body<AuthAppIdForm>) -> Result<Answer<Empty>> {
        admin.require(Right::GrantWrite)?;
        accounts::name(&self.0, &admin, AccountKind::OfficialAccount, &form.0.authorization_appid).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 小程序授权 - 获取小程序帐号基本信息
    ///
    /// 重新向微信获取，覆盖手工修改的信息；没有已授权的小程序时返回 302。
    #[oai(
        path = "/zhugeleida/admin/xcx_auth_process/update/xcx_get_authorizer_info",
        method = "get",
        operation_id = "admin.xcx_auth_process.xcx_get_authorizer_info"
    )]
    async fn refresh_xcx(&self, admin: Admin) -> Result<Answer<Empty>> {
        admin.require(Right::GrantWrite)?;
        accounts::refresh(&self.0, admin.company, AccountKind::MiniProgram).await?;
        Ok(Answer::done("成功获取小程序帐号基本信息authorizer_info"))
    }

    /// 后台管理 - 小程序授权 - 修改流程3页面
    ///
    /// 自定义小程序的名称、头像、介绍与服务类型。
    #[oai(
        path = "/zhugeleida/admin/xcx_auth_process/update/info",
        method = "post",
        operation_id = "admin.xcx_auth_process.update_info"
    )]
    async fn edit_xcx(&self, admin: Admin, form: Body<MiniInfoForm>) -> Result<Answer<Empty>> {
        admin.require(Right::GrantWrite)?;
        let clean = |text: &str| clean::text(text.trim());
        let by_hand = Profile {
            name: clean(&form.0.name),
            head_img: clean::address("head_img", Some(form.0.head_img))?,
            introduction: clean(form.0.introduce.as_deref().unwrap_or_default()),
            service_category: clean(&form.0.service_category),
            ..Profile::default()
        };
        accounts::edit(&self.0, &admin, AccountKind::MiniProgram, by_hand).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 小程序授权 - 生成微信授权的页面
    ///
    /// data 为链接，打开后由小程序的管理员扫码授权。每次生成新的链接；须先填写步骤1。
    #[oai(
        path = "/zhugeleida/admin/open_weixin/create_grant_url",
        method = "post",
        operation_id = "admin.open_weixin.create_grant_url"
    )]
    async fn grant_xcx(&self, admin: Admin) -> Result<Answer<String>> {
        admin.require(Right::GrantWrite)?;
        let link = grants::link(&self.0, &admin, AccountKind::MiniProgram).await?;
        Ok(Answer::new("生成【授权链接】成功", link))
    }

    /// 后台管理 - 代公众号授权 - 生成微信授权的页面
    ///
    /// data 为链接，打开后由公众号的管理员扫码授权。每次生成新的链接；须先填写步骤1。
    #[oai(
        path = "/zhugeleida/admin/open_weixin_gongzhonghao/create_grant_url",
        method = "post",
        operation_id = "admin.open_weixin_gongzhonghao.create_grant_url"
    )]
    async fn grant_gzh(&self, admin: Admin) -> Result<Answer<String>> {
        admin.require(Right::GrantWrite)?;
        let link = grants::link(&self.0, &admin, AccountKind::OfficialAccount).await?;
        Ok(Answer::new("生成【授权链接】成功", link))
    }
}

impl ProcessApi {
    async fn show(&self, admin: &Admin, kind: AccountKind) -> Result<Answer<AuthProcess>> {
        let Process { step, app_id, profile, online, waiting } =
            accounts::process(&self.0, admin.company, kind).await?;
        let (msg, step) = match step {
            Step::Name => ("请求成功.请先进行步骤1", 1.into()),
            Step::Authorise => ("请求成功.请先进行步骤2", 2.into()),
            Step::Describe => ("请求成功.请先进行步骤3", 3.into()),
            Step::Done => ("请求成功", "".into()),
        };
        let minute = |at: Option<Millis>| at.map(|at| self.0.zone.minute(at)).unwrap_or_default();
        let (version_num, released_at) = online.unwrap_or_default();
        let (stay_version_num, reviewed_at) = waiting.unwrap_or_default();
        let ret_data = AuthorizedAccount {
            authorization_appid: app_id,
            name: profile.name,
            principal_name: profile.principal_name,
            head_img: profile.head_img,
            verify_type_info: profile.is_verified,
            service_category: profile.service_category,
            introduce: profile.introduction,
            original_id: profile.original_id,
            qrcode_url: profile.qr_code,
            version_num,
            release_time: minute(released_at),
            stay_version_num,
            stay_audit_time: minute(reviewed_at),
        };
        Ok(Answer::new(msg, AuthProcess { step, ret_data }))
    }
}
