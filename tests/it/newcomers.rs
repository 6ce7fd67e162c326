//! From a person with a phone in the hand to a working salesperson: invited, registered, approved, logged in, and out.

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server, Ws};

const RADAR: &str = "/zhugeleida/qiyeweixin/websocket/leida_action";

fn post(actor: &Actor, path: &str, fields: &Value) -> Reply {
    let form = Form::of(Encoding::Urlencoded, fields.as_object().expect("fields"));
    actor.post(&format!("/zhugeleida/{path}"), &form)
}

fn applicant(name: &str, phone: &str, department: i64) -> Value {
    json!({
        "username": name, "position": "销售顾问", "wechat": "wx", "wechat_phone": phone, "mingpian_phone": phone,
        "department_id": format!("[{department}]"),
    })
}

/// Registers by the signature that the invitation's link carries, and by nothing else.
fn register(server: &Server, link: &str, fields: &Value) -> Reply {
    let query = link.split_once('?').expect("a query").1;
    let signature: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let form = Form::of(Encoding::Urlencoded, fields.as_object().expect("fields"));
    server.api.post("/zhugeleida/admin/user/scan_code_to_add_user/0", &signature, &form)
}

#[test]
fn a_person_with_the_qr_code_becomes_a_salesperson_who_works() {
    let server = Server::demo();
    let office = server.admin();
    let department = server.select("SELECT min(id) FROM department WHERE company_id = 1").as_i64().expect("an id");
    let invitation = office.get("/zhugeleida/admin/user/create_scan_code/0", &[]);
    let link = invitation.ok()["url"].as_str().expect("a link").to_owned();
    for (name, phone) in [("新人甲", "13911110001"), ("新人乙", "13911110002"), ("新人丙", "13911110003")] {
        register(&server, &link, &applicant(name, phone, department)).ok();
    }
    register(&server, &link, &applicant("新人甲", "13911110009", department)).refused(300);
    let waiting = |name: &str| {
        let list = office.get("/zhugeleida/admin/user", &[("type", "temp_user"), ("username", name)]);
        list.ok()["ret_data"][0]["temp_user_id"].as_i64()
    };
    let [first, second, third] =
        ["新人甲", "新人乙", "新人丙"].map(|name| waiting(name).unwrap_or_else(|| panic!("{name} waits")));

    // One alone, then two together.
    let approve = |ids: &[i64]| {
        post(&office, "admin/user/approval_storage_user_info/0", &json!({ "user_id_list": json!(ids).to_string() }))
    };
    approve(&[first]).ok();
    assert_eq!(waiting("新人甲"), None, "no longer waiting");
    approve(&[first]).refused(301);
    approve(&[second, third]).ok();

    // The company's cards are used up.
    let cards =
        server.select("SELECT count(*) FROM staff WHERE company_id = 1 AND status = 1").as_i64().expect("cards");
    let quota = |cards: i64| {
        let terms = json!({
            "name": "云杉软件", "charging_start_time": "2026-01-31", "open_length_time": 5,
            "mingpian_available_num": cards,
        });
        post(&office, "admin/company/update_company/1", &terms).ok();
    };
    quota(cards);
    register(&server, &link, &applicant("新人丁", "13911110004", department)).ok();
    let fourth = waiting("新人丁").expect("waits");
    let refused = approve(&[fourth]);
    refused.refused(302);
    assert!(refused.story().contains("超过明片最大开通数"), "{}", refused.story());
    assert_eq!(waiting("新人丁"), Some(fourth), "still waiting");
    quota(cards + 1);
    approve(&[fourth]).ok();

    // Work WeChat knows the new member, who logs in and sees a customer come.
    let userid = server.select("SELECT userid FROM staff WHERE username = '新人甲'");
    let staff = server.salesperson(1, userid.as_str().expect("a userid"));
    let mut radar = Ws::open(&server, RADAR, &staff.signature());
    radar.send(&json!({ "type": "register", "user_id": staff.user_id }));
    let customer = server.customer(&staff, "头一位客户");
    customer.on_card("calling", &staff).ok();
    let seen = radar.recv_msg("实时推送雷达-最新访问日志成功");
    assert!(seen.to_string().contains("头一位客户"), "{seen}");
    let book = staff.get("/zhugeleida/qiyeweixin/tongxunlu", &[]);
    assert_eq!(book.ok()["data_count"], 1, "{}", book.story());

    // Disabled, the salesperson is out at once: the socket, the token and the login.
    post(&office, &format!("admin/user/update_status/{}", staff.user_id), &json!({ "status": 2 })).ok();
    radar.closed();
    staff.get("/zhugeleida/qiyeweixin/tongxunlu", &[]).refused(400);
    let login = server.work_login(1, userid.as_str().expect("a userid"));
    assert_ne!(login.code, 200, "{}", login.story());

    // Enabled again, the old token stays dead and a new login works.
    post(&office, &format!("admin/user/update_status/{}", staff.user_id), &json!({ "status": 1 })).ok();
    staff.get("/zhugeleida/qiyeweixin/tongxunlu", &[]).refused(400);
    let back = server.salesperson(1, userid.as_str().expect("a userid"));
    assert_eq!(back.get("/zhugeleida/qiyeweixin/tongxunlu", &[]).ok()["data_count"], 1);
}
