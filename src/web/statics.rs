//! `/statics/…`: stored pictures and videos, at the URLs that the documents print. Embedded ones (the default avatar)
//! come first, then those in the data directory.

use std::{marker::PhantomData, path::PathBuf};

use poem::endpoint::StaticFilesEndpoint;
use poem::{
    Endpoint, Request, Response,
    http::{HeaderValue, header},
};
use rust_embed::RustEmbed;

use super::{assets, reply};
use crate::error::Error;

pub struct Statics<E> {
    stored: StaticFilesEndpoint,
    embedded: PhantomData<fn() -> E>,
}

impl<E: RustEmbed> Statics<E> {
    /// `folder` holds what the URLs call `statics/`.
    pub fn new(folder: PathBuf) -> Self {
        Self { stored: StaticFilesEndpoint::new(folder), embedded: PhantomData }
    }
}

impl<E: RustEmbed + 'static> Endpoint for Statics<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let name = format!("statics{}", request.uri().path());
        if let Some(found) = assets::file::<E>(&name, &request) {
            return Ok(found);
        }
        let Ok(mut response) = self.stored.call(request).await else {
            return Ok(reply::error_response(&Error::NoSuchAddress("文件不存在".into())));
        };
        let headers = response.headers_mut();
        // The names carry a time stamp: a stored file never changes.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
        Ok(response)
    }
}
