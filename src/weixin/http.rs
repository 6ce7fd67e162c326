//! One HTTP exchange with WeChat: off the async threads, few at a time, within a time limit.
//!
//! Error texts carry the path only: query and body hold secrets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Semaphore;
use ureq::tls::{ClientCert, TlsConfig};
use ureq::unversioned::multipart::{Form, Part};
use ureq::{Agent, Error as Trouble, Proxy};

use super::{Bases, WeixinError, wire};

/// Calls under way at once, over all accounts.
const PARALLEL_CALLS: usize = 16;
/// Longest answer that is read (`user/list` of a big department stays far below).
const MAX_ANSWER: u64 = 10 * 1024 * 1024;

/// Time limits of a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// To set up a connection.
    pub connect: Duration,
    /// For everything, waiting for a free place included.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(10) }
    }
}

/// Which of WeChat's servers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Server {
    Weixin,
    Work,
    Pay,
}

/// What a call carries.
#[derive(Clone)]
pub(super) enum Payload {
    None,
    Json(Value),
    /// With what shows the server who we are, where it asks for that.
    Xml(String, Option<ClientCert>),
    File(File),
}

/// A file that goes along as the one part of a form.
#[derive(Clone)]
pub(super) struct File {
    pub field: &'static str,
    pub name: String,
    pub mime: &'static str,
    pub bytes: Bytes,
}

/// A call to be made. No `Debug`: it holds secrets.
pub(super) struct Request {
    server: Server,
    path: &'static str,
    query: Vec<(&'static str, String)>,
    payload: Payload,
}

impl Request {
    pub fn get(server: Server, path: &'static str) -> Self {
        Self { server, path, query: Vec::new(), payload: Payload::None }
    }

    pub fn post(server: Server, path: &'static str, body: Value) -> Self {
        Self { server, path, query: Vec::new(), payload: Payload::Json(body) }
    }

    pub fn post_xml(server: Server, path: &'static str, xml: String, certificate: Option<ClientCert>) -> Self {
        Self { server, path, query: Vec::new(), payload: Payload::Xml(xml, certificate) }
    }

    pub fn post_file(server: Server, path: &'static str, file: File) -> Self {
        Self { server, path, query: Vec::new(), payload: Payload::File(file) }
    }

    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

pub(super) struct Http {
    agent: Agent,
    bases: Bases,
    limits: Limits,
    places: Arc<Semaphore>,
    /// All bases are plain http.
    is_plain: bool,
}

impl Http {
    pub fn new(bases: Bases, limits: Limits) -> Self {
        // WeChat is always https; plain http means a stand-in nearby, which no proxy can see.
        let plain = [&bases.weixin, &bases.work, &bases.pay].iter().all(|base| base.starts_with("http://"));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(if plain { None } else { Proxy::try_from_env() })
            .user_agent(concat!("leida/", env!("CARGO_PKG_VERSION")))
            .max_idle_connections_per_host(PARALLEL_CALLS)
            .timeout_connect(Some(limits.connect))
            .timeout_global(Some(limits.total))
            .build();
        Self {
            agent: Agent::new_with_config(config),
            bases,
            limits,
            places: Arc::new(Semaphore::new(PARALLEL_CALLS)),
            is_plain: plain,
        }
    }

    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Sends the call and reads the answer's JSON; an `errcode` other than 0 is `Refused`.
    pub async fn json<T: DeserializeOwned>(&self, request: Request) -> Result<T, WeixinError> {
        let path = request.path;
        let answer = self.bytes(request).await?;
        wire::parse(path, &answer)
    }

    /// Sends the call and gives the picture (JPEG or PNG) that answers it. Errors come as JSON, under the same HTTP
    /// status.
    pub async fn picture(&self, path: &'static str, request: Request) -> Result<Vec<u8>, WeixinError> {
        let picture = self.bytes(request).await?;
        if picture.starts_with(b"\xff\xd8") || picture.starts_with(b"\x89PNG") {
            return Ok(picture);
        }
        wire::parse::<wire::Nothing>(path, &picture)?;
        Err(WeixinError::Malformed(format!("{path}: neither a picture nor an error")))
    }

    /// Sends the call and gives the answer's body as it came.
    pub async fn bytes(&self, request: Request) -> Result<Vec<u8>, WeixinError> {
        let url = self.url(&request);
        self.send(request.path, url, request.payload).await
    }

    /// What is at an address that WeChat has told us; the caller has looked at the address. `label` is for the log.
    pub async fn fetch(&self, label: &'static str, url: String) -> Result<Vec<u8>, WeixinError> {
        self.send(label, url, Payload::None).await
    }

    async fn send(&self, path: &'static str, url: String, payload: Payload) -> Result<Vec<u8>, WeixinError> {
        let started = Instant::now();
        let place = tokio::time::timeout(self.limits.total, Arc::clone(&self.places).acquire_owned())
            .await
            .map_err(|_| unreachable(path, "too many calls under way"))?
            .map_err(|_| unreachable(path, "shutting down"))?;
        let left = self.limits.total.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(unreachable(path, "too many calls under way"));
        }
        let agent = self.agent.clone();
        let answer = tokio::task::spawn_blocking(move || {
            // Held until the thread is done, even when the caller has gone.
            let _place = place;
            exchange(&agent, path, &url, payload, left)
        })
        .await
        .map_err(|_| unreachable(path, "the call was broken off"))?;
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(weixin.path = path, weixin.ms = ms, weixin.ok = answer.is_ok(), "call to WeChat");
        answer
    }

    /// Where WeChat's server is; the sandbox's address when it stands in.
    pub fn base(&self) -> &str {
        self.bases.weixin.trim_end_matches('/')
    }

    fn url(&self, request: &Request) -> String {
        let base = match request.server {
            Server::Weixin => &self.bases.weixin,
            Server::Work => &self.bases.work,
            Server::Pay => &self.bases.pay,
        };
        let mut url = format!("{}{}", base.trim_end_matches('/'), request.path);
        if !request.query.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&request.query).finish();
            url.push('?');
            url.push_str(&query);
        }
        url
    }
}

fn exchange(agent: &Agent, path: &str, url: &str, payload: Payload, left: Duration) -> Result<Vec<u8>, WeixinError> {
    let post = || agent.post(url).config().timeout_global(Some(left));
    let sent = match payload {
        Payload::None => agent.get(url).config().timeout_global(Some(left)).build().call(),
        Payload::Json(body) => post().build().send_json(body),
        Payload::Xml(body, certificate) => {
            let mut config = post();
            if certificate.is_some() {
                config = config.tls_config(TlsConfig::builder().client_cert(certificate).build());
            }
            config.build().content_type("text/xml; charset=utf-8").send(body)
        }
        Payload::File(file) => {
            let part = Part::bytes(&file.bytes).file_name(&file.name).mime_str(file.mime);
            part.and_then(|part| post().build().send(Form::new().part(file.field, part)))
        }
    };
    let mut response = sent.map_err(|trouble| unreachable(path, &reason(&trouble)))?;
    if response.status().as_u16() != 200 {
        return Err(unreachable(path, &format!("HTTP status {}", response.status().as_u16())));
    }
    response
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER)
        .read_to_vec()
        .map_err(|trouble| unreachable(path, &reason(&trouble)))
}

fn unreachable(path: &str, why: &str) -> WeixinError {
    WeixinError::Unreachable(format!("{path}: {why}"))
}

/// In our own words: some of ureq's texts repeat the address, and with it the query.
fn reason(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Timeout(_) => "no answer in time".to_owned(),
        Trouble::HostNotFound => "host not found".to_owned(),
        Trouble::ConnectionFailed => "no connection".to_owned(),
        Trouble::Io(io) => format!("connection trouble ({})", io.kind()),
        Trouble::Tls(_) | Trouble::Rustls(_) => "no secure connection".to_owned(),
        Trouble::InvalidProxyUrl | Trouble::ConnectProxyFailed(_) => "the proxy does not work".to_owned(),
        Trouble::BodyExceedsLimit(_) => "the answer is too long".to_owned(),
        Trouble::BadUri(_) | Trouble::Http(_) => "the configured address is not valid".to_owned(),
        _ => "the HTTP exchange failed".to_owned(),
    }
}

/// A value as the JSON body of a call. Our own types always convert.
pub(super) fn body(value: &impl Serialize) -> Result<Value, WeixinError> {
    serde_json::to_value(value).map_err(|_| WeixinError::Malformed("a request that is not JSON".to_owned()))
}
