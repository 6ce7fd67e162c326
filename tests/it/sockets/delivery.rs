//! Every socket shows each message once and in order; reading follows the chat page.

use std::thread;

use serde_json::{Value, json};

use super::{a_pair, enter, frame, texts};
use crate::support::{Actor, Server, Ws, soon};

/// What a socket shows until so many messages came, and shortly after.
fn shown(mut socket: Ws, count: usize) -> Vec<String> {
    let mut seen = Vec::new();
    while seen.len() < count {
        seen.extend(texts(&[socket.recv()]));
    }
    seen.extend(texts(&socket.drain(300)));
    seen
}

#[test]
fn all_sockets_of_both_sides_show_each_message_once_and_in_order() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "两部手机");
    let ends = [(&customer, &staff), (&customer, &staff), (&staff, &customer), (&staff, &customer)];
    let sockets = ends.map(|(own, other)| enter(&server, own, other));
    let seen: Vec<_> = thread::scope(|scope| {
        let readers = sockets.map(|socket| scope.spawn(|| shown(socket, 200)));
        for (place, (own, other)) in ends.into_iter().enumerate() {
            scope.spawn(move || {
                for number in 0..50 {
                    own.say(other, &format!("{place}-{number}")).ok();
                }
            });
        }
        readers.into_iter().map(|reader| reader.join().expect("a reader")).collect()
    });
    let stored: Vec<String> = server
        .select(&format!(
            "SELECT json_group_array(content ->> 'msg' ORDER BY id) FROM chat_message
             WHERE staff_id = {} AND customer_id = {} AND is_first = 0",
            staff.user_id, customer.user_id
        ))
        .as_str()
        .and_then(|list| serde_json::from_str(list).ok())
        .expect("a list");
    assert_eq!(stored.len(), 200);
    for (place, seen) in seen.iter().enumerate() {
        assert!(*seen == stored, "socket {place} showed {} of 200: {seen:?}\nstored: {stored:?}", seen.len());
    }
    soon("all is read", || (unread(&server, &staff, &customer) == (0, 0)).then_some(()));
}

/// Unread by the staff member and by the customer.
fn unread(server: &Server, staff: &Actor, customer: &Actor) -> (i64, i64) {
    let of = |column: &str| {
        let condition = format!("staff_id = {} AND customer_id = {}", staff.user_id, customer.user_id);
        server.select(&format!("SELECT {column} FROM relation WHERE {condition}")).as_i64().expect("a count")
    };
    (of("unread_by_staff"), of("unread_by_customer"))
}

#[test]
fn who_comes_back_gets_what_was_missed_oldest_first_and_nothing_twice() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "常客");
    let mut phone = enter(&server, &customer, &staff);
    staff.say(&customer, "在吗").ok();
    assert_eq!(texts(&[phone.recv()]), ["在吗"]);
    soon("read", || (customer.unread_from(&staff) == 0).then_some(()));
    drop(phone);
    for round in 0..3 {
        let words: Vec<_> = (0..4).map(|number| format!("{round}-{number}")).collect();
        for words in &words {
            staff.say(&customer, words).ok();
        }
        assert_eq!(customer.unread_from(&staff), 4);
        let mut phone = enter(&server, &customer, &staff);
        assert_eq!(texts(&phone.drain(200)), words);
        assert_eq!(customer.unread_from(&staff), 0);
    }
    let mut phone = enter(&server, &customer, &staff);
    phone.recv_none_for(150);
    // The other side likewise.
    customer.say(&staff, "一").ok();
    customer.say(&staff, "二").ok();
    let mut desk = enter(&server, &staff, &customer);
    assert_eq!(texts(&desk.drain(200)), ["一", "二"]);
    assert_eq!(texts(&enter(&server, &staff, &customer).drain(150)), Vec::<String>::new());
    assert_eq!(unread(&server, &staff, &customer), (0, 0));
}

#[test]
fn outside_the_chat_page_messages_are_shown_but_stay_unread() {
    let server = Server::demo();
    let (staff, customer) = a_pair(&server, "路人");
    let mut desk = enter(&server, &staff, &customer);
    let mut phone = enter(&server, &customer, &staff);
    phone.send(&frame(&customer, &staff, "query_num"));
    let counted = phone.recv();
    assert_eq!((&counted["msg"], &counted["data"]), (&json!("查询成功-获取聊天数量"), &json!({ "unread_msg_num": 0 })));
    assert_eq!(counted["phone"], "");
    staff.say(&customer, "您好").ok();
    staff.say(&customer, "还在吗").ok();
    assert_eq!(texts(&phone.drain(150)), ["您好", "还在吗"]);
    assert_eq!(customer.unread_from(&staff), 2);
    assert!(desk.drain(50).iter().all(|frame| frame["code"] == 200), "nothing was read");
    phone.send(&frame(&customer, &staff, "query_num"));
    assert_eq!(phone.recv()["data"]["unread_msg_num"], 2);
    // Coming in reads them, without showing them again.
    phone.send(&frame(&customer, &staff, "register"));
    let notice = desk.recv();
    assert_eq!((&notice["code"], &notice["msg"]), (&json!(202), &json!("实时通知小程序新消息-已读通知")));
    assert_eq!(customer.unread_from(&staff), 0);
    phone.recv_none_for(100);
    staff.say(&customer, "好的").ok();
    assert_eq!(texts(&[phone.recv()]), ["好的"]);
    soon("read at once inside", || (customer.unread_from(&staff) == 0).then_some(()));
}

#[test]
fn the_overviews_follow_what_is_said_and_read() {
    let server = Server::demo();
    let staff = server.staff("chenjie");
    let customer = server.customer(&staff, "新客户");
    let mut counts = Ws::open(&server, super::COUNTS, &staff.signature());
    counts.send(&json!({ "type": "register", "user_id": staff.id() }));
    let before = counts.recv_msg("注册成功返回【消息数量】成功")["data"]["unread_msg_num"].as_i64().expect("a count");
    let mut contacts = Ws::open(&server, super::CONTACTS, &staff.signature());
    contacts.send(&json!({ "type": "query_num", "user_id": staff.user_id, "current_page": "1", "length": 1 }));
    contacts.recv_msg("实时获取雷达【消息数量】成功");
    let newest = |frame: &Value| {
        let row = &frame["data"]["ret_data"][0];
        (row["name"].clone(), row["msg"].clone(), row["count"].clone())
    };
    for (number, words) in ["一", "二"].into_iter().enumerate() {
        customer.say(&staff, words).ok();
        let frame = counts.recv_msg("实时获取雷达【消息数量】成功");
        assert_eq!(frame["data"]["unread_msg_num"], before + 1 + i64::try_from(number).expect("small"));
        assert_eq!(newest(&contacts.recv()), (json!("新客户"), json!(words), json!(number + 1)));
    }
    staff.history(&customer);
    assert_eq!(counts.recv_msg("实时获取雷达【消息数量】成功")["data"]["unread_msg_num"], before);
    assert_eq!(newest(&contacts.recv()), (json!("新客户"), json!("二"), json!(0)));
}
