//! The sandbox's third-party platforms: their tokens, and those of the accounts that are authorised to them.

use poem::http::Method;
use serde_json::json;

use super::accounts::{PLATFORMS, PROFILES, Platform, Profile};
use super::state::{self, State};
use super::tokens::{EXPIRES_IN, Owner};
use super::{Call, Outcome, Refusal, only, refuse, release};

/// `None` for an unknown path.
pub(super) fn answer(state: &mut State, call: &Call) -> Option<Outcome> {
    Some(match call.path.as_str() {
        "/cgi-bin/component/api_component_token" => only(&Method::POST, call, || component_token(state, call)),
        "/cgi-bin/component/api_authorizer_token" => only(&Method::POST, call, || authorizer_token(state, call)),
        "/cgi-bin/component/api_create_preauthcode" => only(&Method::POST, call, || pre_auth_code(state, call)),
        "/cgi-bin/component/api_query_auth" => only(&Method::POST, call, || query_auth(state, call)),
        "/cgi-bin/component/api_get_authorizer_info" => only(&Method::POST, call, || authorizer_info(state, call)),
        "/wxa/modify_domain" => only(&Method::POST, call, || modify_domain(state, call)),
        "/cgi-bin/template/api_set_industry" => only(&Method::POST, call, || set_industry(state, call)),
        "/cgi-bin/template/api_add_template" => only(&Method::POST, call, || add_template(state, call)),
        _ => return release::answer(state, call),
    })
}

fn component_token(state: &mut State, call: &Call) -> Outcome {
    let Some(platform) = PLATFORMS.into_iter().find(|platform| platform.app_id == call.text("component_appid")) else {
        return refuse(40013, "invalid appid");
    };
    if call.text("component_appsecret") != platform.secret {
        return refuse(40125, "invalid appsecret");
    }
    if call.text("component_verify_ticket") != platform.ticket {
        return refuse(61006, "component ticket is invalid");
    }
    let token = state.tokens.issue(Owner::Platform(platform.app_id));
    Ok(json!({ "component_access_token": token, "expires_in": EXPIRES_IN }).into())
}

fn authorizer_token(state: &mut State, call: &Call) -> Outcome {
    let platform = platform_token(state, call)?;
    if call.text("component_appid") != platform.app_id {
        return refuse(40013, "invalid appid");
    }
    let app_id = authorised_to(state, platform, call.text("authorizer_appid"))?;
    let good = state.refresh_tokens.entry(app_id).or_default();
    if call.text("authorizer_refresh_token") != good {
        return refuse(61023, "refresh_token is invalid");
    }
    if std::mem::take(&mut state.rotate_refresh_token) {
        *good = state::random_text("refresh");
    }
    let refresh_token = good.clone();
    let token = state.tokens.issue(Owner::Account(app_id));
    Ok(json!({
        "authorizer_access_token": token, "expires_in": EXPIRES_IN, "authorizer_refresh_token": refresh_token,
    })
    .into())
}

/// The platform whose token the call brings.
pub(super) fn platform_token(state: &State, call: &Call) -> Result<&'static Platform, Refusal> {
    let owner = state.tokens.check(call.query("component_access_token"))?;
    PLATFORMS
        .into_iter()
        .find(|platform| owner == Owner::Platform(platform.app_id))
        .map_or_else(|| refuse(40014, "invalid component_access_token"), Ok)
}

/// The account of this app id, when it is authorised to the platform.
pub(super) fn authorised_to(state: &State, platform: &Platform, app_id: &str) -> Result<&'static str, Refusal> {
    match profile(app_id) {
        Some(account) if account.platform.app_id == platform.app_id && state.refresh_tokens.contains_key(app_id) => {
            Ok(account.app_id)
        }
        _ => refuse(61003, "component is not authorized by this account"),
    }
}

/// The account of this app id, authorised or not.
pub(super) fn profile(app_id: &str) -> Option<&'static Profile> {
    static ALL: [Profile; 9] = PROFILES;
    ALL.iter().find(|account| account.app_id == app_id)
}

/// The account whose token the call brings.
pub(super) fn account(state: &State, call: &Call) -> Result<&'static Profile, Refusal> {
    let Owner::Account(app_id) = state.tokens.check(call.query("access_token"))? else {
        return refuse(40014, "invalid access_token");
    };
    profile(app_id).map_or_else(|| refuse(40013, "invalid appid"), Ok)
}

/// The platform that calls about itself.
fn calling_platform(state: &State, call: &Call) -> Result<&'static Platform, Refusal> {
    let platform = platform_token(state, call)?;
    if call.text("component_appid") == platform.app_id { Ok(platform) } else { refuse(40013, "invalid appid") }
}

fn pre_auth_code(state: &State, call: &Call) -> Outcome {
    calling_platform(state, call)?;
    Ok(json!({ "pre_auth_code": format!("preauthcode@@@{}", state::random_text("pre")), "expires_in": 600 }).into())
}

/// A code can be exchanged once.
fn query_auth(state: &mut State, call: &Call) -> Outcome {
    let platform = calling_platform(state, call)?;
    let code = call.text("authorization_code");
    let Some(app_id) = state.auth_codes.get(code).copied() else {
        return refuse(61010, "code is expired");
    };
    authorised_to(state, platform, app_id)?;
    state.auth_codes.remove(code);
    let token = state.tokens.issue(Owner::Account(app_id));
    let functions: Vec<_> = (1..=18).map(|id| json!({ "funcscope_category": { "id": id } })).collect();
    Ok(json!({ "authorization_info": {
        "authorizer_appid": app_id, "authorizer_access_token": token, "expires_in": EXPIRES_IN,
        "authorizer_refresh_token": state.refresh_tokens[app_id], "func_info": functions,
    } })
    .into())
}

fn authorizer_info(state: &State, call: &Call) -> Outcome {
    let platform = calling_platform(state, call)?;
    let app_id = authorised_to(state, platform, call.text("authorizer_appid"))?;
    let Some(account) = profile(app_id) else { return refuse(40013, "invalid appid") };
    let mut info = json!({
        "nick_name": account.nickname, "head_img": format!("http://wx.qlogo.cn/mmopen/{}/0", account.original_id),
        "service_type_info": { "id": if account.categories.is_empty() { 2 } else { 0 } },
        "verify_type_info": { "id": 0 }, "user_name": account.original_id, "alias": "",
        "qrcode_url": format!("http://mmbiz.qpic.cn/mmbiz_jpg/{}/0", account.original_id),
        "business_info": { "open_pay": 1, "open_shake": 0, "open_scan": 0, "open_card": 0, "open_store": 0 },
        "idc": 1, "principal_name": account.principal, "signature": format!("{}，欢迎您。", account.nickname),
    });
    if !account.categories.is_empty() {
        let categories: Vec<_> = account
            .categories
            .iter()
            .map(|(first, _, second, _)| json!({ "first": first, "second": second }))
            .collect();
        info["MiniProgramInfo"] = json!({ "network": {}, "categories": categories, "visit_status": 0 });
    }
    Ok(json!({ "authorizer_info": info, "authorization_info": { "authorizer_appid": app_id } }).into())
}

fn modify_domain(state: &State, call: &Call) -> Outcome {
    let account = account(state, call)?;
    if account.categories.is_empty() {
        return refuse(85015, "not a mini program account");
    }
    let lists = ["requestdomain", "wsrequestdomain", "uploaddomain", "downloaddomain"];
    let is_full = lists.iter().all(|list| call.body[list].as_array().is_some_and(|domains| !domains.is_empty()));
    match call.text("action") {
        "add" | "set" | "delete" if is_full => Ok(json!({ "errcode": 0, "errmsg": "ok" }).into()),
        "get" => Ok(json!({ "errcode": 0, "errmsg": "ok", "requestdomain": [] }).into()),
        _ => refuse(85017, "there is no new domain to be added"),
    }
}

fn set_industry(state: &State, call: &Call) -> Outcome {
    account(state, call)?;
    if call.text("industry_id1").parse::<u8>().is_err() || call.text("industry_id2").parse::<u8>().is_err() {
        return refuse(47001, "data format error");
    }
    Ok(json!({ "errcode": 0, "errmsg": "ok" }).into())
}

fn add_template(state: &mut State, call: &Call) -> Outcome {
    let account = account(state, call)?;
    if !call.text("template_id_short").starts_with("OPENTM") {
        return refuse(40037, "invalid template_id");
    }
    let id = state::random_text("template");
    state.message_templates.entry(account.app_id).or_default().push(id.clone());
    Ok(json!({ "errcode": 0, "errmsg": "ok", "template_id": id }).into())
}
