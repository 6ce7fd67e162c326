//! The chapters before the chat: the office is furnished, a customer comes, looks round the card and the shop.

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Family, Form, Server, Ws, sandbox, soon};

pub const RADAR: &str = "/zhugeleida/qiyeweixin/websocket/leida_action";

fn form(encoding: Encoding, fields: &Value) -> Form {
    Form::of(encoding, fields.as_object().expect("fields"))
}

/// The administrator of the first start makes company 2 with its Work WeChat, its mini-program and an administrator of
/// its own; that one takes over people, enables Zhao Min and fills the shop. Who runs the company from then on.
pub fn furnish(server: &Server) -> Actor {
    let first = server.administrator("admin", &server.first_password());
    let company = json!({
        "name": "青禾家居", "charging_start_time": server.select("SELECT date('now', '+8 hours')"),
        "open_length_time": "4", "mingpian_available_num": "20",
    });
    let made = first.post("//zhugeleida/admin/company/add_company/0", &form(Encoding::Multipart, &company));
    assert_eq!(made.ok()["id"], 2, "{}", made.story());
    let corp = json!({ "corp_id": sandbox::CORP_ID, "tongxunlu_secret": sandbox::CONTACTS_SECRET });
    first.post("/zhugeleida/admin/company/update_tongxunlu/2", &form(Encoding::Urlencoded, &corp)).ok();
    let agent = json!({ "app_type": 1, "agent_id": sandbox::RADAR_AGENT_ID, "app_secret": sandbox::RADAR_SECRET });
    first.post("/zhugeleida/admin/company/update_agent/2", &form(Encoding::Json, &agent)).ok();
    server.mini_login(2, "bad.1").refused(400);
    server.run(&["settings", "set", "company.2.xcx.app_id", sandbox::MINI_APP_ID]);
    server.run(&["settings", "set", "company.2.xcx.secret", sandbox::MINI_SECRET]);
    // Once the settings are followed, it is WeChat who refuses the bad code.
    soon("the mini-program's settings", || (server.mini_login(2, "bad.2").code == 40029).then_some(()));

    let account = json!({
        "login_user": "qinghe", "password": "Qinghe2026", "role_id": 2, "company_id": 2, "username": "郑欣",
        "position": "总经理",
    });
    first.post("/zhugeleida/admin/admin_userprofile/add/0", &form(Encoding::Urlencoded, &account)).ok();
    let office = server.administrator("qinghe", "Qinghe2026");
    let (count, names) = staff(&office);
    assert!(count <= 5, "{names:?}");
    office.post("/zhugeleida/admin/user/sync_user_tongxunlu/2/", &Form::urlencoded()).ok();
    let (count, names) = staff(&office);
    assert_eq!(count, 5, "{names:?}");
    server.wait_for_qr_codes(2);
    server.work_login(2, "zhaomin").refused(306);
    let zhao_min = office.get("/zhugeleida/admin/user", &[("username", "赵敏")]);
    let id = zhao_min.ok()["ret_data"][0]["id"].clone();
    let enabled = Form::urlencoded().with("status", "1");
    office.post(&format!("/zhugeleida/admin/user/update_status/{id}"), &enabled).ok();

    let department = form(Encoding::Multipart, &json!({ "name": "售后部" }));
    office.post("/zhugeleida/admin/department/add/0", &department).ok();
    let departments = office.get("/zhugeleida/admin/department/", &[]);
    assert!(departments.ok().to_string().contains("售后部"), "{}", departments.story());
    for (name, encoding) in [("原木餐桌", Encoding::Urlencoded), ("布艺沙发", Encoding::Json)] {
        let cover = json!([{ "type": "picture_url", "data": ["statics/zhugeleida/imgs/1.png"] }]);
        let content = json!({ "cover_data": cover, "article_data": [{ "type": "title", "data": [name] }] });
        let product = json!({ "name": name, "price": "1280元", "reason": "新品", "content": content });
        office.post("/zhugeleida/admin/product/add/0?product_type=1", &form(encoding, &product)).ok();
    }
    office
}

fn staff(office: &Actor) -> (i64, Vec<String>) {
    let listed = office.get("/zhugeleida/admin/user", &[("length", "100")]);
    let rows = listed.ok()["ret_data"].as_array().expect("rows").iter();
    let names = rows.map(|row| row["username"].as_str().unwrap_or_default().to_owned()).collect();
    (listed.data["data_count"].as_i64().expect("a count"), names)
}

/// A customer opens the mini-program of company 2 and is bound.
pub fn person(server: &Server, staff: &Actor) -> Actor {
    // As the documents print the code.
    let login = server.mini_login(2, "'zhaolei.1'");
    let customer = server.logged_in(Family::Customer, &login);
    assert_eq!((&login.data["company_id"], &login.data["uid"]), (&json!(2), &json!(staff.user_id)));
    assert_eq!(login.data["cid"], customer.user_id);
    assert_eq!(server.mini_login(2, "zhaolei.1").data, login.data, "the same code again");
    assert_eq!(customer.bind(staff).msg, "绑定关系成功");
    assert_eq!(customer.bind(staff).refused(302).msg, "关系存在");
    customer
}

/// What the customer does with the card shows on the radar at once, each act once: the lines.
pub fn at_the_card(customer: &Actor, staff: &Actor, radar: &mut Ws) -> Vec<String> {
    let uid = staff.id();
    let mut lines = Vec::new();
    let saved = customer.authorise("赵雷");
    assert_eq!((saved.msg.as_str(), &saved.ok()["ret_data"]), ("保存成功", &json!("赵雷已向您授权登录页面")));
    lines.push(shown(radar, customer, 13, "赵雷已向您授权访问【名片详情】页面"));
    let card = "xiaochengxu/mingpian";
    for (path, action, line) in [
        (format!("/zhugeleida/{card}?action=1"), 1, "赵雷首次查看您的名片,沟通从此刻开始"),
        (format!("//zhugeleida/{card}/"), 1, "赵雷查看您的名片第2次,把握深度交流的机会"),
        (format!("/zhugeleida/{card}/praise?action=9"), 9, "赵雷觉得靠谱"),
        (format!("/zhugeleida/{card}/praise"), 9, "赵雷取消对你的靠谱评价"),
        (format!("/zhugeleida/{card}/forward/?action=6"), 6, "赵雷转发了你的名片,你的人脉圈正在裂变"),
        (format!("//zhugeleida/{card}/calling?action=10"), 10, "赵雷拨打您的手机"),
    ] {
        customer.get(&path, &[("uid", &uid)]).ok();
        lines.push(shown(radar, customer, action, line));
    }
    lines
}

/// The shop likewise; asking about a product is a message too.
pub fn in_the_shop(customer: &Actor, staff: &Actor, radar: &mut Ws) -> Vec<String> {
    let uid = staff.id();
    let offered = customer.get("/zhugeleida/xiaochengxu/product/product_list/", &[("uid", &uid)]);
    assert_eq!(offered.ok()["data_count"], 2, "{}", offered.story());
    let product = offered.data["ret_data"].as_array().expect("rows").iter().find(|row| row["name"] == "原木餐桌");
    let product = product.unwrap_or_else(|| panic!("no table\n{}", offered.story()))["id"].to_string();
    let mut lines = vec![shown(radar, customer, 2, "赵雷正在查看您发布的产品,尽快把握商机")];
    let choice = [("uid", uid.as_str()), ("product_id", product.as_str())];
    let single = customer.get("/zhugeleida/xiaochengxu/product/product_single", &choice);
    assert_eq!(single.ok()["chatinfo_count"], 1, "the greeting is unread");
    assert_eq!(single.data["ret_data"][0]["content"]["article_data"][0]["data"], json!(["原木餐桌"]));
    lines.push(shown(radar, customer, 2, "赵雷正在查看原木餐桌,尽快把握商机"));
    let asked = customer.get("/zhugeleida/xiaochengxu/mallManage/consult_product/", &choice);
    assert_eq!(asked.msg, "咨询产品成功", "{}", asked.story());
    lines.push(shown(radar, customer, 7, "赵雷向您咨询产品"));
    lines
}

/// The very next frame of the radar shows this.
#[track_caller]
fn shown(radar: &mut Ws, customer: &Actor, action: i64, line: &str) -> String {
    let frame = radar.recv();
    assert_eq!((&frame["code"], &frame["data"]["data_count"]), (&json!(200), &json!(1)), "{frame}");
    let row = &frame["data"]["ret_data"][0];
    let told = (row["log"].as_str(), row["action_code"].as_i64(), row["customer_id"].as_i64());
    assert_eq!(told, (Some(line), Some(action), Some(customer.user_id)), "{frame}");
    line.to_owned()
}
