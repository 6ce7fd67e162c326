//! The sandbox's `api.weixin.qq.com`: tokens of accounts with their own secret, sessions and codes of mini-programs.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma, imageops};
use poem::http::Method;
use qrcode::QrCode;
use serde_json::{Value, json};

use super::accounts::{AUTHORISED_MINI, MINI_PLATFORM, MINIS, OFFICIALS};
use super::platform::{self, platform_token};
use super::state::{self, State};
use super::tokens::{EXPIRES_IN, Owner};
use super::{Answer, Call, Outcome, Refusal, only, refuse};

/// `None` for an unknown path.
pub(super) fn answer(state: &mut State, call: &Call) -> Option<Outcome> {
    Some(match call.path.as_str() {
        "/cgi-bin/token" => only(&Method::GET, call, || token(state, call)),
        "/sns/jscode2session" => only(&Method::GET, call, || own_session(state, call)),
        "/sns/component/jscode2session" => only(&Method::GET, call, || authorised_session(state, call)),
        "/wxa/getwxacode" => only(&Method::POST, call, || qr_code(state, call)),
        _ => return None,
    })
}

/// The account whose app id and secret these are.
pub(super) fn credentials(app_id: &str, secret: &str) -> Result<&'static str, Refusal> {
    if app_id.is_empty() {
        return refuse(41002, "appid missing");
    }
    let Some(account) = MINIS.into_iter().chain(OFFICIALS).find(|account| account.app_id == app_id) else {
        return refuse(40013, "invalid appid");
    };
    if secret.is_empty() {
        return refuse(41004, "appsecret missing");
    }
    if account.secret != secret {
        return refuse(40125, "invalid appsecret");
    }
    Ok(account.app_id)
}

fn token(state: &mut State, call: &Call) -> Outcome {
    if call.query("grant_type") != "client_credential" {
        return refuse(40002, "invalid grant_type");
    }
    let app_id = credentials(call.query("appid"), call.query("secret"))?;
    let token = state.tokens.issue(Owner::Account(app_id));
    Ok(json!({ "access_token": token, "expires_in": EXPIRES_IN }).into())
}

fn own_session(state: &mut State, call: &Call) -> Outcome {
    let app_id = credentials(call.query("appid"), call.query("secret"))?;
    session(state, call, app_id)
}

fn authorised_session(state: &mut State, call: &Call) -> Outcome {
    if platform_token(state, call)?.app_id != call.query("component_appid") {
        return refuse(40013, "invalid appid");
    }
    let app_id = platform::authorised_to(state, &MINI_PLATFORM, call.query("appid"))?;
    session(state, call, app_id)
}

fn session(state: &mut State, call: &Call, app_id: &str) -> Outcome {
    if call.query("grant_type") != "authorization_code" {
        return refuse(40002, "invalid grant_type");
    }
    let code = call.query("js_code");
    if code.is_empty() {
        return refuse(41008, "missing code");
    }
    let person = code.split('.').next().unwrap_or_default();
    if code.starts_with("bad") || person.is_empty() {
        return refuse(40029, "invalid code");
    }
    if !state.use_code(app_id, code) {
        return refuse(40163, "code been used");
    }
    let openid = state::openid(app_id, person);
    let session_key = state::session_key(&openid, code);
    state.session_keys.insert((app_id.to_owned(), openid.clone()), session_key.clone());
    let mut answer = json!({ "openid": openid, "session_key": session_key });
    // Only the platform's app is bound to an open platform account.
    if app_id == AUTHORISED_MINI.app_id {
        answer["unionid"] = Value::from(state::unionid(person));
    }
    Ok(answer.into())
}

fn qr_code(state: &State, call: &Call) -> Outcome {
    let Owner::Account(app_id) = state.tokens.check(call.query("access_token"))? else {
        return refuse(40014, "invalid access_token");
    };
    let path = call.text("path");
    if path.is_empty() || path.len() > 1024 {
        return refuse(40159, "invalid length for path, or the data is not json string");
    }
    let width = call.body["width"].as_u64().unwrap_or(430).clamp(280, 1280);
    picture(&format!("{app_id}:{path}"), u32::try_from(width).unwrap_or(430)).map(Answer::Png)
}

/// A QR code of the text, in the middle of a white square of this width, as PNG.
pub(super) fn picture(text: &str, width: u32) -> Result<Vec<u8>, Refusal> {
    let system_error = || Refusal(-1, "system error".to_owned());
    let code = QrCode::new(text).map_err(|_| system_error())?;
    let code = code.render::<Luma<u8>>().max_dimensions(width, width).build();
    let mut square = GrayImage::from_pixel(width, width, Luma([255]));
    let margin = |side: u32| i64::from(width.saturating_sub(side) / 2);
    imageops::replace(&mut square, &code, margin(code.width()), margin(code.height()));
    let mut png = Cursor::new(Vec::new());
    square.write_to(&mut png, ImageFormat::Png).map_err(|_| system_error())?;
    Ok(png.into_inner())
}
