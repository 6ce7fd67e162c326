//! The main job, from an empty machine on: a customer opens a card, the salesperson sees it at once, and they chat.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Family, Form, Server, Ws, sandbox};

fn form(fields: &[(&str, &str)]) -> Form {
    fields.iter().fold(Form::urlencoded(), |form, (name, value)| form.with(name, *value))
}

/// The administrator logs in with the password of the first start.
fn first_administrator(server: &Server) -> Actor {
    let login = form(&[("username", "admin"), ("password", &server.first_password())]);
    let reply = server.anonymous().post("/zhugeleida/admin/login", &login);
    let data = reply.ok();
    let token = data["token"].as_str().expect("a token");
    Actor::new(&server.api, Family::Admin, data["user_id"].as_i64().expect("an id"), token)
}

/// Company 1 gets its Work WeChat, and its people come from there. The mini-program's keys are settings.
fn furnish(server: &Server, admin: &Actor) {
    server.run(&["settings", "set", "company.1.xcx.app_id", sandbox::MINI_APP_ID]);
    server.run(&["settings", "set", "company.1.xcx.secret", sandbox::MINI_SECRET]);
    thread::sleep(Duration::from_millis(2100));
    let corp = form(&[("corp_id", sandbox::CORP_ID), ("tongxunlu_secret", sandbox::CONTACTS_SECRET)]);
    admin.post("/zhugeleida/admin/company/update_tongxunlu/1", &corp).ok();
    let agent = [("app_type", "1"), ("agent_id", sandbox::RADAR_AGENT_ID), ("app_secret", sandbox::RADAR_SECRET)];
    admin.post("/zhugeleida/admin/company/update_agent/1", &form(&agent)).ok();
    admin.post("/zhugeleida/admin/user/sync_user_tongxunlu/1", &Form::json()).ok();
    let people = admin.get("/zhugeleida/admin/user", &[("username", "李娜")]);
    let lina = people.ok()["ret_data"][0]["id"].clone();
    admin.post(&format!("/zhugeleida/admin/user/update_status/{lina}"), &form(&[("status", "1")])).ok();
}

/// Li Na logs in through Work WeChat.
fn salesperson(server: &Server) -> Actor {
    let reply = server.api.get("/zhugeleida/qiyeweixin/work_weixin_auth/1", &[("code", "lina.1"), ("user_type", "1")]);
    let data = reply.ok();
    let token = data["token"].as_str().expect("a token");
    Actor::new(&server.api, Family::Staff, data["user_id"].as_i64().expect("an id"), token)
}

#[test]
fn from_an_empty_machine_to_a_chat() {
    let mut server = Server::with_sandbox();
    let admin = first_administrator(&server);
    furnish(&server, &admin);
    let lina = salesperson(&server);
    let uid = lina.user_id.to_string();
    let mut radar = Ws::open(&server, "/zhugeleida/qiyeweixin/websocket/leida_action", &lina.signature());

    let customer = server.new_customer("zhaolei");
    let profile = json!({
        "username": "赵雷", "headimgurl": "statics/imgs/setAvator.jpg", "city": "杭州", "country": "中国",
        "province": "浙江", "language": "zh_CN",
    });
    let binding = [("uid", uid.as_str()), ("user_type", "2"), ("source", "1"), ("pid", "")];
    customer.get("/zhugeleida/xiaochengxu/login/binding", &binding).ok();
    let profile = Form::of(Encoding::Multipart, profile.as_object().expect("fields"));
    customer.post("/zhugeleida/xiaochengxu/login/send_user_info", &profile).ok();
    expect_on_radar(&mut radar, "赵雷已向您授权访问");

    for (path, log) in [
        ("mingpian", "赵雷首次查看您的名片,沟通从此刻开始"),
        ("mingpian", "赵雷查看您的名片第2次,把握深度交流的机会"),
        ("mingpian/praise", "赵雷觉得靠谱"),
        ("mingpian/forward", "赵雷转发了你的名片,你的人脉圈正在裂变"),
        ("mingpian/calling", "赵雷拨打您的手机"),
        ("product/product_list/", "赵雷正在查看您发布的产品,尽快把握商机"),
    ] {
        customer.get(&format!("/zhugeleida/xiaochengxu/{path}"), &[("uid", &uid)]).ok();
        expect_on_radar(&mut radar, log);
    }
    expect_in_work_wechat(&server, "拨打您的手机");

    let mut phone = Ws::open(&server, "/zhugeleida/public/websocket/xiaochengxu", &customer.signature());
    phone.send(&json!({ "type": "register", "user_id": customer.user_id, "u_id": lina.user_id }));
    let question =
        Form::json().with("u_id", lina.user_id).with("content", json!({ "info_type": 1, "msg": "有样品吗？" }));
    customer.post("/zhugeleida/xiaochengxu/chat/send_msg/0", &question).ok();
    let contacts = lina.get("/zhugeleida/qiyeweixin/contact", &[]);
    assert_eq!(contacts.ok()["ret_data"][0]["msg"], "有样品吗？", "{}", contacts.story());
    let answer = Form::urlencoded().with("customer_id", customer.user_id).with("msg", "有的").with("send_type", 1);
    lina.post("/zhugeleida/qiyeweixin/chat/send_msg/0", &answer).ok();
    loop {
        let push = phone.recv_msg("实时推送小程序-最新聊天信息成功");
        let rows = push["data"]["ret_data"].as_array().expect("rows").clone();
        if rows.iter().any(|row| row["msg"] == "有的" && row["send_type"] == 1) {
            break;
        }
    }

    let before = (histories(&customer, &lina), radar_log(&lina));
    assert_eq!(before.0[0][..2], before.0[1][..2], "both sides read the same");
    server.kill();
    server.restart();
    let (customer, lina) = (moved(&customer, &server), moved(&lina, &server));
    assert_eq!((histories(&customer, &lina), radar_log(&lina)), before, "all of it survives a kill -9");
}

fn moved(actor: &Actor, server: &Server) -> Actor {
    Actor { api: server.api.clone(), ..actor.clone() }
}

#[track_caller]
fn expect_on_radar(radar: &mut Ws, log: &str) {
    let mut seen = Vec::new();
    for _ in 0..5 {
        let frame = radar.recv();
        if frame.to_string().contains(log) {
            return;
        }
        seen.push(frame);
    }
    panic!("{log} was expected, came: {seen:?}");
}

/// The salesperson gets it as a message in Work WeChat too, a little later.
#[track_caller]
fn expect_in_work_wechat(server: &Server, text: &str) {
    let begun = Instant::now();
    loop {
        let messages = server.sandbox("/sandbox/messages", &Value::Null).body;
        if messages.contains(text) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{text} was not delivered: {messages}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The texts of the conversation as each side reads them, newest first.
fn histories(customer: &Actor, staff: &Actor) -> [Vec<String>; 2] {
    let texts = |data: &Value| {
        let rows = data.as_array().expect("a list of messages").iter();
        rows.map(|row| row["msg"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let (customer_id, u_id) = (customer.user_id.to_string(), staff.user_id.to_string());
    let query = [("customer_id", customer_id.as_str()), ("u_id", u_id.as_str())];
    [
        texts(customer.get("/zhugeleida/xiaochengxu/chat", &query).ok()),
        texts(staff.get("/zhugeleida/qiyeweixin/chat", &query[..1]).ok()),
    ]
}

fn radar_log(staff: &Actor) -> Vec<String> {
    let reply = staff.get("/zhugeleida/qiyeweixin/action/time", &[("length", "100")]);
    let rows = reply.ok()["ret_data"].as_array().expect("rows").iter();
    rows.map(|row| row["log"].as_str().unwrap_or_default().to_owned()).collect()
}
