//! Where WeChat sends the browser after an authorisation.

use poem::{
    IntoResponse, Request, Response,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    registry::{MetaResponses, Registry},
};
use quick_xml::escape::escape;

use crate::{
    app::App,
    error::{Error, Result},
    identity::AccountKind,
    platform::grants,
    web::{Answer, Empty, Params, Tag, remote_caller},
};

pub struct ReturningApi(pub App);

#[derive(Debug, Object)]
struct AuthCodeQuery {
    /// 微信的授权码
    #[oai(validator(max_length = 512))]
    auth_code: String,
    /// 授权码的有效期，秒
    expires_in: Option<i64>,
    /// 授权链接带上的凭据；没有时按小程序的 appid 对应公司
    #[oai(validator(max_length = 2000))]
    state: Option<String>,
}

/// The envelope for programs, a few words for a browser.
enum Reply {
    Json(Answer<Empty>),
    Page(StatusCode, String),
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self {
            Self::Json(answer) => answer.into_response(),
            Self::Page(status, html) => {
                let page = Response::builder().status(status).header(header::CONTENT_TYPE, "text/html; charset=utf-8");
                page.header(header::CONTENT_SECURITY_POLICY, "default-src 'none'").body(html)
            }
        }
    }
}

impl ApiResponse for Reply {
    fn meta() -> MetaResponses {
        Answer::<Empty>::meta()
    }

    fn register(registry: &mut Registry) {
        Answer::<Empty>::register(registry);
    }
}

#[OpenApi(tag = "Tag::AdminGrant")]
impl ReturningApi {
    /// 小程序授权 - 授权后的返回地址
    ///
    /// 由微信带着浏览器跳转到此，不需要签名；重复访问结果相同。Accept 含 text/html 时返回网页。
    #[oai(
        path = "/zhugeleida/admin/open_weixin/auth_code",
        method = "get",
        operation_id = "admin.open_weixin.auth_code"
    )]
    async fn back_from_xcx(&self, request: &Request, query: Params<AuthCodeQuery>) -> Result<Reply> {
        self.back(request, AccountKind::MiniProgram, query.0).await
    }

    /// 公众号授权 - 授权后的返回地址
    ///
    /// 由微信带着浏览器跳转到此，不需要签名；重复访问结果相同。Accept 含 text/html 时返回网页。
    #[oai(
        path = "/zhugeleida/admin/open_weixin_gongzhonghao/auth_code",
        method = "get",
        operation_id = "admin.open_weixin_gongzhonghao.auth_code"
    )]
    async fn back_from_gzh(&self, request: &Request, query: Params<AuthCodeQuery>) -> Result<Reply> {
        self.back(request, AccountKind::OfficialAccount, query.0).await
    }
}

impl ReturningApi {
    async fn back(&self, request: &Request, kind: AccountKind, query: AuthCodeQuery) -> Result<Reply> {
        let _ = query.expires_in;
        let outcome =
            grants::returned(&self.0, kind, query.auth_code.trim(), query.state.as_deref(), remote_caller().0).await;
        let is_browser = request.header(header::ACCEPT).is_some_and(|accept| accept.contains("text/html"));
        match outcome {
            Ok(()) if is_browser => Ok(Reply::Page(StatusCode::OK, page("授权成功", "可以回到后台继续下一步。"))),
            Ok(()) => Ok(Reply::Json(Answer::done(""))),
            Err(Error::Internal(detail)) => Err(Error::Internal(detail)),
            Err(error) if is_browser => {
                let status = match error {
                    Error::WeixinUnreachable => StatusCode::SERVICE_UNAVAILABLE,
                    _ => StatusCode::OK,
                };
                Ok(Reply::Page(status, page("授权没有完成", &error.to_string())))
            }
            Err(error) => Err(error),
        }
    }
}

fn page(title: &str, text: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"></head>\
         <body><h1>{title}</h1><p>{}</p><p><a href=\"/admin/\">返回后台</a></p></body></html>",
        escape(text)
    )
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn what_wechat_says_is_no_markup() {
        assert!(page("授权没有完成", "<script>").contains("&lt;script&gt;"));
    }
}
