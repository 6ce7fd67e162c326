//! The sandbox's `qyapi.weixin.qq.com`: tokens, logins and messages. The contacts are in `people.rs`.

use poem::http::Method;
use serde_json::{Value, json};

use super::state::{self, State};
use super::tokens::{EXPIRES_IN, Owner};
use super::{Call, Outcome, Refusal, only, people, refuse};

/// `None` for an unknown path.
pub(super) fn answer(state: &mut State, call: &Call) -> Option<Outcome> {
    Some(match call.path.as_str() {
        "/cgi-bin/gettoken" => only(&Method::GET, call, || token(state, call)),
        "/cgi-bin/user/getuserinfo" => only(&Method::GET, call, || user_info(state, call)),
        "/cgi-bin/user/getuserdetail" => only(&Method::POST, call, || user_detail(state, call)),
        "/cgi-bin/message/send" => only(&Method::POST, call, || send(state, call)),
        _ => return people::answer(state, call),
    })
}

fn token(state: &mut State, call: &Call) -> Outcome {
    let Some(place) = state.corps.iter().position(|corp| corp.account.corp_id == call.query("corpid")) else {
        return refuse(40013, "invalid corpid");
    };
    let secret = call.query("corpsecret");
    if secret.is_empty() {
        return refuse(41004, "corpsecret missing");
    }
    let account = state.corps[place].account;
    let owner = if secret == account.contacts_secret {
        Owner::Contacts(place)
    } else if secret == account.radar_secret {
        Owner::Radar(place)
    } else {
        return refuse(40001, "invalid credential");
    };
    let token = state.tokens.issue(owner);
    Ok(json!({ "errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": EXPIRES_IN }).into())
}

/// Which secret the call's token was fetched with.
pub(super) fn owner(state: &State, call: &Call) -> Result<Owner, Refusal> {
    match state.tokens.check(call.query("access_token"))? {
        owner @ (Owner::Contacts(_) | Owner::Radar(_)) => Ok(owner),
        _ => refuse(40014, "invalid access_token"),
    }
}

/// The company whose radar application calls.
fn radar(state: &State, call: &Call) -> Result<usize, Refusal> {
    match owner(state, call)? {
        Owner::Radar(place) => Ok(place),
        _ => refuse(48002, "api forbidden"),
    }
}

fn user_info(state: &mut State, call: &Call) -> Outcome {
    let place = radar(state, call)?;
    let code = call.query("code");
    if code.is_empty() {
        return refuse(41008, "missing code");
    }
    let Some((person, _)) = code.split_once('.') else {
        return refuse(40029, "invalid code");
    };
    let corp = &state.corps[place];
    let corp_id = corp.account.corp_id;
    let is_member = corp.members.contains_key(person);
    if !(is_member || person == "outsider") || !state.use_code(corp_id, code) {
        return refuse(40029, "invalid code");
    }
    if !is_member {
        let openid = state::openid(corp_id, person);
        return Ok(json!({ "errcode": 0, "errmsg": "ok", "OpenId": openid, "DeviceId": "" }).into());
    }
    let ticket = state::random_text("user_ticket");
    state.user_tickets.insert(ticket.clone(), (place, person.to_owned()));
    Ok(json!({
        "errcode": 0, "errmsg": "ok", "UserId": person, "DeviceId": "", "user_ticket": ticket, "expires_in": 1800,
    })
    .into())
}

fn user_detail(state: &mut State, call: &Call) -> Outcome {
    let place = radar(state, call)?;
    let userid = match state.user_tickets.get(call.text("user_ticket")) {
        Some((corp, userid)) if *corp == place => userid,
        _ => return refuse(40029, "invalid user_ticket"),
    };
    let Some(member) = state.corps[place].members.get(userid) else {
        return refuse(60111, "userid not found");
    };
    Ok(json!({
        "errcode": 0, "errmsg": "ok", "userid": userid, "name": member.name, "department": member.department,
        "position": member.position, "mobile": member.mobile, "gender": member.gender.to_string(),
        "email": member.email, "avatar": "",
    })
    .into())
}

fn send(state: &mut State, call: &Call) -> Outcome {
    let Some(agent_id) = call.body["agentid"].as_i64() else {
        return refuse(40056, "invalid agentid");
    };
    let place = match owner(state, call)? {
        Owner::Radar(place) if state.corps[place].account.radar_agent_id == agent_id => place,
        _ => {
            return refuse(301_002, "not allow operate another agent with this accesstoken");
        }
    };
    if call.text("msgtype") != "text" {
        return refuse(40008, "invalid message type");
    }
    let content = call.body["text"]["content"].as_str().unwrap_or_default();
    if content.is_empty() {
        return refuse(44004, "empty content");
    }
    let touser = call.text("touser");
    let wanted: Vec<&str> = touser.split('|').filter(|user| !user.is_empty()).collect();
    if wanted.is_empty() {
        return refuse(82001, "touser, toparty and totag are all empty");
    }
    let corp = &state.corps[place];
    let (users, unknown): (Vec<&str>, Vec<&str>) = if wanted == ["@all"] {
        (corp.members.keys().map(String::as_str).collect(), Vec::new())
    } else {
        wanted.into_iter().partition(|user| corp.members.contains_key(*user))
    };
    if users.is_empty() {
        return refuse(81013, "user & party & tag all invalid");
    }
    let msgid = state::random_text("msgid");
    let message = json!({
        "corp_id": corp.account.corp_id, "agentid": agent_id, "touser": touser, "users": users,
        "msgtype": "text", "content": content, "msgid": msgid, "at": state::now_ms(),
    });
    let answer = json!({ "errcode": 0, "errmsg": "ok", "invaliduser": Value::from(unknown.join("|")), "msgid": msgid });
    state.deliver(message);
    Ok(answer.into())
}
