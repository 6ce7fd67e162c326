//! What WeChat pushes to us for an official account. Not documented for clients: WeChat calls it.

use poem_openapi::{Object, OpenApi, param::Path, payload::PlainText};

use crate::{
    app::App,
    error::{Error, Result},
    official::inbox::{self, Signs},
    web::{Params, Tag},
};

/// WeChat's messages stay far below.
const LONGEST: usize = 256 << 10;

pub struct PushApi(pub App);

#[derive(Debug, Object)]
struct PushQuery {
    /// 微信的签名
    #[oai(validator(max_length = 100))]
    signature: Option<String>,
    /// 秒
    #[oai(validator(max_length = 20))]
    timestamp: Option<String>,
    #[oai(validator(max_length = 100))]
    nonce: Option<String>,
    /// 加密消息的签名
    #[oai(validator(max_length = 100))]
    msg_signature: Option<String>,
    /// aes：消息已加密
    encrypt_type: Option<String>,
    /// 验证服务器地址时由微信给出
    #[oai(validator(max_length = 200))]
    echostr: Option<String>,
}

impl PushQuery {
    fn signs(&self) -> Signs {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        Signs {
            signature: text(&self.signature),
            timestamp: text(&self.timestamp),
            nonce: text(&self.nonce),
            msg_signature: text(&self.msg_signature),
        }
    }
}

#[OpenApi(tag = "Tag::WeixinPush")]
impl PushApi {
    /// 公众号消息与事件 - 验证服务器地址
    ///
    /// 微信在公众号后台填写服务器地址时调用：签名正确时原样返回 echostr。Token 为设置 company.N.gzh.token。
    #[oai(
        path = "/zhugeleida/admin/open_weixin_gongzhonghao/callback/:app_id",
        method = "get",
        operation_id = "admin.open_weixin_gongzhonghao.check_callback"
    )]
    async fn check(&self, app_id: Path<String>, query: Params<PushQuery>) -> Result<PlainText<String>> {
        if inbox::is_own_check(&self.0, &app_id.0, &query.0.signs()).await? {
            Ok(PlainText(query.0.echostr.unwrap_or_default()))
        } else {
            Err(Error::Forged)
        }
    }

    /// 公众号消息与事件
    ///
    /// 微信推送的 XML，明文或加密，由第三方平台或公众号自己的密钥签名。处理后返回 success；签名不正确返回 400。
    #[oai(
        path = "/zhugeleida/admin/open_weixin_gongzhonghao/callback/:app_id",
        method = "post",
        operation_id = "admin.open_weixin_gongzhonghao.callback"
    )]
    async fn receive(
        &self,
        app_id: Path<String>,
        query: Params<PushQuery>,
        body: poem::Body,
    ) -> Result<PlainText<String>> {
        let body = body.into_bytes_limit(LONGEST).await.map_err(|_| Error::TooLarge)?;
        let body = std::str::from_utf8(&body).map_err(|_| Error::Forged)?;
        let push = inbox::open(&self.0, &app_id.0, &query.0.signs(), body).await?;
        inbox::receive(&self.0, push).await?;
        Ok(PlainText("success".to_owned()))
    }
}
