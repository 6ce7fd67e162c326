//! What a salesperson does with customers: tags, follow-ups, notes, deleting; and how the score follows the customer.

mod office;
mod score;
mod sheets;
mod tags;

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server, Ws};

/// A POST of the staff family.
fn post(staff: &Actor, path: &str, fields: &Value) -> Reply {
    staff.post(&format!("/zhugeleida/qiyeweixin/{path}"), &Form::of(Encoding::Urlencoded, fields.as_object().unwrap()))
}

fn get(staff: &Actor, path: &str, query: &[(&str, &str)]) -> Reply {
    staff.get(&format!("/zhugeleida/qiyeweixin/{path}"), query)
}

/// The single customer, as the staff member sees them.
#[track_caller]
fn details(staff: &Actor, customer: &Actor) -> Value {
    get(staff, "customer", &[("customer_id", &customer.id())]).ok()["ret_data"][0].clone()
}

/// The texts of the follow-ups, oldest first.
#[track_caller]
fn follow_ups(staff: &Actor, customer: &Actor) -> Vec<String> {
    let reply = get(staff, "follow_info", &[("customer_id", &customer.id())]);
    let rows = reply.ok()["ret_data"].as_array().unwrap();
    assert_eq!(reply.data["data_count"], rows.len(), "{}", reply.story());
    rows.iter().map(|row| row["follow_info"].as_str().unwrap().to_owned()).collect()
}

/// The row of the contact list.
#[track_caller]
fn in_book(staff: &Actor, customer: &Actor, query: &[(&str, &str)]) -> Option<Value> {
    let query: Vec<_> = query.iter().copied().chain([("length", "100")]).collect();
    let reply = get(staff, "tongxunlu", &query);
    let rows = reply.ok()["ret_data"].as_array().unwrap();
    rows.iter().find(|row| row["customer_id"] == customer.user_id).cloned()
}

#[test]
fn a_follow_ups_life() {
    let server = Server::demo();
    let staff = server.staff("lina");
    let customer = server.customer(&staff, "跟进客户");
    assert_eq!(follow_ups(&staff, &customer), Vec::<String>::new());
    let row = in_book(&staff, &customer, &[]).expect("in the list");
    assert_eq!((&row["last_follow_time"], &row["follow_status"]), (&json!(""), &json!("未跟进过")));

    // The phrases: those of the company, then one of one's own in front.
    let phrases = |staff: &Actor, query: &[(&str, &str)]| {
        let reply = get(staff, "follow_language", query);
        let all = &reply.ok()["ret_data"][0];
        assert_eq!(all["user_id"], staff.id(), "{}", reply.story());
        let texts = all["follow_language"].as_array().unwrap().iter();
        let texts: Vec<_> = texts.map(|row| row["language"].as_str().unwrap().to_owned()).collect();
        (texts, reply.data["data_count"].as_i64().unwrap())
    };
    let (common, count) = phrases(&staff, &[]);
    assert_eq!((common.len(), count), (9, 9));
    assert_eq!(common[0], "已成交客户,维护好后续关系");
    let add = |staff: &Actor, text: &str| post(staff, "follow_language/add/0", &json!({ "custom_language": text }));
    let first = add(&staff, "约了下周").ok()["language_id"].clone();
    add(&staff, "约了下月").ok();
    add(&staff, " 约了下周 ").refused(301);
    add(&staff, "曾拜访过的客户").refused(301);
    add(&staff, "  ").refused(301);
    let colleague = server.staff("zhangwei");
    add(&colleague, "约了下周").ok();
    let (all, count) = phrases(&staff, &[]);
    assert_eq!((&all[..3], count), (&["约了下月".to_owned(), "约了下周".to_owned(), common[0].clone()][..], 11));
    // A page that begins among one's own and ends among the common ones, and one behind.
    assert_eq!(phrases(&staff, &[("length", "4")]).0, all[..4]);
    assert_eq!(phrases(&staff, &[("length", "4"), ("current_page", "2")]).0, all[4..8]);
    assert_eq!(phrases(&staff, &[("length", "4"), ("current_page", "4")]), (vec![], 11));
    let delete = |staff: &Actor, id: &Value| post(staff, &format!("follow_language/delete/{id}"), &json!({}));
    delete(&colleague, &first).refused(302);
    assert_eq!(delete(&staff, &first).msg, "删除成功");
    assert_eq!(delete(&staff, &first).refused(302).msg, "ID不存在或者不允许删除");
    let common_id = server.select("SELECT id FROM follow_phrase WHERE staff_id IS NULL LIMIT 1");
    delete(&staff, &common_id).refused(302);
    assert_eq!(phrases(&staff, &[]).1, 10);

    // Entries: written, by a date, by a rate, by both.
    let path = format!("follow_info/add/{}", customer.user_id);
    post(&staff, &path, &json!({ "follow_info": "已发报价,待客户反馈" })).ok();
    post(&staff, &path, &json!({ "follow_info": " " })).refused(301);
    post(&colleague, &path, &json!({ "follow_info": "别人的客户" })).refused(307);
    let set = |what: &str, fields: Value| {
        let reply = post(&staff, &format!("customer/{what}/{}", customer.user_id), &fields);
        assert_eq!((reply.code, reply.msg.as_str()), (200, "添加成功"), "{}", reply.story());
    };
    set("update_expected_time", json!({ "expected_time": "2018-6-14" }));
    set("update_expected_pr", json!({ "update_expected_pr": "80%" }));
    assert_eq!(
        (&details(&staff, &customer)["expected_time"], &details(&staff, &customer)["expedted_pr"]),
        (&json!("2018-06-14"), &json!("80"))
    );
    set("update_expected_time", json!({ "expected_time": "" }));
    set("update_expected_time", json!({}));
    set("update_expected_pr", json!({ "expedted_pr": "NaN", "update_expected_pr": 70 }));
    assert_eq!(
        follow_ups(&staff, &customer),
        [
            "已发报价,待客户反馈",
            "更新预计成交日期: 2018-06-14",
            "更新预计成交率为: 80%",
            "更新预计成交日期: 未定",
            "更新预计成交率为: 0%",
        ]
    );
    assert_eq!(details(&staff, &customer)["expected_time"], Value::Null);
    let row = in_book(&staff, &customer, &[]).expect("in the list");
    assert_eq!((&row["last_follow_time"], &row["follow_status"]), (&json!("今天"), &json!("今天跟进")));
    for (what, fields) in [
        ("update_expected_time", json!({ "expected_time": "vorgestern" })),
        ("update_expected_pr", json!({ "expedted_pr": "101" })),
        ("update_expected_pr", json!({ "expedted_pr": "viel" })),
    ] {
        post(&staff, &format!("customer/{what}/{}", customer.user_id), &fields).refused(301);
    }
    assert_eq!(follow_ups(&staff, &customer).len(), 5);
    // The second page begins where the first one ends.
    let second = get(&staff, "follow_info", &[("customer_id", &customer.id()), ("length", "3"), ("current_page", "2")]);
    assert_eq!(
        (&second.ok()["ret_data"][0]["follow_info"], &second.data["data_count"]),
        (&json!("更新预计成交日期: 未定"), &json!(5))
    );
}

#[test]
fn a_customer_changed_in_every_way() {
    let server = Server::demo();
    let (staff, colleague) = (server.staff("lina"), server.staff("zhangwei"));
    let customer = server.customer(&staff, "被改的客户");
    let friend = server.customer(&staff, "介绍人");
    let stranger = server.customer(&colleague, "同事的客户");
    customer.bind(&colleague).ok();
    let before = details(&staff, &customer);
    assert_eq!(
        (&before["memo_name"], &before["superior"], &before["day_interval"], &before["user_type"]),
        (&Value::Null, &json!(""), &json!(0), &json!(2))
    );
    let path = format!("customer/update_information/{}", customer.user_id);
    let notes = json!({
        "username": "张三丰", "memo_name": "太乙真人", "sex": 1, "superior": friend.user_id, "phone": "16612345678",
        "email": "1224423@qq.com", "company": "合众康桥", "position": "开发", "address": "通州区", "mem": "我是一个兵",
        "birthday": "2018-06-1", "source": 2, "expected_time": "2018-06-5",
    });
    assert_eq!(post(&staff, &path, &notes).msg, "添加成功");
    let after = details(&staff, &customer);
    for (name, value) in [
        ("username", "被改的客户"),
        ("memo_name", "太乙真人"),
        ("superior", "介绍人"),
        ("phone", "16612345678"),
        ("email", "1224423@qq.com"),
        ("company", "合众康桥"),
        ("position", "开发"),
        ("address", "通州区"),
        ("mem", "我是一个兵"),
        ("birthday", "2018-06-01"),
        ("source", "转发"),
        ("expected_time", "2018-06-05"),
    ] {
        assert_eq!(after[name], value, "{name}");
    }
    // What is absent stays, what is empty is cleared; a bad field spoils all.
    post(&staff, &path, &json!({ "position": "总监", "email": "", "superior": "" })).ok();
    let after = details(&staff, &customer);
    assert_eq!(
        (&after["position"], &after["email"], &after["superior"], &after["company"], &after["birthday"]),
        (&json!("总监"), &json!(""), &json!(""), &json!("合众康桥"), &json!("2018-06-01"))
    );
    for (field, value) in
        [("phone", "12345678901"), ("email", "nirgends"), ("sex", "3"), ("source", "9"), ("birthday", "2018-02-30")]
    {
        let reply = post(&staff, &path, &json!({ field: value, "mem": "改了" }));
        assert!(reply.refused(301).data.get(field).is_some(), "{}", reply.story());
    }
    assert_eq!(details(&staff, &customer)["mem"], "我是一个兵");
    // Neither a colleague's customer nor the customer themselves may stand above them; and nobody else's is changed.
    for above in [stranger.user_id, customer.user_id, 999_999] {
        post(&staff, &path, &json!({ "superior": above })).refused(302);
    }
    post(&staff, &format!("customer/update_information/{}", stranger.user_id), &notes).refused(302);
    post(&staff, &format!("customer/update_expected_pr/{}", stranger.user_id), &json!({ "expedted_pr": 1 }))
        .refused(307);
    // The colleague sees none of it.
    let theirs = details(&colleague, &customer);
    assert_eq!((&theirs["memo_name"], &theirs["mem"], &theirs["source"]), (&Value::Null, &json!(""), &json!("扫码")));

    // All at once, and the list follows.
    let tag = server.select("SELECT id FROM tag WHERE name = '重要客户' AND company_id = 1");
    let all = json!({ "tag_list": [tag], "expedted_pr": "95%", "expected_time": "2031-1-2" });
    post(&staff, &format!("customer/update_customer/{}", customer.user_id), &all).ok();
    let after = details(&staff, &customer);
    assert_eq!(
        (&after["expedted_pr"], &after["expected_time"], &after["tag"]),
        (&json!("95"), &json!("2031-01-02"), &json!(["重要客户"]))
    );
    assert_eq!(after["tag_list"], json!([{ "id": tag, "name": "重要客户" }]));
    let bad = json!({ "tag_list": [999_999], "expedted_pr": 5 });
    post(&staff, &format!("customer/update_customer/{}", customer.user_id), &bad).refused(301);
    assert_eq!(details(&staff, &customer)["expedted_pr"], "95");
    let first = get(&staff, "tongxunlu", &[("order", "-customer__expedted_pr"), ("length", "1")]);
    assert_eq!(first.ok()["ret_data"][0]["customer_id"], customer.user_id, "{}", first.story());
    let row = in_book(&staff, &customer, &[("customer__source", "2"), ("customer_type", "2")]).expect("forwarded");
    assert_eq!(
        (&row["source"], &row["customer_source_text"], &row["belonger"]),
        (&json!(2), &json!("微信小程序"), &json!("李娜"))
    );
    assert_eq!(in_book(&staff, &customer, &[("customer_type", "1")]), None);
    assert_eq!(in_book(&staff, &customer, &[("customer__source", "1")]), None);
    get(&staff, "tongxunlu", &[("customer_type", "3")]).refused(301);
    let readers = get(&staff, "tongxunlu", &[("customer_type", "1"), ("length", "100")]);
    let rows = readers.ok()["ret_data"].as_array().unwrap();
    assert_eq!(readers.data["data_count"], rows.len());
    assert!(rows.iter().all(|row| row["customer_source"] == 1));
}

/// Counters against a recount of the rows, for everybody.
#[track_caller]
fn recount(server: &Server) {
    let staff = |counter: &str, rows: &str| {
        let sql = format!(
            "SELECT count(*) FROM staff WHERE {counter} <> (SELECT count(*) FROM {rows} AND staff_id = staff.id)"
        );
        assert_eq!(server.select(&sql), 0, "staff.{counter}");
    };
    staff("customer_count", "relation WHERE 1");
    staff("radar_count", "radar_log WHERE 1");
    staff("view_count", "radar_log WHERE action = 1");
    staff("forward_count", "radar_log WHERE action = 6");
    staff("praise_count", "relation WHERE is_praised");
    let company = "SELECT customer_count - (SELECT count(*) FROM customer WHERE company_id = company.id) FROM company";
    assert_eq!(server.select(company), 0);
    let days = "SELECT (SELECT sum(entries) FROM radar_day) - (SELECT count(*) FROM radar_log)";
    assert_eq!(server.select(days), 0);
    let uses = "SELECT (SELECT sum(customers) FROM tag_use) - (SELECT count(*) FROM relation_tag)";
    assert_eq!(server.select(uses), 0);
}

#[test]
fn a_customer_is_deleted() {
    let server = Server::demo();
    let (staff, colleague) = (server.staff("lina"), server.staff("zhangwei"));
    let customer = server.customer(&staff, "要走的客户");
    customer.bind(&colleague).ok();
    for person in [&staff, &colleague] {
        customer.on_card("", person).ok();
        customer.on_card("forward", person).ok();
        customer.on_card("praise", person).ok();
        customer.say(person, "您好").ok();
        post(person, &format!("follow_info/add/{}", customer.user_id), &json!({ "follow_info": "电话" })).ok();
        post(person, &format!("tag_list/add_tag/{}", customer.user_id), &json!({ "name": "要走" })).ok();
        post(person, &format!("customer/update_information/{}", customer.user_id), &json!({ "mem": "备注" })).ok();
    }
    recount(&server);
    let history = || server.select("SELECT sum(customers + follow_ups + views + forwards) FROM stat_day");
    let before = history();
    let rows_of = |person: &Actor| {
        let pair = format!("WHERE staff_id = {} AND customer_id = {}", person.user_id, customer.user_id);
        let tables = ["relation", "chat_message", "radar_log", "radar_day", "follow_up"];
        let counts = tables.map(|table| format!("(SELECT count(*) FROM {table} {pair})")).join(" + ");
        server.select(&format!("SELECT {counts}")).as_i64().unwrap()
    };
    let delete = |person: &Actor| get(person, &format!("customer/delete/{}", customer.user_id), &[]);
    let stranger = server.staff("wangfang");
    assert_eq!(delete(&stranger).refused(302).msg, "用户ID不存在");
    let kept = rows_of(&colleague);

    // First for the one: the colleague keeps everything, the customer goes on.
    assert_eq!(delete(&staff).msg, "删除成功");
    assert_eq!((rows_of(&staff), rows_of(&colleague)), (0, kept));
    get(&staff, "customer", &[("customer_id", &customer.id())]).refused(302);
    get(&staff, "chat", &[("customer_id", &customer.id())]).refused(302);
    assert_eq!(in_book(&staff, &customer, &[]), None);
    assert_eq!(details(&colleague, &customer)["mem"], "备注");
    recount(&server);
    delete(&staff).refused(302);
    customer.say(&colleague, "还在").ok();

    // Then for the other: nobody is left, and the customer is nobody any more.
    let mut socket = Ws::open(&server, "/zhugeleida/public/websocket/xiaochengxu", &customer.signature());
    socket.send(&json!({ "type": "register", "user_id": customer.user_id, "u_id": colleague.user_id }));
    socket.send(&json!({ "type": "lived" }));
    while socket.recv()["code"] != 270 {}
    delete(&colleague).ok();
    socket.closed();
    assert_eq!(rows_of(&colleague), 0);
    let left = format!("SELECT count(*) FROM customer WHERE id = {}", customer.user_id);
    assert_eq!(server.select(&left), 0);
    customer.on_card("", &colleague).refused(400);
    recount(&server);
    assert_eq!(history(), before, "past days stay as they were");
    // By the same WeChat account they come as somebody new.
    let again = server.customer(&staff, "要走的客户");
    assert_ne!(again.user_id, customer.user_id);
    recount(&server);
}
