//! Login of staff through Work WeChat. Document 003, 企业微信登录认证.

use form_urlencoded::Serializer;
use poem::Request;
use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::work_login::{self, LoggedIn},
    ids::CompanyId,
    web::{self, Answer, JsonOrPage, Params, Tag},
};

pub struct WorkLoginApi(pub App);

#[derive(Debug, Object)]
struct WorkLoginFilter {
    /// 企业微信带来的 code
    code: String,
    /// 1 微信公众号，2 微信小程序
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    user_type: i64,
    /// 1 扫码，2 转发
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    source: Option<i64>,
}

/// 雷达用户的登录信息
#[derive(Debug, Object, Serialize)]
struct WorkLogin {
    token: String,
    user_id: i64,
    avatar: String,
    /// Yes 首次登录，No 不是
    is_first_login: String,
    company_id: i64,
    username: String,
}

impl From<LoggedIn> for WorkLogin {
    fn from(logged_in: LoggedIn) -> Self {
        Self {
            token: logged_in.token,
            user_id: logged_in.id.0,
            avatar: logged_in.avatar,
            is_first_login: if logged_in.is_first { "Yes" } else { "No" }.to_owned(),
            company_id: logged_in.company.0,
            username: logged_in.username,
        }
    }
}

#[OpenApi(tag = "Tag::StaffLogin")]
impl WorkLoginApi {
    /// 企业微信登录认证
    ///
    /// 不需要签名。不是公司用户返回 302，未启用返回 306，公司过期返回 403，code 无效时返回微信的 errcode。
    /// 浏览器访问（Accept 含 text/html）时转到 `/radar/#/?token=…&id=…&avatar=…&is_first_login=…`。
    #[oai(
        path = "/zhugeleida/qiyeweixin/work_weixin_auth/:company_id",
        method = "get",
        operation_id = "qiyeweixin.work_weixin_auth.login"
    )]
    async fn work_login(
        &self,
        request: &Request,
        company_id: Path<i64>,
        filter: Params<WorkLoginFilter>,
    ) -> Result<JsonOrPage<WorkLogin>> {
        // Checked by its type; which kind of customer it is means nothing for staff.
        let _ = (filter.0.user_type, filter.0.source);
        let outcome = work_login::log_in(&self.0, CompanyId(company_id.0), &filter.0.code).await;
        let navigates = web::navigates(request);
        match outcome {
            Ok(logged_in) if navigates => Ok(JsonOrPage::Page(radar_page(&logged_in.into()))),
            Ok(logged_in) => Ok(JsonOrPage::Json(Answer::new("登录成功", logged_in.into()))),
            Err(error) if navigates => error_page(error).map(JsonOrPage::Page),
            Err(error) => Err(error),
        }
    }
}

fn radar_page(login: &WorkLogin) -> String {
    let query = Serializer::new(String::new())
        .append_pair("token", &login.token)
        .append_pair("id", &login.user_id.to_string())
        .append_pair("avatar", &login.avatar)
        .append_pair("is_first_login", &login.is_first_login)
        .finish();
    format!("/radar/#/?{query}")
}

/// The page that explains it to a person.
fn error_page(error: Error) -> Result<String> {
    match error {
        Error::Forbidden(_) => Ok("/radar/#/expire_page/index".to_owned()),
        other => web::error_page("radar", other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_get_what_they_show_in_the_fragment() {
        let login = WorkLogin {
            token: "t".into(),
            user_id: 7,
            avatar: "http://wx.qlogo.cn/a?b=c&d".into(),
            is_first_login: "Yes".into(),
            company_id: 1,
            username: "李娜".into(),
        };
        assert_eq!(
            radar_page(&login),
            "/radar/#/?token=t&id=7&avatar=http%3A%2F%2Fwx.qlogo.cn%2Fa%3Fb%3Dc%26d&is_first_login=Yes"
        );
        assert_eq!(error_page(Error::expired()).unwrap(), "/radar/#/expire_page/index");
        assert!(error_page(Error::Disabled).unwrap().starts_with("/radar/#/err_page?code=306&msg=%E8%B4%A6"));
        assert!(error_page(Error::internal("x")).is_err());
    }
}
