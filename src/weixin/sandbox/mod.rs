//! A stand-in for WeChat's servers, for demos and tests: it answers in WeChat's formats, with
//! WeChat's error codes, from memory, and can be told to misbehave.
//!
//! Nested at `/sandbox`, the bases are `…/sandbox/weixin`, `…/sandbox/work`, `…/sandbox/pay`.
//! Accounts are fixed ([`accounts`]); [`routes`] lists the rest:
//!
//! - Mini-program codes: any text, once; what stands before the first `.` names the person.
//!   Codes that start with `bad` are unknown.
//! - Work WeChat codes: `USERID.anything`, once; `outsider.anything` is somebody outside the company.
//! - Codes of readers of an official account: `person.anything`, once; `person.base.anything` is of somebody who was
//!   asked silently. The nickname is the person's; everybody follows until `/control` says otherwise.
//! - `POST /control` (faults), `POST /phone`, `POST /callback`, `GET /log`, `GET /messages`: see `control.rs`.
//!   `POST /paid`: see `pay.rs`.
//! - Third-party platforms: what a person does at WeChat (authorising, reviewing) and what WeChat then pushes, see
//!   `push.rs`.

pub mod accounts;
mod control;
mod faults;
mod mini;
mod official;
mod pay;
mod people;
mod platform;
mod push;
mod release;
mod state;
mod tokens;
mod work;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use poem::http::{Method, StatusCode, header};
use poem::{Body, Endpoint, IntoResponse, Request, Response, Route, endpoint, get, post};
use serde_json::{Value, json};

use faults::Fault;
use state::State;

/// Longest body that is read.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// A call to one of WeChat's servers, as received.
struct Call {
    method: Method,
    /// `weixin`, `work` or `pay`.
    server: &'static str,
    /// As the caller knows us: `127.0.0.1:8000`.
    host: String,
    /// As WeChat documents it: `/cgi-bin/gettoken`.
    path: String,
    query: BTreeMap<String, String>,
    /// Null without a body, and when it is not JSON.
    body: Value,
    /// The body as it came.
    raw: Vec<u8>,
}

impl Call {
    /// A field of the query; empty when missing.
    fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// The body for the log: its JSON, else its text.
    fn shown(&self) -> Value {
        if self.body.is_null() && !self.raw.is_empty() {
            return Value::from(String::from_utf8_lossy(&self.raw).into_owned());
        }
        self.body.clone()
    }

    /// A text of the body; empty when missing.
    fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }
}

/// A good answer.
enum Answer {
    Json(Value),
    Png(Vec<u8>),
    Xml(String),
    /// Of a media type.
    Bytes(&'static str, Vec<u8>),
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

/// WeChat's way to say no, under HTTP 200.
struct Refusal(i64, String);

fn refuse<T>(errcode: i64, errmsg: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(errcode, errmsg.into()))
}

type Outcome = Result<Answer, Refusal>;

/// What all routes share.
#[derive(Clone, Default)]
struct Sandbox {
    state: Arc<Mutex<State>>,
}

impl Sandbox {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Receives a call: log, faults, answer. Nothing is done by a call that a fault hits.
    async fn receive(&self, server: &'static str, request: Request) -> Response {
        let call = match read(server, request).await {
            Ok(call) => call,
            Err(refusal) => return write(Err(refusal)),
        };
        let faults = {
            let mut state = self.state();
            state.note(&call);
            state.faults.of(&call)
        };
        for fault in faults {
            match fault {
                Fault::Delay(time) => tokio::time::sleep(time).await,
                Fault::Down => {
                    return StatusCode::BAD_GATEWAY.with_body("the sandbox plays dead").into_response();
                }
                Fault::Refuse(_, errmsg) if server == "pay" => {
                    return write(Ok(Answer::Xml(pay::fault(&call, &errmsg))));
                }
                Fault::Refuse(errcode, errmsg) => return write(refuse(errcode, errmsg)),
            }
        }
        let mut state = self.state();
        let outcome = match server {
            "work" => work::answer(&mut state, &call),
            "pay" => pay::answer(&mut state, &call).map(|xml| Ok(Answer::Xml(xml))),
            _ => mini::answer(&mut state, &call)
                .or_else(|| platform::answer(&mut state, &call))
                .or_else(|| official::answer(&mut state, &call)),
        };
        drop(state);
        match outcome {
            Some(outcome) => write(outcome),
            None => StatusCode::NOT_FOUND.with_body("the sandbox does not know this address").into_response(),
        }
    }
}

/// The sandbox, with its own fresh state; nest it at `/sandbox`.
#[must_use]
pub fn routes() -> Route {
    let sandbox = Sandbox::default();
    Route::new()
        .nest("/weixin", server(&sandbox, "weixin"))
        .nest("/work", server(&sandbox, "work"))
        .nest("/pay", server(&sandbox, "pay"))
        .at("/control", post(control::endpoint(&sandbox, control::control)))
        .at("/paid", post(control::endpoint(&sandbox, pay::paid)))
        .at("/phone", post(control::endpoint(&sandbox, control::phone)))
        .at("/callback", post(control::endpoint(&sandbox, official::callback)))
        .at("/log", get(control::endpoint(&sandbox, control::log)))
        .at("/authorise", post(control::endpoint(&sandbox, push::authorise)))
        .at("/unauthorise", post(control::endpoint(&sandbox, push::unauthorise)))
        .at("/push", post(control::endpoint(&sandbox, push::push)))
        .at("/audit", post(control::endpoint(&sandbox, push::audit)))
        .at("/messages", get(control::endpoint(&sandbox, control::messages)))
}

fn server(sandbox: &Sandbox, name: &'static str) -> impl Endpoint + use<> {
    let sandbox = sandbox.clone();
    endpoint::make(move |request: Request| {
        let sandbox = sandbox.clone();
        async move { sandbox.receive(name, request).await }
    })
}

async fn read(server: &'static str, mut request: Request) -> Result<Call, Refusal> {
    let query = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
    let is_json = request.content_type().is_some_and(|kind| kind.starts_with("application/json"));
    let bytes = request.take_body().into_bytes_limit(MAX_BODY).await;
    let raw = bytes.or_else(|_| refuse(47001, "data format error"))?.to_vec();
    let body = if is_json && !raw.is_empty() {
        serde_json::from_slice(&raw).or_else(|_| refuse(47001, "data format error"))?
    } else {
        Value::Null
    };
    let path = request.uri().path().to_owned();
    let host = request.header(header::HOST).unwrap_or_default().to_owned();
    Ok(Call { method: request.method().clone(), server, host, path, query, body, raw })
}

/// Null for an empty body.
async fn json_of(body: Body) -> Result<Value, ()> {
    let bytes = body.into_bytes_limit(MAX_BODY).await.map_err(drop)?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(drop)
}

fn write(outcome: Outcome) -> Response {
    match outcome {
        Ok(Answer::Json(value)) => json_response(&value),
        Ok(Answer::Xml(xml)) => Response::builder().content_type("text/plain; charset=utf-8").body(xml),
        Ok(Answer::Png(bytes)) => Response::builder().content_type("image/png").body(bytes),
        Ok(Answer::Bytes(kind, bytes)) => Response::builder().content_type(kind).body(bytes),
        Err(Refusal(errcode, errmsg)) => json_response(&json!({ "errcode": errcode, "errmsg": errmsg })),
    }
}

fn json_response(value: &Value) -> Response {
    Response::builder().content_type("application/json; charset=utf-8").body(value.to_string())
}

/// Answers a call that came with this HTTP method, and refuses another one as WeChat does.
fn only(method: &Method, call: &Call, answer: impl FnOnce() -> Outcome) -> Outcome {
    if call.method == method {
        answer()
    } else if method == Method::GET {
        refuse(43001, "require GET method")
    } else {
        refuse(43002, "require POST method")
    }
}
