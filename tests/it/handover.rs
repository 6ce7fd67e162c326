//! A salesperson leaves the company: Work WeChat knows them no more, the next synchronisation ends their work here, and
//! a colleague goes on with their customers, with everything that was between them.

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server, Ws, sandbox, soon};

fn post(actor: &Actor, path: &str, fields: &Value) -> Reply {
    let form = Form::of(Encoding::Urlencoded, fields.as_object().expect("fields"));
    actor.post(&format!("/zhugeleida/{path}"), &form)
}

/// What Work WeChat's own administration calls.
fn at_work_weixin(path: &str) -> String {
    format!("/sandbox/work/cgi-bin/{path}")
}

fn work_token(server: &Server) -> String {
    let credentials = [("corpid", sandbox::DEMO_CORP_ID), ("corpsecret", sandbox::DEMO_CONTACTS_SECRET)];
    let answer = server.api.get(&at_work_weixin("gettoken"), &credentials).json;
    answer["access_token"].as_str().expect("a token").to_owned()
}

/// The member is taken out of the company there.
fn removed_from_work_weixin(server: &Server, userid: &str) {
    let query = [("access_token", work_token(server)), ("userid", userid.to_owned())];
    let gone = server.api.get(&at_work_weixin("user/delete"), &query).json;
    assert_eq!(gone["errcode"], 0, "{gone}");
}

/// The member is changed there.
fn changed_at_work_weixin(server: &Server, change: &Value) {
    let query = [("access_token", work_token(server))];
    let form = Form::of(Encoding::Json, change.as_object().expect("fields"));
    let changed = server.api.post(&at_work_weixin("user/update"), &query, &form).json;
    assert_eq!(changed["errcode"], 0, "{changed}");
}

fn sync(office: &Actor) -> Value {
    post(office, "admin/user/sync_user_tongxunlu/1", &json!({})).ok().clone()
}

/// The customer as this salesperson's address book and profile show them.
fn known_to(staff: &Actor, customer: &Actor) -> Value {
    let query = [("customer_id", customer.id())];
    let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    staff.get("/zhugeleida/qiyeweixin/customer", &query).ok()["ret_data"][0].clone()
}

#[test]
fn a_departed_salespersons_customers_go_on_with_a_colleague() {
    let server = Server::demo();
    let office = server.admin();
    assert_eq!(sync(&office)["departed_num"], 0, "everybody is there");
    let (leaver, heir) = (server.staff("liuyang"), server.staff("zhangwei"));

    // Both know one customer, who praises both; another is the leaver's alone.
    let shared = server.customer(&leaver, "两人的客户");
    shared.bind(&heir).ok();
    let alone = server.customer(&leaver, "一人的客户");
    for (customer, staff) in [(&shared, &leaver), (&shared, &heir), (&alone, &leaver)] {
        customer.on_card("praise", staff).ok();
        customer.say(staff, &format!("找{}", staff.user_id)).ok();
        staff.say(customer, "您好").ok();
    }
    post(&leaver, &format!("qiyeweixin/follow_info/add/{}", alone.user_id), &json!({ "follow_info": "约了周三见面" }))
        .ok();
    let rate = json!({ "expedted_pr": "80" });
    post(&leaver, &format!("qiyeweixin/customer/update_expected_pr/{}", alone.user_id), &rate).ok();
    let tag = json!({ "name": "周三见", "customer_list": format!("[{},{}]", alone.user_id, shared.user_id) });
    post(&leaver, "qiyeweixin/tag_customer/add/0", &tag).ok();
    let praises =
        |staff: &Actor| server.select(&format!("SELECT praise_count FROM staff WHERE id = {}", staff.user_id));
    let before = praises(&heir).as_i64().expect("a number");
    let of_leaver = |what: &str| {
        server
            .select(&format!("SELECT count(*) FROM {what} WHERE staff_id = {}", leaver.user_id))
            .as_i64()
            .expect("a number")
    };
    let had = of_leaver("relation");

    // Gone from Work WeChat: out at once here, and nothing is lost.
    let mut socket = Ws::open(&server, "/zhugeleida/qiyeweixin/websocket/leida_action", &leaver.signature());
    socket.send(&json!({ "type": "register", "user_id": leaver.user_id }));
    removed_from_work_weixin(&server, "liuyang");
    let synced = sync(&office);
    assert_eq!((&synced["departed_num"], &synced["new_num"]), (&json!(1), &json!(0)));
    socket.closed();
    leaver.get("/zhugeleida/qiyeweixin/tongxunlu", &[]).refused(400);
    let row = office.get("/zhugeleida/admin/user", &[("username", "刘洋")]).ok()["ret_data"][0].clone();
    assert_eq!((&row["is_departed"], &row["status"]), (&json!(true), &json!("未启用")));
    assert_eq!((of_leaver("relation"), sync(&office)["departed_num"].as_i64()), (had, Some(0)), "once");

    // Who may not receive.
    let path = format!("admin/user/handover/{}", leaver.user_id);
    let hand_over =
        |to: i64, some: Option<&str>| post(&office, &path, &json!({ "user_id": to, "customer_list": some }));
    hand_over(leaver.user_id, None).refused(301);
    hand_over(999_999, None).refused(302);
    let stranger = server.new_customer("别人的客户");
    hand_over(heir.user_id, Some(&format!("[{}]", stranger.user_id))).refused(302);
    assert_eq!(of_leaver("relation"), had, "nothing has moved");

    // One chosen customer first, then the rest.
    let moved = hand_over(heir.user_id, Some(&format!("[{}]", alone.user_id)));
    assert_eq!(moved.ok(), &json!({ "customer_num": 1, "merged_num": 0 }));
    let profile = known_to(&heir, &alone);
    assert_eq!(profile["expedted_pr"], "80", "{profile}");
    let follow_ups = heir.get("/zhugeleida/qiyeweixin/follow_info", &[("customer_id", &alone.id())]);
    assert!(follow_ups.story().contains("约了周三见面"), "{}", follow_ups.story());
    let words: Vec<Value> = heir.history(&alone).into_iter().map(|row| row["msg"].clone()).collect();
    assert_eq!(words[..2], [json!("您好"), json!(format!("找{}", leaver.user_id))], "newest first");
    assert_eq!(profile["tag"], json!(["周三见"]), "the tag came along");

    let moved = hand_over(heir.user_id, None);
    assert_eq!(moved.ok()["customer_num"], had - 1);
    assert!(moved.ok()["merged_num"].as_i64() >= Some(1), "{}", moved.story());
    for table in ["relation", "radar_log", "radar_day", "radar_recent", "chat_message", "follow_up", "relation_tag"] {
        assert_eq!(of_leaver(table), 0, "{table}");
    }
    let both: Vec<Value> = heir.history(&shared).into_iter().map(|row| row["msg"].clone()).collect();
    for words in [format!("找{}", leaver.user_id), format!("找{}", heir.user_id)] {
        assert!(both.contains(&json!(words)), "{both:?}");
    }
    // The shared customer's praise counts once; that of the other is new. The demo's own customers come on top.
    let praised = format!("SELECT count(*) FROM relation WHERE is_praised = 1 AND staff_id = {}", heir.user_id);
    assert_eq!(praises(&heir), server.select(&praised));
    assert!(praises(&heir).as_i64() > Some(before), "somebody's praise came over");
    assert_eq!(praises(&leaver), 0);
    soon("word of it in Work WeChat", || {
        let messages = server.sandbox("/sandbox/messages", &Value::Null).json;
        messages.to_string().contains("管理员将").then_some(())
    });

    // Work goes on.
    alone.say(&heir, "以后找您吗").ok();
    assert_eq!(heir.history(&alone)[0]["msg"], "以后找您吗");
    hand_over(heir.user_id, None).ok();
}

#[test]
fn what_changes_in_work_weixin_follows_until_it_is_edited_here() {
    let server = Server::demo();
    let office = server.admin();
    sync(&office);
    let staff = server.staff("wangfang");
    let row = || {
        let sql =
            format!("SELECT username || '，' || position || '，' || phone FROM staff WHERE id = {}", staff.user_id);
        server.select(&sql)
    };
    changed_at_work_weixin(&server, &json!({ "userid": "wangfang", "position": "市场主管", "mobile": "13800138099" }));
    sync(&office);
    assert_eq!(row(), "王芳，市场主管，13800138099");
    // A new name in our own administration, and then another position there.
    let boss = server.staff("lina");
    post(&office, &format!("admin/user/update_role/{}", boss.user_id), &json!({ "role_id": 2 })).ok();
    let renamed = json!({ "username": "王芳(市场)", "role_id": 3, "company_id": 1 });
    post(&boss, &format!("qiyeweixin/user/update/{}", staff.user_id), &renamed).ok();
    changed_at_work_weixin(&server, &json!({ "userid": "wangfang", "name": "王小芳", "position": "市场总监" }));
    assert_eq!(sync(&office)["departed_num"], 0);
    assert_eq!(row(), "王芳(市场)，市场总监，13800138099");
}
