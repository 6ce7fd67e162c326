//! The embedded front ends: hashed assets cached for a year, `index.html` revalidated, pre-compressed where the build
//! made a `.br` or `.gz` beside a file.

use std::{borrow::Cow, marker::PhantomData};

use poem::{
    Endpoint, Request, Response,
    http::{StatusCode, header},
};
use rust_embed::RustEmbed;

use super::reply;
use crate::error::Error;

/// No inline script, no `eval`, no foreign origin (`'self'` includes WebSockets); what was chosen for an upload is shown
/// from memory.
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                   media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; \
                   frame-ancestors 'self'; base-uri 'self'; form-action 'self'";
/// What no page here uses.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Serves the files of one embedded front end below `folder`; unknown pages get its `index.html`.
pub struct Assets<E> {
    folder: &'static str,
    files: PhantomData<fn() -> E>,
}

impl<E: RustEmbed> Assets<E> {
    pub fn new(folder: &'static str) -> Self {
        Self { folder, files: PhantomData }
    }
}

impl<E: RustEmbed + 'static> Endpoint for Assets<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let rest = request.raw_path_param("rest").unwrap_or_default();
        let name = format!("{}/{}", self.folder, rest);
        if rest.contains('.') || rest.starts_with("assets/") {
            return Ok(file::<E>(&name, &request)
                .unwrap_or_else(|| reply::error_response(&Error::NoSuchAddress("文件不存在".into()))));
        }
        let index = format!("{}/index.html", self.folder);
        Ok(file::<E>(&index, &request)
            .unwrap_or_else(|| reply::error_response(&Error::NoSuchAddress("页面不存在".into()))))
    }
}

/// One embedded file as an answer, in the best coding that the client takes.
pub fn file<E: RustEmbed>(name: &str, request: &Request) -> Option<Response> {
    let codings = request.header(header::ACCEPT_ENCODING).unwrap_or_default();
    let packed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| codings.contains(coding))
        .find_map(|(coding, ending)| Some((E::get(&format!("{name}{ending}"))?, Some(coding))));
    let (found, coding) = packed.or_else(|| Some((E::get(name)?, None)))?;
    let hash = found.metadata.sha256_hash();
    let tag = format!("\"{:032x}\"", u128::from_be_bytes(hash.first_chunk().copied().unwrap_or_default()));
    let cache = if name.contains("/assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, content_type(name))
        .header(header::CACHE_CONTROL, cache)
        .header(header::ETAG, &tag)
        .header(header::VARY, "Accept-Encoding")
        .header(header::CONTENT_SECURITY_POLICY, CSP)
        // Signatures stand in addresses: no other site learns them.
        .header(header::REFERRER_POLICY, "no-referrer")
        .header("permissions-policy", PERMISSIONS);
    if request.header(header::IF_NONE_MATCH).is_some_and(|known| known.contains(&tag)) {
        return Some(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    if let Some(coding) = coding {
        response = response.header(header::CONTENT_ENCODING, coding);
    }
    Some(match found.data {
        Cow::Borrowed(bytes) => response.body(bytes::Bytes::from_static(bytes)),
        Cow::Owned(bytes) => response.body(bytes),
    })
}

pub fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp4" => "video/mp4",
        _ => "application/octet-stream",
    }
}
