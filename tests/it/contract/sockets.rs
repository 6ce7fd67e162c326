//! The documented WebSockets: their client messages are taken and answered as printed.

use serde_json::{Value, json};

use super::{
    entries::entries,
    shape::{Leave, differences},
};
use crate::support::{Actor, Family, Form, Server, Ws, now_ms};

const MINI_PROGRAM: &str = "xiaochengxu.websocket.chat";
const OFFICIAL_ACCOUNT: &str = "gongzhonghao.websocket.gongzhonghao_chat";
const UNREAD: &str = "gongzhonghao.websocket.gongzhonghao_query_info_num";

/// The printed examples of an entry's messages.
fn examples(entry: &Value, key: &str) -> Vec<Value> {
    let messages = entry[key].as_array().unwrap_or_else(|| panic!("{key}"));
    messages.iter().map(|message| message["example"].clone()).collect()
}

/// A customer of Li Na's, and Li Na.
fn a_pair(server: &Server) -> (Actor, Actor) {
    let staff = server.staff("lina");
    let customer = server.new_customer(&format!("socket{}", now_ms()));
    let uid = staff.user_id.to_string();
    let binding = [("uid", uid.as_str()), ("user_type", "2"), ("source", "1"), ("pid", "")];
    customer.get("/zhugeleida/xiaochengxu/login/binding", &binding).ok();
    (customer, staff)
}

/// An example as these two would send it; ids keep the documented JSON type.
fn between(example: &Value, customer: &Actor, staff: &Actor) -> Value {
    let mut frame = example.clone();
    for (name, id) in [("user_id", customer.user_id), ("u_id", staff.user_id)] {
        frame[name] = if frame[name].is_string() { id.to_string().into() } else { id.into() };
    }
    frame
}

#[test]
fn the_mini_programs_socket_answers_as_documented() {
    a_chat_socket_answers_as_documented(MINI_PROGRAM);
}

#[test]
fn the_official_accounts_socket_answers_as_documented() {
    a_chat_socket_answers_as_documented(OFFICIAL_ACCOUNT);
}

#[test]
fn the_official_accounts_unread_count_is_kept_up_to_date() {
    let server = Server::demo();
    let entry = &entries()[UNREAD];
    let messages = Value::Object(entry.other.clone());
    let (sent, pushed) = (examples(&messages, "client_messages"), examples(&messages, "server_messages"));
    let (customer, staff) = a_pair(&server);
    let mut socket = Ws::open(&server, &entry.path, &customer.signature());
    let told = |socket: &mut Ws| {
        let frame = socket.recv();
        assert_eq!(differences(&pushed[0], &frame, Leave::default()), Vec::<String>::new(), "{frame}");
        frame["msg_data"]["unread_msg_num"].as_i64().expect("a number")
    };
    for example in sent.iter().filter(|example| example["type"] == "register") {
        socket.send(&between(example, &customer, &staff));
    }
    let greeting = told(&mut socket);
    assert_eq!(greeting, 1, "the greeting waits");
    let words = Form::urlencoded().with("customer_id", customer.user_id).with("msg", "您好").with("send_type", 1);
    staff.post("/zhugeleida/qiyeweixin/chat/send_msg/0", &words).ok();
    assert_eq!(told(&mut socket), 2);
    let uid = staff.user_id.to_string();
    customer.get("/zhugeleida/gongzhonghao/chat", &[("u_id", uid.as_str())]).ok();
    assert_eq!(told(&mut socket), 0, "all is read");
    for example in sent.iter().filter(|example| example["type"] == "closed") {
        socket.send(&between(example, &customer, &staff));
    }
    socket.closed();
}

fn a_chat_socket_answers_as_documented(id: &str) {
    let server = Server::demo();
    let entry = &entries()[id];
    let (path, messages) = (entry.path.as_str(), Value::Object(entry.other.clone()));
    let (sent, pushed) = (examples(&messages, "client_messages"), examples(&messages, "server_messages"));
    let (customer, staff) = a_pair(&server);
    let mut socket = Ws::open(&server, path, &customer.signature());
    for example in sent.iter().filter(|example| example["type"] == "register") {
        socket.send(&between(example, &customer, &staff));
    }
    for example in sent.iter().filter(|example| !example["content"].is_null()) {
        socket.send(&between(example, &customer, &staff));
        // The answer to the sender, and the message itself: own ones are pushed back too.
        for expected in &pushed {
            let frame = socket.recv_msg(expected["msg"].as_str().expect("a msg"));
            let mut expected = expected.clone();
            let info_type = &frame["data"]["ret_data"][0]["info_type"];
            if !info_type.is_null() && info_type != 1 && info_type != 3 {
                // Other kinds have other members in the place of msg.
                expected["data"]["ret_data"][0].as_object_mut().expect("a row").shift_remove("msg");
            }
            assert_eq!(differences(&expected, &frame, Leave::default()), Vec::<String>::new(), "{example}\n{frame}");
        }
    }
    for example in sent.iter().filter(|example| example["type"] == "closed") {
        socket.send(&between(example, &customer, &staff));
    }
    socket.closed();
}

#[test]
fn the_signature_may_come_in_the_register_message() {
    let server = Server::demo();
    let path = &entries()[MINI_PROGRAM].path;
    let (customer, staff) = a_pair(&server);
    let [_, timestamp, rand_str] = customer.signature().try_into().expect("three parameters");
    let mut socket = Ws::open::<&str, &str>(&server, path, &[]);
    socket.send(&json!({
        "type": "register", "user_id": customer.user_id, "u_id": staff.user_id,
        "timestamp": timestamp.1, "rand_str": rand_str.1,
    }));
    let answer = Form::urlencoded().with("customer_id", customer.user_id).with("msg", "您好").with("send_type", 1);
    staff.post("/zhugeleida/qiyeweixin/chat/send_msg/0", &answer).ok();
    // What was unread before comes first.
    loop {
        let push = socket.recv_msg("实时推送小程序-最新聊天信息成功");
        let rows = push["data"]["ret_data"].as_array().expect("rows");
        if rows.iter().any(|row| row["msg"] == "您好" && row["send_type"] == 1) {
            return;
        }
    }
}

#[test]
fn who_has_not_signed_is_told_so_and_shut_out() {
    let server = Server::demo();
    let path = &entries()[MINI_PROGRAM].path;
    let (customer, staff) = a_pair(&server);
    let register = json!({ "type": "register", "user_id": customer.user_id, "u_id": staff.user_id });
    let forger = Actor { token: "0".repeat(32), ..customer.clone() };
    // A staff member's signature is none here, and a customer's is none for somebody else's conversation.
    let impostor = Actor { family: Family::Staff, ..staff.clone() };
    for signature in [Vec::new(), forger.signature(), impostor.signature()] {
        // A handshake that is refused at once is as good.
        let Ok(mut socket) = Ws::try_open(&server, path, &signature) else { continue };
        socket.send(&register);
        assert_eq!(socket.recv()["code"], 400, "{signature:?}");
        socket.closed();
    }
    let (stranger, _) = a_pair(&server);
    let Ok(mut socket) = Ws::try_open(&server, path, &stranger.signature()) else { return };
    socket.send(&register);
    assert_eq!(socket.recv()["code"], 400, "another customer's conversation");
    socket.closed();
}
