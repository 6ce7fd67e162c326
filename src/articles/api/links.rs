//! Addresses that lead readers to an article. Document 002, sections 14.1 and 16.2; document 004, section 2.4.

use poem::{
    IntoResponse, Response,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::Path,
    registry::{MetaResponse, MetaResponses, Registry},
};
use serde::Serialize;

use crate::{
    app::App,
    articles::links,
    error::{Error, Result},
    identity::{Admin, Customer, Right},
    ids::{ArticleId, CompanyId, StaffId},
    web::{Answer, Params, Tag},
};

pub struct ShareApi(pub App);

#[derive(Debug, Object)]
struct ShareQuery {
    /// 文章所属的雷达用户
    uid: i64,
    /// 分享者所在的层级；链接的层级为其下一级
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    level: i64,
    /// 文章 ID
    article_id: i64,
    /// 公司 ID
    company_id: i64,
    /// 不起作用：链接的父级是签名的客户
    pid: Option<i64>,
}

/// 分享链接
#[derive(Debug, Object, Serialize)]
struct ShareUrl {
    share_url: String,
}

/// 认证链接
#[derive(Debug, Object, Serialize)]
struct AuthorizeUrl {
    authorize_url: String,
}

#[derive(Debug, Object)]
struct RedirectQuery {
    /// 要跳转的地址
    share_url: String,
}

/// A redirect; nothing but the address.
struct Redirect(String);

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        Response::builder().status(StatusCode::FOUND).header(header::LOCATION, self.0).finish()
    }
}

impl ApiResponse for Redirect {
    fn meta() -> MetaResponses {
        let redirect = MetaResponse {
            description: "转到 share_url",
            status: Some(302),
            status_range: None,
            content: Vec::new(),
            headers: Vec::new(),
        };
        // Refusals come as JSON, with HTTP 200 like everywhere.
        let refused =
            MetaResponse { description: "地址不被允许：code 404", status: Some(200), ..redirect_like() };
        MetaResponses { responses: vec![redirect, refused] }
    }

    fn register(_registry: &mut Registry) {}
}

fn redirect_like() -> MetaResponse {
    MetaResponse { description: "", status: None, status_range: None, content: Vec::new(), headers: Vec::new() }
}

#[allow(clippy::unused_async, reason = "poem-openapi wants every endpoint async")]
#[OpenApi(tag = "Tag::ReaderLogin")]
impl ShareApi {
    /// 文章链接跳转
    ///
    /// 推荐文章的 article_url 指向这里，由浏览器打开，不需要签名。只跳转到 https://open.weixin.qq.com/ 与本站；其它地址返回 404。
    #[oai(
        path = "/zhugeleida/gongzhonghao/work_gongzhonghao_auth/redirect_share_url",
        method = "get",
        operation_id = "gongzhonghao.work_gongzhonghao_auth.redirect_share_url"
    )]
    async fn redirect_share_url(&self, query: Params<RedirectQuery>) -> Result<Redirect> {
        let target = query.0.share_url;
        if links::is_allowed(&self.0, &target) {
            Ok(Redirect(target))
        } else {
            Err(Error::NoSuchAddress("非法请求".into()))
        }
    }

    /// 后台管理 - 公众号  -  创建公众号文章分享链接
    ///
    /// 链接的父级为签名的客户，层级加一。公司没有公众号时返回 400。
    #[oai(
        path = "/zhugeleida/gongzhonghao/work_gongzhonghao_auth/create_gongzhonghao_share_auth_url",
        method = "get",
        operation_id = "gongzhonghao.work_gongzhonghao_auth.create_gongzhonghao_share_auth_url"
    )]
    async fn create_share_url(&self, customer: Customer, query: Params<ShareQuery>) -> Result<Answer<ShareUrl>> {
        let ShareQuery { uid, level, article_id, company_id, pid } = query.0;
        let _ = pid;
        let (article, staff, company) = (ArticleId(article_id), StaffId(uid), CompanyId(company_id));
        let share_url = links::share(&self.0, customer, article, staff, company, level).await?;
        Ok(Answer::new("返回成功", ShareUrl { share_url }))
    }

    /// 后台管理 - 代公众号  - 生成公众号认证URl
    ///
    /// o_id 为公司 ID，0 为自己的公司；只有超级管理员可以指定其它公司。公司没有公众号时返回 400。
    #[oai(
        path = "/zhugeleida/gongzhonghao/create_gongzhonghao_auth_url/:o_id",
        method = "get",
        operation_id = "gongzhonghao.auth.create_gongzhonghao_auth_url"
    )]
    async fn create_auth_url(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<AuthorizeUrl>> {
        admin.require(Right::ArticleRead)?;
        let company = admin.company_named(Some(o_id.0).filter(|id| *id != 0))?;
        let authorize_url = links::auth_url(&self.0, company).await?;
        // As the document prints it.
        Ok(Answer::new("返回成功成功", AuthorizeUrl { authorize_url }))
    }
}
