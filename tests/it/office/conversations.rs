//! Administrators read what staff and customers wrote to each other, and search it.

use serde_json::{Value, json};

use super::{all, get, ids, rows, stranger};
use crate::support::Server;

#[test]
fn a_conversation_is_found_and_read_from_the_newest_back() {
    let server = Server::demo();
    let (office, staff) = (server.admin(), server.staff("lina"));
    let silent = server.customer(&staff, "没说话的");
    let customer = server.customer(&staff, "话多的");
    for number in 1..=25 {
        if number % 3 == 0 {
            staff.say(&customer, &format!("回答{number}"))
        } else {
            customer.say(&staff, &format!("问题{number}"))
        }
        .ok();
    }
    let newest = rows(&get(&office, "chat", &[("length", "1")]))[0].clone();
    assert_eq!(
        (
            &newest["customer_name"],
            &newest["uid"],
            &newest["msg"],
            &newest["staff_message_num"],
            &newest["customer_message_num"]
        ),
        (&json!("话多的"), &json!(staff.user_id), &json!("问题25"), &json!(8), &json!(17))
    );
    assert_eq!(newest["unread_by_staff"], 17);
    let (uid, one) = (staff.id(), customer.id());
    let everything = all(&office, "chat", &[], "7");
    assert!(everything.iter().all(|row| row["customer_id"] != silent.user_id), "a greeting is no conversation");
    let spoken =
        server.select("SELECT count(*) FROM relation WHERE company_id = 1 AND staff_messages + customer_messages > 0");
    assert_eq!(spoken, everything.len());
    let of_staff = all(&office, "chat", &[("uid", &uid)], "7");
    assert!(of_staff.len() < everything.len() && of_staff.iter().all(|row| row["uid"] == staff.user_id));
    let found = all(&office, "chat", &[("search", "话多")], "7");
    assert_eq!(found.len(), 1);
    assert_eq!(all(&office, "chat", &[("search", "%")], "7"), Vec::<Value>::new());

    let pair = [("uid", uid.as_str()), ("customer_id", one.as_str())];
    let part = |more: &[(&str, &str)]| get(&office, "chat/messages", &[&pair[..], more].concat());
    let mut read = Vec::new();
    let mut before = String::new();
    loop {
        let place = [("before", before.as_str()), ("length", "10")];
        let part = part(if before.is_empty() { &place[1..] } else { &place });
        let messages = rows(&part);
        assert!(ids(&messages).is_sorted(), "oldest first");
        read.splice(0..0, messages);
        before = part.data["next_before"].to_string();
        if before == "0" {
            break;
        }
    }
    let stored =
        server.select(&format!("SELECT count(*) FROM chat_message WHERE customer_id = {one} AND send_type <> 4"));
    assert_eq!(stored, read.len());
    assert!(ids(&read).is_sorted());
    assert_eq!(read.last().unwrap()["content"]["msg"], "问题25");
    // Around one of them.
    let middle = &read[read.len() / 2];
    let around = rows(&part(&[("around", &middle["id"].to_string()), ("length", "7")]));
    assert_eq!((around.len(), &around[3]), (7, middle));
    // Nothing has become read by it.
    assert_eq!(server.select(&format!("SELECT unread_by_staff FROM relation WHERE customer_id = {one}")), 17);
    part(&[("around", "1"), ("before", "1")]).refused(301);
    part(&[("length", "101")]).refused(301);
    get(&office, "chat/messages", &[("uid", &uid)]).refused(301);
    let other = stranger(&server);
    get(&other, "chat/messages", &pair).refused(307);
    assert_eq!(all(&other, "chat", &[], "7"), Vec::<Value>::new());
}

#[test]
fn words_are_found_in_all_conversations() {
    let server = Server::demo();
    let (office, lina, zhangwei) = (server.admin(), server.staff("lina"), server.staff("zhangwei"));
    let (one, two) = (server.customer(&lina, "甲"), server.customer(&zhangwei, "乙"));
    for (customer, staff) in [(&one, &lina), (&two, &zhangwei)] {
        customer.say(staff, "有没有特别的\"九九折\"优惠？").ok();
        staff.say(customer, "九九折 VIP 100% 有").ok();
    }
    let search = |query: &[(&str, &str)]| get(&office, "chat/search", query);
    let hits = rows(&search(&[("keyword", "九九折")]));
    assert_eq!(hits.len(), 4);
    assert!(ids(&hits).is_sorted_by(|a, b| a > b), "newest first");
    assert_eq!(
        (&hits[0]["text"], &hits[0]["send_type"], &hits[0]["customer_name"], &hits[0]["uid"]),
        (&json!("九九折 VIP 100% 有"), &json!(1), &json!("乙"), &json!(zhangwei.user_id))
    );
    let uid = lina.id();
    assert_eq!(rows(&search(&[("keyword", "九九折"), ("uid", &uid)])).len(), 2);
    for (words, found) in [("\"九九折\"", 2), ("100%", 2), ("0%0", 0), ("vip", 2), ("info_type", 0), ("九九九折", 0)]
    {
        assert_eq!(rows(&search(&[("keyword", words)])).len(), found, "{words}");
    }
    // In parts, none twice.
    let first = search(&[("keyword", "九九折"), ("length", "3")]);
    let next = first.ok()["next_before"].to_string();
    let rest = search(&[("keyword", "九九折"), ("length", "3"), ("before", &next)]);
    assert_eq!([ids(&rows(&first)), ids(&rows(&rest))].concat(), ids(&hits));
    assert_eq!(rest.data["next_before"], 0);
    let far = search(&[("keyword", "九九折"), ("before", "9223372036854775807")]);
    assert_eq!((ids(&rows(&far)), &far.data["next_before"]), (ids(&hits), &json!(0)));
    search(&[("keyword", " ")]).refused(301);
    search(&[]).refused(301);
    let none = get(&stranger(&server), "chat/search", &[("keyword", "九九折")]);
    assert_eq!((rows(&none).len(), &none.data["next_before"]), (0, &json!(0)));
}
