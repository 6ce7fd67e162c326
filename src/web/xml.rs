//! Bodies that are XML: what WeChat posts to us.

use std::time::Duration;

use poem::{Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaMediaType, MetaRequest, Registry},
    types::Type,
};

use crate::error::Error;

/// WeChat's own messages are far shorter.
const LIMIT: usize = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(10);

/// The body as text, whatever its content type says.
pub struct Xml(pub String);

impl<'a> ApiExtractor<'a> for Xml {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <String as Type>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content = vec![MetaMediaType { content_type: "text/xml", schema: <String as Type>::schema_ref() }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        _request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let refused = |_| Error::Unacceptable("请求内容不是 XML".into());
        let read = body.take()?.into_bytes_limit(LIMIT);
        let bytes = tokio::time::timeout(PATIENCE, read)
            .await
            .map_err(|_| Error::Unacceptable("请求内容没有按时到达".into()))?
            .map_err(|error| match error {
                poem::error::ReadBodyError::PayloadTooLarge => Error::TooLarge,
                _ => Error::Unacceptable("请求内容不完整".into()),
            })?;
        Ok(Self(String::from_utf8(bytes.to_vec()).map_err(refused)?))
    }
}
