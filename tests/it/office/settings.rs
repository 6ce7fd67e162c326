//! Settings are changed in the back office; what runs here is told.

use serde_json::{Value, json};

use super::{get, rows, stranger};
use crate::support::{Actor, Form, Reply, Server, soon};

fn set(office: &Actor, key: &str, value: &str) -> Reply {
    office.post("/zhugeleida/admin/settings/update", &Form::json().with("key", key).with("value", value))
}

#[track_caller]
fn setting(office: &Actor, key: &str) -> Value {
    let all = rows(&get(office, "settings", &[]));
    all.into_iter().find(|row| row["key"] == key).unwrap_or_else(|| panic!("no setting {key}"))
}

#[test]
fn a_setting_is_changed_checked_and_taken_back() {
    let server = Server::demo();
    let office = server.admin();
    let key = "auth.allow_unstamped";
    let before = setting(&office, key);
    assert_eq!((&before["kind"], &before["default"]), (&json!("flag"), &json!("true")), "{before}");
    set(&office, key, "false").ok();
    assert_eq!(setting(&office, key)["value"], "false");
    // In effect at once.
    let form = Form::urlencoded().with("shangChengName", "商城");
    let path = "/zhugeleida/xiaochengxu/jiChuSheZhiOper/addOrUpdate";
    assert_eq!(office.api.post(path, &office.signature_without_timestamp(), &form).code, 400);
    set(&office, key, "perhaps").refused(301);
    assert_eq!(setting(&office, key)["value"], "false", "a bad value changes nothing");
    set(&office, key, "").ok();
    assert_eq!(setting(&office, key)["is_set"], false);
    set(&office, "no.such", "1").refused(301);
    set(&office, "company.987654.mall.secret", "1").refused(301);
    office.post("/zhugeleida/admin/settings/update", &Form::json().with("key", key)).refused(301);

    // A secret never comes back, nor is it written into the log; stars leave it as it is.
    let secret =
        rows(&get(&office, "settings", &[])).into_iter().find(|row| row["kind"] == "secret").expect("a secret");
    let key = secret["key"].as_str().unwrap();
    set(&office, key, "wumian0123456789abcdef0123456789").ok();
    let shown = setting(&office, key);
    assert!(shown["is_set"] == true && !shown.to_string().contains("wumian"), "{shown}");
    set(&office, key, shown["value"].as_str().unwrap()).ok();
    assert!(server.run(&["settings", "list"]).contains(key));
    let log = get(&office, "audit_log", &[("length", "10")]);
    assert!(!log.ok().to_string().contains("wumian"), "{}", log.story());

    let other = stranger(&server);
    get(&other, "settings", &[]).refused(403);
    set(&other, key, "x").refused(403);
}

#[test]
fn the_server_tells_what_it_is() {
    let server = Server::demo();
    let about = |by: &Actor| get(by, "about", &[]).ok()["ret_data"].clone();
    let office = server.admin();
    let told = about(&office);
    assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
    let counts = [
        ("customer_num", "customer"),
        ("message_num", "chat_message WHERE send_type IN (1, 2)"),
        ("radar_num", "radar_log"),
        ("staff_num", "staff"),
        ("company_num", "company"),
    ];
    for (name, table) in counts {
        assert_eq!(
            server.select(&format!("SELECT count(*) FROM {table}")),
            told[name].as_i64().unwrap(),
            "{name} in {told}"
        );
    }
    soon("the size is measured", || (about(&office)["database_bytes"].as_i64() > Some(100_000)).then_some(()));
    let theirs = about(&stranger(&server));
    assert_eq!(theirs["customer_num"], 0, "only their own company's");
    assert!(theirs["database_bytes"].is_null(), "{theirs}");
}
