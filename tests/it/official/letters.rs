//! Who is absent is reached by WeChat, each in their way; who is there is left in peace.

use serde_json::{Value, json};

use super::{a_picture, calls, count, delivered, demo_with, person, reader, show, wait_for, wait_for_empty_outbox};
use crate::support::{Actor, Form, Server, Ws, sandbox, soon};

const MINI: &str = "wx3c7e19d05ab2468f";
/// Those of the test; the demo data has older ones.
const NOTICES: &str = "kind = 'mini_notice' AND created_at > unixepoch() * 1000 - 3600000";
const LETTERS: &str = "kind = 'official_chat' AND created_at > unixepoch() * 1000 - 3600000";

/// The customer opens the conversation.
fn enter(server: &Server, customer: &Actor, staff: &Actor) -> Ws {
    let path = "/zhugeleida/xiaochengxu/websocket/xiaochengxu_chat";
    let mut socket = Ws::open(server, path, &customer.signature());
    socket.send(&json!({ "type": "register", "user_id": customer.user_id, "u_id": staff.user_id }));
    socket.recv_msg("注册成功");
    socket
}

#[test]
fn an_absent_customer_is_called_back_once_until_they_read() {
    let server = Server::demo();
    let staff = server.salesperson(1, "lina");
    let lan = server.customer(&staff, "lan");
    staff.say(&lan, "在吗").ok();
    staff.say(&lan, "有新产品").ok();
    let notices = wait_for(&server, "subscribe", 1);
    assert_eq!(notices[0]["page"], format!("pages/mingpian/msg?source=template_msg&uid={}&pid=", staff.user_id));
    let data = &notices[0]["data"];
    assert_eq!(data["thing3"]["value"], "您有未读消息,点击小程序查看哦");
    assert_eq!(data["name1"]["value"], server.select("SELECT card_name FROM staff WHERE userid = 'lina'"));
    assert!(data["time2"]["value"].as_str().is_some_and(|time| time.len() == 19), "{data}");
    assert_eq!(count(&server, "outbox", NOTICES), 1);
    // Read and gone: the next word calls again.
    lan.history(&staff);
    staff.say(&lan, "还在吗").ok();
    wait_for(&server, "subscribe", 2);
    // Answered: that is as good as read.
    lan.say(&staff, "在的").ok();
    staff.say(&lan, "好").ok();
    wait_for(&server, "subscribe", 3);
    // In the conversation: no call. Left: again.
    let socket = enter(&server, &lan, &staff);
    soon("all is read", || (lan.unread_from(&staff) == 0).then_some(()));
    staff.say(&lan, "看得到吗").ok();
    assert_eq!(count(&server, "outbox", NOTICES), 3);
    drop(socket);
    soon("a call after the customer has left", || {
        staff.say(&lan, "再见").ok();
        (count(&server, "outbox", NOTICES) == 4).then_some(())
    });
    wait_for(&server, "subscribe", 4);
    // Who did not ask for it is not asked again and again.
    let mei = server.customer(&staff, "mei");
    person(&server, MINI, "mei", json!({ "following": false }));
    staff.say(&mei, "您好").ok();
    soon("that it is given up", || {
        (count(&server, "outbox", "state = 2 AND last_error LIKE '%refuse to accept%'") == 1).then_some(())
    });
    assert_eq!(delivered(&server, "subscribe").len(), 4);
}

#[test]
fn the_older_way_takes_each_form_id_once() {
    let server = demo_with(&[("company.1.xcx.subscribe_template_id", ""), ("company.1.xcx.template_id", "AT0782")]);
    let staff = server.salesperson(1, "lina");
    let lan = server.customer(&staff, "lan");
    staff.say(&lan, "没有formId").ok();
    assert_eq!(count(&server, "outbox", NOTICES), 0, "nothing to send it with");
    let leave = |id: &str| {
        let form = Form::urlencoded().with("formId", id);
        lan.post("/zhugeleida/xiaochengxu/login/send_form_id", &form).ok();
    };
    for id in ["bad1", "bad2", "good1", "good2", "the formId is a mock one"] {
        leave(id);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    staff.say(&lan, "在吗").ok();
    let notices = wait_for(&server, "form", 1);
    assert_eq!((&notices[0]["form_id"], &notices[0]["template_id"]), (&json!("good1"), &json!("AT0782")));
    assert_eq!(notices[0]["data"]["keyword3"]["value"], "您有未读消息,点击小程序查看哦");
    wait_for_empty_outbox(&server);
    assert_eq!(
        server.select(&format!("SELECT group_concat(form_id) FROM form_id WHERE customer_id = {}", lan.user_id)),
        "good2"
    );
    lan.history(&staff);
    staff.say(&lan, "再问").ok();
    assert_eq!(wait_for(&server, "form", 2)[1]["form_id"], "good2");
    lan.history(&staff);
    staff.say(&lan, "第三").ok();
    assert_eq!(count(&server, "outbox", NOTICES), 2, "none is left");
}

#[test]
fn without_a_template_nobody_is_called() {
    let server = demo_with(&[("company.1.xcx.subscribe_template_id", "")]);
    let staff = server.salesperson(1, "lina");
    let lan = server.customer(&staff, "lan");
    staff.say(&lan, "在吗").ok();
    assert_eq!(count(&server, "outbox", NOTICES), 0);
}

#[test]
fn a_reader_gets_the_words_themselves_or_a_template() {
    let server = Server::demo();
    let staff = server.salesperson(1, "lina");
    let lan = reader(&server, &staff, "lan");
    staff.say(&lan, "您好，资料已备好").ok();
    show(&staff, &lan, &a_picture(&server));
    let letters = wait_for(&server, "letter", 2);
    assert_eq!((&letters[0]["msgtype"], &letters[0]["content"]), (&json!("text"), &json!("您好，资料已备好")));
    assert_eq!(letters[1]["msgtype"], "image");
    assert_eq!(calls(&server, "/cgi-bin/media/upload").len(), 1);
    // In the conversation: nothing.
    let socket = enter(&server, &lan, &staff);
    staff.say(&lan, "看得到吗").ok();
    drop(socket);
    assert_eq!(count(&server, "outbox", LETTERS), 2);

    // Silent for 48 hours: a template, one until she has looked.
    person(&server, sandbox::OFFICIAL_APP_ID, "lan", json!({ "silent": true }));
    let mei = reader(&server, &staff, "mei");
    person(&server, sandbox::OFFICIAL_APP_ID, "mei", json!({ "silent": true }));
    staff.say(&mei, "还需要资料吗").ok();
    let template = &wait_for(&server, "template", 1)[0];
    let value = |name: &str| template["data"][name]["value"].as_str().expect("a value").to_owned();
    let (position, name) = (
        server.select("SELECT position FROM staff WHERE userid = 'lina'"),
        server.select("SELECT card_name FROM staff WHERE userid = 'lina'"),
    );
    let (position, name) = (position.as_str().expect("a position"), name.as_str().expect("a name"));
    assert_eq!(value("keyword1"), format!("云杉软件（演示） - {name}【{position}】"));
    assert_eq!(
        (value("keyword2").as_str(), value("remark").as_str()),
        ("还需要资料吗", "如需沟通,可在此公众号进行回复")
    );
    staff.say(&mei, "第二句").ok();
    wait_for_empty_outbox(&server);
    assert_eq!(delivered(&server, "template").len(), 1);
    mei.history(&staff);
    show(&staff, &mei, &a_picture(&server));
    let template = &wait_for(&server, "template", 2)[1];
    assert_eq!(template["data"]["keyword2"]["value"], "您的专属客服发来一张图片,回复【A】查看哦");
}

#[test]
fn the_salesperson_learns_who_does_not_follow() {
    let server = Server::demo();
    let staff = server.salesperson(1, "lina");
    let lan = reader(&server, &staff, "lan");
    let mut desk = Ws::open(&server, "/zhugeleida/qiyeweixin/websocket/leida_chat", &staff.signature());
    desk.send(&json!({ "type": "register", "user_id": staff.user_id, "customer_id": lan.user_id }));
    desk.recv_msg("注册成功");
    person(&server, sandbox::OFFICIAL_APP_ID, "lan", json!({ "following": false }));
    staff.say(&lan, "您好").ok();
    let is_tip = |frame: &Value| frame["data"]["ret_data"][0]["send_type"] == 3;
    let tip = loop {
        let frame = desk.recv();
        if is_tip(&frame) {
            break frame;
        }
    };
    assert_eq!(tip["data"]["ret_data"][0]["msg"], "此客户【未关注】公众号");
    let of_staff = staff.history(&lan);
    assert_eq!((of_staff.len(), &of_staff[0]["send_type"]), (3, &json!(3)));
    let of_reader = lan.history(&staff);
    assert!(of_reader.len() == 2 && of_reader.iter().all(|row| row["send_type"] == 1), "she does not see it");
    let fresh = lan.get("/zhugeleida/gongzhonghao/chat", &[("u_id", &staff.id()), ("customer_id", &lan.id())]);
    assert_eq!(fresh.ok()["data_count"], 2);
}

#[test]
fn the_back_office_sees_what_is_on_its_way_and_sends_again() {
    let server = Server::demo();
    let (admin, staff) = (server.admin(), server.salesperson(1, "lina"));
    let mei = server.customer(&staff, "mei");
    person(&server, MINI, "mei", json!({ "following": false }));
    staff.say(&mei, "您好").ok();
    wait_for_empty_outbox(&server);
    let list = |query: &[(&str, &str)]| admin.get("/zhugeleida/admin/outbox", query);
    let lost = list(&[("state", "2"), ("kind", "mini_notice")]);
    assert_eq!(lost.ok()["data_count"], 1, "{}", lost.story());
    let row = &lost.data["ret_data"][0];
    assert_eq!(
        (&row["recipient"], &row["text"], &row["state_name"]),
        (&json!("mei"), &json!("您好"), &json!("已放弃"))
    );
    assert!(row["last_error"].as_str().is_some_and(|why| why.contains("user refuse")), "{row}");
    let sent = list(&[("state", "1"), ("length", "1")]);
    assert_eq!(
        (&sent.ok()["ret_data"][0]["kind"], &sent.data["ret_data"][0]["last_error"]),
        (&json!("staff_text"), &json!(""))
    );
    assert_eq!(list(&[]).ok()["data_count"], count(&server, "outbox", "company_id = 1"));
    list(&[("kind", "unknown")]).refused(301);

    // WeChat takes it now.
    person(&server, MINI, "mei", json!({ "following": true }));
    let again = |id: &Value| admin.post(&format!("/zhugeleida/admin/outbox/retry/{id}"), &Form::urlencoded());
    let id = row["id"].clone();
    again(&id).ok();
    wait_for(&server, "subscribe", 1);
    wait_for_empty_outbox(&server);
    again(&id).refused(301);
    again(&json!(987_654)).refused(302);
    assert_eq!(count(&server, "audit_log", "action = 'outbox.retry'"), 1);
}
