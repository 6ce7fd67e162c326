//! A company's website: edited in the back office, seen by its customers and by nobody else's.

use serde_json::{Value, json};

use crate::support::{Form, Server};

const EDIT: &str = "/zhugeleida/admin/website/edit/1";

fn site() -> Value {
    json!([
        { "type": "guntu", "data": [{ "picture_url": "statics/zhugeleida/imgs/xiaochengxu/website/1.png" }] },
        { "type": "title", "data": ["关于我们"] },
        { "type": "content", "data": [{ "picture_url": "https://example.com/2.png" }, { "picture_url": "/statics/3.png" }] },
    ])
}

#[test]
fn what_the_back_office_saves_customers_see() {
    let server = Server::demo();
    let (admin, staff) = (server.admin(), server.staff("lina"));
    let customer = server.customer(&staff, "访客");
    let logged = format!("SELECT count(*) FROM radar_log WHERE customer_id = {} AND action = 4", customer.user_id);

    admin.post(EDIT, &Form::json().with("website_content", site())).ok();
    let reply = customer.get("/zhugeleida/xiaochengxu/website", &[("uid", &staff.id())]);
    let shown = reply.ok();
    assert_eq!(shown["data_count"], 3, "{}", reply.story());
    let urls = |place: &str| shown["ret_data"][place].clone();
    assert_eq!(urls("cover_picture"), json!([{ "picture_url": "statics/zhugeleida/imgs/xiaochengxu/website/1.png" }]));
    assert_eq!(
        urls("content_picture"),
        json!([{ "picture_url": "https://example.com/2.png" }, { "picture_url": "statics/3.png" }])
    );
    assert_eq!(shown["ret_data"]["website_content"][1]["data"], json!(["关于我们"]));

    // On the radar, in the words of the document.
    assert_eq!(server.select(&logged), 1);
    let radar = staff.get("/zhugeleida/qiyeweixin/action/time", &[("customer_id", &customer.id()), ("action", "4")]);
    assert_eq!(radar.ok()["ret_data"][0]["log"], "访客查看了您公司的官网,看来TA对您公司感兴趣", "{}", radar.story());

    // The back office reads the same, in order, and who saved it is noted.
    let reply = admin.get("/zhugeleida/admin/website", &[]);
    assert_eq!(reply.ok()["ret_data"][0]["website_content"].as_array().map(Vec::len), Some(3), "{}", reply.story());
    assert_eq!(server.select("SELECT count(*) FROM audit_log WHERE action = 'website.edit'"), 1);

    // An empty website is one too.
    admin.post(EDIT, &Form::urlencoded().with("website_content", json!([]))).ok();
    let reply = customer.get("/zhugeleida/xiaochengxu/website", &[("u_id", &staff.id())]);
    assert_eq!((&reply.ok()["ret_data"]["cover_picture"], &reply.data["data_count"]), (&json!([]), &json!(0)));
    customer.get("/zhugeleida/xiaochengxu/website", &[]).refused(301);
}

#[test]
fn addresses_that_run_something_are_refused() {
    let server = Server::demo();
    let admin = server.admin();
    let before = server.select("SELECT content FROM website WHERE company_id = 1");
    for address in
        ["javascript:alert(1)", "data:text/html,<script>", "//elsewhere.example/x.png", "statics/../../leida.db"]
    {
        let content = json!([{ "type": "guntu", "data": [{ "picture_url": address }] }]);
        for path in [EDIT, "/zhugeleida/admin/website_template/add/0"] {
            let name = if path == EDIT { "website_content" } else { "template_content" };
            let reply = admin.post(path, &Form::json().with(name, content.clone()));
            assert!(reply.refused(301).data[name].is_array(), "{}", reply.story());
        }
    }
    for bad in [json!("no list"), json!([{ "data": [] }]), json!([{ "type": "guntu", "data": ["x".repeat(70_000)] }])] {
        admin.post(EDIT, &Form::json().with("website_content", bad)).refused(301);
    }
    admin.post(EDIT, &Form::json()).refused(301);
    assert_eq!(server.select("SELECT content FROM website WHERE company_id = 1"), before);
}

#[test]
fn websites_stay_in_their_company() {
    let server = Server::demo();
    let first = server.admin();
    let company = Form::urlencoded()
        .with("name", "青禾家居")
        .with("charging_start_time", "2026-01-31")
        .with("open_length_time", 5)
        .with("mingpian_available_num", 10);
    let company = first.post("/zhugeleida/admin/company/add_company/0", &company).ok()["id"].clone();
    let account = Form::urlencoded()
        .with("login_user", "qinghe")
        .with("password", "Qinghe2026")
        .with("role_id", 2)
        .with("company_id", company.clone());
    first.post("/zhugeleida/admin/admin_userprofile/add/0", &account).ok();
    let office = server.administrator("qinghe", "Qinghe2026");
    let content = Form::json().with("website_content", site());

    // A super-administrator edits any, others their own.
    let theirs = format!("/zhugeleida/admin/website/edit/{company}");
    office.post(EDIT, &content).refused(302);
    office.post(&theirs, &content).ok();
    first.post(&theirs, &Form::json().with("website_content", json!([]))).ok();
    first.post("/zhugeleida/admin/website/edit/999", &content).refused(302);
    office.get("/zhugeleida/admin/website", &[("company_id", "1")]).refused(302);
    let reply = office.get("/zhugeleida/admin/website", &[]);
    assert_eq!((&reply.ok()["ret_data"][0]["name"], &reply.data["data_count"]), (&json!("青禾家居"), &json!(1)));
    let reply = first.get("/zhugeleida/admin/website", &[("company_id", &company.to_string())]);
    assert_eq!(reply.ok()["ret_data"][0]["website_content"], json!([]));
}

#[test]
fn templates_are_everybodys_to_read_and_the_super_administrators_to_write() {
    let server = Server::demo();
    let (first, manager) = (server.admin(), server.administrator("manager", "Leida2026"));
    let form = Form::urlencoded().with("name", "新模板").with("template_content", site());
    manager.post("/zhugeleida/admin/website_template/add/0", &form).refused(403);
    let id = first.post("/zhugeleida/admin/website_template/add/0", &form).ok()["id"].clone();
    let list = |length: &str| manager.get("/zhugeleida/admin/website_template", &[("length", length)]);
    let reply = list("1");
    assert_eq!((&reply.ok()["ret_data"][0]["id"], &reply.data["data_count"]), (&id, &json!(3)), "{}", reply.story());
    let update = format!("/zhugeleida/admin/website_template/update/{id}");
    let change = Form::json().with("template_content", json!([]));
    manager.post(&update, &change).refused(403);
    first.post(&update, &change).ok();
    let row = list("1").ok()["ret_data"][0].clone();
    assert_eq!((&row["name"], &row["template_content"]), (&json!("新模板"), &json!([])), "the name stays");
    let delete = format!("/zhugeleida/admin/website_template/delete/{id}");
    manager.post(&delete, &Form::urlencoded()).refused(403);
    first.post(&delete, &Form::urlencoded()).ok();
    first.post(&delete, &Form::urlencoded()).refused(302);
    first.post(&update, &change).refused(302);
    assert_eq!(list("10").ok()["data_count"], 2);
}
