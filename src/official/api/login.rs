//! Login of readers. Document 002, section 16.1.

use form_urlencoded::Serializer;
use poem::Request;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::{
    app::App,
    articles::{Share, links},
    error::{FieldErrors, Result},
    ids::{ArticleId, CompanyId, CustomerId, StaffId},
    official::login::{self, Arrival, Outcome},
    web::{self, Answer, JsonOrPage, Params, Tag},
};

pub struct ReaderLoginApi(pub App);

#[derive(Debug, Object)]
struct ReaderLoginQuery {
    /// 微信带来的 code
    #[oai(validator(max_length = 200))]
    code: String,
    /// 公众号的 appID；微信直接跳转回来（带 relate）时可以没有
    #[oai(validator(max_length = 100))]
    appid: Option<String>,
    /// snsapi_base 静默，snsapi_userinfo 弹窗
    state: String,
    /// article_id_1|pid_1|level_2|uid_1|company_id_1：分享链接带来的参数，代替下面几个
    #[oai(validator(max_length = 200))]
    relate: Option<String>,
    /// 文章 ID；没有 relate 时必填
    article_id: Option<i64>,
    /// 转发文章的客户 ID；没有则为空
    pid: Option<i64>,
    /// 所在层级，默认 1
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    level: Option<i64>,
    /// 文章所属的雷达用户 ID；预览时为空
    uid: Option<i64>,
    /// 公司 ID；不传时为公众号所属的公司
    company_id: Option<i64>,
    /// 不用：公众号的客户都是 1
    user_type: Option<i64>,
}

/// 登录结果
#[derive(Debug, Object, Serialize)]
struct ReaderLogin {
    /// false：还不是客户，请转到 authorize_url，由用户同意授权
    is_verify: bool,
    /// 请求用户授权的地址（is_verify 为 false 时）
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    authorize_url: Option<String>,
    /// 客户 ID，与 token 一起用于签名
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<i64>,
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<String>,
    /// Yes 首次登录，No 不是
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    is_first_login: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    company_id: Option<i64>,
}

impl ReaderLoginQuery {
    fn arrival(&self) -> Result<Arrival> {
        let mut errors = FieldErrors::new();
        let shared = self.relate.as_deref().map(Share::parse);
        let shared = match shared {
            Some(None) => {
                errors.add("relate", "格式不正确");
                None
            }
            Some(shared) => shared,
            None => None,
        };
        if self.relate.is_none() && self.article_id.is_none() {
            errors.add("article_id", "此字段不能为空");
        }
        if self.relate.is_none() && self.appid.is_none() {
            errors.add("appid", "此字段不能为空");
        }
        if ![links::SILENT, links::ASKING].contains(&self.state.as_str()) {
            errors.add("state", "应为 snsapi_base 或 snsapi_userinfo");
        }
        errors.into_result()?;
        let arrival = Arrival {
            code: self.code.trim().trim_matches('\'').to_owned(),
            app_id: self.appid.clone(),
            is_asked: self.state == links::ASKING,
            company: self.company_id.map(CompanyId),
            article: ArticleId(self.article_id.unwrap_or_default()),
            staff: self.uid.map(StaffId),
            parent: self.pid.map(CustomerId),
            level: self.level.unwrap_or(1),
        };
        Ok(match shared {
            Some(Share { company, article, staff, parent, level }) => {
                Arrival { company: Some(company), article, staff, parent, level, ..arrival }
            }
            None => arrival,
        })
    }
}

#[OpenApi(tag = "Tag::ReaderLogin")]
impl ReaderLoginApi {
    /// 后台管理 - 公众号  -  登录认证
    ///
    /// 不需要签名。先以 state=snsapi_base 静默登录：已是客户时返回 user_id 与 token，否则返回 authorize_url；用户同意后以
    /// state=snsapi_userinfo 再来一次。带 uid 时客户与雷达用户、文章建立关系。同一 code 重复请求时答复与第一次相同。
    /// 浏览器访问（Accept 含 text/html）时转到授权页面，或 `/article/#/gongzhonghao/leidawenzhang/{文章}?token=…&user_id=…`。
    #[oai(
        path = "/zhugeleida/gongzhonghao/work_gongzhonghao_auth",
        method = "get",
        operation_id = "gongzhonghao.work_gongzhonghao_auth.login"
    )]
    async fn log_in(&self, request: &Request, query: Params<ReaderLoginQuery>) -> Result<JsonOrPage<ReaderLogin>> {
        let navigates = web::navigates(request);
        let arrival = query.0.arrival()?;
        match login::log_in(&self.0, arrival.clone()).await {
            Ok(Outcome::Ask(url)) if navigates => Ok(JsonOrPage::Page(url)),
            Ok(Outcome::In(reader)) if navigates => Ok(JsonOrPage::Page(article_page(&arrival, &reader))),
            Ok(outcome) => Ok(JsonOrPage::Json(Answer::new("返回成功", outcome.into()))),
            Err(error) if navigates => web::error_page("article", error).map(JsonOrPage::Page),
            Err(error) => Err(error),
        }
    }
}

impl From<Outcome> for ReaderLogin {
    fn from(outcome: Outcome) -> Self {
        let nobody = Self {
            is_verify: false,
            authorize_url: None,
            user_id: None,
            token: None,
            avatar: None,
            is_first_login: None,
            company_id: None,
        };
        match outcome {
            Outcome::Ask(url) => Self { authorize_url: Some(url), ..nobody },
            Outcome::In(reader) => Self {
                is_verify: true,
                user_id: Some(reader.customer.0),
                token: Some(reader.token),
                avatar: Some(reader.avatar),
                is_first_login: Some(if reader.is_first { "Yes" } else { "No" }.to_owned()),
                company_id: Some(reader.company.0),
                ..nobody
            },
        }
    }
}

/// Our page that shows the article; what it needs stands in the fragment, which no server sees.
fn article_page(arrival: &Arrival, reader: &login::Reader) -> String {
    let page = if arrival.staff.is_some() { "leidawenzhang" } else { "yulanneirong" };
    let text = |id: Option<i64>| id.map_or_else(String::new, |id| id.to_string());
    let query = Serializer::new(String::new())
        .append_pair("token", &reader.token)
        .append_pair("user_id", &reader.customer.to_string())
        .append_pair("uid", &text(arrival.staff.map(|staff| staff.0)))
        .append_pair("level", &arrival.level.to_string())
        .append_pair("pid", &text(arrival.parent.map(|parent| parent.0)))
        .append_pair("company_id", &reader.company.to_string())
        .finish();
    format!("/article/#/gongzhonghao/{page}/{}?{query}", arrival.article)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn arrival(staff: Option<StaffId>) -> Arrival {
        Arrival {
            code: "c".into(),
            app_id: None,
            is_asked: false,
            company: None,
            article: ArticleId(9),
            staff,
            parent: None,
            level: 2,
        }
    }

    #[test]
    fn pages_get_what_they_show_in_the_fragment() {
        let reader = login::Reader {
            customer: CustomerId(7),
            company: CompanyId(1),
            token: "t".into(),
            avatar: String::new(),
            is_first: true,
        };
        assert_eq!(
            article_page(&arrival(Some(StaffId(3))), &reader),
            "/article/#/gongzhonghao/leidawenzhang/9?token=t&user_id=7&uid=3&level=2&pid=&company_id=1"
        );
        assert!(article_page(&arrival(None), &reader).starts_with("/article/#/gongzhonghao/yulanneirong/9?token=t"));
        assert!(
            web::error_page("article", Error::WeixinUnreachable)
                .unwrap()
                .starts_with("/article/#/err_page?code=503&msg=")
        );
        assert!(web::error_page("article", Error::internal("x")).is_err());
    }
}
