//! The official account: its readers come in by links, write to it, and are written to; customers of the mini-program
//! are called back; and none of it holds anybody up.

mod letters;
mod login;
mod outage;
mod push;

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Actor, Family, Form, Query, Reply, Server, raw, sandbox, within};

const LOGIN: &str = "/zhugeleida/gongzhonghao/work_gongzhonghao_auth";

/// A demo server with other settings.
fn demo_with(settings: &[(&str, &str)]) -> Server {
    let mut server = Server::demo();
    for (key, value) in settings {
        server.run(&["settings", "set", key, value]);
    }
    server.restart();
    server
}

fn control(server: &Server, what: &Value) {
    let reply = server.sandbox("/sandbox/control", what);
    assert_eq!(reply.json["ok"], true, "{}", reply.story());
}

/// Changes what WeChat knows of somebody: `following`, `silent`.
fn person(server: &Server, app_id: &str, name: &str, mut what: Value) {
    what["app_id"] = app_id.into();
    what["person"] = name.into();
    control(server, &json!({ "people": what }));
}

/// The calls of a path that WeChat received.
fn calls(server: &Server, path: &str) -> Vec<Value> {
    let log = server.sandbox("/sandbox/log", &Value::Null).json;
    log.as_array().expect("the calls").iter().filter(|call| call["path"] == path).cloned().collect()
}

/// What WeChat delivered, in this way: `letter`, `template`, `subscribe`, `form`.
fn delivered(server: &Server, channel: &str) -> Vec<Value> {
    let messages = server.sandbox("/sandbox/messages", &Value::Null).json;
    messages.as_array().expect("the messages").iter().filter(|one| one["channel"] == channel).cloned().collect()
}

/// Waits until so many were delivered in this way.
#[track_caller]
fn wait_for(server: &Server, channel: &str, count: usize) -> Vec<Value> {
    within(Duration::from_secs(6), &format!("{count} messages by {channel}"), || {
        Some(delivered(server, channel)).filter(|messages| messages.len() >= count)
    })
}

/// Waits until nothing is on its way any more.
#[track_caller]
fn wait_for_empty_outbox(server: &Server) {
    within(Duration::from_secs(25), "an empty outbox", || {
        (server.select("SELECT count(*) FROM outbox WHERE state = 0") == 0).then_some(())
    });
}

fn an_article(server: &Server) -> i64 {
    server.select("SELECT min(id) FROM article WHERE status = 1").as_i64().expect("an article")
}

/// What a link to the article says.
fn relate(article: i64, staff: &Actor, parent: Option<&Actor>, level: i64) -> String {
    let parent = parent.map_or_else(String::new, Actor::id);
    format!("article_id_{article}|pid_{parent}|level_{level}|uid_{}|company_id_1", staff.user_id)
}

/// Comes back from WeChat's authorize page.
fn log_in(server: &Server, code: &str, state: &str, relate: &str) -> Reply {
    server.api.get(LOGIN, &[("code", code), ("state", state), ("relate", relate), ("appid", sandbox::OFFICIAL_APP_ID)])
}

/// Somebody who agreed to show the profile, by a salesperson's link.
#[track_caller]
fn reader(server: &Server, staff: &Actor, name: &str) -> Actor {
    let link = relate(an_article(server), staff, None, 1);
    let reply = log_in(server, &format!("{name}.info.first"), "snsapi_userinfo", &link);
    server.logged_in(Family::Customer, &reply)
}

/// A picture that the server has.
fn a_picture(server: &Server) -> String {
    let form = Form::urlencoded().with("user_id", server.staff("lina").user_id);
    server.admin().post("/zhugeleida/admin/user/create_small_program_qr_code/0", &form).ok();
    server.select("SELECT qr_code FROM staff WHERE userid = 'lina'").as_str().expect("a picture").to_owned()
}

/// A staff member shows a picture in the conversation.
fn show(staff: &Actor, to: &Actor, url: &str) {
    let content = json!({ "info_type": 4, "url": url }).to_string();
    let form = Form::urlencoded().with("customer_id", to.user_id).with("content", content);
    staff.post("/zhugeleida/qiyeweixin/chat/send_msg/0", &form).ok();
}

/// A browser's navigation: where it is led.
fn navigate(server: &Server, query: &[(&str, &str)]) -> String {
    let url = server.api.url(LOGIN, query);
    let path = url.strip_prefix(server.api.base()).expect("our own address");
    let answer = raw::ask(server.address(), &format!("GET {path} HTTP/1.1\r\nAccept: text/html,application/xhtml+xml"));
    assert!(answer.starts_with("HTTP/1.1 302"), "{answer}");
    let location = answer.lines().find_map(|line| line.to_lowercase().starts_with("location:").then(|| &line[9..]));
    location.unwrap_or_else(|| panic!("no location: {answer}")).trim().to_owned()
}

fn count(server: &Server, table: &str, condition: &str) -> i64 {
    server.select(&format!("SELECT count(*) FROM {table} WHERE {condition}")).as_i64().expect("a count")
}

#[test]
fn a_page_is_signed_and_the_ticket_kept() {
    const SIGN: &str = "/zhugeleida/gongzhonghao/work_gongzhonghao_auth/gongzhonghao_share_sign";
    const TICKET: &str = "/cgi-bin/ticket/getticket";
    let server = Server::demo();
    let staff = server.staff("lina");
    let reader = reader(&server, &staff, "lan");
    control(&server, &json!({ "fail": { "path": TICKET, "errcode": 48001, "errmsg": "api unauthorized" } }));
    let page = ("url", "https://leida.example/article/");
    let refused = reader.get(SIGN, &[("company_id", "1"), page]);
    assert_eq!(refused.refused(402).msg, "没有生成生成签名所需的jsapi_ticket");
    control(&server, &json!({ "down": { "path_prefix": TICKET } }));
    reader.get(SIGN, &[("company_id", "1"), page]).refused(503);
    for query in [page, ("location_href", "https://leida.example/article/?a=b#/c")] {
        let signed = reader.get(SIGN, &[("company_id", "1"), query]);
        let data = signed.ok();
        assert_eq!(data["appid"], sandbox::OFFICIAL_APP_ID);
        let text = |name: &str| data[name].as_str().expect("a text").to_owned();
        assert!(text("nonceStr").len() == 16 && text("signature").len() == 40, "{}", signed.story());
        assert!(text("signature").chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)));
        assert!(data["timestamp"].as_i64() > Some(1_700_000_000), "{}", signed.story());
    }
    assert_eq!(calls(&server, TICKET).len(), 3, "one refused, one in vain, one for both pages");
    // Without the parameter the page is the one that asks.
    reader.get(SIGN, &[("company_id", "1")]).refused(301);
    let url = reader.api.url::<String, String>(SIGN, &Query::from([("company_id".into(), "1".into())]));
    let url = format!("{url}&{}", query_of(&reader));
    let path = url.strip_prefix(server.api.base()).expect("our own address");
    let head = format!("GET {path} HTTP/1.1\r\nReferer: https://leida.example/article/?x=1");
    assert!(raw::ask(server.address(), &head).contains("\"code\":200"));
    reader.get(SIGN, &[("company_id", "2"), page]).refused(302);
    // A company without an official account.
    let server = demo_with(&[("company.1.gzh.secret", "")]);
    let reader = server.customer(&server.staff("lina"), "someone");
    reader.get(SIGN, &[("company_id", "1"), page]).refused(301);
}

fn query_of(actor: &Actor) -> String {
    actor.signature().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}
