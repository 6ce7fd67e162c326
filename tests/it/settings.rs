//! What is changed beside a running server, which follows within two seconds.

use serde_json::{Value, json};

use crate::support::{Actor, Family, Form, Server, now_ms, soon};

const MALL: &str = "/zhugeleida/xiaochengxu/jiChuSheZhiOper/addOrUpdate";
const HOUR: i64 = 3_600_000;

fn set(server: &Server, key: &str, value: &str) {
    server.run(&["settings", "set", key, value]);
}

/// The documented call that is signed without a timestamp.
fn unstamped(admin: &Actor) -> i64 {
    let form = Form::urlencoded().with("shangChengName", "商城");
    admin.api.post(MALL, &admin.signature_without_timestamp(), &form).code
}

#[test]
fn signing_without_a_timestamp_can_be_switched_off_and_on() {
    let server = Server::demo();
    let admin = server.admin();
    assert_eq!(unstamped(&admin), 200);
    // Nowhere else, not even on other calls under this path's family.
    let staff = server.staff("lina");
    for (actor, path) in [
        (&admin, "/zhugeleida/admin/company"),
        (&admin, "/zhugeleida/admin/home_page"),
        (&staff, "/zhugeleida/qiyeweixin/contact"),
        (&server.customer_of(&staff), "/zhugeleida/xiaochengxu/mingpian/all"),
    ] {
        actor.api.get(path, &actor.signature_without_timestamp()).refused(400);
    }
    set(&server, "auth.allow_unstamped", "false");
    soon("unstamped signatures are refused", || (unstamped(&admin) == 400).then_some(()));
    let form = Form::urlencoded().with("shangChengName", "商城");
    admin.post(MALL, &form).ok();
    set(&server, "auth.allow_unstamped", "true");
    soon("unstamped signatures are accepted", || (unstamped(&admin) == 200).then_some(()));
}

#[test]
fn the_age_of_signatures_follows_the_settings() {
    let server = Server::demo();
    let admin = server.admin();
    let code = |age: i64| admin.api.get("/zhugeleida/admin/company", &admin.signature_at(now_ms() - age)).code;
    assert_eq!([code(3 * HOUR), code(30 * HOUR), code(-10 * 60_000)], [200, 400, 400]);
    set(&server, "auth.max_age_hours", "48");
    set(&server, "auth.future_minutes", "20");
    soon("looser", || ([code(30 * HOUR), code(-10 * 60_000)] == [200, 200]).then_some(()));
    set(&server, "auth.max_age_hours", "2");
    set(&server, "auth.future_minutes", "0");
    soon("stricter", || ([code(HOUR), code(3 * HOUR), code(-60_000)] == [200, 400, 400]).then_some(()));
}

#[test]
fn secrets_print_as_stars_and_are_encrypted_at_rest() {
    let server = Server::start();
    let secrets = [
        ("platform.xcx.secret", "platform-secret-nobody-sees"),
        ("company.1.xcx.secret", "mini-secret-nobody-sees"),
        ("company.1.work.radar_secret", "radar-secret-nobody-sees"),
        ("company.1.pay.key", "pay-key-nobody-sees-pay-key-nobo"),
    ];
    for (key, value) in secrets {
        set(&server, key, value);
        let shown = server.run(&["settings", "get", key]);
        assert!(!shown.is_empty() && shown.chars().all(|letter| letter == '*'), "{key}: {shown}");
        assert!(!server.output().contains(value));
    }
    set(&server, "company.1.xcx.app_id", "wx0123456789abcdef");
    assert_eq!(server.run(&["settings", "get", "company.1.xcx.app_id"]), "wx0123456789abcdef");
    let list = server.run(&["settings", "list"]);
    assert!(list.contains("company.1.xcx.app_id = wx0123456789abcdef"), "{list}");
    let stored = server.select("SELECT group_concat(value) FROM setting").to_string();
    assert!(secrets.iter().all(|(key, value)| list.contains(key) && !list.contains(value) && !stored.contains(value)));
    // WeChat makes secrets that begin with a hyphen.
    set(&server, "company.1.work.contacts_secret", "-secret-nobody-sees");
    // Emptied, it is unset.
    set(&server, "company.1.xcx.app_id", "");
    assert_eq!(server.run(&["settings", "get", "company.1.xcx.app_id"]), "");
}

#[test]
fn what_is_no_setting_is_refused() {
    let server = Server::start();
    let before = server.run(&["settings", "list"]);
    for arguments in [
        &["set", "auth.colour", "red"][..],
        &["set", "company.0.xcx.app_id", "wx1"],
        &["set", "company.1.xcx.password", "x"],
        &["set", "internal.x", "x"],
        &["set", "auth.max_age_hours", "soon"],
        &["set", "auth.max_age_hours", "0"],
        &["set", "auth.future_minutes", "-1"],
        &["set", "auth.allow_unstamped", "perhaps"],
        &["get", "auth.colour"],
    ] {
        let said = server.run_refused(&[&["settings"], arguments].concat());
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.contains(arguments[1]), "{arguments:?}: {said}");
    }
    assert_eq!(server.run(&["settings", "list"]), before);
}

#[test]
fn an_administrator_made_beside_the_server_logs_in_and_a_reset_ends_the_old_token() {
    let server = Server::start();
    let create = |password: &str| server.run(&["admin", "create", "--login-user", "zentrale", "--password", password]);
    create("Erstes2026");
    let admin = server.administrator("zentrale", "Erstes2026");
    assert_eq!(admin.get("/zhugeleida/admin/login_rules", &[]).code, 200);
    let list = admin.get("/zhugeleida/admin/company", &[]);
    assert_eq!(list.ok()["data_count"], 1, "a super-administrator");
    create("Zweites2026");
    let company = |admin: &Actor| admin.get("/zhugeleida/admin/company", &[]).code;
    soon("the old token ends", || (company(&admin) == 400).then_some(()));
    server.admin_login("zentrale", "Erstes2026").refused(401);
    let again = server.administrator("zentrale", "Zweites2026");
    assert_eq!((again.user_id, company(&again)), (admin.user_id, 200), "the same account");
    // A weak password is no password, and nothing has changed.
    let said = server.run_refused(&["admin", "create", "--login-user", "zentrale", "--password", "1"]);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(company(&again), 200);
    assert_eq!(server.select("SELECT count(*) FROM admin WHERE login_user = 'zentrale'"), 1);
}

#[test]
fn a_new_password_and_a_disabled_account_end_the_token_at_once() {
    let server = Server::demo();
    let first = server.admin();
    let account = json!({ "login_user": "gehilfe", "password": "Gehilfe2026", "role_id": 2, "company_id": 1 });
    let form = |fields: &Value| Form::of(crate::support::Encoding::Json, fields.as_object().expect("fields"));
    first.post("/zhugeleida/admin/admin_userprofile/add/0", &form(&account)).ok();
    let before = server.administrator("gehilfe", "Gehilfe2026");
    let new = json!({ "password1": "Neuland2027", "password2": "Neuland2027" });
    before.post("/zhugeleida/admin/modify_password", &form(&new)).ok();
    before.get("/zhugeleida/admin/home_page", &[]).refused(400);
    let after = server.administrator("gehilfe", "Neuland2027");
    assert_eq!((after.family, after.user_id), (Family::Admin, before.user_id));
    let path = format!("/zhugeleida/admin/admin_userprofile/update_status/{}", after.user_id);
    first.post(&path, &form(&json!({ "status": 2 }))).ok();
    assert!(matches!(after.get("/zhugeleida/admin/home_page", &[]).code, 306 | 400));
    server.admin_login("gehilfe", "Neuland2027").refused(306);
    first.post(&path, &form(&json!({ "status": 1 }))).ok();
    after.get("/zhugeleida/admin/home_page", &[]).refused(400);
    server.administrator("gehilfe", "Neuland2027").get("/zhugeleida/admin/home_page", &[]).ok();
}
