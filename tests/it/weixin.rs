//! WeChat's good and bad days: outages, expired tokens, spent codes, phone numbers, the third-party platform.

mod platform;

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{Actor, Form, Server, within};

const SESSION: &str = "/sns/jscode2session";

/// Makes WeChat behave as told.
fn control(server: &Server, what: &Value) {
    let reply = server.sandbox("/sandbox/control", what);
    assert_eq!(reply.json["ok"], true, "{}", reply.story());
}

/// How often the sandbox was asked for this.
fn asked(server: &Server, path: &str) -> usize {
    let log = server.sandbox("/sandbox/log", &Value::Null).json;
    log.as_array().expect("the calls").iter().filter(|call| call.to_string().contains(path)).count()
}

/// The lines that came in Work WeChat, in order: what follows fast leaves together.
fn delivered(server: &Server) -> Vec<String> {
    let messages = server.sandbox("/sandbox/messages", &Value::Null).json;
    let messages = messages.as_array().expect("the messages").iter().filter(|message| message["users"].is_array());
    let texts = messages.map(|message| message["content"].as_str().expect("a text").to_owned());
    texts.flat_map(|text| text.lines().map(ToOwned::to_owned).collect::<Vec<_>>()).collect()
}

fn waiting(server: &Server) -> i64 {
    server.select("SELECT count(*) FROM outbox WHERE state = 0").as_i64().expect("a count")
}

/// Calls and writes; each is answered as quickly as ever.
#[track_caller]
fn call_and_write(customer: &Actor, staff: &Actor) {
    for _ in 0..5 {
        let begun = Instant::now();
        customer.on_card("calling", staff).ok();
        customer.on_card("", staff).ok();
        customer.say(staff, "在吗").ok();
        assert!(begun.elapsed() < Duration::from_secs(2), "three calls took {:?}", begun.elapsed());
    }
}

#[test]
fn nobody_notices_that_work_wechat_is_down_and_nothing_is_lost() {
    let server = Server::demo();
    let staff = server.staff("lina");
    let customer = server.customer(&staff, "心急");
    within(Duration::from_secs(10), "an empty outbox", || (waiting(&server) == 0).then_some(()));
    control(&server, &json!({ "down": { "path_prefix": "/work", "times": 100_000 } }));
    call_and_write(&customer, &staff);
    within(Duration::from_secs(5), "a failed try", || {
        let tried = server.select("SELECT count(*) FROM outbox WHERE state = 0 AND attempts > 0 AND last_error <> ''");
        (tried.as_i64() > Some(0)).then_some(())
    });
    assert_eq!(waiting(&server), 15);
    server.work_login(1, "lina").refused(503);
    // Fresh as on the first day: no outage, and none of the tokens that the server still holds.
    control(&server, &json!({ "reset": true }));
    within(Duration::from_secs(20), "an empty outbox", || (waiting(&server) == 0).then_some(()));
    let mut expected = Vec::new();
    for number in 1..=5 {
        expected.push("心急拨打您的手机".to_owned());
        expected.push(match number {
            1 => "心急首次查看您的名片,沟通从此刻开始".to_owned(),
            2 => "心急查看您的名片第2次,把握深度交流的机会".to_owned(),
            3 => "心急查看您的名片第3次,建议标注重点客户".to_owned(),
            _ => format!("心急查看您的名片第{number}次,成交在望"),
        });
        expected.push("心急:在吗".to_owned());
    }
    // One message says it all: the newest ten lines, and how many there were.
    let mut said = expected.split_off(5);
    said.push("…等 15 条".to_owned());
    assert_eq!(delivered(&server), said, "each once");
    let given_up = "SELECT count(*) FROM outbox WHERE state = 2 AND created_at > unixepoch() * 1000 - 3600000";
    assert_eq!(server.select(given_up), 0, "nothing was given up");
}

#[test]
fn nobody_waits_for_a_work_wechat_that_hangs() {
    let server = Server::demo();
    let staff = server.staff("lina");
    let customer = server.customer(&staff, "心急");
    control(&server, &json!({ "delay_ms": { "path": "/cgi-bin/message/send", "ms": 4000, "times": 50 } }));
    call_and_write(&customer, &staff);
    assert_eq!(customer.history(&staff).len(), 6, "the greeting and five messages");
}

#[test]
fn a_mini_program_login_during_an_outage_says_503_and_its_code_is_good_afterwards() {
    let server = Server::demo();
    control(&server, &json!({ "down": { "path_prefix": "/weixin", "times": 1 } }));
    let down = server.mini_login(1, "geduldig.1");
    assert_eq!((down.refused(503).status, &down.data), (503, &json!({})), "{}", down.story());
    server.mini_login(1, "geduldig.1").ok();
}

#[test]
fn tokens_may_expire_in_the_middle_of_use() {
    let server = Server::demo();
    let (admin, staff) = (server.admin(), server.staff("lina"));
    let customer = server.customer(&staff, "稳定");
    for _ in 0..3 {
        control(&server, &json!({ "expire_tokens": true }));
        server.salesperson(1, "lina");
        let code = Form::urlencoded().with("user_id", staff.user_id);
        admin.post("/zhugeleida/admin/user/create_small_program_qr_code/0", &code).ok();
        admin.post("/zhugeleida/admin/user/sync_user_tongxunlu/1", &Form::urlencoded()).ok();
        customer.on_card("calling", &staff).ok();
    }
    within(Duration::from_secs(4), "delivered without a pause", || {
        let calls = delivered(&server).iter().filter(|text| *text == "稳定拨打您的手机").count();
        (calls == 3).then_some(())
    });
    assert_eq!(server.select("SELECT max(attempts) FROM outbox"), 1);
}

#[test]
fn what_wechat_says_to_a_code_is_passed_on() {
    let server = Server::demo();
    let before = server.select("SELECT count(*) FROM customer");
    assert!(!server.mini_login(1, "bad.1").refused(40029).msg.is_empty());
    server.mini_login(1, "").refused(301);
    // Spent elsewhere.
    let query = [
        ("appid", server.select("SELECT value FROM setting WHERE key = 'company.1.xcx.app_id'")),
        ("secret", "0123456789abcdef5a1d6e0f27c3b984".into()),
        ("js_code", "anderswo.1".into()),
        ("grant_type", "authorization_code".into()),
    ];
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str().expect("a text"))).collect();
    let spent = server.api.get(&format!("/sandbox/weixin{SESSION}"), &query);
    assert!(spent.json["openid"].is_string(), "{}", spent.story());
    server.mini_login(1, "anderswo.1").refused(40163);
    control(&server, &json!({ "fail": { "path": SESSION, "errcode": 45011, "errmsg": "quota reach limit" } }));
    let refused = server.mini_login(1, "gut.1");
    assert_eq!((refused.refused(45011).status, &refused.data), (200, &json!({})));
    assert_eq!(server.select("SELECT count(*) FROM customer"), before, "none of them is a customer");
    // Work WeChat likewise.
    let staff_login =
        |code: &str| server.api.get("/zhugeleida/qiyeweixin/work_weixin_auth/1", &[("code", code), ("user_type", "1")]);
    staff_login("niemand").refused(40029);
    staff_login("lina.einmal").ok();
    staff_login("lina.einmal").refused(40029);
    staff_login("outsider.1").refused(302);
}

#[test]
fn a_repeated_code_is_answered_as_the_first_time() {
    let server = Server::demo();
    let first = server.mini_login(1, "doppelt.1");
    let before = asked(&server, SESSION);
    for _ in 0..3 {
        assert_eq!(server.mini_login(1, "doppelt.1").ok(), first.ok());
    }
    assert_eq!(asked(&server, SESSION), before, "WeChat was not asked again");
    // The same person with another code is the same customer.
    assert_eq!(server.mini_login(1, "doppelt.2").ok(), first.ok());
    // Many at once, while WeChat takes its time.
    control(&server, &json!({ "delay_ms": { "path": SESSION, "ms": 200 } }));
    let answers: Vec<_> = thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| server.mini_login(1, "gleichzeitig.1").ok().clone())).collect();
        all.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(asked(&server, SESSION), before + 2);
}

/// What `getPhoneNumber` gives this customer's mini-program.
fn phone_data(server: &Server, app_id: &str, customer: &Actor, phone: &str) -> (String, String) {
    let openid = server.select(&format!("SELECT openid FROM customer WHERE id = {}", customer.user_id));
    let data = server.sandbox("/sandbox/phone", &json!({ "app_id": app_id, "openid": openid, "phone": phone }));
    let text = |name: &str| data.json[name].as_str().unwrap_or_else(|| panic!("{}", data.story())).to_owned();
    (text("encryptedData"), text("iv"))
}

fn send_phone(customer: &Actor, staff: &Actor, data: &(String, String)) -> crate::support::Reply {
    let form = Form::urlencoded()
        .with("u_id", staff.user_id)
        .with("encryptedData", data.0.as_str())
        .with("iv", data.1.as_str());
    customer.post("/zhugeleida/xiaochengxu/chat/encrypted_phone_number/0", &form)
}

#[test]
fn a_phone_number_reaches_the_profile_and_the_conversation() {
    let server = Server::demo();
    let app_id = server.select("SELECT value FROM setting WHERE key = 'company.1.xcx.app_id'");
    let app_id = app_id.as_str().expect("an app id");
    let staff = server.staff("lina");
    let (customer, other) = (server.customer(&staff, "来电"), server.customer(&staff, "别人"));
    let stale = phone_data(&server, app_id, &customer, "13900000001");
    let foreign = phone_data(&server, app_id, &other, "13900000002");
    let customer = server.visitor(1, "来电");
    let good = phone_data(&server, app_id, &customer, "13912345678");
    let mut cut = good.clone();
    cut.0.truncate(24);
    let nonsense = ("kein base64!".to_owned(), good.1.clone());
    let wrong_iv = (good.0.clone(), "AAAA".to_owned());
    for bad in [&stale, &foreign, &cut, &nonsense, &wrong_iv] {
        send_phone(&customer, &staff, bad).refused(250);
    }
    let form = Form::urlencoded().with("u_id", staff.user_id).with("encryptedData", good.0.as_str());
    customer.post("/zhugeleida/xiaochengxu/chat/encrypted_phone_number/0", &form).refused(301);
    let of_customer = format!("SELECT phone FROM customer WHERE id = {}", customer.user_id);
    assert_eq!(server.select(&of_customer), "");
    assert_eq!(customer.history(&staff).len(), 1, "nothing was said");

    send_phone(&customer, &staff, &good).ok();
    assert_eq!(server.select(&of_customer), "13912345678");
    let history = staff.history(&customer);
    assert_eq!((&history[0]["msg"], &history[0]["send_type"]), (&json!("我的手机号是: 13912345678"), &json!(2)));
    let details = staff.get("/zhugeleida/qiyeweixin/customer", &[("customer_id", &customer.id())]);
    assert_eq!(details.ok()["ret_data"][0]["phone"], "13912345678", "{}", details.story());
}
