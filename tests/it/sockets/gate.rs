//! Who is let in, what is answered to frames that make no sense, and the heartbeat.

use serde_json::{Value, json};

use super::{CONTACTS, COUNTS, DESK, OF_STAFF, PHONE, RADAR, a_pair, enter, frame, texts};
use crate::support::{Actor, Family, Form, Query, Server, Ws};

/// Every kind of socket, with who signs and with whom they talk.
fn kinds(staff: &Actor, customer: &Actor) -> Vec<(&'static str, Actor, Actor)> {
    let mut kinds = vec![(PHONE, customer.clone(), staff.clone())];
    kinds.extend(OF_STAFF.map(|path| (path, staff.clone(), customer.clone())));
    kinds
}

#[track_caller]
fn refused(socket: &mut Ws, code: i64, msg: &str) {
    let answer = socket.recv();
    assert_eq!((&answer["code"], &answer["msg"]), (&json!(code), &json!(msg)), "{answer}");
    socket.closed();
}

#[test]
fn a_bad_signature_is_told_so_and_shut_out() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "某人");
    for (path, own, other) in kinds(&staff, &customer) {
        let msg = if path == PHONE { "小程序token验证未通过" } else { "雷达token验证未通过" };
        let forger = Actor { token: "f".repeat(32), ..own.clone() };
        refused(&mut Ws::open(&server, path, &forger.signature()), 400, msg);
        let unstamped = own.signature_without_timestamp();
        refused(&mut Ws::open(&server, path, &unstamped), 400, msg);
        // Unsigned handshakes are let in, unsigned or forged frames are not.
        let [_, timestamp, rand_str] = forger.signature().try_into().expect("three parameters");
        let mut counterfeit = frame(&own, &other, "register");
        counterfeit["timestamp"] = timestamp.1.into();
        counterfeit["rand_str"] = rand_str.1.into();
        for bad in [frame(&own, &other, "register"), counterfeit] {
            let mut socket = Ws::open(&server, path, &Query::new());
            socket.send(&bad);
            refused(&mut socket, 400, msg);
        }
        // A good handshake is not good for somebody else.
        let mut socket = Ws::open(&server, path, &own.signature());
        let mut foreign = frame(&own, &other, "register");
        foreign["user_id"] = (own.user_id + 1).into();
        socket.send(&foreign);
        refused(&mut socket, 400, msg);
    }
}

#[test]
fn a_register_without_ids_ends_the_socket() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "某人");
    for (path, own) in [(PHONE, &customer), (DESK, &staff)] {
        for signature in [Query::new(), own.signature()] {
            let mut socket = Ws::open(&server, path, &signature);
            socket.send(&json!({ "type": "register", "user_id": "undefined", "u_id": "" }));
            refused(&mut socket, 401, "user_id和uid不能为空,终止连接");
        }
    }
}

#[test]
fn a_frame_that_cannot_be_read_ends_the_socket() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "某人");
    for (path, own, _) in kinds(&staff, &customer) {
        for text in ["hello", "[1]", "{\"type\":", ""] {
            let mut socket = Ws::open(&server, path, &own.signature());
            socket.send_text(text);
            let answer = socket.recv();
            let msg = answer["msg"].as_str().unwrap_or_default();
            assert_eq!(answer["code"], 400, "{path}: {answer}");
            assert!(msg.starts_with("报错:") && msg.ends_with(" 终止连接"), "{path}: {answer}");
            socket.closed();
        }
    }
}

#[test]
fn a_heartbeat_is_answered_and_closed_closes() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "某人");
    for (path, own, other) in kinds(&staff, &customer) {
        let mut socket = Ws::open(&server, path, &own.signature());
        for _ in 0..2 {
            socket.send(&frame(&own, &other, "lived"));
            assert_eq!(socket.recv(), json!({ "code": 270, "msg": "为了新中国的胜利向我开炮" }), "{path}");
        }
        socket.send(&frame(&own, &other, "closed"));
        assert_eq!(socket.closed(), Some(1000), "{path}");
    }
}

#[test]
fn nobody_joins_a_conversation_of_others() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "某人");
    let colleague = server.staff("chenjie");
    let mut desk = Ws::open(&server, DESK, &colleague.signature());
    desk.send(&frame(&colleague, &customer, "register"));
    assert_eq!(desk.recv()["code"], 302, "the customer of a colleague");
    let nobody = Actor { user_id: 987_654, ..staff.clone() };
    let mut phone = Ws::open(&server, PHONE, &customer.signature());
    phone.send(&frame(&customer, &nobody, "register"));
    assert_eq!(phone.recv()["code"], 302, "no such salesperson");
    customer.say(&staff, "悄悄话").ok();
    assert_eq!(texts(&desk.drain(100)), Vec::<String>::new());
}

#[test]
fn a_message_that_is_none_is_answered_and_the_socket_stays() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "某人");
    let mut phone = enter(&server, &customer, &staff);
    for content in [json!({ "info_type": 9, "msg": "x" }), json!({ "info_type": 1 }), json!("{"), json!([1])] {
        let mut bad = frame(&customer, &staff, "");
        bad["content"] = content;
        phone.send(&bad);
        assert_eq!(phone.recv()["code"], 301, "{bad}");
    }
    let mut good = frame(&customer, &staff, "");
    good["content"] = "{\"info_type\": \"1\", \"msg\": \"好\"}".into();
    phone.send(&good);
    let frames = phone.drain(200);
    assert_eq!((frames.len(), texts(&frames)), (2, vec!["好".to_owned()]), "{frames:?}");
}

#[test]
fn who_is_disabled_is_shut_out_at_once() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "某人");
    let mut sockets: Vec<_> = [COUNTS, CONTACTS, RADAR].map(|path| Ws::open(&server, path, &staff.signature())).into();
    for socket in &mut sockets {
        socket.send(&json!({ "type": "register", "user_id": staff.user_id }));
        socket.recv();
    }
    sockets.push(enter(&server, &staff, &customer));
    let mut phone = enter(&server, &customer, &staff);
    let set = |status: i64| {
        let form = Form::urlencoded().with("status", status);
        server.admin().post(&format!("/zhugeleida/admin/user/update_status/{}", staff.user_id), &form).ok().clone()
    };
    set(2);
    for socket in &mut sockets {
        socket.closed();
    }
    let contact = staff.get("/zhugeleida/qiyeweixin/contact", &[]);
    assert!(matches!(contact.code, 306 | 400), "{}", contact.story());
    let mut socket = Ws::open(&server, RADAR, &staff.signature());
    assert!(matches!(socket.recv()["code"].as_i64(), Some(306 | 400)));
    socket.closed();
    server.work_login(1, "lina").refused(306);
    phone.recv_none_for(100);
    set(1);
    staff.get("/zhugeleida/qiyeweixin/contact", &[]).refused(400);
    let back = server.salesperson(1, "lina");
    assert_eq!((back.family, back.user_id), (Family::Staff, staff.user_id));
    back.say(&customer, "我回来了").ok();
    assert_eq!(texts(&[phone.recv()]), ["我回来了"]);
    let value: Value = server.select(&format!("SELECT token FROM staff WHERE id = {}", staff.user_id));
    assert_ne!(value, staff.token, "the token was made anew");
}
