//! The sandbox's code management: what a mini-program has on trial, under review and online.

use std::collections::HashMap;

use poem::http::Method;
use serde_json::{Value, json};

use super::accounts::{FIRST_MINI_AUTHORISED, MINI_PLATFORM, Profile, REFUSED_MINI, REVIEWED_MINI};
use super::mini::picture;
use super::platform::account;
use super::state::State;
use super::tokens::Owner;
use super::{Answer, Call, Outcome, only, refuse};

/// How often a day a version may be taken back from the reviewers.
const WITHDRAWALS: u8 = 1;
const PAGES: [&str; 3] = ["pages/mingpian/index", "pages/product/index", "pages/mingpian/msg"];

/// The code of one mini-program.
#[derive(Debug, Default, Clone)]
pub(super) struct MiniCode {
    trial: Option<String>,
    review: Option<Review>,
    /// Versions that were put online, the present one last.
    online: Vec<String>,
    withdrawals: u8,
    has_no_category: bool,
}

#[derive(Debug, Clone)]
struct Review {
    id: i64,
    version: String,
    /// As WeChat numbers it: 0 passed, 1 failed, 2 pending, 3 withdrawn.
    status: i64,
    reason: String,
    is_released: bool,
}

/// What the demo data take for granted.
pub(super) fn of_the_demo() -> HashMap<&'static str, MiniCode> {
    let reviewed = |id, version: &str, status, reason: &str| {
        Some(Review { id, version: version.to_owned(), status, reason: reason.to_owned(), is_released: status == 0 })
    };
    let text = str::to_owned;
    let released = MiniCode {
        trial: Some(text("v1.0.5")),
        review: reviewed(1001, "v1.0.5", 0, ""),
        online: vec![text("v1.0.4"), text("v1.0.5")],
        withdrawals: 0,
        has_no_category: false,
    };
    let waiting =
        MiniCode { trial: Some(text("v1.0.5")), review: reviewed(1002, "v1.0.5", 2, ""), ..MiniCode::default() };
    let refused =
        MiniCode { trial: Some(text("v1.0.4")), review: reviewed(1003, "v1.0.4", 1, "…"), ..MiniCode::default() };
    HashMap::from([
        (FIRST_MINI_AUTHORISED.app_id, released),
        (REVIEWED_MINI.app_id, waiting),
        (REFUSED_MINI.app_id, refused),
    ])
}

/// `None` for an unknown path.
pub(super) fn answer(state: &mut State, call: &Call) -> Option<Outcome> {
    type Act = fn(&mut MiniCode, &Profile, &Call) -> Outcome;
    let (method, act): (Method, Act) = match call.path.as_str() {
        "/wxa/gettemplatelist" => return Some(only(&Method::GET, call, || templates(state, call))),
        "/wxa/submit_audit" => return Some(only(&Method::POST, call, || submit(state, call))),
        "/wxa/commit" => (Method::POST, commit),
        "/wxa/get_qrcode" => (Method::GET, qr_code),
        "/wxa/get_page" => (Method::GET, pages),
        "/wxa/get_category" => (Method::GET, categories),
        "/wxa/get_latest_auditstatus" => (Method::GET, latest),
        "/wxa/undocodeaudit" => (Method::GET, withdraw),
        "/wxa/release" => (Method::POST, release),
        "/wxa/revertcoderelease" => (Method::GET, revert),
        _ => return None,
    };
    Some(only(&method, call, || {
        let mini = account(state, call)?;
        act(state.codes.entry(mini.app_id).or_default(), mini, call)
    }))
}

#[allow(clippy::unnecessary_wraps, reason = "one of several ends of this shape")]
fn done() -> Outcome {
    Ok(json!({ "errcode": 0, "errmsg": "ok" }).into())
}

fn template(id: i64) -> Option<Value> {
    const TEMPLATES: [(i64, &str, &str, i64); 4] = [
        (0, "1.0.0", "首个版本：名片、产品与聊天", 1_533_469_940),
        (1, "1.0.1", "增加获取 ext 中的数据，登录时提交公司id", 1_534_387_187),
        (4, "1.0.4", "案例与日记", 1_534_764_000),
        (5, "1.0.5", "商城与官网", 1_534_850_400),
    ];
    let (id, version, description, at) = TEMPLATES.into_iter().find(|row| row.0 == id)?;
    Some(json!({
        "create_time": at, "user_version": version, "user_desc": description, "template_id": id,
        "source_miniprogram_appid": "wxfef1066437842366", "source_miniprogram": "雷达名片", "developer": "演示开发者",
    }))
}

fn templates(state: &State, call: &Call) -> Outcome {
    if state.tokens.check(call.query("access_token"))? != Owner::Platform(MINI_PLATFORM.app_id) {
        return refuse(40014, "invalid access_token");
    }
    let list: Vec<_> = (0..10).filter_map(template).collect();
    Ok(json!({ "errcode": 0, "errmsg": "ok", "template_list": list }).into())
}

fn commit(code: &mut MiniCode, mini: &Profile, call: &Call) -> Outcome {
    let version = call.text("user_version");
    if version.is_empty() || version.len() > 64 || call.text("user_desc").is_empty() {
        return refuse(85015, "invalid version or description");
    }
    if call.body["template_id"].as_i64().and_then(template).is_none() {
        return refuse(85014, "template not exist");
    }
    let ext: Value = serde_json::from_str(call.text("ext_json")).unwrap_or_default();
    if ext["extAppid"] != mini.app_id {
        return refuse(85043, "invalid ext_json");
    }
    code.trial = Some(version.to_owned());
    done()
}

fn qr_code(code: &mut MiniCode, mini: &Profile, call: &Call) -> Outcome {
    let Some(version) = &code.trial else { return refuse(86001, "no code was uploaded") };
    picture(&format!("{}:{version}:{}", mini.app_id, call.query("path")), 430).map(Answer::Png)
}

fn pages(code: &mut MiniCode, _: &Profile, _: &Call) -> Outcome {
    if code.trial.is_none() {
        return refuse(86001, "no code was uploaded");
    }
    Ok(json!({ "errcode": 0, "errmsg": "ok", "page_list": PAGES }).into())
}

fn category_list(mini: &Profile) -> Vec<Value> {
    let row = |(first, first_id, second, second_id): &(&str, i64, &str, i64)| json!({ "first_class": first, "second_class": second, "first_id": first_id, "second_id": second_id });
    mini.categories.iter().map(row).collect()
}

#[allow(clippy::unnecessary_wraps, reason = "one of several actions of this shape")]
fn categories(code: &mut MiniCode, mini: &Profile, _: &Call) -> Outcome {
    let list = if code.has_no_category { json!([]) } else { json!(category_list(mini)) };
    Ok(json!({ "errcode": 0, "errmsg": "ok", "category_list": list }).into())
}

/// The number is the place in the queue of all mini-programs, so no two reviews have the same.
fn submit(state: &mut State, call: &Call) -> Outcome {
    let mini = account(state, call)?;
    let highest = state.codes.values().filter_map(|code| code.review.as_ref()).map(|review| review.id).max();
    let code = state.codes.entry(mini.app_id).or_default();
    let Some(version) = code.trial.clone() else { return refuse(85086, "no code was uploaded") };
    if code.review.as_ref().is_some_and(|review| review.status == 2) {
        return refuse(85009, "already submit a version under auditing hint: [QNueVA08328978]");
    }
    let Some([item, ..]) = call.body["item_list"].as_array().map(Vec::as_slice) else {
        return refuse(85010, "invalid item list");
    };
    if !PAGES.iter().any(|page| item["address"] == *page) {
        return refuse(85007, "invalid page path");
    }
    let is_own = |category: &Value| {
        ["first_class", "second_class", "first_id", "second_id"].iter().all(|key| category[key] == item[key])
    };
    if !category_list(mini).iter().any(is_own) {
        return refuse(85008, "invalid category");
    }
    let text = |key: &str| item[key].as_str().unwrap_or_default();
    if text("tag").is_empty() || text("title").is_empty() {
        return refuse(85006, "invalid tag or title");
    }
    let id = highest.unwrap_or(1000) + 1;
    code.review = Some(Review { id, version, status: 2, reason: String::new(), is_released: false });
    Ok(json!({ "errcode": 0, "errmsg": "ok", "auditid": id }).into())
}

fn latest(code: &mut MiniCode, _: &Profile, _: &Call) -> Outcome {
    let Some(review) = &code.review else { return refuse(86001, "no code was handed in") };
    let mut answer = json!({ "errcode": 0, "errmsg": "ok", "auditid": review.id, "status": review.status });
    if review.status == 1 {
        answer["reason"] = review.reason.as_str().into();
    }
    Ok(answer.into())
}

fn withdraw(code: &mut MiniCode, _: &Profile, _: &Call) -> Outcome {
    let Some(review) = code.review.as_mut().filter(|review| review.status == 2) else {
        return refuse(85019, "no version is under auditing");
    };
    if code.withdrawals >= WITHDRAWALS {
        return refuse(87013, "exceed the limit of undo code audit");
    }
    code.withdrawals += 1;
    review.status = 3;
    done()
}

fn release(code: &mut MiniCode, _: &Profile, call: &Call) -> Outcome {
    if !call.body.is_object() {
        return refuse(47001, "data format error");
    }
    let Some(review) = &mut code.review else { return refuse(85019, "no version is under auditing") };
    if review.status != 0 {
        return refuse(85020, "status not allowed");
    }
    if review.is_released {
        return refuse(85052, "is already released");
    }
    review.is_released = true;
    code.online.push(review.version.clone());
    done()
}

fn revert(code: &mut MiniCode, _: &Profile, _: &Call) -> Outcome {
    if code.online.len() < 2 {
        return refuse(87012, "forbid revert this version release");
    }
    code.online.pop();
    done()
}

/// Versions may be taken back again.
pub(super) fn begin_day(state: &mut State) {
    for code in state.codes.values_mut() {
        code.withdrawals = 0;
    }
}

/// The owners take all service categories off their mini-programs.
pub(super) fn drop_categories(state: &mut State) {
    for code in state.codes.values_mut() {
        code.has_no_category = true;
    }
}

/// What the reviewers say of a mini-program's version; false when they have none.
pub(super) fn decide(state: &mut State, app_id: &str, refusal: Option<&str>) -> bool {
    let review = state.codes.get_mut(app_id).and_then(|code| code.review.as_mut()).filter(|review| review.status == 2);
    let Some(review) = review else { return false };
    review.status = i64::from(refusal.is_some());
    refusal.unwrap_or_default().clone_into(&mut review.reason);
    true
}
