//! XML in and out, for what WeChat itself calls.

use std::time::Duration;

use poem::{IntoResponse, Request, RequestBody, Response};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions,
    registry::{MetaMediaType, MetaRequest, MetaResponse, MetaResponses, Registry},
    types::Type,
};

use crate::error::Error;

/// WeChat's own documents stay far below.
const LIMIT: usize = 256 << 10;
/// A body must have arrived within this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// A body of XML as it came; empty when it is not UTF-8.
pub struct XmlBody(pub String);

/// An answer of XML.
pub struct XmlAnswer(pub String);

fn media_type() -> MetaMediaType {
    MetaMediaType { content_type: "text/xml", schema: String::schema_ref() }
}

impl<'a> ApiExtractor<'a> for XmlBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <String as Type>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest { description: None, content: vec![media_type()], required: true })
    }

    async fn from_request(
        _request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let Ok(body) = body.take() else { return Ok(Self(String::new())) };
        let bytes = tokio::time::timeout(PATIENCE, body.into_bytes_limit(LIMIT)).await;
        let bytes = bytes.map_err(|_| Error::Unacceptable("请求内容没有按时到达".into()))?;
        let bytes = bytes.map_err(|error| match error {
            poem::error::ReadBodyError::PayloadTooLarge => Error::TooLarge,
            _ => Error::Unacceptable("请求内容不完整".into()),
        })?;
        Ok(Self(String::from_utf8(bytes.to_vec()).unwrap_or_default()))
    }
}

impl IntoResponse for XmlAnswer {
    fn into_response(self) -> Response {
        Response::builder().content_type("text/xml; charset=utf-8").body(self.0)
    }
}

impl ApiResponse for XmlAnswer {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "XML",
                status: Some(200),
                status_range: None,
                content: vec![media_type()],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        <String as Type>::register(registry);
    }
}
