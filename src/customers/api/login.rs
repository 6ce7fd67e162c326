//! Mini-program: login, binding, authorisation. Documents 000 and 001.

use poem_openapi::{Object, OpenApi, types::MaybeUndefined};
use serde::Serialize;

use crate::{
    app::App,
    customers::{
        self, Invitation,
        login::{self, Visit, Visitor},
        profile::{self, Profile},
    },
    error::{FieldErrors, Result},
    identity::Customer,
    ids::{CompanyId, CustomerId, StaffId},
    platform,
    web::{Answer, Body, Empty, Params, Tag},
};

pub struct LoginApi(pub App);

#[derive(Debug, Object)]
struct LoginQuery {
    /// wx.login 得到的 code；可带一对单引号
    #[oai(validator(max_length = 200))]
    code: String,
    /// 客户访问类型：1 微信公众号，2 微信小程序
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    user_type: i64,
    /// 客户的来源：1 扫码（默认），2 转发，3 搜索，4 公众号文章，5 公众号视频
    #[oai(validator(minimum(value = "1"), maximum(value = "5")))]
    source: Option<i64>,
    /// 要展示名片的企业用户 ID
    uid: Option<i64>,
    /// 公司 ID；不传时为 uid 所在公司，仍没有时为 1
    company_id: Option<i64>,
    /// 小程序的版本号
    user_version: Option<String>,
}

/// 登录结果：之后以 user_id 与 token 签名
#[derive(Debug, Object, Serialize)]
pub(super) struct CustomerLogin {
    /// 客户 ID
    cid: i64,
    /// 客户 ID，与 cid 相同
    user_id: i64,
    token: String,
    /// 要展示名片的企业用户 ID；公司没有启用的用户时为 null
    uid: Option<i64>,
    company_id: i64,
    /// user_version 是否为已发布的版本
    is_release_version_num: bool,
}

#[derive(Debug, Object)]
struct BindingQuery {
    /// 所属的企业用户 ID；不传时取 pid 最近联系的企业用户
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 客户的来源：1 扫码（默认），2 转发，3 搜索，4 公众号文章，5 公众号视频
    #[oai(validator(minimum(value = "1"), maximum(value = "5")))]
    source: Option<i64>,
    /// 转发名片的客户 ID；没有则为空
    pid: Option<i64>,
    /// 客户访问类型；登录时已定，此处不用
    user_type: Option<i64>,
    /// 不用
    code: Option<String>,
}

/// 各字段必传（可为空的除外），也接受 wx.getUserInfo 的字段名
#[derive(Debug, Object)]
pub(super) struct UserInfoForm {
    /// 用户名，必填
    #[oai(validator(max_length = 100))]
    username: MaybeUndefined<String>,
    /// 同 username
    #[oai(rename = "nickName", validator(max_length = 100))]
    nick_name: MaybeUndefined<String>,
    /// 头像地址；为空时保留原头像
    #[oai(validator(max_length = 1000))]
    headimgurl: MaybeUndefined<String>,
    /// 同 headimgurl
    #[oai(rename = "avatarUrl", validator(max_length = 1000))]
    avatar_url: MaybeUndefined<String>,
    /// 城市，可为空
    #[oai(validator(max_length = 100))]
    city: MaybeUndefined<String>,
    /// 国家，可为空
    #[oai(validator(max_length = 100))]
    country: MaybeUndefined<String>,
    /// 省市，可为空
    #[oai(validator(max_length = 100))]
    province: MaybeUndefined<String>,
    /// 语言，可为空
    #[oai(validator(max_length = 50))]
    language: MaybeUndefined<String>,
    /// 性别：0 未知，1 男，2 女
    #[oai(validator(minimum(value = "0"), maximum(value = "2")))]
    gender: Option<i64>,
    /// 同 gender
    #[oai(validator(minimum(value = "0"), maximum(value = "2")))]
    sex: Option<i64>,
    /// 授权时所在页面：1 名片详情（默认），2 产品列表，3 产品详情，4 公司官网，5 日记首页，6 日记详情
    #[oai(validator(minimum(value = "1"), maximum(value = "6")))]
    page: Option<i64>,
}

/// 保存结果
#[derive(Debug, Object, Serialize)]
pub(super) struct UserInfoSaved {
    /// 说明文字
    ret_data: String,
}

#[derive(Debug, Object)]
struct FormIdForm {
    /// submit 事件带上的 formId
    #[oai(rename = "formId", validator(max_length = 200))]
    form_id: String,
}

#[OpenApi(tag = "Tag::CustomerLogin")]
impl LoginApi {
    /// 小程序 - 登录认证
    ///
    /// 同一 code 重复请求时答复与第一次相同。微信拒绝时 code 为微信的 errcode。
    #[oai(path = "/zhugeleida/xiaochengxu/login", method = "get", operation_id = "xiaochengxu.login.login")]
    async fn log_in(&self, query: Params<LoginQuery>) -> Result<Answer<CustomerLogin>> {
        let query = query.0;
        let visit = Visit {
            code: unquoted(&query.code).to_owned(),
            user_type: query.user_type,
            source: query.source.unwrap_or(1),
            staff: query.uid.map(StaffId),
            company: query.company_id.map(CompanyId),
        };
        let visitor = login::log_in(&self.0, visit).await?;
        let version = query.user_version.unwrap_or_default();
        let is_release_version_num = platform::is_released(&self.0, visitor.company, &version).await?;
        Ok(Answer::new("返回成功", CustomerLogin { is_release_version_num, ..visitor.into() }))
    }

    /// 小程序 - 绑定-客户与用户的关系
    ///
    /// 已绑定时返回 302 关系存在，原关系不变。
    #[oai(path = "/zhugeleida/xiaochengxu/login/binding", method = "get", operation_id = "xiaochengxu.login.binding")]
    async fn bind(&self, customer: Customer, query: Params<BindingQuery>) -> Result<Answer<Empty>> {
        let query = query.0;
        let invitation = Invitation {
            staff: query.uid.or(query.u_id).map(StaffId),
            source: query.source.unwrap_or(1),
            parent: query.pid.map(CustomerId),
        };
        customers::bind(&self.0, customer, invitation).await?;
        Ok(Answer::done("绑定关系成功"))
    }

    /// 小程序 - 授权后发送用户信息入库
    #[oai(
        path = "/zhugeleida/xiaochengxu/login/send_user_info",
        method = "post",
        operation_id = "xiaochengxu.login.send_user_info"
    )]
    async fn send_user_info(&self, customer: Customer, form: Body<UserInfoForm>) -> Result<Answer<UserInfoSaved>> {
        form.0.save(&self.0, customer).await
    }

    /// 小程序 - formId 信息入库
    #[oai(
        path = "/zhugeleida/xiaochengxu/login/send_form_id",
        method = "post",
        operation_id = "xiaochengxu.login.send_form_id"
    )]
    async fn send_form_id(&self, customer: Customer, form: Body<FormIdForm>) -> Result<Answer<Empty>> {
        profile::keep_form_id(&self.0, customer, form.0.form_id).await?;
        Ok(Answer::done("保存成功"))
    }
}

impl From<Visitor> for CustomerLogin {
    fn from(visitor: Visitor) -> Self {
        Self {
            cid: visitor.customer.0,
            user_id: visitor.customer.0,
            token: visitor.token,
            uid: visitor.staff.map(|staff| staff.0),
            company_id: visitor.company.0,
            // Only who says which version they have can have the released one.
            is_release_version_num: false,
        }
    }
}

impl UserInfoForm {
    /// Stores the profile for this customer.
    pub(super) async fn save(self, app: &App, customer: Customer) -> Result<Answer<UserInfoSaved>> {
        let page = self.page.unwrap_or(1);
        let profile = self.into_profile()?;
        let ret_data = format!("{}已向您授权登录页面", profile.nickname);
        profile::authorise(app, customer, profile, page).await?;
        Ok(Answer::new("保存成功", UserInfoSaved { ret_data }))
    }

    fn into_profile(self) -> Result<Profile> {
        let mut errors = FieldErrors::new();
        let mut given = |name: &str, value: MaybeUndefined<String>, may_be_empty: bool| {
            if value.is_undefined() || (value.is_null() && !may_be_empty) {
                errors.add(name, "此字段不能为空");
            }
            value.take()
        };
        let nickname = given("username", either(self.username, self.nick_name), false);
        let avatar = given("headimgurl", either(self.headimgurl, self.avatar_url), true);
        // WeChat sends many people's places as empty texts.
        let city = given("city", self.city, true);
        let country = given("country", self.country, true);
        let province = given("province", self.province, true);
        let language = given("language", self.language, true);
        errors.into_result()?;
        Ok(Profile {
            nickname: nickname.unwrap_or_default(),
            avatar,
            sex: self.gender.or(self.sex),
            city: city.unwrap_or_default(),
            province: province.unwrap_or_default(),
            country: country.unwrap_or_default(),
            language: language.unwrap_or_default(),
        })
    }
}

/// The documented name's value, else the other name's.
fn either(documented: MaybeUndefined<String>, other: MaybeUndefined<String>) -> MaybeUndefined<String> {
    if documented.is_value() || other.is_undefined() { documented } else { other }
}

/// The documents' example puts single quotes round the code.
pub(super) fn unquoted(code: &str) -> &str {
    code.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pair_of_quotes_is_dropped() {
        assert_eq!(unquoted("'pm4'"), "pm4");
        assert_eq!(unquoted("''pm4''"), "'pm4'");
        assert_eq!(unquoted("pm4'"), "pm4'");
        assert_eq!(unquoted("'"), "'");
    }
}
