//! The sandbox's official accounts: logins of readers, followers, messages to people, and what WeChat would push to us.
//! Subscribe and template messages of mini-programs are here too: they are delivered like the others.

use std::collections::{HashMap, HashSet};

use poem::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::accounts::{
    AUTHORISED_MINI, AUTHORISED_OFFICIAL, FIRST_OFFICIAL, FIRST_OFFICIAL_AES_KEY, FIRST_OFFICIAL_TOKEN, MINIS,
    OFFICIALS,
};
use super::control::Reply;
use super::mini::{credentials, picture};
use super::platform::platform_token;
use super::state::{self, State};
use super::tokens::{EXPIRES_IN, Owner};
use super::{Answer, Call, Outcome, Refusal, only, refuse};
use crate::weixin::{Envelope, Secret, xml};

/// Bytes of a customer-service text at most.
const LONGEST_TEXT: usize = 2048;
/// Bytes of a picture at most.
const LARGEST_PICTURE: usize = 2 << 20;

/// What the sandbox remembers of official accounts.
#[derive(Default)]
pub(super) struct Official {
    /// Token of a page → whose it is.
    page_tokens: HashMap<String, Reader>,
    /// Everybody who ever logged in, by account and openid: the part of their codes before the first dot.
    people: HashMap<(String, String), String>,
    /// (app id, openid) of who has stopped following; everybody else follows.
    gone: HashSet<(String, String)>,
    /// The same of whom 48 hours have passed since they last turned to the account.
    pub silent: HashSet<(String, String)>,
    used_form_ids: HashSet<String>,
    media: HashSet<String>,
}

#[derive(Clone)]
struct Reader {
    openid: String,
    person: String,
    is_asked: bool,
}

/// `{app_id, person, following, silent}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    app_id: String,
    #[serde(rename = "person")]
    name: String,
    following: Option<bool>,
    silent: Option<bool>,
}

impl Official {
    /// Changes what is known of somebody.
    pub fn change(&mut self, change: &Person) {
        let key = (change.app_id.clone(), state::openid(&change.app_id, &change.name));
        let set = |list: &mut HashSet<_>, is_in: Option<bool>| match is_in {
            Some(true) => drop(list.insert(key.clone())),
            Some(false) => drop(list.remove(&key)),
            None => {}
        };
        set(&mut self.gone, change.following.map(|following| !following));
        set(&mut self.silent, change.silent);
    }
}

/// `None` for an unknown path.
pub(super) fn answer(state: &mut State, call: &Call) -> Option<Outcome> {
    let get = |state: &mut State, act: fn(&mut State, &Call) -> Outcome| only(&Method::GET, call, || act(state, call));
    let post =
        |state: &mut State, act: fn(&mut State, &Call) -> Outcome| only(&Method::POST, call, || act(state, call));
    Some(match call.path.as_str() {
        "/sns/oauth2/access_token" => get(state, own_page),
        "/sns/oauth2/component/access_token" => get(state, authorised_page),
        "/sns/userinfo" => get(state, profile),
        "/cgi-bin/user/info" => get(state, follower),
        "/cgi-bin/ticket/getticket" => get(state, ticket),
        "/cgi-bin/message/custom/send" => post(state, letter),
        "/cgi-bin/message/template/send" => post(state, template),
        "/cgi-bin/message/subscribe/send" => post(state, subscribed),
        "/cgi-bin/message/wxopen/template/send" => post(state, by_form),
        "/cgi-bin/media/upload" => post(state, upload),
        "/cgi-bin/media/get" => get(state, media),
        path => return path.strip_prefix("/mmhead/").map(|name| picture(name, 132).map(Answer::Png)),
    })
}

fn own_page(state: &mut State, call: &Call) -> Outcome {
    let app_id = credentials(call.query("appid"), call.query("secret"))?;
    page(state, call, app_id)
}

fn authorised_page(state: &mut State, call: &Call) -> Outcome {
    if platform_token(state, call)?.app_id != call.query("component_appid") {
        return refuse(40013, "invalid appid");
    }
    if call.query("appid") != AUTHORISED_OFFICIAL.app_id {
        return refuse(61003, "component is not authorized by this account");
    }
    page(state, call, AUTHORISED_OFFICIAL.app_id)
}

fn page(state: &mut State, call: &Call, app_id: &str) -> Outcome {
    if call.query("grant_type") != "authorization_code" {
        return refuse(40002, "invalid grant_type");
    }
    let code = call.query("code");
    if code.is_empty() {
        return refuse(41008, "missing code");
    }
    let mut parts = code.split('.');
    let person = parts.next().unwrap_or_default();
    if code.starts_with("bad") || person.is_empty() {
        return refuse(40029, "invalid code");
    }
    if !state.use_code(app_id, code) {
        return refuse(40163, "code been used");
    }
    let openid = state::openid(app_id, person);
    let is_asked = parts.next() != Some("base");
    let token = state::random_text("page_token");
    let reader = Reader { openid: openid.clone(), person: person.to_owned(), is_asked };
    state.official.page_tokens.insert(token.clone(), reader);
    state.official.people.insert((app_id.to_owned(), openid.clone()), person.to_owned());
    let scope = if is_asked { "snsapi_userinfo" } else { "snsapi_base" };
    Ok(json!({
        "access_token": token, "expires_in": EXPIRES_IN, "refresh_token": state::random_text("page_refresh"),
        "openid": openid, "scope": scope,
    })
    .into())
}

fn profile(state: &mut State, call: &Call) -> Outcome {
    let Some(reader) = state.official.page_tokens.get(call.query("access_token")) else {
        return refuse(40001, "invalid credential, access_token is invalid or not latest");
    };
    if call.query("openid") != reader.openid {
        return refuse(40003, "invalid openid");
    }
    if !reader.is_asked {
        return refuse(48001, "api unauthorized");
    }
    let avatar = format!("http://{}/sandbox/weixin/mmhead/{}", call.host, reader.openid);
    Ok(json!({
        "openid": reader.openid, "nickname": reader.person, "sex": 2, "language": "zh_CN", "city": "杭州",
        "province": "浙江", "country": "中国", "headimgurl": avatar, "privilege": [],
        "unionid": state::unionid(&reader.person),
    })
    .into())
}

fn account(state: &State, call: &Call) -> Result<&'static str, Refusal> {
    match state.tokens.check(call.query("access_token"))? {
        Owner::Account(app_id) => Ok(app_id),
        _ => refuse(40014, "invalid access_token"),
    }
}

fn official(state: &State, call: &Call) -> Result<&'static str, Refusal> {
    let app_id = account(state, call)?;
    let is_one = OFFICIALS.iter().any(|own| own.app_id == app_id) || AUTHORISED_OFFICIAL.app_id == app_id;
    if is_one { Ok(app_id) } else { refuse(48001, "api unauthorized") }
}

fn mini(state: &State, call: &Call) -> Result<&'static str, Refusal> {
    let app_id = account(state, call)?;
    let is_one = MINIS.iter().any(|own| own.app_id == app_id) || AUTHORISED_MINI.app_id == app_id;
    if is_one { Ok(app_id) } else { refuse(48001, "api unauthorized") }
}

fn follower(state: &mut State, call: &Call) -> Outcome {
    let app_id = official(state, call)?;
    let openid = call.query("openid");
    if !is_openid(openid) {
        return refuse(40003, "invalid openid");
    }
    let is_gone = state.official.gone.contains(&(app_id.to_owned(), openid.to_owned()));
    Ok(json!({ "subscribe": i64::from(!is_gone), "openid": openid }).into())
}

fn ticket(state: &mut State, call: &Call) -> Outcome {
    official(state, call)?;
    if call.query("type") != "jsapi" {
        return refuse(40097, "invalid args");
    }
    let ticket = state::random_text("jsapi_ticket");
    Ok(json!({ "errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": EXPIRES_IN }).into())
}

fn is_openid(openid: &str) -> bool {
    openid.len() == 28 && openid.starts_with('o')
}

fn addressee<'a>(call: &'a Call, app_id: &str) -> Result<(&'a str, (String, String)), Refusal> {
    let openid = call.text("touser");
    if openid.is_empty() {
        return refuse(41006, "missing touser");
    }
    if !is_openid(openid) {
        return refuse(40003, "invalid openid");
    }
    Ok((openid, (app_id.to_owned(), openid.to_owned())))
}

fn letter(state: &mut State, call: &Call) -> Outcome {
    let app_id = official(state, call)?;
    let (openid, key) = addressee(call, app_id)?;
    if state.official.silent.contains(&key) {
        return refuse(45015, "response out of time limit or subscription is canceled");
    }
    if state.official.gone.contains(&key) {
        return refuse(43004, "require subscribe");
    }
    let kind = call.text("msgtype");
    let content = match kind {
        "text" => call.body["text"]["content"].as_str().unwrap_or_default(),
        "image" => call.body["image"]["media_id"].as_str().unwrap_or_default(),
        _ => return refuse(40008, "invalid message type"),
    };
    if content.is_empty() {
        return refuse(44004, "empty content");
    }
    if kind == "text" && content.len() > LONGEST_TEXT {
        return refuse(45002, "content size out of limit");
    }
    if kind == "image" && !state.official.media.contains(content) {
        return refuse(40007, "invalid media_id");
    }
    let message = json!({
        "channel": "letter", "app_id": app_id, "touser": openid, "msgtype": kind, "content": content,
        "at": state::now_ms(),
    });
    state.deliver(message);
    Ok(json!({ "errcode": 0, "errmsg": "ok" }).into())
}

/// A message made from a template; every keyword must say something.
fn notice(state: &mut State, call: &Call, app_id: &str, channel: &str) -> Outcome {
    let (openid, _) = addressee(call, app_id)?;
    if call.text("template_id").is_empty() {
        return refuse(40037, "invalid template_id");
    }
    let keywords = call.body["data"].as_object().filter(|keywords| !keywords.is_empty());
    let values = keywords.map(|keywords| keywords.values().map(|keyword| keyword["value"].as_str()));
    if !values.is_some_and(|mut values| values.all(|value| value.is_some())) {
        return refuse(47003, "argument invalid! data");
    }
    let message = json!({
        "channel": channel, "app_id": app_id, "touser": openid, "template_id": call.text("template_id"),
        "page": call.text("page"), "form_id": call.text("form_id"), "data": call.body["data"], "at": state::now_ms(),
    });
    state.deliver(message);
    Ok(json!({ "errcode": 0, "errmsg": "ok", "msgid": state::now_ms() }).into())
}

fn template(state: &mut State, call: &Call) -> Outcome {
    let app_id = official(state, call)?;
    let (_, key) = addressee(call, app_id)?;
    if state.official.gone.contains(&key) {
        return refuse(43004, "require subscribe");
    }
    notice(state, call, app_id, "template")
}

fn subscribed(state: &mut State, call: &Call) -> Outcome {
    let app_id = mini(state, call)?;
    let (_, key) = addressee(call, app_id)?;
    if state.official.gone.contains(&key) {
        return refuse(43101, "user refuse to accept the msg");
    }
    notice(state, call, app_id, "subscribe")
}

fn by_form(state: &mut State, call: &Call) -> Outcome {
    let app_id = mini(state, call)?;
    let form_id = call.text("form_id");
    if form_id.is_empty() || form_id.starts_with("bad") {
        return refuse(41028, "invalid form id");
    }
    if !state.official.used_form_ids.insert(form_id.to_owned()) {
        return refuse(41029, "form id used count reach limit");
    }
    notice(state, call, app_id, "form")
}

fn upload(state: &mut State, call: &Call) -> Outcome {
    official(state, call)?;
    if call.query("type") != "image" {
        return refuse(40004, "invalid media type");
    }
    let is_part = call.raw.windows(12).any(|window| window == b"name=\"media\"") && call.raw.starts_with(b"--");
    if !is_part {
        return refuse(41005, "media data missing");
    }
    if call.raw.len() > LARGEST_PICTURE {
        return refuse(40009, "invalid image size");
    }
    let id = state::random_text("media");
    state.official.media.insert(id.clone());
    Ok(json!({ "type": "image", "media_id": id, "created_at": state::now_ms() / 1000 }).into())
}

/// `voice.…` is a voice message, `picture.…` a picture.
fn media(state: &mut State, call: &Call) -> Outcome {
    official(state, call)?;
    match call.query("media_id").split_once('.') {
        Some(("voice", _)) => Ok(Answer::Bytes("audio/amr", b"#!AMR\n<sandbox>".to_vec())),
        Some(("picture", name)) => picture(name, 280).map(Answer::Png),
        _ => refuse(40007, "invalid media_id"),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Callback {
    app_id: String,
    person: String,
    #[serde(default)]
    fields: Map<String, Value>,
    #[serde(default)]
    encrypted: bool,
}

/// What WeChat would push to us when somebody writes to an official account.
pub(super) fn callback(_: &mut State, body: Value) -> Reply {
    let asked: Callback = serde_json::from_value(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let fault = |text: String| (StatusCode::INTERNAL_SERVER_ERROR, text);
    let seconds = (state::now_ms() / 1000).to_string();
    let mut fields = vec![
        ("ToUserName".to_owned(), "gh_sandbox".to_owned()),
        ("FromUserName".to_owned(), state::openid(&asked.app_id, &asked.person)),
        ("CreateTime".to_owned(), seconds.clone()),
    ];
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    fields.retain(|(name, _)| !asked.fields.contains_key(name));
    fields.extend(asked.fields.iter().map(|(name, value)| (name.clone(), text(value))));
    let plain = xml::write(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let platform = (asked.app_id == AUTHORISED_OFFICIAL.app_id).then_some(AUTHORISED_OFFICIAL.platform);
    let (receiver, token, aes_key) = match platform {
        Some(platform) => (platform.app_id, platform.token, platform.aes_key),
        None => (FIRST_OFFICIAL.app_id, FIRST_OFFICIAL_TOKEN, FIRST_OFFICIAL_AES_KEY),
    };
    let envelope = Envelope::new(receiver, Secret::from(token), &Secret::from(aes_key))
        .map_err(|error| fault(error.to_string()))?;
    let nonce = "sandboxnonce";
    let mut query = json!({
        "signature": envelope.signature(&[&seconds, nonce]), "timestamp": seconds, "nonce": nonce,
        "openid": state::openid(&asked.app_id, &asked.person),
    });
    let body = if asked.encrypted || platform.is_some() {
        let sealed = envelope.seal(&seconds, nonce, &plain).map_err(|error| fault(error.to_string()))?;
        query["encrypt_type"] = "aes".into();
        query["msg_signature"] = sealed.signature.into();
        xml::write([("ToUserName", "gh_sandbox"), ("Encrypt", sealed.encrypted.as_str())])
    } else {
        plain
    };
    let path = format!("/zhugeleida/admin/open_weixin_gongzhonghao/callback/{}", asked.app_id);
    Ok(json!({ "path": path, "query": query, "body": body }))
}
