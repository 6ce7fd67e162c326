//! The radar of the whole company: its log, its figures, live, and the ranking of staff.

use serde_json::{Value, json};

use super::{all, get, ids, rows, stranger};
use crate::support::{Actor, Form, Server, Ws, within};

const SOCKET: &str = "/zhugeleida/admin/websocket/radar";

#[test]
fn the_log_of_the_company_is_narrowed() {
    let server = Server::demo();
    let (office, staff) = (server.admin(), server.staff("lina"));
    let customer = server.customer(&staff, "雷达上的人");
    customer.on_card("", &staff).ok();
    customer.on_card("calling", &staff).ok();
    let newest = rows(&get(&office, "radar", &[("length", "1")]))[0].clone();
    assert_eq!(
        (&newest["action"], &newest["action_code"], &newest["customer_name"], &newest["uid"], &newest["customer_id"]),
        (&json!("拨打电话"), &json!(10), &json!("雷达上的人"), &json!(staff.user_id), &json!(customer.user_id))
    );
    assert!(newest["log"].as_str().unwrap().starts_with("雷达上的人"), "{newest}");
    let name = server.select(&format!("SELECT card_name FROM staff WHERE id = {}", staff.user_id));
    assert_eq!(newest["staff_name"], name);

    let whole = ids(&all(&office, "radar", &[], "50"));
    let expected = |condition: &str| {
        server.select(&format!("SELECT count(*) FROM radar_log WHERE company_id = 1 AND {condition}"))
    };
    assert_eq!(expected("1"), whole.len());
    assert!(whole.is_sorted_by(|a, b| a >= b) || whole.len() > 1, "newest first");
    let (uid, one) = (staff.id(), customer.id());
    let today = &newest["create_date"].as_str().unwrap()[..10];
    let of_today = "day = (SELECT max(day) FROM radar_log)";
    for (filter, condition) in [
        (vec![("uid", uid.as_str())], format!("staff_id = {uid}")),
        (vec![("action", "1")], "action = 1".to_owned()),
        (vec![("uid", &uid), ("action", "2")], format!("staff_id = {uid} AND action = 2")),
        (vec![("customer_id", &one)], format!("customer_id = {one}")),
        (vec![("customer_id", &one), ("uid", &uid), ("action", "10")], format!("customer_id = {one} AND action = 10")),
        (vec![("create_date__gte", today)], of_today.to_owned()),
        (
            vec![("create_date__gte", today), ("create_date__lt", today), ("action", "10")],
            format!("{of_today} AND action = 10"),
        ),
    ] {
        let found = all(&office, "radar", &filter, "50");
        assert!(!found.is_empty(), "{filter:?}");
        assert_eq!(expected(&condition), found.len(), "{filter:?}");
    }
    // Looking is not seeing: it is still new to the salesperson.
    let unseen = staff.get("/zhugeleida/qiyeweixin/action/get_new_log", &[]);
    assert!(ids(&rows(&unseen)).contains(&newest["id"].as_i64().unwrap()), "{}", unseen.story());
    let other = stranger(&server);
    assert_eq!(all(&other, "radar", &[("customer_id", &one)], "50"), Vec::<Value>::new());
    assert_eq!(all(&other, "radar", &[("uid", &uid)], "50"), Vec::<Value>::new());
}

#[test]
fn the_figures_are_those_of_the_log() {
    let server = Server::demo();
    let (office, staff) = (server.admin(), server.staff("lina"));
    server.customer(&staff, "今天来的").on_card("", &staff).ok();
    for (days, uid) in [("7", None), ("30", None), ("90", Some(staff.id()))] {
        let mut query = vec![("days", days)];
        if let Some(uid) = &uid {
            query.push(("uid", uid));
        }
        let stats = get(&office, "radar/stats", &query);
        let stats = &stats.ok()["ret_data"];
        let list = |name: &str| stats[name].as_array().expect("a list").clone();
        let sum =
            |name: &str, member: &str| -> i64 { list(name).iter().map(|one| one[member].as_i64().unwrap()).sum() };
        let counted = server.select(&format!(
            "SELECT count(*) FROM radar_log WHERE company_id = 1
             AND day > (SELECT max(day) FROM radar_log) - {days} AND staff_id = coalesce({}, staff_id)",
            uid.as_deref().unwrap_or("NULL")
        ));
        assert!(counted.as_i64() > Some(0));
        assert_eq!(counted, sum("day_list", "value"), "{days}");
        assert_eq!(counted, sum("action_list", "count"), "{days}");
        assert_eq!(counted, sum("staff_list", "count"), "{days}");
        assert_eq!(list("day_list").len().to_string(), days);
        let counts: Vec<_> = list("action_list").iter().map(|one| one["count"].as_i64().unwrap()).collect();
        assert!(counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
        if uid.is_some() {
            assert_eq!(list("staff_list").len(), 1);
        }
    }
    get(&office, "radar/stats", &[("days", "8")]).refused(301);
    let nothing = get(&stranger(&server), "radar/stats", &[]);
    assert_eq!(nothing.ok()["ret_data"]["action_list"], json!([]));
}

#[test]
fn the_ranking_counts_what_staff_and_customers_did() {
    let server = Server::demo();
    let (office, staff) = (server.admin(), server.staff("lina"));
    let standing = || {
        let all = rows(&get(&office, "home_page/staff_ranking", &[("days", "1"), ("length", "100")]));
        all.into_iter().find(|row| row["uid"] == staff.user_id).expect("a row")
    };
    let before = standing();
    let customer = server.customer(&staff, "新来的");
    customer.on_card("", &staff).ok();
    staff.say(&customer, "您好").ok();
    staff.say(&customer, "请问需要什么？").ok();
    customer.say(&staff, "看看").ok();
    let note = Form::urlencoded().with("follow_info", "约了周三");
    staff.post(&format!("/zhugeleida/qiyeweixin/follow_info/add/{}", customer.user_id), &note).ok();
    let after = standing();
    let grown = |name: &str| after[name].as_i64().unwrap() - before[name].as_i64().unwrap();
    assert_eq!(
        ["customer_num", "total_customer_num", "follow_num", "message_num"].map(grown),
        [1, 1, 1, 2],
        "{before} {after}"
    );
    let radar = server.select(&format!("SELECT count(*) FROM radar_log WHERE customer_id = {}", customer.user_id));
    assert_eq!(radar, grown("radar_num"));
    for (order, name) in [
        ("radar", "radar_num"),
        ("customers", "customer_num"),
        ("follow_ups", "follow_num"),
        ("messages", "message_num"),
    ] {
        let ranked = rows(&get(&office, "home_page/staff_ranking", &[("days", "30"), ("order", order)]));
        assert!(ranked.len() > 1 && ranked.is_sorted_by(|a, b| a[name].as_i64() >= b[name].as_i64()), "{ranked:?}");
    }
    assert_eq!(rows(&get(&office, "home_page/staff_ranking", &[("length", "1")])).len(), 1);
    for bad in [("days", "2"), ("order", "name"), ("length", "0"), ("length", "101")] {
        get(&office, "home_page/staff_ranking", &[bad]).refused(301);
    }
    assert_eq!(rows(&get(&stranger(&server), "home_page/staff_ranking", &[])), Vec::<Value>::new());
}

/// The next entry that comes.
#[track_caller]
fn entry(socket: &mut Ws) -> Value {
    socket.recv_msg("实时推送雷达-最新访问日志成功")["data"]["ret_data"][0].clone()
}

fn open_signed(server: &Server, by: &Actor) -> Ws {
    Ws::open(server, SOCKET, &by.signature())
}

#[test]
fn the_radar_is_live_for_those_who_may_see_it() {
    let server = Server::demo();
    let (office, staff) = (server.admin(), server.staff("lina"));
    let customer = server.customer(&staff, "现场的人");
    let mut by_handshake = open_signed(&server, &office);
    let mut by_frame = Ws::open::<&str, &str>(&server, SOCKET, &[]);
    let signature = office.signature();
    let mut frame: serde_json::Map<_, _> = signature.into_iter().map(|(name, value)| (name, json!(value))).collect();
    frame.insert("type".to_owned(), json!("register"));
    by_frame.send(&Value::Object(frame));
    assert_eq!(by_frame.recv()["code"], 200);
    let mut other = open_signed(&server, &stranger(&server));
    customer.on_card("calling", &staff).ok();
    let first = entry(&mut by_handshake);
    assert_eq!(
        (&first["action_code"], &first["customer_name"], &first["uid"]),
        (&json!(10), &json!("现场的人"), &json!(staff.user_id))
    );
    assert_eq!(entry(&mut by_frame), first);
    assert_eq!(rows(&get(&office, "radar", &[("length", "1")]))[0], first, "as in the list");
    other.recv_none_for(300);
    by_handshake.send(&json!({ "type": "lived" }));
    assert_eq!(by_handshake.recv()["code"], 270);

    // Neither a wrong signature nor a salesperson's opens it, nor an account without the right.
    let mut forged = office.signature();
    forged[2].1.replace_range(..1, "x");
    let mut socket = Ws::open(&server, SOCKET, &forged);
    assert_eq!(socket.recv()["code"], 400);
    socket.closed();
    let mut socket = Ws::open(&server, SOCKET, &staff.signature());
    assert_eq!(socket.recv()["code"], 400);
    let blind = limited(&server, "mangren", &[]);
    let mut socket = open_signed(&server, &blind);
    assert_eq!(socket.recv()["code"], 403);
    socket.closed();
}

/// An administrator whose role may see what the rules say.
fn limited(server: &Server, login_user: &str, rules: &[&str]) -> Actor {
    let rules: Vec<Value> = rules
        .iter()
        .map(|rule| json!(server.select(&format!("SELECT id FROM access_rule WHERE url_path = '{rule}'")).as_i64()))
        .collect();
    let form = Form::urlencoded().with("name", login_user).with("rules_list", Value::from(rules));
    let role = server.admin().post("/zhugeleida/admin/admin_role/add/0", &form);
    let role = role.ok()["id"].as_i64().unwrap_or_else(|| {
        server.select(&format!("SELECT id FROM admin_role WHERE name = '{login_user}'")).as_i64().expect("a role")
    });
    let form = Form::urlencoded()
        .with("login_user", login_user)
        .with("password", "Yanjing2026")
        .with("role_id", role)
        .with("company_id", 1);
    server.admin().post("/zhugeleida/admin/admin_userprofile/add/0", &form).ok();
    server.administrator(login_user, "Yanjing2026")
}

#[test]
fn an_open_socket_ends_with_the_right_and_with_the_session() {
    let server = Server::demo();
    let (office, staff) = (server.admin(), server.staff("lina"));
    let customer = server.customer(&staff, "常来的人");
    let watcher = limited(&server, "guancha", &["leida/chakan"]);
    let mut socket = open_signed(&server, &watcher);
    customer.on_card("calling", &staff).ok();
    entry(&mut socket);
    // The role loses the right: what happens then is not shown any more.
    let role = server.select("SELECT id FROM admin_role WHERE name = 'guancha'");
    let form = Form::urlencoded().with("name", "guancha").with("rules_list", Value::from(Vec::<Value>::new()));
    office.post(&format!("/zhugeleida/admin/admin_role/update/{role}"), &form).ok();
    customer.on_card("calling", &staff).ok();
    socket.closed();
    // Somebody whose password is set anew is logged out everywhere.
    let watcher = limited(&server, "guancha2", &["leida/chakan"]);
    let mut socket = open_signed(&server, &watcher);
    customer.on_card("calling", &staff).ok();
    entry(&mut socket);
    let id = watcher.user_id;
    let form = Form::urlencoded().with("status", 2);
    office.post(&format!("/zhugeleida/admin/admin_userprofile/update_status/{id}"), &form).ok();
    customer.on_card("calling", &staff).ok();
    socket.closed();
    within(std::time::Duration::from_secs(5), "its end is counted", || {
        let metrics = server.api.get::<&str, &str>("/metrics", &[]).body;
        metrics.lines().any(|line| line == "leida_sockets 0").then_some(())
    });
}
