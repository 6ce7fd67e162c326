//! What WeChat posts to the platforms.

use poem::{
    IntoResponse, Response,
    error::ResponseError,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::Path,
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type,
};

use crate::{
    app::App,
    error::{Error, Result},
    identity::AccountKind,
    platform::{self, Push, grants},
    web::{Params, Tag, XmlBody},
};

pub struct PushApi(pub App);

#[derive(Debug, Object)]
struct PushEnvelope {
    timestamp: Option<String>,
    nonce: Option<String>,
    /// 对 timestamp、nonce 与 Encrypt 的签名
    msg_signature: Option<String>,
    /// 固定为 aes
    encrypt_type: Option<String>,
    /// 不用
    signature: Option<String>,
}

impl PushEnvelope {
    fn around(self, body: XmlBody) -> Push {
        // Always "aes"; the other signature does not cover the message.
        let _ = (self.encrypt_type, self.signature);
        Push {
            signature: self.msg_signature.unwrap_or_default(),
            timestamp: self.timestamp.unwrap_or_default(),
            nonce: self.nonce.unwrap_or_default(),
            body: body.0,
        }
    }
}

/// The word that WeChat waits for, or the refusal of what is not WeChat's.
enum Heard {
    Success,
    Refused,
}

impl IntoResponse for Heard {
    fn into_response(self) -> Response {
        match self {
            Self::Success => {
                Response::builder().header(header::CONTENT_TYPE, "text/plain; charset=utf-8").body("success")
            }
            Self::Refused => {
                let mut refusal = Error::Forged.as_response();
                refusal.set_status(StatusCode::FORBIDDEN);
                refusal
            }
        }
    }
}

impl ApiResponse for Heard {
    fn meta() -> MetaResponses {
        let answer = |status, description, content| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content,
            headers: Vec::new(),
        };
        let text = MetaMediaType { content_type: "text/plain", schema: <String as Type>::schema_ref() };
        MetaResponses {
            responses: vec![
                answer(200, "固定文本 success", vec![text]),
                answer(403, "签名不正确，code 为 400", vec![]),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        <String as Type>::register(registry);
    }
}

#[OpenApi(tag = "Tag::AdminGrant")]
impl PushApi {
    /// 微信推送 - 小程序第三方平台的授权事件
    ///
    /// 由微信调用：component_verify_ticket、authorized、updateauthorized、unauthorized。
    #[oai(path = "/zhugeleida/admin/open_weixin/tongzhi", method = "post", operation_id = "admin.open_weixin.tongzhi")]
    async fn push_xcx(&self, query: Params<PushEnvelope>, body: XmlBody) -> Result<Heard> {
        self.event(AccountKind::MiniProgram, query.0.around(body)).await
    }

    /// 微信推送 - 公众号第三方平台的授权事件
    ///
    /// 由微信调用：component_verify_ticket、authorized、updateauthorized、unauthorized。
    #[oai(
        path = "/zhugeleida/admin/open_weixin_gongzhonghao/tongzhi",
        method = "post",
        operation_id = "admin.open_weixin_gongzhonghao.tongzhi"
    )]
    async fn push_gzh(&self, query: Params<PushEnvelope>, body: XmlBody) -> Result<Heard> {
        self.event(AccountKind::OfficialAccount, query.0.around(body)).await
    }

    /// 微信推送 - 小程序的消息与事件
    ///
    /// 由微信调用，在第三方平台中设为消息与事件接收 URL；处理代码审核结果，其余不处理。
    #[oai(
        path = "/zhugeleida/admin/open_weixin/callback/:app_id",
        method = "post",
        operation_id = "admin.open_weixin.callback"
    )]
    async fn message(&self, app_id: Path<String>, query: Params<PushEnvelope>, body: XmlBody) -> Result<Heard> {
        match platform::opened(&self.0, AccountKind::MiniProgram, &query.0.around(body))? {
            None => Ok(Heard::Refused),
            Some(fields) => {
                platform::audit_event(&self.0, &app_id.0, &fields).await?;
                Ok(Heard::Success)
            }
        }
    }
}

impl PushApi {
    async fn event(&self, kind: AccountKind, push: Push) -> Result<Heard> {
        match platform::opened(&self.0, kind, &push)? {
            None => Ok(Heard::Refused),
            Some(fields) => {
                grants::event(&self.0, kind, fields).await?;
                Ok(Heard::Success)
            }
        }
    }
}
