//! How an [`Error`] looks on the wire, and what becomes of the errors that poem itself raises.

use poem::{
    Response,
    error::{MethodNotAllowedError, NotFoundError, ParsePathError, ResponseError},
    http::{StatusCode, header},
};
use poem_openapi::error::ParseParamError;
use serde_json::{Value, json};

use super::door;
use crate::error::Error;

pub const JSON: &str = "application/json; charset=utf-8";

impl ResponseError for Error {
    fn status(&self) -> StatusCode {
        // Only what a proxy or a browser must understand has a status of its own; the rest is 200 with a code.
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Self::WeixinUnreachable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::OK,
        }
    }

    fn as_response(&self) -> Response
    where
        Self: std::error::Error + Send + Sync + 'static,
    {
        error_response(self)
    }
}

/// The envelope of an error. The detail of an internal fault goes to the log, its request id to the caller.
pub fn error_response(error: &Error) -> Response {
    let mut msg = error.to_string();
    let data = match error {
        Error::Invalid(fields) | Error::BadUpload(fields) => json!(fields.0),
        _ => json!({}),
    };
    if let Error::Internal(detail) = error {
        let id = door::request_id();
        tracing::error!(%id, detail = %detail, "internal fault");
        msg = format!("服务器内部错误，请求编号 {id}");
    }
    envelope(error.status(), error.code(), &msg, &data)
}

fn envelope(status: StatusCode, code: i64, msg: &str, data: &Value) -> Response {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, JSON)
        .body(json!({ "code": code, "msg": msg, "data": data }).to_string())
}

/// Any error that left an endpoint, as the envelope.
pub fn render(error: poem::Error) -> Response {
    if let Some(ours) = error.downcast_ref::<Error>() {
        return error_response(ours);
    }
    error_response(&translate(error))
}

fn translate(error: poem::Error) -> Error {
    if error.is::<NotFoundError>() {
        return Error::NoSuchAddress("请求地址不存在".into());
    }
    if error.is::<MethodNotAllowedError>() {
        return Error::WrongMethod;
    }
    if let Some(param) = error.downcast_ref::<ParseParamError>() {
        return Error::field(param.name, "格式不正确");
    }
    if error.is::<ParsePathError>() {
        return Error::NoSuchAddress("请求地址不存在".into());
    }
    if error.is::<poem::error::WebSocketError>() {
        return Error::Unacceptable("此地址只接受 WebSocket 连接".into());
    }
    match error.status() {
        StatusCode::NOT_FOUND => Error::NoSuchAddress("请求地址不存在".into()),
        StatusCode::METHOD_NOT_ALLOWED => Error::WrongMethod,
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
        status if status.is_client_error() => Error::Unacceptable("请求异常".into()),
        _ => Error::internal(error.into_response().status().to_string()),
    }
}
