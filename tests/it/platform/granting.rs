//! Authorisations, by the browser's return and by WeChat's events.

use std::thread;

use serde_json::{Value, json};

use super::{
    EVENTS, OFFICIAL_EVENTS, Push, authorise_mini, calls, control, name_mini, office_of, step, with_platforms,
};
use crate::support::{Actor, Form, Reply, Server, sandbox, soon};

const RETURN: &str = "/zhugeleida/admin/open_weixin/auth_code";
const QUERY_AUTH: &str = "/cgi-bin/component/api_query_auth";

/// The link to WeChat's page, taken apart: its query and that of the address it leads back to.
#[track_caller]
fn link(admin: &Actor, family: &str) -> (Vec<(String, String)>, String) {
    let reply = admin.post(&format!("/zhugeleida/admin/{family}/create_grant_url"), &Form::urlencoded());
    let link = reply.ok().as_str().expect("a text").to_owned();
    let query = link.strip_prefix("https://mp.weixin.qq.com/cgi-bin/componentloginpage?").expect("WeChat's page");
    let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let back = query.iter().find(|(name, _)| name == "redirect_uri").expect("the way back").1.clone();
    let state = back.split_once("/auth_code?state=").expect("a state").1.to_owned();
    (query, state)
}

fn back(server: &Server, code: &str, state: &str) -> Reply {
    let query = [("auth_code", code), ("expires_in", "3600"), ("state", state)];
    let query: Vec<_> = query.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    server.api.get(RETURN, &query)
}

fn authorise(server: &Server, more: &Value) -> Push {
    let mut about = json!({ "app_id": sandbox::SPARE_APP_ID });
    about.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    Push::of(server, "authorise", &about)
}

fn refresh_token(server: &Server) -> Value {
    server.select("SELECT refresh_token FROM platform_authorizer WHERE platform = 'xcx'")
}

fn authorisations(server: &Server) -> i64 {
    server.select("SELECT count(*) FROM platform_authorizer").as_i64().expect("a count")
}

#[test]
fn the_return_and_the_event_each_suffice_in_any_order_any_number_of_times() {
    let (server, admin) = with_platforms();
    assert_eq!(step(&admin, "xcx"), 1);
    name_mini(&admin, sandbox::SPARE_APP_ID).ok();
    assert_eq!(step(&admin, "xcx"), 2);
    let (query, state) = link(&admin, "open_weixin");
    let value = |name: &str| query.iter().find(|(known, _)| known == name).expect("a parameter").1.clone();
    assert_eq!((value("component_appid").as_str(), value("auth_type").as_str()), (sandbox::PLATFORM_APP_ID, "2"));
    let (other, _) = link(&admin, "open_weixin");
    assert_ne!(query[1], other[1], "a pre_auth_code is good for one authorisation");

    // The return first, then the event, both again.
    let push = authorise(&server, &json!({}));
    assert_eq!(back(&server, push.auth_code(), &state).ok(), &json!({}));
    assert_eq!(step(&admin, "xcx"), "");
    let kept = refresh_token(&server);
    assert!(!kept.as_str().expect("a text").contains("refreshtoken"), "encrypted: {kept}");
    push.deliver(&server, EVENTS);
    back(&server, push.auth_code(), &state).ok();
    push.deliver(&server, EVENTS);
    assert_eq!((calls(&server, QUERY_AUTH).len(), refresh_token(&server)), (1, kept), "exchanged and stored once");
    let shown = admin.get("/zhugeleida/admin/xcx_auth_process", &[]);
    let shown = &shown.ok()["ret_data"];
    assert_eq!(shown["name"], "未授权的小程序");
    assert_eq!(
        (&shown["verify_type_info"], &shown["service_category"]),
        (&json!(true), &json!("IT科技\\软件服务提供商"))
    );
    soon("our address among the mini-program's", || {
        let domains = calls(&server, "/wxa/modify_domain");
        let body = &domains.first()?["body"];
        let host = server.address().to_string();
        assert_eq!(body["requestdomain"], json!([format!("https://{host}")]));
        assert_eq!(body["wsrequestdomain"], json!([format!("wss://{host}")]));
        Some(())
    });

    // The event first, of another authorisation; the return with its code afterwards.
    let push = authorise(&server, &json!({}));
    push.deliver(&server, EVENTS);
    back(&server, push.auth_code(), &state).ok();
    assert_eq!(authorisations(&server), 1);
    // A code that WeChat does not know is WeChat's own refusal.
    back(&server, "queryauthcode@@@unknown", "").refused(61010);
    // In a browser it is a page.
    let browser = ureq::get(format!("{}{RETURN}?auth_code={}&state={state}", server.api.base(), push.auth_code()));
    let page = browser.header("Accept", "text/html").call().expect("a page").body_mut().read_to_string();
    assert!(page.expect("text").contains("授权成功"));
}

#[test]
fn both_at_once_exchange_the_code_once() {
    let (server, admin) = with_platforms();
    name_mini(&admin, sandbox::SPARE_APP_ID).ok();
    let (_, state) = link(&admin, "open_weixin");
    let push = authorise(&server, &json!({}));
    control(&server, &json!({ "delay_ms": { "path": QUERY_AUTH, "ms": 300 } }));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| back(&server, push.auth_code(), &state).ok().clone());
            scope.spawn(|| push.deliver(&server, EVENTS));
        }
    });
    assert_eq!((calls(&server, QUERY_AUTH).len(), step(&admin, "xcx")), (1, "".into()));
}

#[test]
fn a_spent_code_after_a_restart_is_no_failure() {
    let (mut server, admin) = with_platforms();
    name_mini(&admin, sandbox::SPARE_APP_ID).ok();
    let (_, state) = link(&admin, "open_weixin");
    let push = authorise(&server, &json!({}));
    push.deliver(&server, EVENTS);
    server.restart();
    back(&server, push.auth_code(), &state).ok();
    push.deliver(&server, EVENTS);
    assert_eq!(step(&admin.at(&server), "xcx"), "");
}

#[test]
fn a_link_is_good_for_the_company_that_asked() {
    let (server, admin) = with_platforms();
    let other = office_of(&server, &admin, "青禾家居", "qinghe");
    name_mini(&admin, sandbox::SPARE_APP_ID).ok();
    // Another company cannot name the same.
    let taken = name_mini(&other, sandbox::SPARE_APP_ID);
    assert!(taken.refused(300).msg.contains("另一家公司"), "{}", taken.story());
    name_mini(&other, "no app id").refused(301);
    name_mini(&other, sandbox::MINI_APP_ID).ok();
    let (_, foreign) = link(&other, "open_weixin");
    let push = authorise(&server, &json!({}));
    let refused = back(&server, push.auth_code(), &foreign);
    assert!(refused.refused(305).msg.contains("另一家公司"), "{}", refused.story());
    assert_eq!(authorisations(&server), 0);
    // What was made up, or sealed for something else, is no link.
    let made_up = json!({ "grant": "xcx", "company": 1, "admin": 1, "issued_at": crate::support::now_ms() });
    for state in ["x", &foreign[..20], &made_up.to_string()] {
        back(&server, push.auth_code(), state).refused(301);
    }
    let (_, own) = link(&admin, "open_weixin");
    back(&server, push.auth_code(), &own).ok();
    // While it is authorised, no other takes its place.
    name_mini(&admin, sandbox::AUTHORISED_APP_ID).refused(305);
    // An account that nobody named.
    let stray = Push::of(&server, "authorise", &json!({ "app_id": sandbox::AUTHORISED_APP_ID }));
    stray.deliver(&server, EVENTS);
    back(&server, stray.auth_code(), "").refused(301);
    assert_eq!(authorisations(&server), 1);
}

#[test]
fn who_makes_codes_up_is_stopped() {
    let (server, admin) = with_platforms();
    for number in 0..5 {
        back(&server, &format!("queryauthcode@@@{number}"), "").refused(61010);
    }
    assert_eq!(back(&server, "queryauthcode@@@5", "").refused(429).status, 429);
    assert_eq!(calls(&server, QUERY_AUTH).len(), 5);
    // Whoever has a link comes through.
    name_mini(&admin, sandbox::SPARE_APP_ID).ok();
    let (_, state) = link(&admin, "open_weixin");
    back(&server, authorise(&server, &json!({})).auth_code(), &state).ok();
}

#[test]
fn what_is_not_wechats_is_refused() {
    let (server, admin) = with_platforms();
    name_mini(&admin, sandbox::SPARE_APP_ID).ok();
    let push = authorise(&server, &json!({}));
    let send = |query: &[(&str, &str)], body: &str| server.api.send(EVENTS, query, "text/xml", body.as_bytes());
    let with = |name: &str, value: &'static str| {
        push.query()
            .into_iter()
            .map(|(known, old)| (known, if known == name { value } else { old }))
            .collect::<Vec<_>>()
    };
    let cut = &push.body()[..push.body().len() - 40];
    let refusals = [
        send(&[], push.body()),
        send(&with("msg_signature", "0000000000000000000000000000000000000000"), push.body()),
        send(&with("timestamp", "1"), push.body()),
        send(&with("nonce", "1"), push.body()),
        send(&push.query(), cut),
        send(&push.query(), ""),
        send(
            &push.query(),
            "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml><Encrypt>&a;</Encrypt></xml>",
        ),
        send(&push.query(), &push.body().replace("<Encrypt>", "<Encrypt>A")),
        // Sealed for the other platform.
        Push::ticket(&server, "gzh").post(&server, EVENTS),
        push.post(&server, OFFICIAL_EVENTS),
    ];
    for reply in refusals {
        assert_eq!((reply.status, reply.code), (403, 400), "{}", reply.story());
    }
    assert_eq!(step(&admin, "xcx"), 2);
    push.deliver(&server, EVENTS);
    assert_eq!(step(&admin, "xcx"), "");
}

#[test]
fn older_events_do_not_undo_newer_ones() {
    let (server, admin) = with_platforms();
    let ticket = "SELECT ticket FROM platform_ticket WHERE platform = 'xcx'";
    let newest = server.select(ticket);
    let old = json!({ "ComponentVerifyTicket": "ticket@@@old" });
    let what = json!({ "platform": "xcx", "info_type": "component_verify_ticket", "fields": old, "create_time": 1_500_000_000 });
    Push::of(&server, "push", &what).deliver(&server, EVENTS);
    assert_eq!(server.select(ticket), newest);

    name_mini(&admin, sandbox::SPARE_APP_ID).ok();
    let now = u64::try_from(crate::support::now_ms() / 1000).expect("a time after 1970");
    let first = authorise(&server, &json!({ "create_time": now - 50 }));
    first.deliver(&server, EVENTS);
    assert_eq!(step(&admin, "xcx"), "");
    // Withdrawn and authorised again; the withdrawal comes late.
    let spare = sandbox::SPARE_APP_ID;
    let withdrawal = Push::of(&server, "unauthorise", &json!({ "app_id": spare, "create_time": now - 40 }));
    let second = authorise(&server, &json!({ "create_time": now - 30, "info_type": "updateauthorized" }));
    second.deliver(&server, EVENTS);
    let kept = refresh_token(&server);
    withdrawal.deliver(&server, EVENTS);
    first.deliver(&server, EVENTS);
    assert_eq!((step(&admin, "xcx"), refresh_token(&server)), ("".into(), kept));
    // The last word; it may be said twice, and what is older does not bring it back.
    let last = Push::of(&server, "unauthorise", &json!({ "app_id": spare, "create_time": now - 20 }));
    last.deliver(&server, EVENTS);
    last.deliver(&server, EVENTS);
    second.deliver(&server, EVENTS);
    back(&server, second.auth_code(), "").ok();
    assert_eq!((authorisations(&server), step(&admin, "xcx")), (0, 2.into()));
    let shown = admin.get("/zhugeleida/admin/xcx_auth_process", &[]);
    assert_eq!(shown.ok()["ret_data"]["name"], "未授权的小程序", "what was known is still shown");
    admin.get("/zhugeleida/admin/xcx_auth_process/update/xcx_get_authorizer_info", &[]).refused(302);
    let listed = admin.get("/zhugeleida/admin/xcx_app", &[]);
    assert_eq!(listed.ok()["data_count"], 0, "{}", listed.story());
    // Authorised once more.
    authorise(&server, &json!({})).deliver(&server, EVENTS);
    assert_eq!(step(&admin, "xcx"), "");
}

#[test]
fn an_event_during_an_outage_is_taken_in_afterwards() {
    let (server, admin) = with_platforms();
    name_mini(&admin, sandbox::SPARE_APP_ID).ok();
    control(&server, &json!({ "down": { "path_prefix": QUERY_AUTH, "times": 1 } }));
    authorise(&server, &json!({})).deliver(&server, EVENTS);
    crate::support::within(std::time::Duration::from_secs(10), "the second try", || {
        (step(&admin, "xcx") == "").then_some(())
    });
}

#[test]
fn what_is_shown_can_be_written_by_hand_and_fetched_again() {
    let (server, admin) = with_platforms();
    authorise_mini(&server, &admin, sandbox::SPARE_APP_ID);
    let form = Form::urlencoded()
        .with("name", "自己的名字")
        .with("head_img", "statics/zhugeleida/imgs/wcx_head_image/a.jpg")
        .with("introduce", "介绍<script>")
        .with("service_category", "IT\\互联网");
    admin.post("/zhugeleida/admin/xcx_auth_process/update/info", &form).ok();
    authorise(&server, &json!({ "info_type": "updateauthorized" })).deliver(&server, EVENTS);
    let name = || admin.get("/zhugeleida/admin/xcx_auth_process", &[]).ok()["ret_data"]["name"].clone();
    assert_eq!(name(), "自己的名字");
    let refreshed = admin.get("/zhugeleida/admin/xcx_auth_process/update/xcx_get_authorizer_info", &[]);
    assert_eq!(refreshed.ok(), &json!({}));
    assert_eq!(name(), "未授权的小程序");
}

#[test]
fn an_official_account_is_authorised_to_its_own_platform() {
    let (server, admin) = with_platforms();
    let form = Form::urlencoded().with("authorization_appid", sandbox::AUTHORISED_OFFICIAL_APP_ID);
    assert_eq!(step(&admin, "gzh"), 1);
    admin.post("/zhugeleida/admin/gzh_auth_process/update/app_id", &form).ok();
    let (query, state) = link(&admin, "open_weixin_gongzhonghao");
    assert!(query.contains(&("auth_type".to_owned(), "1".to_owned())), "{query:?}");
    assert!(query.iter().any(|(_, value)| value.contains("/admin/open_weixin_gongzhonghao/auth_code?")));
    let about = json!({ "app_id": sandbox::AUTHORISED_OFFICIAL_APP_ID });
    let push = Push::of(&server, "authorise", &about);
    // The documents print the mini-program's address for both; the link says what it is.
    back(&server, push.auth_code(), &state).ok();
    let shown = admin.get("/zhugeleida/admin/gzh_auth_process", &[]);
    let account = &shown.ok()["ret_data"];
    assert_eq!(
        (&shown.data["step"], &account["name"], &account["version_num"]),
        (&json!(""), &json!("雷达公众号"), &json!(""))
    );
    soon("its message template", || {
        let template = server.select("SELECT template_id FROM platform_account WHERE platform = 'gzh'");
        (template != "").then_some(())
    });
    let trades = calls(&server, "/cgi-bin/template/api_set_industry");
    assert_eq!(trades[0]["body"], json!({ "industry_id1": "1", "industry_id2": "2" }));
    // Authorised again: no second template.
    push.deliver(&server, OFFICIAL_EVENTS);
    Push::of(&server, "authorise", &about).deliver(&server, OFFICIAL_EVENTS);
    assert_eq!(calls(&server, "/cgi-bin/template/api_add_template").len(), 1);
    Push::of(&server, "unauthorise", &about).deliver(&server, OFFICIAL_EVENTS);
    assert_eq!(step(&admin, "gzh"), 2);
}
