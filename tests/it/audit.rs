//! What is done in the back office is noted: who, what, when, from where. That the documented writes are noted is
//! checked with the documented requests (`contract`); here are the others, and that none is forgotten.

use std::{cell::RefCell, collections::BTreeSet};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    contract::documented_operations,
    support::{Actor, Encoding, Form, Reply, Server, audited_action, now_ms},
};

/// An administrator whose doings must be noted, each as it is done.
struct Watched<'a> {
    server: &'a Server,
    by: Actor,
    seen: RefCell<BTreeSet<String>>,
}

impl Watched<'_> {
    /// Does it, and finds it in the log.
    #[track_caller]
    fn does(&self, path: &str, fields: &Value) -> Reply {
        let path = format!("/zhugeleida/{path}");
        let fields = fields.as_object().expect("an object");
        let reply = self.by.post(&path, &Form::of(Encoding::Json, fields));
        reply.ok();
        self.noted(&audited_action("POST", &path).expect("an administrative write"));
        reply
    }

    /// Adds something; its id.
    #[track_caller]
    fn adds(&self, subject: &str, fields: &Value) -> i64 {
        let reply = self.does(&format!("{subject}/add/0"), fields);
        // The document prints a list of one for tags of articles.
        let made = reply.ok();
        made["id"].as_i64().or_else(|| made[0]["tag_id"].as_i64()).expect("an id")
    }

    /// The newest row, which must be of this action, this administrator, this moment and this machine.
    #[track_caller]
    fn noted(&self, action: &str) {
        let log = self.by.get("/zhugeleida/admin/audit_log", &[("length", "1")]);
        let row = &log.ok()["ret_data"][0];
        assert_eq!(
            (&row["action"], &row["admin_id"], &row["staff_id"], &row["address"]),
            (&action.into(), &self.by.user_id.into(), &Value::Null, &"127.0.0.1".into()),
            "{}",
            log.story()
        );
        assert_ne!(row["action"], row["action_name"], "no Chinese name\n{}", log.story());
        assert!(row["username"] != "" && row["company_name"] != "" && row["detail"] != "", "{}", log.story());
        let newest = "SELECT created_at FROM audit_log ORDER BY id DESC LIMIT 1";
        let at = self.server.select(newest).as_i64().expect("a moment");
        assert!((now_ms() - at).abs() < 10_000, "not now: {at}");
        self.seen.borrow_mut().insert(action.to_owned());
    }
}

/// Every administrative write of the OpenAPI document.
fn writes(server: &Server) -> BTreeSet<String> {
    let document = server.api.get::<&str, &str>("/openapi.json", &[]).json;
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, operations)| {
        let methods = operations.as_object().expect("operations").keys();
        methods.filter_map(move |method| audited_action(&method.to_uppercase(), path))
    });
    operations.collect()
}

#[test]
fn what_is_done_is_noted() {
    let server = Server::demo();
    let admin = Watched { server: &server, by: server.admin(), seen: RefCell::default() };
    let first_of = |table: &str| {
        let sql = format!("SELECT id FROM {table} WHERE company_id = 1 ORDER BY id LIMIT 1");
        server.select(&sql).as_i64().unwrap_or_else(|| panic!("the demo has no {table}"))
    };

    let department = admin.adds("admin/department", &json!({ "name": "留痕部" }));
    admin.does(&format!("admin/department/update/{department}"), &json!({ "name": "留痕二部" }));
    admin.does(&format!("admin/department/delete/{department}"), &json!({}));
    let good = json!({ "goodsName": "留痕商品", "goodsPrice": "1.00", "goodsInventory": 1 });
    let good_id = admin.adds("admin/mallManagement", &good);
    admin.does(&format!("admin/mallManagement/update/{good_id}"), &good);
    admin.does(&format!("admin/mallManagement/delete/{good_id}"), &json!({}));
    let tag = admin.adds("admin/case_tag", &json!({ "name": "留痕标签" }));
    admin.does(&format!("admin/case_tag/update/{tag}"), &json!({ "name": "留痕新标签" }));
    let case = json!({ "customer_name": "留痕客户", "headimgurl": "statics/zhugeleida/imgs/admin/case/1.jpg",
        "cover_picture": [], "status": 1, "is_open_comment": 1, "tag_list": [tag] });
    let case_id = admin.adds("admin/case_manage", &case);
    admin.does(&format!("admin/case_manage/update/{case_id}"), &json!({ "status": 2 }));
    let diary = json!({ "case_id": case_id, "title": "留痕日记", "diary_date": "2026-01-02", "cover_picture": [],
        "content": [], "cover_show_type": 1, "status": 1 });
    let diary = admin.adds("admin/diary_manage", &diary);
    admin.does(&format!("admin/diary_manage/update/{diary}"), &json!({ "title": "留痕新日记" }));
    admin.does(&format!("admin/diary_manage/delete/{diary}"), &json!({}));
    admin.does(&format!("admin/case_manage/delete/{case_id}"), &json!({}));
    admin.does(&format!("admin/case_tag/delete/{tag}"), &json!({}));
    let tag = admin.adds("admin/article_tag", &json!({ "tag_name": "留痕标签" }));
    admin.does(&format!("admin/article_tag/update/{tag}"), &json!({ "tag_name": "留痕新标签" }));
    for (subject, table, status) in [("comment_manage", "diary_comment", 2), ("article_review", "article_comment", 0)] {
        let comment = first_of(table);
        admin.does(&format!("admin/{subject}/update/{comment}"), &json!({ "status": status }));
        admin.does(&format!("admin/{subject}/delete/{comment}"), &json!({}));
    }
    let group = admin.adds("admin/customer_tag", &json!({ "name": "留痕分组" }));
    let tag = admin.adds("admin/customer_tag", &json!({ "name": "留痕标签", "parent_id": group }));
    admin.does(&format!("admin/customer_tag/update/{tag}"), &json!({ "name": "留痕新标签" }));
    let (staff, customer) = (first_of("staff"), server.select("SELECT customer_id FROM relation WHERE staff_id = 1"));
    admin.does(&format!("admin/customer/update_tag/{customer}"), &json!({ "uid": staff, "tag_list": [tag] }));
    admin.does(&format!("admin/customer_tag/delete/{tag}"), &json!({}));
    for (path, action) in [
        ("admin/customer/export".to_owned(), "customer.export"),
        (format!("admin/plugin_report/export/{}", first_of("activity")), "plugin_report.export"),
    ] {
        assert_eq!(admin.by.get(&format!("/zhugeleida/{path}"), &[]).status, 200);
        admin.noted(action);
    }
    let staff = server.staff("zhangwei").user_id;
    admin.does(&format!("admin/user/update_role/{staff}"), &json!({ "role_id": 3 }));
    let heir = server.staff("lina").user_id;
    let one = server.select(&format!("SELECT min(customer_id) FROM relation WHERE staff_id = {staff}"));
    admin.does(&format!("admin/user/handover/{staff}"), &json!({ "user_id": heir, "customer_list": [one] }));

    for (deed, state, fields) in [("refund", 4, json!({})), ("refuse", 3, json!({ "reason": "已发货" }))] {
        let order = server.select(&format!("SELECT id FROM mall_order WHERE company_id = 1 AND state = {state}"));
        admin.does(&format!("admin/theOrder/{deed}/{order}"), &fields);
    }

    let setting = json!({ "key": "auth.allow_unstamped", "value": "true" });
    admin.by.post("/zhugeleida/admin/settings/update", &Form::of(Encoding::Json, setting.as_object().unwrap())).ok();
    admin.noted("settings.update");

    let given_up = "INSERT INTO outbox (company_id, kind, payload, state, next_at, created_at)
         VALUES (1, 'staff_text', '{\"kind\":\"staff_text\",\"userid\":\"lina\",\"text\":\"留痕\"}', 2, 0, 0)";
    let database = Connection::open(server.data().join("leida.db")).expect("the data base");
    database.busy_timeout(std::time::Duration::from_secs(5)).expect("a time limit");
    database.execute(given_up, []).expect("a parcel");
    admin.does(&format!("admin/outbox/retry/{}", database.last_insert_rowid()), &json!({}));

    let seen = admin.seen.borrow().clone();
    let documented: BTreeSet<String> =
        documented_operations().iter().filter_map(|(method, path)| audited_action(method, path)).collect();
    let told: BTreeSet<String> = seen.union(&documented).cloned().collect();
    let forgotten: Vec<String> = writes(&server).difference(&told).cloned().collect();
    assert!(forgotten.is_empty(), "nobody looks whether these are noted: {forgotten:?}");
}

#[test]
fn applicants_and_filters() {
    let server = Server::demo();
    let admin = Watched { server: &server, by: server.admin(), seen: RefCell::default() };
    admin.by.get("/zhugeleida/admin/user/create_scan_code/0", &[]).ok();
    admin.noted("user.create_scan_code");
    let applicant = json!({ "username": "留痕者", "position": "销售", "wechat": "liuhen",
        "wechat_phone": "13900139000", "mingpian_phone": "13900139000", "department_id": [] });
    let registered = admin.does("admin/user/scan_code_to_add_user/0", &applicant);
    let id = registered.ok()["id"].as_i64().expect("an id");
    // Not yet of the staff, and noted all the same.
    admin.does(&format!("admin/user/update/{id}"), &applicant);
    admin.does(&format!("admin/user/delete/{id}"), &json!({}));

    let product = json!({ "name": "留痕产品", "price": "1", "reason": "无", "product_type": 1,
        "content": { "cover_data": [], "article_data": [] } });
    let product = admin.adds("admin/product", &product);
    admin.does(&format!("admin/product/delete/{product}"), &json!({}));
    let filtered =
        |filter: &[(&str, &str)]| admin.by.get("/zhugeleida/admin/audit_log", filter).ok()["data_count"].clone();
    assert_eq!(filtered(&[("action", "product."), ("create_date__lt", "2000-01-01")]), 0);
    assert_eq!(filtered(&[("action", "product.")]), 2);
}
