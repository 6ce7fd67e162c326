//! What people do at WeChat, and the sealed events that WeChat then pushes to a third-party platform.
//!
//! Each of these answers `{"query", "body"}`, the push as it is to be posted, and posts it itself to the address that
//! `push_to` names.
//!
//! - `POST /authorise` `{app_id, info_type?, create_time?, push_to?}`: the owner scans the code and agrees. Answers also
//!   the `auth_code` that the browser returns with.
//! - `POST /unauthorise` `{app_id, create_time?, push_to?}`: the owner withdraws.
//! - `POST /push` `{platform, info_type, fields?, create_time?, push_to?}`: any event of the platform `xcx` or `gzh`; the
//!   ticket is filled in.
//! - `POST /audit` `{app_id, pass? | reason?, create_time?, push_to?}`: WeChat's reviewers decide.

use std::collections::BTreeMap;
use std::time::Duration;

use poem::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{MINI_PLATFORM, OFFICIAL_PLATFORM, Platform, Profile};
use super::platform::profile;
use super::release;
use super::state::{State, now_ms, random_text};
use crate::weixin::{Envelope, xml};

type Reply = Result<Value, (StatusCode, String)>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    app_id: String,
    #[serde(default)]
    info_type: Option<String>,
    /// Unix seconds.
    #[serde(default)]
    create_time: Option<u64>,
    #[serde(default)]
    push_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Anything {
    platform: String,
    info_type: String,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    #[serde(default)]
    create_time: Option<u64>,
    #[serde(default)]
    push_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    app_id: String,
    #[serde(default)]
    pass: bool,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    create_time: Option<u64>,
    #[serde(default)]
    push_to: Option<String>,
}

fn read<T: serde::de::DeserializeOwned>(body: Value) -> Result<T, (StatusCode, String)> {
    serde_json::from_value(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}

fn known(app_id: &str) -> Result<&'static Profile, (StatusCode, String)> {
    profile(app_id).ok_or_else(|| (StatusCode::NOT_FOUND, "the sandbox has no such account".to_owned()))
}

pub(super) fn authorise(state: &mut State, body: Value) -> Reply {
    let about: About = read(body)?;
    let account = known(&about.app_id)?;
    state.refresh_tokens.entry(account.app_id).or_insert_with(|| format!("refreshtoken@@@{}", random_text("refresh")));
    let auth_code = format!("queryauthcode@@@{}", random_text("auth"));
    state.auth_codes.insert(auth_code.clone(), account.app_id);
    let info_type = about.info_type.as_deref().unwrap_or("authorized");
    let fields = [
        ("AuthorizerAppid", account.app_id),
        ("AuthorizationCode", &auth_code),
        ("AuthorizationCodeExpiredTime", "3600"),
    ];
    let mut answer = event(account.platform, info_type, about.create_time, fields)?;
    deliver(about.push_to, &answer);
    answer["auth_code"] = auth_code.into();
    answer["expires_in"] = 3600.into();
    Ok(answer)
}

pub(super) fn unauthorise(state: &mut State, body: Value) -> Reply {
    let about: About = read(body)?;
    let account = known(&about.app_id)?;
    state.refresh_tokens.remove(account.app_id);
    state.auth_codes.retain(|_, app_id| *app_id != account.app_id);
    let fields = [("AuthorizerAppid", account.app_id)];
    let answer = event(account.platform, "unauthorized", about.create_time, fields)?;
    deliver(about.push_to, &answer);
    Ok(answer)
}

pub(super) fn push(_: &mut State, body: Value) -> Reply {
    let push: Anything = read(body)?;
    let platform = match push.platform.as_str() {
        "xcx" => &MINI_PLATFORM,
        "gzh" => &OFFICIAL_PLATFORM,
        _ => return Err((StatusCode::BAD_REQUEST, "platform is xcx or gzh".to_owned())),
    };
    let mut fields = push.fields;
    if push.info_type == "component_verify_ticket" {
        fields.entry("ComponentVerifyTicket".to_owned()).or_insert_with(|| platform.ticket.to_owned());
    }
    let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let answer = event(platform, &push.info_type, push.create_time, fields)?;
    deliver(push.push_to, &answer);
    Ok(answer)
}

pub(super) fn audit(state: &mut State, body: Value) -> Reply {
    let decision: Decision = read(body)?;
    let account = known(&decision.app_id)?;
    if decision.pass == decision.reason.is_some() {
        return Err((StatusCode::BAD_REQUEST, "either pass or a reason".to_owned()));
    }
    if !release::decide(state, account.app_id, decision.reason.as_deref()) {
        return Err((StatusCode::NOT_FOUND, "nothing of this account is under review".to_owned()));
    }
    let at = seconds(decision.create_time);
    let mut fields = vec![
        ("ToUserName", account.original_id),
        ("FromUserName", "od_ORj1HhTESPxkWqgGpTmCFsyBI"),
        ("CreateTime", &at),
        ("MsgType", "event"),
    ];
    match &decision.reason {
        None => fields.extend([("Event", "weapp_audit_success"), ("SuccTime", &at)]),
        Some(reason) => fields.extend([("Event", "weapp_audit_fail"), ("Reason", reason), ("FailTime", &at)]),
    }
    let answer = sealed(account.platform, ("ToUserName", account.original_id), &xml::write(fields))?;
    deliver(decision.push_to, &answer);
    Ok(answer)
}

fn seconds(given: Option<u64>) -> String {
    given.unwrap_or_else(|| now_ms() / 1000).to_string()
}

fn event<'a>(
    platform: &Platform,
    info_type: &str,
    create_time: Option<u64>,
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Reply {
    let at = seconds(create_time);
    let mut all = vec![("AppId", platform.app_id), ("CreateTime", at.as_str()), ("InfoType", info_type)];
    for (name, value) in fields {
        all.push((name, value));
    }
    sealed(platform, ("AppId", platform.app_id), &xml::write(all))
}

/// The message in its envelope, with the query that goes beside it.
fn sealed(platform: &Platform, receiver: (&str, &str), message: &str) -> Reply {
    let fault = |error: crate::weixin::WeixinError| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    let (timestamp, nonce) = (seconds(None), (now_ms() % 1_000_000_007).to_string());
    let envelope = Envelope::new(platform.app_id, platform.token.into(), &platform.aes_key.into()).map_err(fault)?;
    let sealed = envelope.seal(&timestamp, &nonce, message).map_err(fault)?;
    let signature = envelope.signature(&[&timestamp, &nonce]);
    let body = xml::write([receiver, ("Encrypt", &sealed.encrypted)]);
    let query = json!({
        "signature": signature, "timestamp": timestamp, "nonce": nonce,
        "encrypt_type": "aes", "msg_signature": sealed.signature,
    });
    Ok(json!({ "query": query, "body": body }))
}

/// Posts a push, on a thread of its own: whoever receives it asks the sandbox in turn.
fn deliver(to: Option<String>, push: &Value) {
    let Some(to) = to else { return };
    let pairs = push["query"].as_object().into_iter().flatten();
    let pairs = pairs.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let body = push["body"].as_str().unwrap_or_default().to_owned();
    std::thread::spawn(move || {
        let config = ureq::Agent::config_builder().proxy(None).timeout_global(Some(Duration::from_secs(10))).build();
        let posted = ureq::Agent::new_with_config(config)
            .post(format!("{to}?{query}"))
            .content_type("text/xml; charset=utf-8")
            .send(body);
        if let Err(error) = posted {
            tracing::warn!(%error, "the sandbox could not deliver its push");
        }
    });
}
