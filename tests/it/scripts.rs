//! Scripts: grouped in the back office, found and sent by salespeople, counted when they are sent.

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server};

fn post(actor: &Actor, path: &str, fields: &Value) -> Reply {
    actor.post(&format!("/zhugeleida/{path}"), &Form::of(Encoding::Json, fields.as_object().expect("fields")))
}

fn get(actor: &Actor, path: &str, query: &[(&str, &str)]) -> Reply {
    actor.get(&format!("/zhugeleida/{path}"), query)
}

#[track_caller]
fn id(reply: &Reply) -> i64 {
    reply.ok()["id"].as_i64().unwrap_or_else(|| panic!("no id\n{}", reply.story()))
}

#[test]
fn scripts_are_grouped_searched_and_counted() {
    let server = Server::demo();
    let (office, staff) = (server.administrator("manager", "Leida2026"), server.salesperson(1, "lina"));
    let groups = "admin/talkGroupManageOper";
    let scripts = "admin/speechDetailsManageOper";
    let group =
        id(&post(&office, &format!("{groups}/add/0"), &json!({ "groupName": "节日问候", "userProfile": "张伟" })));
    let twice =
        post(&office, &format!("{groups}/add/0"), &json!({ "groupName": "节日问候", "userProfile": staff.user_id }));
    assert_eq!(twice.refused(300).msg, "分组名称已存在！");
    post(&office, &format!("{groups}/add/0"), &json!({ "groupName": "无主", "userProfile": "无此人" })).refused(302);
    post(&office, &format!("{groups}/add/0"), &json!({ "groupName": "无主" })).refused(301);
    let script = id(&post(
        &office,
        &format!("{scripts}/add/0"),
        &json!({ "contentWords": "中秋快乐！", "talkGroupName": "节日问候" }),
    ));
    post(&office, &format!("{scripts}/add/0"), &json!({ "contentWords": "元旦快乐！", "talkGroupName": group })).ok();
    post(&office, &format!("{scripts}/add/0"), &json!({ "contentWords": "x", "talkGroupName": "无此组" })).refused(302);

    let read = "qiyeweixin/speechDetailsManageShow";
    let found = get(&staff, read, &[("groupSearch", "节日问候"), ("contentWords", "中秋")]);
    assert_eq!(found.ok()["objsCount"], 1, "{}", found.story());
    let row = &found.data["otherList"][0];
    assert_eq!((&row["id"], &row["sendNum"], &row["talkGroupName"]), (&json!(script), &json!(0), &json!("节日问候")));
    assert_eq!(get(&staff, read, &[("groupSearch", &group.to_string())]).ok()["objsCount"], 2);
    assert_eq!(get(&staff, read, &[("groupSearch", "groupSearch")]).ok(), &json!({ "otherList": [], "objsCount": 0 }));
    let listed = get(&staff, "qiyeweixin/talkGroupManageShow", &[]);
    let first = &listed.ok()["otherList"][0];
    assert_eq!(
        (&first["groupName"], &first["userProfile"], &first["speechNum"]),
        (&json!("节日问候"), &json!("张伟"), &json!(2))
    );

    // Sent, it counts; a message that does not come about counts nothing.
    let customer = server.customer(&staff, "过节的人");
    let send = |fields: Value| post(&staff, "qiyeweixin/chat/send_msg/0", &fields);
    send(json!({ "customer_id": customer.user_id, "msg": "中秋快乐！", "speech_id": script })).ok();
    send(json!({ "customer_id": customer.user_id, "msg": "中秋快乐！" })).ok();
    send(json!({ "customer_id": customer.user_id, "msg": "？", "speech_id": 999_999 })).refused(302);
    send(json!({ "customer_id": 999_999, "msg": "？", "speech_id": script })).refused(302);
    assert_eq!(customer.history(&staff).iter().filter(|row| row["msg"] == "中秋快乐！").count(), 2);
    assert!(customer.history(&staff).iter().all(|row| row["msg"] != "？"));
    let counted =
        get(&office, "admin/speechDetailsManageShow", &[("groupSearch", "节日问候"), ("contentWords", "中秋")]);
    assert_eq!(counted.ok()["otherList"][0]["sendNum"], 1);

    get(&office, &format!("{groups}/delete/{group}"), &[]).refused(304);
    let moved = json!({ "contentWords": "中秋安康！", "talkGroupName": "初次问候" });
    post(&office, &format!("{scripts}/update/{script}"), &moved).ok();
    assert_eq!(get(&staff, read, &[("groupSearch", "节日问候")]).ok()["objsCount"], 1);
    get(&office, &format!("{scripts}/delete/{script}"), &[]).ok();
    get(&office, &format!("{scripts}/delete/{script}"), &[]).refused(302);
    let viewer = server.administrator("viewer", "Leida2026");
    get(&viewer, "admin/talkGroupManageShow", &[]).ok();
    get(&viewer, &format!("{groups}/delete/{group}"), &[]).refused(403);
}

#[test]
fn two_companies_have_scripts_of_their_own() {
    let server = Server::demo();
    let boss = server.salesperson(1, "zhangwei");
    let company = id(&post(&boss, "qiyeweixin/company/add/0", &json!({ "name": "青禾家居" })));
    let new = json!({ "username": "qinghe", "password": "x", "role_id": 3, "company_id": company });
    let member = id(&post(&boss, "qiyeweixin/user/add/0", &new));
    let account = json!({
        "login_user": "qinghe", "password": "Qinghe2026", "role_id": 2, "company_id": company, "username": "郑欣", "position": "经理",
    });
    post(&server.admin(), "admin/admin_userprofile/add/0", &account).ok();
    let office = server.administrator("qinghe", "Qinghe2026");
    let shown = get(&office, "admin/talkGroupManageShow", &[]);
    assert_eq!(shown.ok(), &json!({ "otherList": [], "objsCount": 0 }));
    assert_eq!(get(&office, "admin/speechDetailsManageShow", &[("groupSearch", "初次问候")]).ok()["objsCount"], 0);
    // The name is free here, and the number of the other company's group means nothing.
    let form = json!({ "groupName": "初次问候", "userProfile": member });
    let group = id(&post(&office, "admin/talkGroupManageOper/add/0", &form));
    post(&office, "admin/talkGroupManageOper/add/0", &json!({ "groupName": "二", "userProfile": boss.user_id }))
        .refused(302);
    let elsewhere = json!({ "groupName": "二", "userProfile": member, "companyName": "1" });
    post(&office, "admin/talkGroupManageOper/add/0", &elsewhere).refused(302);
    let theirs = server.select("SELECT min(id) FROM script_group WHERE company_id = 1");
    let script = server.select("SELECT min(id) FROM script WHERE company_id = 1");
    post(&office, &format!("admin/talkGroupManageOper/update/{theirs}"), &form).refused(302);
    get(&office, &format!("admin/talkGroupManageOper/delete/{theirs}"), &[]).refused(302);
    let words = json!({ "contentWords": "您好", "talkGroupName": theirs });
    post(&office, "admin/speechDetailsManageOper/add/0", &words).refused(302);
    let words = json!({ "contentWords": "您好", "talkGroupName": group });
    post(&office, &format!("admin/speechDetailsManageOper/update/{script}"), &words).refused(302);
    get(&office, &format!("admin/speechDetailsManageOper/delete/{script}"), &[]).refused(302);
    let own = id(&post(&office, "admin/speechDetailsManageOper/add/0", &words));
    // A salesperson of the first company cannot count it, a super-administrator sees it by naming the company.
    let lina = server.salesperson(1, "lina");
    let customer = server.customer(&lina, "客");
    let sent = json!({ "customer_id": customer.user_id, "msg": "您好", "speech_id": own });
    post(&lina, "qiyeweixin/chat/send_msg/0", &sent).refused(302);
    let named = get(&server.admin(), "admin/speechDetailsManageShow", &[("company_id", &company.to_string())]);
    assert_eq!(named.ok()["otherList"][0]["id"], own);
    assert_eq!(server.select(&format!("SELECT use_count FROM script WHERE id = {own}")), 0);
}
