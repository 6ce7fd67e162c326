//! The sandbox's third-party platforms: their tokens, and those of the accounts that are authorised to them.

use poem::http::Method;
use serde_json::json;

use super::accounts::{AUTHORISED, PLATFORMS, Platform};
use super::state::{self, State};
use super::tokens::{EXPIRES_IN, Owner};
use super::{Call, Outcome, Refusal, only, refuse};

/// `None` for an unknown path.
pub(super) fn answer(state: &mut State, call: &Call) -> Option<Outcome> {
    Some(match call.path.as_str() {
        "/cgi-bin/component/api_component_token" => only(&Method::POST, call, || component_token(state, call)),
        "/cgi-bin/component/api_authorizer_token" => only(&Method::POST, call, || authorizer_token(state, call)),
        _ => return None,
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
    let account = AUTHORISED.into_iter().find(|account| account.app_id == call.text("authorizer_appid"));
    let Some(account) = account.filter(|account| account.platform.app_id == platform.app_id) else {
        return refuse(61003, "component is not authorized by this account");
    };
    let good = state.refresh_tokens.entry(account.app_id).or_default();
    if call.text("authorizer_refresh_token") != good {
        return refuse(61023, "refresh_token is invalid");
    }
    if std::mem::take(&mut state.rotate_refresh_token) {
        *good = state::random_text("refresh");
    }
    let refresh_token = good.clone();
    let token = state.tokens.issue(Owner::Account(account.app_id));
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
