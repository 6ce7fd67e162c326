//! Bodies and query parameters, decoded into documented types.
//!
//! `Body<T>` takes the three media types of the API and falls back to the query for fields that the body lacks (some
//! documents print form fields there); `Params<T>` takes the query alone. Both are lenient as `coerce` describes, and
//! name every bad field at once. `Upload<T>` is a `Body<T>` that also takes a file part, with more room and patience.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use poem::{Request, RequestBody, http::header};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaMediaType, MetaParamIn, MetaRequest, MetaSchemaRef, Registry},
    types::{ParseFromJSON, Type},
};
use serde_json::{Map, Value};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::coerce;
use crate::error::{Error, Result};

/// Bytes of a body at most, all parts together.
const LIMIT: usize = 2 << 20;
/// A body must have arrived within this time.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same of an upload: a slice of 8 MiB, its base64 letters percent-encoded, and time for a telephone to send it.
const UPLOAD_LIMIT: usize = 12 << 20;
const UPLOAD_PATIENCE: Duration = Duration::from_mins(2);
/// Uploads that are held in memory at the same time; whoever comes next waits.
static UPLOAD_PLACES: Semaphore = Semaphore::const_new(24);
/// These belong to the signature in a query, never to a form.
const SIGNATURE: [&str; 3] = ["user_id", "timestamp", "rand_str"];

/// What stands in the form for a file part: a text that no file is.
const GIVEN: &str = "(file)";

/// A POST's form, as `application/x-www-form-urlencoded`, `multipart/form-data` or `application/json`.
pub struct Body<T>(pub T);

/// A form of which one field may come as a file part of `multipart/form-data`.
pub struct Upload<T> {
    pub form: T,
    pub file: Option<File>,
    /// Held until the bytes are dealt with.
    _place: SemaphorePermit<'static>,
}

/// A part with a file name, as it was sent. In the form a short text stands for it.
pub struct File {
    pub field: String,
    pub bytes: Bytes,
}

/// [`Body`] without the fall-back to the query, for the few paths where the body tells which operation is meant.
pub struct BodyOnly<T>(pub T);

/// The query of a GET, as an object whose fields are the parameters.
pub struct Params<T>(pub T);

/// A request's fields before their types are known: text pairs, or a JSON object.
pub enum Raw {
    Pairs(Vec<(String, String)>),
    Object(Map<String, Value>),
}

impl<'a, T: Type + ParseFromJSON + 'static> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let of = |content_type| MetaMediaType { content_type, schema: T::schema_ref() };
        Some(MetaRequest {
            description: None,
            content: vec![of("application/x-www-form-urlencoded"), of("multipart/form-data"), of("application/json")],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let read = read(request, body, LIMIT, None);
        let raw = tokio::time::timeout(PATIENCE, read).await.map_err(|_| late())??;
        Ok(Self(coerce::parse(&[raw, Raw::Pairs(fallback(request))])?))
    }
}

impl<'a, T: Type + ParseFromJSON + 'static> ApiExtractor<'a> for BodyOnly<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        Body::<T>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Body::<T>::request_meta()
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let read = read(request, body, LIMIT, None);
        let raw = tokio::time::timeout(PATIENCE, read).await.map_err(|_| late())??;
        Ok(Self(coerce::parse(&[raw])?))
    }
}

impl<'a, T: Type + ParseFromJSON + 'static> ApiExtractor<'a> for Upload<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        Body::<T>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Body::<T>::request_meta()
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let mut file = None;
        let read = async {
            let place = UPLOAD_PLACES.acquire().await.map_err(Error::internal)?;
            Ok::<_, Error>((place, read(request, body, UPLOAD_LIMIT, Some(&mut file)).await?))
        };
        let (place, raw) = tokio::time::timeout(UPLOAD_PATIENCE, read).await.map_err(|_| late())??;
        let form = coerce::parse(&[raw, Raw::Pairs(fallback(request))])?;
        Ok(Self { form, file, _place: place })
    }
}

fn late() -> Error {
    Error::Unacceptable("请求内容没有按时到达".into())
}

/// What a query may say instead of the body: anything but the signature.
fn fallback(request: &Request) -> Vec<(String, String)> {
    query_pairs(request).into_iter().filter(|(key, _)| !SIGNATURE.contains(&key.as_str())).collect()
}

impl<'a, T: Type + ParseFromJSON + 'static> ApiExtractor<'a> for Params<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = T;
    type ParamRawType = T;

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Query)
    }

    /// One parameter of object type; `docs` writes it as the single parameters that it stands for.
    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(T::schema_ref())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<T>,
    ) -> poem::Result<Self> {
        Ok(Self(coerce::parse(&[Raw::Pairs(query_pairs(request))])?))
    }
}

/// The query's pairs, in order. White space around names and values is dropped: a document prints some.
pub fn query_pairs(request: &Request) -> Vec<(String, String)> {
    let query = request.uri().query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

/// `file` takes the last part that has a file name; without it such a part is a text like the others.
async fn read(request: &Request, body: &mut RequestBody, limit: usize, file: Option<&mut Option<File>>) -> Result<Raw> {
    let content_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(Error::TooLarge);
    }
    let Ok(body) = body.take() else { return Ok(Raw::Pairs(Vec::new())) };
    if let Ok(boundary) = multer::parse_boundary(content_type) {
        return read_multipart(body, boundary, limit as u64, file).await;
    }
    let bytes = body.into_bytes_limit(limit).await.map_err(|error| match error {
        poem::error::ReadBodyError::PayloadTooLarge => Error::TooLarge,
        _ => Error::Unacceptable("请求内容不完整".into()),
    })?;
    let looks_like_json = bytes.trim_ascii_start().first() == Some(&b'{');
    if content_type.contains("json") || (looks_like_json && !content_type.contains("urlencoded")) {
        return read_json(&bytes);
    }
    Ok(Raw::Pairs(form_urlencoded::parse(&bytes).into_owned().collect()))
}

fn read_json(bytes: &[u8]) -> Result<Raw> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Raw::Pairs(Vec::new()));
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(Raw::Object(object)),
        Ok(_) => Err(Error::Unacceptable("JSON 请求内容应为对象".into())),
        Err(_) => Err(Error::Unacceptable("JSON 格式不正确".into())),
    }
}

async fn read_multipart(
    body: poem::Body,
    boundary: String,
    limit: u64,
    mut file: Option<&mut Option<File>>,
) -> Result<Raw> {
    let constraints =
        multer::Constraints::new().size_limit(multer::SizeLimit::new().whole_stream(limit).per_field(limit));
    let stream = body.into_bytes_stream().map(|chunk| chunk.map_err(std::io::Error::other));
    let mut parts = multer::Multipart::with_constraints(stream, boundary, constraints);
    let mut pairs = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(multipart_error)? {
        let Some(name) = part.name().map(ToOwned::to_owned) else { continue };
        if part.file_name().is_some()
            && let Some(file) = file.as_deref_mut()
        {
            let bytes = part.bytes().await.map_err(multipart_error)?;
            *file = Some(File { field: name.clone(), bytes });
            pairs.push((name, GIVEN.to_owned()));
            continue;
        }
        pairs.push((name, part.text().await.map_err(multipart_error)?));
    }
    Ok(Raw::Pairs(pairs))
}

fn multipart_error(error: multer::Error) -> Error {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => Error::TooLarge,
        _ => Error::Unacceptable("表单格式不正确".into()),
    }
}
