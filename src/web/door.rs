//! What every request passes first and every answer last: request id, path normalisation, panics, errors, the log line.

use std::{
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::FutureExt;
use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderMap, HeaderValue, Uri, header},
};

use tokio::time::timeout;

use super::reply;
use crate::error::Error;

/// Bytes of a body that is read at once.
const SMALL: usize = 16 << 10;
/// Such a body must have arrived within this time.
const PATIENCE: Duration = Duration::from_secs(30);

tokio::task_local! {
    static REQUEST_ID: u64;
    static CALLER: Caller;
}

/// How many requests were answered, by the class of their HTTP status.
#[derive(Debug, Default)]
pub struct Served {
    pub ok: AtomicU64,
    pub refused: AtomicU64,
    pub failed: AtomicU64,
}

/// The address a request came from: that of the connection or, behind a proxy on this machine, the one it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Caller(pub IpAddr);

/// The id of the request being served, as shown to the caller when something breaks.
pub fn request_id() -> String {
    REQUEST_ID.try_with(|id| format!("{id:016x}")).unwrap_or_else(|_| "-".to_owned())
}

/// Where the request being served came from; `0.0.0.0` outside of requests and in what they spawn.
pub fn caller() -> Caller {
    CALLER.try_with(|caller| *caller).unwrap_or(Caller(IpAddr::from([0, 0, 0, 0])))
}

/// Wraps all routes.
pub fn door<E: Endpoint>(routes: E, served: Arc<Served>) -> impl Endpoint<Output = Response> {
    // Ids of one process are consecutive, those of two differ by where they begin.
    let mut seed = [0_u8; 8];
    let _ = getrandom::fill(&mut seed);
    Door { routes, served, next_id: AtomicU64::new(u64::from_le_bytes(seed)) }
}

struct Door<E> {
    routes: E,
    served: Arc<Served>,
    next_id: AtomicU64,
}

impl<E: Endpoint> Endpoint for Door<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let begun = Instant::now();
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        if let Some(uri) = normalised(request.uri()) {
            *request.uri_mut() = uri;
        }
        let caller = caller_of(&request);
        request.extensions_mut().insert(caller);
        take_in(&mut request).await;
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let mut response = REQUEST_ID
            .scope(
                id,
                CALLER.scope(caller, async {
                    match AssertUnwindSafe(self.routes.call(request)).catch_unwind().await {
                        Ok(Ok(answer)) => answer.into_response(),
                        Ok(Err(error)) => reply::render(error),
                        Err(_) => reply::error_response(&Error::internal("a request handler panicked")),
                    }
                }),
            )
            .await;
        keep_private(response.headers_mut());
        let status = response.status();
        let counter = match status.as_u16() {
            500.. => &self.served.failed,
            400.. => &self.served.refused,
            _ => &self.served.ok,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        // Never the query: it carries the signature.
        tracing::info!(
            target: "leida::request",
            id = %format_args!("{id:016x}"),
            %method,
            %path,
            status = status.as_u16(),
            from = %caller.0,
            micros = begun.elapsed().as_micros(),
            "answered"
        );
        Ok(response)
    }
}

/// Answers hold tokens and people's data: no cache keeps them unless they say so, and nothing is taken for a page.
fn keep_private(headers: &mut HeaderMap) {
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// Reads a small body before anybody may refuse the request: a connection that is closed over an unread body is reset,
/// and the client may never see why it was refused. A body that breaks off is left to whoever wants to read it.
async fn take_in(request: &mut Request) {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| (1..=SMALL).contains(&length)) {
        let body = timeout(PATIENCE, request.take_body().into_bytes_limit(SMALL)).await;
        request.set_body(body.map_or_else(|_| Bytes::new(), Result::unwrap_or_default));
    }
}

fn caller_of(request: &Request) -> Caller {
    let peer = request.remote_addr().as_socket_addr().map_or(IpAddr::from([0, 0, 0, 0]), SocketAddr::ip);
    // A socket that listens on `[::]` tells IPv4 callers as mapped addresses.
    let peer = peer.to_canonical();
    let named = || {
        let header = request.header("x-real-ip").or_else(|| request.header("x-forwarded-for"))?;
        header.split(',').next_back()?.trim().parse().ok()
    };
    Caller(if peer.is_loopback() { named().unwrap_or(peer) } else { peer })
}

/// Doubled slashes merged, a trailing one dropped; `None` when nothing has to change.
fn normalised(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    if !path.contains("//") && (path.len() <= 1 || !path.ends_with('/')) {
        return None;
    }
    let mut clean = String::with_capacity(path.len());
    for part in path.split('/').filter(|part| !part.is_empty()) {
        clean.push('/');
        clean.push_str(part);
    }
    if clean.is_empty() {
        clean.push('/');
    }
    if let Some(query) = uri.query() {
        clean.push('?');
        clean.push_str(query);
    }
    clean.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(uri: &str) -> Option<String> {
        normalised(&uri.parse().unwrap()).map(|uri| uri.to_string())
    }

    #[test]
    fn slashes_are_normalised_and_the_query_kept() {
        assert_eq!(clean("/a/b?x=//"), None);
        assert_eq!(clean("/"), None);
        assert_eq!(clean("/a/b/?x=1").as_deref(), Some("/a/b?x=1"));
        assert_eq!(clean("http://h//a///b").as_deref(), Some("/a/b"));
        assert_eq!(clean("//a/").as_deref(), Some("/a"));
    }
}
