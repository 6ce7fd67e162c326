//! Letting somebody in through a WebSocket: the same signature as everywhere, in the handshake's query or in a frame.

use poem::Request;
use serde_json::{Map, Value, json};

use super::{Family, Session, authenticate, goes_on};
use crate::{
    app::App,
    error::Error,
    web::{Reply, signature::Signature},
};

/// A frame of a client: a JSON object whose scalars come as text or as such.
#[derive(Debug)]
pub struct Frame(Map<String, Value>);

impl Frame {
    /// `Err` is the documented answer to a frame that cannot be read.
    fn parse(text: &str) -> Result<Self, Reply> {
        match serde_json::from_str(text) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(unreadable("应为 JSON 对象")),
            Err(error) => Err(unreadable(&error.to_string())),
        }
    }

    /// A frame that asks for something. What every socket answers alike is the `Err`: heartbeats, leaving, nonsense.
    pub fn request(text: &str) -> Result<Self, Reply> {
        let frame = Self::parse(text)?;
        match frame.kind().as_deref() {
            Some("closed") => Err(Reply::close()),
            Some("lived") => Err(alive()),
            _ => Ok(frame),
        }
    }

    /// A scalar as text; absent when missing, empty or `undefined`.
    pub fn text(&self, name: &str) -> Option<String> {
        let text = match self.0.get(name)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!text.is_empty() && text != "undefined").then_some(text)
    }

    pub fn id(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// `register`, `lived`, `query_num`, `closed`; `None` for a message.
    pub fn kind(&self) -> Option<String> {
        self.text("type")
    }
}

fn unreadable(reason: &str) -> Reply {
    refusal(400, &format!("报错:{reason} 终止连接"))
}

/// The documented answer to a heartbeat.
fn alive() -> Reply {
    Reply::frame(json!({ "code": 270, "msg": "为了新中国的胜利向我开炮" }).to_string())
}

/// The answer to a frame without the ids that say who talks with whom.
pub fn without_ids() -> Reply {
    refusal(401, "user_id和uid不能为空,终止连接")
}

fn refusal(code: i64, msg: &str) -> Reply {
    Reply::last(json!({ "code": code, "msg": msg }).to_string())
}

/// An error as a frame; the socket stays open.
pub fn failed(error: &Error) -> Reply {
    let msg = match error {
        Error::Internal(detail) => {
            tracing::error!(%detail, "a socket failed");
            "服务器内部错误".to_owned()
        }
        other => other.to_string(),
    };
    Reply::frame(json!({"code": error.code(), "msg": msg, "data": {}}).to_string())
}

/// Decides who is on the other side of a socket.
///
/// Ask it again after subscribing: an account that was disabled in between has had its sockets ended before the new one
/// was among them.
pub struct Gate {
    app: App,
    family: Family,
    /// What a bad signature is called on this socket.
    refusal: &'static str,
    /// From the handshake's query, when it was signed.
    handshake: Option<Signature>,
}

impl Gate {
    pub fn new(app: App, family: Family, request: &Request) -> Self {
        let refusal = match family {
            Family::Customer if request.uri().path().starts_with("/zhugeleida/gongzhonghao") => "公众号token验证未通过",
            Family::Customer => "小程序token验证未通过",
            Family::Staff => "雷达token验证未通过",
            Family::Admin => "后台token验证未通过",
        };
        Self { app, family, refusal, handshake: Signature::of(request).ok() }
    }

    /// Checks the signature of a frame or, where it has none, of the handshake. `Err` is the answer to a bad one.
    pub async fn admit(&self, frame: &Frame) -> Result<std::sync::Arc<Session>, Reply> {
        match self.signature_of(frame) {
            Ok(signature) => self.check(&signature).await,
            Err(_) => Err(self.forged()),
        }
    }

    /// The signature that [`Self::admit`] checks.
    pub fn signature_of(&self, frame: &Frame) -> crate::error::Result<Signature> {
        let user_id = frame.text("user_id");
        match (frame.text("rand_str"), &self.handshake) {
            (Some(rand_str), _) => {
                Signature::new(user_id.as_deref(), frame.text("timestamp").as_deref(), Some(&rand_str))
            }
            (None, Some(handshake)) => match user_id.and_then(|id| id.parse::<i64>().ok()) {
                Some(other) if other != handshake.user_id => Err(Error::Forged),
                _ => Ok(handshake.clone()),
            },
            (None, None) => Err(Error::Forged),
        }
    }

    /// The session that `signature` was let in to, if it goes on.
    pub async fn session_of(&self, signature: &Signature) -> crate::error::Result<Option<std::sync::Arc<Session>>> {
        goes_on(&self.app, self.family, signature).await
    }

    /// The handshake's own signature, when it had one.
    pub fn handshake(&self) -> Option<&Signature> {
        self.handshake.as_ref()
    }

    /// The handshake's own signature, checked; `None` when it had none.
    pub async fn admit_handshake(&self) -> Option<Result<std::sync::Arc<Session>, Reply>> {
        match &self.handshake {
            Some(signature) => Some(self.check(signature).await),
            None => None,
        }
    }

    /// What a badly signed handshake is answered with; nothing otherwise.
    pub async fn refusal(&self) -> Reply {
        self.admit_handshake().await.and_then(Result::err).unwrap_or_default()
    }

    async fn check(&self, signature: &Signature) -> Result<std::sync::Arc<Session>, Reply> {
        match authenticate(&self.app, self.family, signature, false).await {
            Ok(session) => Ok(session),
            Err(Error::Forged) => Err(self.forged()),
            Err(error @ Error::Internal(_)) => {
                tracing::error!(%error, "a socket could not be let in");
                Err(refusal(500, "服务器内部错误"))
            }
            Err(other) => Err(refusal(other.code(), &other.to_string())),
        }
    }

    fn forged(&self) -> Reply {
        refusal(400, self.refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_as_text_or_as_numbers() {
        let frame = Frame::parse(r#"{"user_id": "7", "u_id": 8, "type": "register", "x": "undefined"}"#).unwrap();
        assert_eq!(
            (frame.id("user_id"), frame.id("u_id"), frame.id("x"), frame.id("y")),
            (Some(7), Some(8), None, None)
        );
        assert_eq!(frame.kind().as_deref(), Some("register"));
    }

    #[test]
    fn what_is_no_object_is_answered_and_closed() {
        for text in ["", "hello", "[1]", "7"] {
            let reply = Frame::parse(text).unwrap_err();
            assert!(reply.close && reply.frames[0].contains("终止连接"), "{text}");
        }
    }
}
