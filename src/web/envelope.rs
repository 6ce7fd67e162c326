//! The envelope `{code, msg, data}` around every answer.

use poem::{IntoResponse, Response, http::header};
use poem_openapi::{
    ApiResponse, Object,
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::{ParseFromJSON, ToJSON, Type},
};
use serde::Serialize;

use super::reply;
use crate::error::{Error, Text};

/// What a document calls `data` when there is nothing to say: `{}`.
#[derive(Debug, Clone, Copy, Default, Object, Serialize)]
pub struct Empty {}

/// 新建的 ID
#[derive(Debug, Clone, Copy, Object, Serialize)]
pub struct NewId {
    pub id: i64,
}

/// A list and how many rows there are in all.
#[derive(Debug, Clone, Default, Object, Serialize)]
pub struct Page<T: Type + ParseFromJSON + ToJSON + Serialize> {
    /// 数据列表
    pub ret_data: Vec<T>,
    /// 总条数
    pub data_count: i64,
}

impl<T: Type + ParseFromJSON + ToJSON + Serialize> Page<T> {
    pub fn new(ret_data: Vec<T>, data_count: i64) -> Self {
        Self { ret_data, data_count }
    }

    /// A list that is never paged: its length is the count.
    pub fn whole(ret_data: Vec<T>) -> Self {
        let data_count = i64::try_from(ret_data.len()).unwrap_or(i64::MAX);
        Self { ret_data, data_count }
    }
}

/// The documented shape of an answer; [`Answer`] writes it.
#[derive(Object)]
struct Envelope<T: Type + ParseFromJSON + ToJSON> {
    /// 200 成功；其余见接口说明中的返回码
    code: i64,
    /// 提示信息
    msg: String,
    /// 数据
    data: T,
}

/// A successful answer: the message and the data.
#[derive(Debug)]
pub struct Answer<T> {
    msg: Text,
    data: T,
    note: Option<Empty>,
}

impl<T> Answer<T> {
    pub fn new(msg: impl Into<Text>, data: T) -> Self {
        Self { msg: msg.into(), data, note: None }
    }

    /// With the empty `note` that some documents print.
    #[must_use]
    pub fn with_note(self) -> Self {
        Self { note: Some(Empty {}), ..self }
    }
}

impl Answer<Empty> {
    /// Done, with nothing to say but the message.
    pub fn done(msg: impl Into<Text>) -> Self {
        Self::new(msg, Empty {})
    }
}

#[derive(Serialize)]
struct Wire<'a, T> {
    code: i64,
    msg: &'a str,
    data: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Empty>,
}

impl<T: Serialize + Send> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&Wire { code: 200, msg: &self.msg, data: &self.data, note: self.note }) {
            Ok(bytes) => Response::builder().header(header::CONTENT_TYPE, reply::JSON).body(bytes),
            Err(error) => reply::error_response(&Error::from(error)),
        }
    }
}

impl<T: Type + ParseFromJSON + ToJSON> ApiResponse for Answer<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "code 为 200 时成功",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "application/json",
                    schema: <Envelope<T> as Type>::schema_ref(),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        <Envelope<T> as Type>::register(registry);
    }
}

/// Errors are documented once, in the document's description: every endpoint may answer them.
impl ApiResponse for Error {
    fn meta() -> MetaResponses {
        MetaResponses { responses: Vec::new() }
    }

    fn register(_registry: &mut Registry) {}
}
