//! The sandbox's own addresses, for tests and demos.
//!
//! `POST /control` takes any of these fields, and does them in this order:
//! `reset` (true: as freshly started), `expire_tokens` (true: all tokens issued so far),
//! `rotate_refresh_token` (true: the next authorizer token brings a new refresh token, and the old
//! one ends), `next_day` (true: what may be done so often a day may be done again), `no_category` (true: mini-programs have
//! no service category any more), `refund_status` (what WeChat Pay says
//! of refunds, `SUCCESS` when not set), `fail` `{path, errcode, errmsg, times}`, `down` `{path_prefix, times}` (HTTP 502),
//! `delay_ms` `{path, ms, times}`, `people` `{app_id, person, following, silent}` (who follows the official account; with
//! `silent`, 48 hours have passed since they wrote; of a mini-program, `following` false refuses subscribe messages).
//! `fail`, `down`, `delay_ms` and `people` may be lists; `times` is 1 when not given.
//!
//! `POST /phone` `{app_id, openid, phone}` answers what `getPhoneNumber` gives the mini-program.
//! `POST /callback` `{app_id, person, fields, encrypted}` answers what WeChat would push to us when that person writes to
//! the official account: `{path, query, body}`; `fields` are those of the message, such as `MsgType`.
//! `GET /log` lists the calls received, `GET /messages` the messages delivered, oldest first: those of Work WeChat have
//! `users`, the others a `channel` (`letter`, `template`, `subscribe`, `form`).

use poem::http::StatusCode;
use poem::{Endpoint, Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::{Delay, Down, Fail};
use super::official::Person;
use super::state::{State, now_ms};
use super::{Sandbox, json_of, json_response, release};
use crate::weixin::{Secret, crypto};

pub(super) type Reply = Result<Value, (StatusCode, String)>;

/// One address: reads JSON, calls `act` with the state.
pub(super) fn endpoint(sandbox: &Sandbox, act: fn(&mut State, Value) -> Reply) -> impl Endpoint + use<> {
    let sandbox = sandbox.clone();
    poem::endpoint::make(move |mut request: Request| {
        let sandbox = sandbox.clone();
        async move {
            let reply = match json_of(request.take_body()).await {
                Ok(body) => act(&mut sandbox.state(), body),
                Err(()) => Err((StatusCode::BAD_REQUEST, "the body is not JSON".to_owned())),
            };
            match reply {
                Ok(value) => json_response(&value),
                Err((status, error)) => {
                    let mut response: Response = json_response(&json!({ "error": error }));
                    response.set_status(status);
                    response
                }
            }
        }
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

fn many<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

/// A misspelt field would make a test pass for nothing, so unknown ones are refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a thing to do, independent of the others")]
struct Control {
    #[serde(default)]
    reset: bool,
    #[serde(default)]
    expire_tokens: bool,
    #[serde(default)]
    rotate_refresh_token: bool,
    #[serde(default)]
    refund_status: Option<String>,
    #[serde(default)]
    next_day: bool,
    #[serde(default)]
    no_category: bool,
    #[serde(default, deserialize_with = "many")]
    fail: Vec<Fail>,
    #[serde(default, deserialize_with = "many")]
    down: Vec<Down>,
    #[serde(default, deserialize_with = "many")]
    delay_ms: Vec<Delay>,
    #[serde(default, deserialize_with = "many")]
    people: Vec<Person>,
}

pub(super) fn control(state: &mut State, body: Value) -> Reply {
    let control: Control =
        serde_json::from_value(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    if control.reset {
        *state = State::default();
    }
    if control.expire_tokens {
        state.tokens.expire();
    }
    if control.no_category {
        release::drop_categories(state);
    }
    if control.next_day {
        release::begin_day(state);
    }
    state.rotate_refresh_token |= control.rotate_refresh_token;
    if let Some(status) = control.refund_status {
        state.refund_status = status;
    }
    state.faults.fail.extend(control.fail);
    state.faults.down.extend(control.down);
    state.faults.delay.extend(control.delay_ms);
    for person in &control.people {
        state.official.change(person);
    }
    Ok(json!({ "ok": true }))
}

#[derive(Deserialize)]
struct PhoneOf {
    app_id: String,
    openid: String,
    phone: String,
}

pub(super) fn phone(state: &mut State, body: Value) -> Reply {
    let PhoneOf { app_id, openid, phone } =
        serde_json::from_value(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let Some(key) = state.session_keys.get(&(app_id.clone(), openid)) else {
        return Err((StatusCode::NOT_FOUND, "this openid has not logged in to this app".to_owned()));
    };
    let plain = json!({
        "phoneNumber": phone, "purePhoneNumber": phone, "countryCode": "86",
        "watermark": { "timestamp": now_ms() / 1000, "appid": app_id },
    });
    let fault = |text: String| (StatusCode::INTERNAL_SERVER_ERROR, text);
    let mut iv = [0; 16];
    getrandom::fill(&mut iv).map_err(|error| fault(error.to_string()))?;
    let (encrypted_data, iv) = crypto::encrypt(&Secret::from(key.as_str()), iv, plain.to_string().as_bytes())
        .map_err(|error| fault(error.to_string()))?;
    Ok(json!({ "encryptedData": encrypted_data, "iv": iv }))
}

#[allow(clippy::unnecessary_wraps, reason = "one of several actions of this shape")]
pub(super) fn log(state: &mut State, _: Value) -> Reply {
    Ok(state.log.iter().cloned().collect())
}

#[allow(clippy::unnecessary_wraps, reason = "one of several actions of this shape")]
pub(super) fn messages(state: &mut State, _: Value) -> Reply {
    Ok(state.messages.iter().cloned().collect())
}
