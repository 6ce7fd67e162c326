//! Mini-program: logging in for tests, without a signature. Demo mode only. Document 001, sections 0.1 to 0.3.

use poem::{Request, RequestBody};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, Object, OpenApi};

use super::login::{CustomerLogin, UserInfoForm, UserInfoSaved, unquoted};
use crate::{
    app::App,
    customers::{
        login::{self, Visit},
        profile,
    },
    error::{Error, Result},
    identity::{Customer, Family, authenticate},
    web::{Answer, Body, Empty, Params, Tag, signature::Signature},
};

pub struct TestLoginApi(pub App);

/// Lets requests through in demo mode; elsewhere there is no such address, whatever is sent there.
struct DemoOnly;

impl<'a> ApiExtractor<'a> for DemoOnly {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::PoemExtractor];
    type ParamType = ();
    type ParamRawType = ();

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        match request.data::<App>() {
            Some(app) if app.demo => Ok(Self),
            _ => Err(Error::NoSuchAddress("请求地址不存在".into()).into()),
        }
    }
}

#[derive(Debug, Object)]
struct TestLoginQuery {
    /// 微信小程序访问带的 code；可带一对单引号
    #[oai(validator(max_length = 200))]
    code: String,
}

#[derive(Debug, Object)]
struct TesterQuery {
    /// 小程序用户 ID，必填
    user_id: Option<String>,
    /// 不必传；传了签名时验证
    timestamp: Option<String>,
    /// 不必传；传了签名时验证
    rand_str: Option<String>,
}

#[derive(Debug, Object)]
struct TestFormIdForm {
    /// submit 事件带上的 formId
    #[oai(rename = "formId", validator(max_length = 200))]
    form_id: String,
    /// 小程序用户 ID；地址参数中没有时使用
    user_id: Option<i64>,
}

#[OpenApi(tag = "Tag::CustomerTestLogin")]
impl TestLoginApi {
    /// 小程序 - 登录认证
    ///
    /// 与 login 相同，客户访问类型为微信小程序，来源为扫码，公司为 1。仅演示模式提供，其他情况返回 404。
    #[oai(path = "/zhugeleida/xiaochengxu/test_login", method = "get", operation_id = "xiaochengxu.test_login.login")]
    async fn test_log_in(&self, demo: DemoOnly, query: Params<TestLoginQuery>) -> Result<Answer<CustomerLogin>> {
        let DemoOnly = demo;
        let code = unquoted(&query.0.code).to_owned();
        let visit = Visit { code, user_type: 2, source: 1, staff: None, company: None };
        Ok(Answer::new("返回成功", login::log_in(&self.0, visit).await?.into()))
    }

    /// 小程序 - 发送formID
    ///
    /// 仅演示模式提供，其他情况返回 404。
    #[oai(
        path = "/zhugeleida/xiaochengxu/test_login/send_form_id",
        method = "post",
        operation_id = "xiaochengxu.test_login.send_form_id"
    )]
    async fn test_send_form_id(
        &self,
        demo: DemoOnly,
        query: Params<TesterQuery>,
        form: Body<TestFormIdForm>,
    ) -> Result<Answer<Empty>> {
        let DemoOnly = demo;
        let customer = self.tester(query.0, form.0.user_id).await?;
        profile::keep_form_id(&self.0, customer, form.0.form_id).await?;
        Ok(Answer::done("保存成功"))
    }

    /// 小程序 - 授权后发送用户信息入库
    ///
    /// 仅演示模式提供，其他情况返回 404。
    #[oai(
        path = "/zhugeleida/xiaochengxu/test_login/send_user_info",
        method = "post",
        operation_id = "xiaochengxu.test_login.send_user_info"
    )]
    async fn test_send_user_info(
        &self,
        demo: DemoOnly,
        query: Params<TesterQuery>,
        form: Body<UserInfoForm>,
    ) -> Result<Answer<UserInfoSaved>> {
        let DemoOnly = demo;
        let customer = self.tester(query.0, None).await?;
        form.0.save(&self.0, customer).await
    }
}

impl TestLoginApi {
    /// The customer whom a request names. Whoever signs all the same has to do it properly.
    async fn tester(&self, query: TesterQuery, in_form: Option<i64>) -> Result<Customer> {
        let TesterQuery { user_id, timestamp, rand_str } = query;
        if rand_str.is_some() || timestamp.is_some() {
            let signature = Signature::new(user_id.as_deref(), timestamp.as_deref(), rand_str.as_deref())?;
            return authenticate(&self.0, Family::Customer, &signature, false).await?.customer();
        }
        let id = match user_id {
            Some(text) => text.parse().map_err(|_| Error::field("user_id", "应为整数"))?,
            None => in_form.ok_or_else(|| Error::field("user_id", "此字段不能为空"))?,
        };
        let session = self.0.sessions.find(&self.0.db, Family::Customer, id).await?;
        session.ok_or_else(|| Error::Unacceptable("用户不存在".into()))?.customer()
    }
}
