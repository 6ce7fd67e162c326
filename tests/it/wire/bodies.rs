//! Bodies: three media types, lenient scalars, and every bad field named at once.

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server};

const ADD_COMPANY: &str = "/zhugeleida/admin/company/add_company/0";

fn company(encoding: Encoding, name: &str) -> Form {
    Form::new(encoding)
        .with("name", name)
        .with("charging_start_time", "2026-08-13")
        .with("open_length_time", 3)
        .with("mingpian_available_num", 500)
}

fn fields_of(reply: &Reply) -> Vec<&str> {
    reply.refused(301);
    let fields = reply.data.as_object().unwrap_or_else(|| panic!("no fields\n{}", reply.story()));
    for (field, reasons) in fields {
        let reasons = reasons.as_array().unwrap_or_else(|| panic!("{field}: no list of reasons\n{}", reply.story()));
        assert!(!reasons.is_empty() && reasons.iter().all(Value::is_string), "{field}\n{}", reply.story());
    }
    assert!(!reply.msg.is_empty(), "one readable sentence\n{}", reply.story());
    fields.keys().map(String::as_str).collect()
}

#[test]
fn all_three_media_types_are_taken() {
    let server = Server::start();
    for (encoding, name) in Encoding::ALL.into_iter().zip(["甲公司", "乙公司", "丙公司"]) {
        server.admin().post(ADD_COMPANY, &company(encoding, name)).ok();
        assert_eq!(server.select(&format!("SELECT card_quota FROM company WHERE name = '{name}'")), 500);
    }
}

#[test]
fn every_missing_field_is_named_at_once() {
    let server = Server::start();
    for encoding in Encoding::ALL {
        let reply = server.admin().post(ADD_COMPANY, &Form::new(encoding));
        let mut fields = fields_of(&reply);
        fields.sort_unstable();
        assert_eq!(fields, ["charging_start_time", "mingpian_available_num", "name", "open_length_time"]);
    }
}

#[test]
fn every_bad_field_is_named_at_once() {
    let server = Server::start();
    for encoding in Encoding::ALL {
        let form = Form::new(encoding)
            .with("name", "undefined")
            .with("charging_start_time", "2026-02-30")
            .with("open_length_time", "soon")
            .with("mingpian_available_num", "1.5");
        let reply = server.admin().post(ADD_COMPANY, &form);
        let mut fields = fields_of(&reply);
        fields.sort_unstable();
        assert_eq!(fields, ["charging_start_time", "mingpian_available_num", "name", "open_length_time"]);
    }
    assert_eq!(server.select("SELECT count(*) FROM company"), 1, "nothing was stored");
}

#[test]
fn numbers_come_as_numbers_or_as_text() {
    let server = Server::start();
    let admin = server.admin();
    for (number, value) in [json!(3), json!("3"), json!(" 3 ")].into_iter().enumerate() {
        let form = Form::json()
            .with("name", format!("公司{number}"))
            .with("charging_start_time", "2026-8-3")
            .with("open_length_time", value)
            .with("mingpian_available_num", "20");
        admin.post(ADD_COMPANY, &form).ok();
    }
}

#[test]
fn lists_of_ids_come_in_every_documented_spelling() {
    let server = Server::demo();
    let admin = server.admin();
    let spellings: [Value; 6] =
        [json!([1, 2]), json!(["1", "2"]), json!("[1,2]"), json!("[\"1\",\"2\"]"), json!("1,2"), json!("1，2")];
    for encoding in Encoding::ALL {
        for (number, spelling) in spellings.iter().enumerate() {
            let form = Form::new(encoding)
                .with("name", format!("角色{number}{}", encoding.media_type()))
                .with("rules_list", spelling.clone());
            let reply = admin.post("/zhugeleida/admin/admin_role/add/0", &form);
            let role = &reply.ok()["id"];
            let rules = server.select(&format!("SELECT count(*) FROM admin_role_rule WHERE role_id = {role}"));
            assert_eq!(rules, 2, "{encoding:?} {spelling}");
        }
    }
}

#[test]
fn empty_null_and_undefined_mean_absent() {
    let server = Server::start();
    let admin = server.admin();
    for nothing in [json!(""), json!(null), json!("undefined"), json!("null")] {
        let form = company(Encoding::Json, "x").with("name", nothing.clone());
        assert_eq!(fields_of(&admin.post(ADD_COMPANY, &form)), ["name"], "{nothing}");
    }
    let reply =
        admin.get("/zhugeleida/admin/company", &[("current_page", ""), ("length", "undefined"), ("order", "null")]);
    reply.ok();
}

#[test]
fn unknown_fields_are_passed_over() {
    let server = Server::start();
    let form = company(Encoding::Urlencoded, "甲公司").with("surprise", "1").with("product_id", 3);
    server.admin().post(&format!("{ADD_COMPANY}?product_type=1"), &form).ok();
}

#[test]
fn quotes_around_a_code_are_taken_off() {
    let server = Server::demo();
    let login = |code: &str| {
        server
            .api
            .get("/zhugeleida/xiaochengxu/login", &[("code", code), ("user_type", "2"), ("source", "1")])
            .ok()
            .clone()
    };
    let quoted = login("'qiaofeng.pm4'");
    let plain = login("qiaofeng.second");
    assert_eq!(quoted["user_id"], plain["user_id"]);
    assert_eq!(login("qiaofeng.second"), plain, "a repeated code answers as the first time");
}

#[test]
fn bodies_that_are_not_what_they_say_are_301() {
    let server = Server::start();
    let admin = server.admin();
    let send = |content_type: &str, body: &[u8]| admin.api.send(ADD_COMPANY, &admin.signature(), content_type, body);
    send("application/json", b"{\"name\": ").refused(301);
    send("application/json", b"[1,2]").refused(301);
    send("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nhalf")
        .refused(301);
    send("multipart/form-data", b"no boundary").refused(301);
    send("text/plain", &[0xff, 0xfe, 0x00]).refused(301);
    assert!(is_alive(&admin));
}

fn is_alive(admin: &Actor) -> bool {
    admin.get("/zhugeleida/admin/company", &[]).code == 200
}
