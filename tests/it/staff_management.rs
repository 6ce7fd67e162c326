//! A salesperson of role 2 builds up a team; others only read. Their own cards, and what they tell the makers.

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server};

fn post(actor: &Actor, path: &str, fields: &Value) -> Reply {
    let form = Form::of(Encoding::Urlencoded, fields.as_object().expect("fields"));
    actor.post(&format!("/zhugeleida/{path}"), &form)
}

fn get(actor: &Actor, path: &str, query: &[(&str, &str)]) -> Reply {
    actor.get(&format!("/zhugeleida/{path}"), query)
}

#[track_caller]
fn id(reply: &Reply) -> i64 {
    reply.ok()["id"].as_i64().unwrap_or_else(|| panic!("no id\n{}", reply.story()))
}

/// A second company with a salesperson of role 2.
fn second_company(server: &Server) -> (i64, Actor) {
    let boss = server.salesperson(1, "zhangwei");
    let company = id(&post(&boss, "qiyeweixin/company/add/0", &json!({ "name": "青禾家居" })));
    let new =
        json!({ "userid": "qinghe", "username": "青禾经理", "password": "x", "role_id": 2, "company_id": company });
    let head = id(&post(&boss, "qiyeweixin/user/add/0", &new));
    let token = server.select(&format!("SELECT token FROM staff WHERE id = {head}"));
    let token = token.as_str().expect("a token");
    (company, Actor::new(&server.api, crate::support::Family::Staff, head, token))
}

#[test]
fn role_2_builds_up_a_team_within_its_company_and_its_own_reach() {
    let server = Server::demo();
    let head = server.salesperson(1, "wangfang");
    let (other, stranger) = second_company(&server);
    let role = id(&post(&head, "qiyeweixin/role/add/0", &json!({ "name": "实习顾问" })));
    post(&head, "qiyeweixin/role", &json!({ "name": "实习顾问" })).refused(300);
    let new = |name: &str, role: i64, company: i64| json!({ "usedid": name, "username": name, "password": "Geheim2026", "role_id": role, "company_id": company });
    let member = id(&post(&head, "qiyeweixin/user/add/0", &new("xiaozhou", role, 1)));
    let stored = server.select(&format!("SELECT userid || status || role_id FROM staff WHERE id = {member}"));
    assert_eq!(stored, format!("xiaozhou1{role}"));
    post(&head, "qiyeweixin/user/add/0", &new("xiaozhou", role, 1)).refused(300);
    post(&head, "qiyeweixin/user/add/0", &new("hoch", 1, 1)).refused(403);
    post(&head, "qiyeweixin/user/add/0", &new("fremd", 3, other)).refused(302);
    post(&head, "qiyeweixin/user/add/0", &json!({ "username": "x" })).refused(301);
    let listed = get(&head, "qiyeweixin/user", &[("role__name", "实习"), ("username", "zhou")]);
    assert_eq!(listed.ok()["data_count"], 1, "{}", listed.story());
    assert_eq!(listed.data["ret_data"][0]["role_name"], "实习顾问");
    let today = server.select("SELECT date('now', '+8 hours')");
    let made_today = get(&head, "qiyeweixin/user", &[("create_date", today.as_str().expect("a day"))]);
    assert_eq!(made_today.ok()["data_count"], 1, "{}", made_today.story());
    get(&head, "qiyeweixin/user", &[("create_date", "gestern")]).refused(301);

    // The role is in use, the boss is above, oneself is not to be deleted, and whoever has customers stays.
    let path = |what: &str, id: i64| format!("qiyeweixin/{what}/{id}");
    post(&head, &path("role/delete", role), &json!({})).refused(304);
    let boss = server.select("SELECT id FROM staff WHERE userid = 'zhangwei'").as_i64().expect("an id");
    post(&head, &path("user/update", boss), &json!({ "role_id": 3 })).refused(403);
    post(&head, &path("user/delete", boss), &json!({})).refused(403);
    post(&head, &path("user/delete", head.user_id), &json!({})).refused(305);
    post(&head, &path("user/update", head.user_id), &json!({ "role_id": 3 })).refused(305);
    let lina = server.salesperson(1, "lina");
    post(&head, &path("user/delete", lina.user_id), &json!({})).refused(304);
    post(&head, &path("user/update", member), &json!({ "company_id": other })).refused(302);
    post(&head, &path("user/update", member), &json!({ "username": "小周", "role_id": 3 })).ok();
    post(&head, &path("role/delete", role), &json!({})).ok();
    post(&head, &path("role/update", 3), &json!({ "name": "改名" })).refused(403);

    // The other company's manager finds none of it.
    let theirs = get(&stranger, "qiyeweixin/user", &[("length", "100")]);
    assert_eq!(theirs.ok()["data_count"], 1, "{}", theirs.story());
    post(&stranger, &path("user/update", member), &json!({ "username": "我的" })).refused(302);
    post(&stranger, &path("user/delete", member), &json!({})).refused(302);
    head.get(&format!("/zhugeleida/{}", path("user/delete", member)), &[]).ok();
    assert_eq!(server.select(&format!("SELECT count(*) FROM staff WHERE id = {member}")), 0);
    let noted = "SELECT count(*) FROM audit_log WHERE staff_id IS NOT NULL AND action LIKE 'user.%' AND company_id = 1";
    assert_eq!(server.select(noted), 3, "added, changed, deleted");
}

#[test]
fn the_quota_of_cards_holds_here_too() {
    let server = Server::demo();
    let (company, head) = second_company(&server);
    let add = |number: i64| {
        let new = json!({ "username": format!("u{number}"), "password": "x", "role_id": 3, "company_id": company });
        post(&head, "qiyeweixin/user/add/0", &new)
    };
    for number in 2..=10 {
        add(number).ok();
    }
    assert_eq!(add(11).refused(302).msg, "超过明片最大开通数,请您联系管理员");
}

#[test]
fn role_3_only_reads() {
    let server = Server::demo();
    let reader = server.salesperson(1, "lina");
    let tables =
        "SELECT (SELECT group_concat(username || role_id) FROM staff) || (SELECT group_concat(name) FROM admin_role)
        || (SELECT group_concat(path) FROM permission) || (SELECT group_concat(name) FROM company)";
    let before = server.select(tables);
    for list in ["user", "role", "quanxian", "company"] {
        get(&reader, &format!("qiyeweixin/{list}"), &[]).ok();
    }
    let all = json!({ "name": "n", "path": "/p", "title": "t", "order_num": 1, "username": "u", "password": "p",
        "role_id": 3, "company_id": 1 });
    let named = json!({ "name": "n" });
    for path in [
        "user/add/0",
        "user/update/2",
        "user/delete/2",
        "role",
        "role/add/0",
        "role/update/3",
        "role/delete/4",
        "quanxian/add/0",
        "quanxian/update/1",
        "quanxian/delete/1",
        "company/add/0",
        "company/update/1",
        "company/delete/1",
    ] {
        for fields in [&all, &named] {
            let reply = post(&reader, &format!("qiyeweixin/{path}"), fields);
            assert!(reply.code == 403 || (reply.code == 301 && fields == &named), "{}", reply.story());
        }
    }
    reader.get("/zhugeleida/qiyeweixin/user/delete/2", &[]).refused(403);
    // Nor does role 2 touch companies.
    let head = server.salesperson(1, "wangfang");
    for path in ["company/add/0", "company/update/1", "company/delete/9"] {
        post(&head, &format!("qiyeweixin/{path}"), &named).refused(403);
    }
    post(&head, "qiyeweixin/company/delete/9", &json!({})).refused(403);
    assert_eq!(server.select(tables), before);
}

#[test]
fn the_menu_is_a_tree_of_the_companys_own() {
    let server = Server::demo();
    let head = server.salesperson(1, "wangfang");
    let (_, stranger) = second_company(&server);
    // As misprinted: a permission at the address of the roles.
    let entry = |path: &str, title: &str, parent: Value| json!({ "path": path, "icon": "", "title": title, "pid_id": parent, "order_num": 50 });
    let roles = server.select("SELECT count(*) FROM admin_role");
    let top = id(&post(&head, "qiyeweixin/role/add/0", &entry("/a", "甲", json!(""))));
    assert_eq!(server.select("SELECT count(*) FROM admin_role"), roles, "no role was made");
    let below = id(&post(&head, "qiyeweixin/quanxian/add/0", &entry("/b", "乙", json!(top))));
    post(&head, "qiyeweixin/role/add/0", &json!({})).refused(301);
    post(&head, "qiyeweixin/role/add/0", &json!({ "path": "/c", "title": "丙" })).refused(301);
    assert_eq!(post(&head, "qiyeweixin/quanxian/add/0", &entry("/a", "丙", json!(""))).refused(300).msg, "路径已存在");
    assert_eq!(
        post(&head, "qiyeweixin/quanxian/add/0", &entry("/c", "甲", json!(""))).refused(300).msg,
        "功能名称已存在"
    );
    post(&head, "qiyeweixin/quanxian/add/0", &entry("/c", "丙", json!(999_999))).refused(302);
    let listed = get(&head, "qiyeweixin/quanxian", &[]);
    let rows = listed.ok()["ret_data"].as_array().expect("rows").len();
    assert_eq!(listed.data["data_count"], rows);
    let tree = listed.data["result_data_tree"].as_array().expect("a tree");
    let branch = tree.iter().find(|branch| branch["id"] == top).expect("the entry");
    assert_eq!((&branch["title"], &branch["children"][0]["id"]), (&json!("甲"), &json!(below)));

    post(&head, &format!("qiyeweixin/quanxian/delete/{top}"), &json!({})).refused(304);
    post(&head, &format!("qiyeweixin/quanxian/update/{top}"), &entry("/a", "甲", json!(below))).refused(301);
    post(&head, &format!("qiyeweixin/role/update/{below}"), &entry("/b2", "乙二", json!(""))).ok();
    let stored =
        server.select(&format!("SELECT path || coalesce(parent_id, 'top') FROM permission WHERE id = {below}"));
    assert_eq!(stored, "/b2top");

    // The other company has a menu of its own, where the same path is free.
    assert_eq!(get(&stranger, "qiyeweixin/quanxian", &[]).ok()["data_count"], 0);
    post(&stranger, "qiyeweixin/quanxian/add/0", &entry("/a", "甲", json!(""))).ok();
    post(&stranger, "qiyeweixin/quanxian/add/0", &entry("/d", "丁", json!(top))).refused(302);
    post(&stranger, &format!("qiyeweixin/quanxian/delete/{top}"), &json!({})).refused(302);
    post(&stranger, &format!("qiyeweixin/quanxian/update/{top}"), &entry("/x", "x", json!(""))).refused(302);
    post(&head, &format!("qiyeweixin/quanxian/delete/{top}"), &json!({})).ok();
}

#[test]
fn only_role_1_founds_and_closes_companies() {
    let server = Server::demo();
    let boss = server.salesperson(1, "zhangwei");
    let (used, stranger) = second_company(&server);
    // As misprinted: a name in the body at the address of deleting adds, whatever the number says.
    let company = id(&post(&boss, &format!("qiyeweixin/company/delete/{used}"), &json!({ "name": "合众康桥2" })));
    assert_ne!(company, used);
    // In the query it means nothing there.
    let delete = format!("qiyeweixin/company/delete/{company}?name=合众康桥2");
    post(&boss, "qiyeweixin/company/add/0", &json!({ "name": "合众康桥2" })).refused(300);
    post(&boss, &format!("qiyeweixin/company/update/{company}"), &json!({ "name": "青禾家居" })).refused(300);
    post(&boss, &format!("qiyeweixin/company/update/{company}"), &json!({ "name": "东方银谷" })).ok();
    assert_eq!(get(&boss, "qiyeweixin/company", &[]).ok()["ret_data"][0]["name"], "东方银谷");
    assert_eq!(get(&stranger, "qiyeweixin/company", &[]).ok()["data_count"], 1);
    post(&boss, &delete, &json!({})).ok();
    post(&boss, &delete, &json!({})).refused(302);
    let kept = post(&boss, &format!("qiyeweixin/company/delete/{used}"), &json!({}));
    assert_eq!(kept.refused(304).msg, "该企业有关联用户,请转移用户后再试");
    post(&boss, "qiyeweixin/company/delete/1", &json!({})).refused(305);
    assert_eq!(server.select(&format!("SELECT name FROM company WHERE id = {used}")), "青禾家居");
}

#[test]
fn the_back_office_names_who_manages() {
    let server = Server::demo();
    let chen = server.salesperson(1, "chenjie");
    post(&chen, "qiyeweixin/role/add/0", &json!({ "name": "新" })).refused(403);
    let path = format!("admin/user/update_role/{}", chen.user_id);
    let manager = server.administrator("manager", "Leida2026");
    post(&manager, &path, &json!({ "role_id": 1 })).refused(403);
    post(&server.administrator("viewer", "Leida2026"), &path, &json!({ "role_id": 2 })).refused(403);
    post(&manager, &path, &json!({ "role_id": 2 })).ok();
    post(&chen, "qiyeweixin/role/add/0", &json!({ "name": "新" })).ok();
}

#[test]
fn what_a_salesperson_writes_on_the_card_customers_read() {
    let server = Server::demo();
    let staff = server.salesperson(1, "chenjie");
    let customer = server.customer(&staff, "读名片的人");
    let other = server.salesperson(1, "lina");
    let label = post(&staff, "qiyeweixin/tag_user/add", &json!({ "name": "积极少年" }));
    let label = label.ok()[0]["id"].as_i64().expect("an id");
    let again = post(&staff, "qiyeweixin/tag_user/add", &json!({ "name": "积极少年" }));
    assert_eq!(again.refused(303).msg, "不能存在相同的标签名");
    post(&other, "qiyeweixin/tag_user/delete", &json!({ "id": label })).refused(302);
    post(&other, "qiyeweixin/tag_user/save", &json!({ "tag_list": [label] })).refused(302);
    post(&staff, "qiyeweixin/tag_user/save_phone", &json!({ "id": label })).refused(301);
    post(&staff, "qiyeweixin/tag_user/save_phone", &json!({ "phone": "13911112222" })).ok();
    let seen = customer.on_card("", &staff).ok()["ret_data"][0].clone();
    assert_eq!(seen["mingpian_phone"], "13911112222");
    let labels: Vec<_> = seen["tag"].as_array().expect("labels").iter().map(|tag| tag["name"].clone()).collect();
    assert_eq!(labels, ["当天回复", "细心", "积极少年"]);
    post(&staff, "qiyeweixin/tag_user/save", &json!({ "tag_list": [label] })).ok();
    let kept = get(&staff, "qiyeweixin/tag_user", &[]);
    assert_eq!(
        kept.ok(),
        &json!({
            "user_id": staff.id(), "ret_data": [{ "id": label, "name": "积极少年" }], "data_count": 1,
        })
    );
    post(&staff, "qiyeweixin/tag_user/delete", &json!({ "id": label })).ok();
    assert_eq!(customer.on_card("", &staff).ok()["ret_data"][0]["tag"], json!([]));

    // The own office's address is not the company's.
    let company = "SELECT name || address FROM company WHERE id = 1";
    let before = server.select(company);
    post(&staff, "qiyeweixin/mingpian/save_info", &json!({ "address": "x" })).refused(301);
    let form = json!({
        "mingpian_phone": "13933334444", "is_show_phone": false, "country": "中国", "area": "浙江杭州", "address": "湖滨路 1 号",
        "username": "小陈", "sign": "今日事今日毕", "company": "别的公司",
    });
    post(&staff, "qiyeweixin/mingpian/save_info", &form).ok();
    assert_eq!(server.select(company), before);
    let own = get(&staff, "qiyeweixin/mingpian", &[]).ok()["ret_data"].clone();
    assert_eq!((&own["mingpian_phone"], &own["is_show_phone"]), (&json!("13933334444"), &json!(false)));
    let seen = customer.on_card("", &staff).ok()["ret_data"][0].clone();
    let shown = (&seen["username"], &seen["mingpian_phone"], &seen["address"], &seen["sign"]);
    assert_eq!(shown, (&json!("小陈"), &json!(""), &json!("浙江杭州湖滨路 1 号"), &json!("今日事今日毕")));
    let elsewhere = customer.on_card("", &other).ok()["ret_data"][0]["address"].clone();
    assert_eq!(elsewhere, "上海市浦东新区云杉路 8 号");
    let outside =
        json!({ "mingpian_phone": "13933334444", "country": "中国", "mingpian_avatar": "https://x.example/a.jpg" });
    post(&staff, "qiyeweixin/mingpian/save_info", &outside).refused(301);
}

#[test]
fn feedback_is_written_listed_and_closed() {
    let server = Server::demo();
    let staff = server.salesperson(1, "lina");
    let (company, stranger) = second_company(&server);
    let write = |by: &Actor, fields: Value| post(by, "qiyeweixin/mingpian/feedback", &fields);
    assert_eq!(write(&staff, json!({ "problem_type": 1 })).refused(303).msg, "内容不能为空");
    write(&staff, json!({ "problem_type": 4, "content": "好" })).refused(301);
    let blocks = json!([{ "type": "content", "data": "按钮点不动" }, { "type": "phone", "data": "13020006631" }]);
    let own = id(&write(&staff, json!({ "problem_type": 2, "content": blocks })));
    let theirs = id(&write(&stranger, json!({ "problem_type": 3, "content": "想要深色主题" })));
    let list = "admin/product/feedback_list";
    let (boss, manager) = (server.admin(), server.administrator("manager", "Leida2026"));
    let all = get(&boss, list, &[]);
    assert_eq!(all.ok()["ret_data"][0]["id"], theirs);
    assert_eq!(all.data["ret_data"][1]["content"], blocks);
    let row = &all.data["ret_data"][1];
    assert_eq!((&row["problem_type_text"], &row["status_text"]), (&json!("功能异常"), &json!("未处理")));
    let one = get(&boss, list, &[("company_id", &company.to_string())]);
    assert_eq!((&one.ok()["data_count"], &one.data["ret_data"][0]["company_name"]), (&json!(1), &json!("青禾家居")));
    let seen = get(&manager, list, &[("status", "1")]);
    assert!(
        seen.ok()["ret_data"].as_array().expect("rows").iter().all(|row| row["company_id"] == 1),
        "{}",
        seen.story()
    );
    get(&manager, list, &[("company_id", &company.to_string())]).refused(302);
    let close =
        |by: &Actor, id: i64| post(by, &format!("admin/product/change_feedback_status/{id}"), &json!({ "status": 2 }));
    close(&manager, theirs).refused(302);
    close(&manager, own).ok();
    close(&boss, theirs).ok();
    let open = get(&boss, list, &[("status", "1")]);
    assert!(open.ok()["ret_data"].as_array().expect("rows").iter().all(|row| row["id"] != own && row["id"] != theirs));
}

#[test]
fn the_tests_login_is_there_in_demo_mode_alone() {
    let login = "/zhugeleida/xiaochengxu/test_login";
    let demo = Server::demo();
    let visitor = demo.api.get(login, &[("code", "pruefer.1")]);
    let customer = visitor.ok()["user_id"].to_string();
    assert_eq!(demo.api.get(login, &[("code", "'pruefer.1'")]).data, visitor.data, "the same code again");
    let form = Form::urlencoded().with("formId", "form-1");
    let path = format!("{login}/send_form_id");
    demo.api.post(&path, &[("user_id", customer.as_str())], &form).ok();
    demo.api.post::<&str, &str>(&path, &[], &form.clone().with("user_id", customer.as_str())).ok();
    assert_eq!(demo.select(&format!("SELECT count(*) FROM form_id WHERE customer_id = {customer}")), 1);
    demo.api.post(&path, &[("user_id", "999999")], &form).refused(301);
    // A signature is not asked for, but must hold.
    demo.api.post(&path, &[("user_id", customer.as_str()), ("rand_str", "x"), ("timestamp", "1")], &form).refused(400);

    let real = Server::with_sandbox();
    real.api.get(login, &[("code", "pruefer.1")]).refused(404);
    real.api.get::<&str, &str>(login, &[]).refused(404);
    real.api.post(&path, &[("user_id", "1")], &form).refused(404);
    real.api.post::<&str, &str>(&format!("{login}/send_user_info"), &[], &Form::urlencoded()).refused(404);
}
