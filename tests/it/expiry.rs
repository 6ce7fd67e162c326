//! A company expires while its people are connected, and is renewed.

use serde_json::json;

use crate::support::{Form, Server, Ws};

const DESK: &str = "/zhugeleida/qiyeweixin/websocket/leida_chat";
const RADAR: &str = "/zhugeleida/qiyeweixin/websocket/leida_action";
const PHONE: &str = "/zhugeleida/public/websocket/xiaochengxu";

fn terms(start: &str, length: i64) -> Form {
    Form::urlencoded()
        .with("name", "云杉软件")
        .with("charging_start_time", start)
        .with("open_length_time", length)
        .with("mingpian_available_num", 100)
}

#[test]
fn a_company_expires_while_its_people_are_connected() {
    let server = Server::demo();
    let (owner, manager) = (server.admin(), server.administrator("manager", "Leida2026"));
    let staff = server.staff("lina");
    let customer = server.new_customer("访客");
    customer.bind(&staff).ok();
    let (staff_id, customer_id) = (staff.user_id, customer.user_id);

    let mut desk = Ws::open(&server, DESK, &staff.signature());
    desk.send(&json!({"type": "register", "user_id": staff_id, "customer_id": customer_id}));
    desk.recv_msg("注册成功");
    let mut radar = Ws::open(&server, RADAR, &staff.signature());
    radar.send(&json!({"type": "register", "user_id": staff_id}));
    let mut phone = Ws::open(&server, PHONE, &customer.signature());
    phone.send(&json!({"type": "register", "user_id": customer_id, "u_id": staff_id}));
    customer.on_card("calling", &staff).ok();
    radar.recv_msg("实时推送雷达-最新访问日志成功");

    // Its time is over: who looked is shut out at once, calls and logins are refused.
    owner.post("/zhugeleida/admin/company/update_company/1", &terms("2018-01-31", 1)).ok();
    desk.closed();
    radar.closed();
    staff.get("/zhugeleida/qiyeweixin/contact", &[]).refused(403);
    manager.get("/zhugeleida/admin/user", &[]).refused(403);
    server.admin_login("manager", "Leida2026").refused(403);
    let Ok(mut late) = Ws::try_open(&server, DESK, &staff.signature()) else { panic!("a handshake is not refused") };
    late.send(&json!({"type": "register", "user_id": staff_id, "customer_id": customer_id}));
    assert_eq!(late.recv()["code"], 403);
    late.closed();

    // Customers read and write on, but nothing of what they do is recorded.
    let count = "SELECT count(*) FROM radar_log";
    let before = server.select(count);
    customer.on_card("calling", &staff).refused(403);
    assert_eq!(server.select(count), before);
    customer.say(&staff, "还在吗").ok();
    let shown = phone.recv_msg("实时推送小程序-最新聊天信息成功");
    assert!(shown.to_string().contains("您好") || shown.to_string().contains("还在吗"), "{shown}");

    // The super-administrator renews it, and everybody goes on with what they had.
    owner.post("/zhugeleida/admin/company/update_company/1", &terms("2026-01-31", 5)).ok();
    manager.get("/zhugeleida/admin/user", &[]).ok();
    let history = staff.history(&customer);
    assert!(history.iter().any(|row| row["msg"] == "还在吗"), "{history:?}");
    customer.on_card("calling", &staff).ok();
}
