//! The JS-SDK signature of our pages. Document 002, section 16.3.

use poem::{Request, http::header};
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::Customer,
    ids::CompanyId,
    official::sign,
    web::{Answer, Params, Tag},
};

pub struct SignApi(pub App);

#[derive(Debug, Object)]
struct SignQuery {
    /// 公司 ID
    company_id: i64,
    /// 要签名的页面地址；不传时取 location_href，再取 Referer。# 之后的部分不参与签名
    #[oai(validator(max_length = 4000))]
    url: Option<String>,
    /// 同 url
    #[oai(validator(max_length = 4000))]
    location_href: Option<String>,
}

/// wx.config 所需的参数
#[derive(Debug, Object, Serialize)]
struct PageSignature {
    appid: String,
    /// 秒
    timestamp: i64,
    #[oai(rename = "nonceStr")]
    #[serde(rename = "nonceStr")]
    nonce_str: String,
    signature: String,
}

#[OpenApi(tag = "Tag::ReaderLogin")]
impl SignApi {
    /// 后台管理 - 公众号  -  生成公众号的签名算法JSDK接口
    ///
    /// 公司没有公众号时返回 301，微信不给 jsapi_ticket 时返回 402。
    #[oai(
        path = "/zhugeleida/gongzhonghao/work_gongzhonghao_auth/gongzhonghao_share_sign",
        method = "get",
        operation_id = "gongzhonghao.work_gongzhonghao_auth.gongzhonghao_share_sign"
    )]
    async fn share_sign(
        &self,
        request: &Request,
        customer: Customer,
        query: Params<SignQuery>,
    ) -> Result<Answer<PageSignature>> {
        let query = query.0;
        if CompanyId(query.company_id) != customer.company {
            return Err(Error::no_such("公司"));
        }
        let referer = || request.header(header::REFERER).map(ToOwned::to_owned);
        let url = query.url.or(query.location_href).or_else(referer).unwrap_or_default();
        let signed = sign::sign(&self.0, customer.company, &url).await?;
        let answer = PageSignature {
            appid: signed.app_id,
            timestamp: signed.timestamp,
            nonce_str: signed.nonce,
            signature: signed.signature,
        };
        Ok(Answer::new("查询成功", answer).noted())
    }
}
