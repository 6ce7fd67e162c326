//! The main job, from an empty machine on: a customer opens a card, the salesperson sees it at once, and they chat.
//! All of it survives a `kill -9`.

mod chapters;

use serde_json::{Value, json};

use crate::support::{Actor, Form, Server, Ws, soon, within};
use chapters::{RADAR, at_the_card, furnish, in_the_shop, person};

#[test]
fn from_an_empty_machine_to_a_chat() {
    let mut server = Server::with_sandbox();
    let office = furnish(&server);
    let zhao_min = server.salesperson(2, "zhaomin");
    let mut radar = Ws::open(&server, RADAR, &zhao_min.signature());
    let mut counts = Ws::open(&server, "/zhugeleida/qiyeweixin/websocket/leida_query_info_num", &zhao_min.signature());
    counts.send(&json!({ "type": "register", "user_id": zhao_min.user_id }));
    assert_eq!(counts.recv_msg("注册成功返回【消息数量】成功")["data"], json!({ "unread_msg_num": 0 }));

    let customer = person(&server, &zhao_min);
    let lines = [at_the_card(&customer, &zhao_min, &mut radar), in_the_shop(&customer, &zhao_min, &mut radar)].concat();
    // The product that was asked about is the first message.
    assert_eq!(counted(&mut counts), 1);
    customer.say(&zhao_min, "有样品吗？").ok();
    assert_eq!(counted(&mut counts), 2);
    the_radar_agrees(&zhao_min, &customer, &lines);
    the_office_agrees(&office);
    work_wechat_was_told(&server, &lines);

    let contact = zhao_min.get("/zhugeleida/qiyeweixin/contact/", &[]);
    let row = &contact.ok()["ret_data"][0];
    assert_eq!((&row["msg"], &row["count"], &row["name"]), (&json!("有样品吗？"), &json!(2), &json!("赵雷")), "{row}");
    assert_eq!(contact.data["data_count"], 1);
    assert_eq!(customer.unread_from(&zhao_min), 1, "the greeting");

    they_chat(&server, &customer, &zhao_min);
    assert_eq!(counted(&mut counts), 0, "read by the salesperson");
    radar.recv_none_for(100);

    let before = everything(&office, &zhao_min, &customer);
    server.kill();
    server.restart();
    let after = everything(&office.at(&server), &zhao_min.at(&server), &customer.at(&server));
    assert_eq!(after, before, "all of it survives a kill -9");
    assert_eq!(server.select("PRAGMA integrity_check"), "ok");
}

/// The next unread count that is pushed.
#[track_caller]
fn counted(counts: &mut Ws) -> i64 {
    counts.recv_msg("实时获取雷达【消息数量】成功")["data"]["unread_msg_num"].as_i64().expect("a count")
}

/// `action/…` tell the same as the socket did; what was read is seen.
#[track_caller]
fn the_radar_agrees(staff: &Actor, customer: &Actor, lines: &[String]) {
    let path = |name: &str| format!("/zhugeleida/qiyeweixin/action/{name}");
    let logs = |reply: &Value| -> Vec<String> {
        let rows = reply["ret_data"].as_array().expect("rows").iter();
        rows.rev().map(|row| row["log"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let new = staff.get(&path("get_new_log"), &[]);
    assert_eq!(logs(new.ok()), lines, "what is new, oldest first");
    let again = staff.get(&path("get_new_log"), &[]);
    assert_eq!(again.ok()["ret_data"], json!([]), "seen");
    let all = staff.get(&path("time/"), &[("customer_id", &customer.id()), ("length", "100")]);
    assert_eq!((logs(all.ok()), &all.data["data_count"]), (lines.to_vec(), &json!(lines.len())));

    let counted = json!({ "1": 2, "2": 2, "6": 1, "7": 1, "9": 1, "10": 1, "13": 1 });
    let count = staff.get(&path("count"), &[]);
    assert_eq!(count.ok()[0]["detail"], counted, "{}", count.story());
    let by_customer = staff.get(&path("customer"), &[]);
    let row = &by_customer.ok()[0];
    // A praise that was taken back is listed twice, and was given once.
    let total = lines.len() - 1;
    assert_eq!((&row["customer_id"], &row["totalCount"]), (&json!(customer.user_id), &json!(total)));
    assert_eq!(row["detail"]["1"], json!({ "count": 2, "name": "查看名片" }));
    for (code, count) in counted.as_object().expect("counts") {
        assert_eq!(&row["detail"][code]["count"], count, "{code}: {row}");
        let listed = staff.get(&path("time"), &[("action", code)]);
        let rows = count.as_i64().map(|count| if code == "9" { count + 1 } else { count });
        assert_eq!(listed.ok()["data_count"].as_i64(), rows, "{code}: {}", listed.story());
    }
}

/// The home page of the company: a praise that was taken back stays one that was given.
#[track_caller]
fn the_office_agrees(office: &Actor) {
    let figures = office.get("/zhugeleida/admin/home_page/acount_data", &[]);
    let expected = json!({
        "customer_num": 1, "follow_num": 0, "browse_num": 2, "forward_num": 1, "saved_total_num": 0, "praise_sum": 1,
    });
    let data = &figures.ok()["ret_data"];
    assert_eq!((&data["count_data"], &data["today_data"]), (&expected, &expected));
    assert_eq!(data["yesterday_data"]["customer_num"], 0);
    let home = office.get("/zhugeleida/admin/home_page", &[]);
    let data = &home.ok()["ret_data"];
    assert_eq!((&data["company_name"], &data["customer_num"]), (&json!("青禾家居"), &json!(1)), "{data}");
    assert_eq!((&data["user_count"], &data["mingpian_num"]), (&json!(1), &json!(20)), "{data}");
}

/// The lines of a message in Work WeChat, and how many it speaks of.
fn spoken_of(message: &Value) -> (Vec<&str>, usize) {
    let mut lines: Vec<&str> = message["content"].as_str().unwrap_or_default().lines().collect();
    let more = lines.last().and_then(|line| line.strip_prefix("…等 ")?.strip_suffix(" 条")?.parse().ok());
    if more.is_some() {
        lines.pop();
    }
    let count = more.unwrap_or(lines.len());
    (lines, count)
}

/// Every line came as a message to Zhao Min's Work WeChat, in order, and so did the customer's words.
#[track_caller]
fn work_wechat_was_told(server: &Server, lines: &[String]) {
    let mut expected = lines.to_vec();
    expected.push("【赵雷】:发送给您一条新消息，请点击查看!".to_owned());
    expected.push("赵雷:有样品吗？".to_owned());
    let told = within(std::time::Duration::from_secs(10), "the messages in Work WeChat", || {
        let messages = server.sandbox("/sandbox/messages", &Value::Null).json;
        let told: Vec<_> = messages.as_array()?.iter().filter(|one| one["users"].is_array()).cloned().collect();
        let lines: usize = told.iter().map(|one| spoken_of(one).1).sum();
        (lines >= expected.len()).then_some(told)
    });
    // Of many that came while the telephone had just rung, the newest are shown.
    let mut rest = expected.as_slice();
    for message in &told {
        let (shown, count) = spoken_of(message);
        let (these, later) = rest.split_at(count);
        assert_eq!(shown, these[count - shown.len()..], "of {count}");
        rest = later;
    }
    assert!(rest.is_empty(), "{rest:?}");
    assert!(told.iter().all(|message| message["touser"] == "zhaomin" && message["agentid"] == 1_000_005), "{told:?}");
}

/// The salesperson answers over the socket and over HTTP; both sides see every message once, in order.
fn they_chat(server: &Server, customer: &Actor, staff: &Actor) {
    let mut phone = Ws::open(server, "/zhugeleida/public/websocket/xiaochengxu", &customer.signature());
    phone.send(&json!({ "type": "register", "user_id": customer.user_id, "u_id": staff.user_id }));
    let shown_first = texts(&phone.recv());
    assert!(shown_first[0].starts_with("您好,我是青禾家居的赵敏"), "what was unread comes first: {shown_first:?}");
    assert_eq!(shown_first[1..], ["", "有样品吗？"], "and what came after it");
    soon("the greeting is read", || (customer.unread_from(staff) == 0).then_some(()));

    let mut desk = Ws::open(server, "/zhugeleida/qiyeweixin/websocket/leida_chat", &staff.signature());
    desk.send(&json!({ "type": "register", "user_id": staff.user_id, "customer_id": customer.user_id }));
    assert_eq!(desk.recv()["code"], 199);
    assert_eq!(texts(&desk.recv()), ["", "有样品吗？"], "the question about the product, and the message");

    let content = json!({ "info_type": 1, "msg": "有的，" });
    desk.send(&json!({ "user_id": staff.user_id, "customer_id": customer.user_id, "content": content.to_string() }));
    staff_sees(&mut desk, "有的，", true);
    assert_eq!(texts(&phone.recv()), ["有的，"]);
    read_notice(&mut desk);
    staff.say(customer, "明天寄给您").ok();
    assert_eq!(texts(&phone.recv()), ["明天寄给您"]);
    staff_sees(&mut desk, "明天寄给您", false);
    read_notice(&mut desk);
    let thanks = json!({ "info_type": 1, "msg": "谢谢" });
    phone.send(&json!({ "user_id": customer.user_id, "u_id": staff.id(), "content": thanks }));
    let mut frames = [phone.recv(), phone.recv()];
    frames.sort_by_key(|frame| frame["data"].is_object());
    assert_eq!(frames[0]["msg"], "小程序消息-发送成功");
    assert_eq!(texts(&frames[1]), ["谢谢"]);
    staff_sees(&mut desk, "谢谢", false);

    assert_eq!(customer.unread_from(staff), 0);
    phone.recv_none_for(150);
    desk.recv_none_for(150);
    let (theirs, ours) = (customer.history(staff), staff.history(customer));
    assert_eq!(theirs, ours, "both sides read the same in full");
    let said: Vec<_> = ours.iter().rev().map(|row| row["msg"].as_str().unwrap_or_default()).collect();
    assert_eq!(said, [&shown_first[0], "", "有样品吗？", "有的，", "明天寄给您", "谢谢"]);
    let kinds: Vec<_> = ours.iter().rev().map(|row| (row["send_type"].clone(), row["info_type"].clone())).collect();
    assert_eq!(json!(kinds), json!([[1, 1], [2, 2], [2, 1], [1, 1], [1, 1], [2, 1]]));
    assert!(ours.iter().all(|row| row["is_customer_already_read"] == 1), "{ours:?}");
    let contact = staff.get("/zhugeleida/qiyeweixin/contact", &[]);
    let row = &contact.ok()["ret_data"][0];
    assert_eq!((&row["msg"], &row["count"]), (&json!("谢谢"), &json!(0)));
}

/// The texts that a frame pushes; empty for a message of another kind.
#[track_caller]
fn texts(frame: &Value) -> Vec<String> {
    let rows = frame["data"]["ret_data"].as_array().unwrap_or_else(|| panic!("no messages in {frame}")).iter();
    assert_eq!(frame["data"]["data_count"], rows.len(), "{frame}");
    rows.map(|row| row["msg"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The staff socket shows a message, after or before the answer to sending it.
#[track_caller]
fn staff_sees(desk: &mut Ws, words: &str, is_own: bool) {
    let mut frames = vec![but_notices(desk)];
    if is_own {
        frames.push(but_notices(desk));
        frames.sort_by_key(|frame| frame["data"].is_object());
        assert_eq!(frames.remove(0)["msg"], "雷达消息-发送成功");
    }
    assert_eq!(
        (&frames[0]["msg"], texts(&frames[0])),
        (&json!("实时推送雷达-最新聊天信息成功"), vec![words.to_owned()])
    );
}

/// The next frame that is no notice of something read earlier: such a notice may be on its way while the desk opens.
#[track_caller]
fn but_notices(desk: &mut Ws) -> Value {
    loop {
        let frame = desk.recv();
        if frame["code"] != 202 {
            return frame;
        }
    }
}

#[track_caller]
fn read_notice(desk: &mut Ws) {
    let frame = desk.recv();
    assert_eq!((&frame["code"], &frame["data"]["is_customer_already_read"]), (&json!(202), &json!(1)), "{frame}");
}

/// All that the three of them can see.
fn everything(office: &Actor, staff: &Actor, customer: &Actor) -> Vec<Value> {
    let (uid, customer_id) = (staff.id(), customer.id());
    let of_customer = [("customer_id", customer_id.as_str())];
    let of_staff = [("uid", uid.as_str())];
    let mut seen = Vec::new();
    for name in ["company", "user", "department", "admin_userprofile", "home_page", "home_page/acount_data"] {
        seen.push(office.get(&format!("/zhugeleida/admin/{name}"), &[]).ok().clone());
    }
    for name in ["action/time", "action/count", "action/customer", "contact", "tongxunlu", "customer", "chat"] {
        let query = if matches!(name, "customer" | "chat") { &of_customer[..] } else { &[] };
        let mut data = staff.get(&format!("/zhugeleida/qiyeweixin/{name}"), query).ok().clone();
        if name == "tongxunlu" {
            // How long ago something was.
            data["ret_data"][0]["last_activity_time"].take();
            data["ret_data"][0]["last_follow_time"].take();
        }
        seen.push(data);
    }
    for name in ["chat", "chat/query_num/0", "mingpian/all"] {
        seen.push(customer.get(&format!("/zhugeleida/xiaochengxu/{name}"), &of_staff).ok().clone());
    }
    let empty = Form::urlencoded().with("days", 7).with("index_type", 3);
    seen.push(office.post("/zhugeleida/admin/home_page/line_info", &empty).ok().clone());
    seen
}
