//! What is done in the back office is noted: who, what, when, from where.

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server, now_ms};

fn post(by: &Actor, path: &str, fields: &Value) -> Reply {
    let fields = fields.as_object().expect("an object");
    by.post(&format!("/zhugeleida/{path}"), &Form::of(Encoding::Json, fields))
}

fn new(by: &Actor, path: &str, fields: &Value) -> i64 {
    let added = post(by, &format!("{path}/add/0"), fields);
    // The document prints a list of one for tags of articles.
    let made = added.ok();
    made["id"].as_i64().or_else(|| made[0]["tag_id"].as_i64()).expect("an id")
}

/// The newest row, which must be of this action, this administrator, this moment and this machine.
#[track_caller]
fn noted(server: &Server, by: &Actor, action: &str) {
    let log = by.get("/zhugeleida/admin/audit_log", &[("length", "1")]);
    let row = &log.ok()["ret_data"][0];
    assert_eq!(
        (&row["action"], &row["admin_id"], &row["staff_id"], &row["address"]),
        (&action.into(), &by.user_id.into(), &Value::Null, &"127.0.0.1".into()),
        "{}",
        log.story()
    );
    assert_ne!(row["action"], row["action_name"], "no Chinese name\n{}", log.story());
    assert!(row["username"] != "" && row["company_name"] != "" && row["detail"] != "", "{}", log.story());
    let at = server.select("SELECT created_at FROM audit_log ORDER BY id DESC LIMIT 1").as_i64().expect("a moment");
    assert!((now_ms() - at).abs() < 10_000, "not now: {at}");
}

#[test]
fn what_is_done_is_noted() {
    let server = Server::demo();
    let admin = server.admin();
    let product = json!({ "name": "留痕产品", "price": "1", "reason": "无", "product_type": 1, "content": { "cover_data": [], "article_data": [] } });
    let product = new(&admin, "admin/product", &product);
    noted(&server, &admin, "product.add");
    for (deed, fields) in
        [("change_status", json!({ "status": 2 })), ("recommend_index", json!({ "index": 3 })), ("delete", json!({}))]
    {
        post(&admin, &format!("admin/product/{deed}/{product}"), &fields).ok();
        noted(&server, &admin, &format!("product.{deed}"));
    }
    for (path, subject, fields) in [
        ("admin/department", "department", json!({ "name": "留痕部" })),
        ("admin/case_tag", "case_tag", json!({ "name": "留痕标签" })),
        ("admin/article_tag", "article_tag", json!({ "tag_name": "留痕标签" })),
        (
            "admin/plugin_report",
            "plugin_report",
            json!({ "title": "留痕活动", "ad_slogan": "来", "sign_up_button": "报名", "introduce": "说明" }),
        ),
        ("admin/access_rules", "access_rules", json!({ "name": "留痕", "url_path": "liuhen" })),
        ("admin/admin_role", "admin_role", json!({ "name": "留痕", "rules_list": [] })),
    ] {
        let id = new(&admin, path, &fields);
        noted(&server, &admin, &format!("{subject}.add"));
        post(&admin, &format!("{path}/delete/{id}"), &json!({})).ok();
        noted(&server, &admin, &format!("{subject}.delete"));
    }
    admin.get("/zhugeleida/admin/user/create_scan_code/0", &[]).ok();
    noted(&server, &admin, "user.create_scan_code");
    let applicant = json!({ "username": "留痕者", "position": "销售", "wechat": "liuhen",
        "wechat_phone": "13900139000", "mingpian_phone": "13900139000", "department_id": [] });
    let registered = post(&admin, "admin/user/scan_code_to_add_user/0", &applicant);
    let id = registered.ok()["id"].as_i64().expect("an id");
    noted(&server, &admin, "user.scan_code_to_add_user");
    post(&admin, &format!("admin/user/update/{id}"), &applicant).ok();
    noted(&server, &admin, "user.update");
    post(&admin, &format!("admin/user/delete/{id}"), &json!({})).ok();
    noted(&server, &admin, "user.delete");
    post(&admin, "xiaochengxu/jiChuSheZhiOper/addOrUpdate", &json!({ "shangChengName": "商城" })).ok();
    noted(&server, &admin, "jiChuSheZhiOper.addOrUpdate");
    let filtered =
        admin.get("/zhugeleida/admin/audit_log", &[("action", "product."), ("create_date__lt", "2000-01-01")]);
    assert_eq!(filtered.ok()["data_count"], 0);
    let filtered = admin.get("/zhugeleida/admin/audit_log", &[("action", "product.")]);
    assert_eq!(filtered.ok()["data_count"], 4);
}
