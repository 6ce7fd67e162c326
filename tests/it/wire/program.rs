//! The program: starting, refusing to start with one clear line, stopping in good order.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{Builder, Family, Form, Server, Ws, free_address};

/// Runs the program, which must refuse with exit code 1 and one line on standard error: that line.
#[track_caller]
fn refusal(arguments: &[&str]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_leida"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be run");
    let begun = Instant::now();
    while child.try_wait().expect("it is our child").is_none() {
        if begun.elapsed() > Duration::from_secs(10) {
            let _ = child.kill();
        }
        thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("what it said");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: one line, not\n{said}");
    said
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a readable path")
}

#[test]
fn an_occupied_port_is_one_line() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let folder = folder();
    let said = refusal(&["serve", "--listen", &address, "--data", text(&folder.path().join("data"))]);
    assert!(said.contains(&address), "{said}");
}

#[test]
fn a_data_directory_that_cannot_be_written_is_one_line() {
    // Even root cannot make a folder below a file.
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let data = file.join("data");
    let said = refusal(&["serve", "--listen", &free_address().to_string(), "--data", text(&data)]);
    assert!(said.contains(text(&data)), "{said}");
}

#[test]
fn a_wrong_flag_or_command_is_one_line() {
    assert!(refusal(&["serve", "--colour", "red"]).contains("--colour"));
    assert!(refusal(&["dance"]).contains("dance"));
    assert!(refusal(&["serve", "--listen", "everywhere"]).contains("everywhere"));
    assert!(refusal(&["serve", "--timezone", "Mars/Olympus"]).contains("Mars/Olympus"));
}

#[test]
fn a_database_of_a_newer_version_is_one_line() {
    let mut server = Server::start();
    server.stop();
    let file = server.data().join("leida.db");
    let connection = rusqlite::Connection::open(&file).expect("the data base");
    connection.pragma_update(None, "user_version", 999).expect("another version");
    drop(connection);
    let before = fs::read(&file).expect("the file");
    let said = refusal(&["serve", "--listen", &free_address().to_string(), "--data", text(server.data())]);
    assert!(said.contains("999"), "{said}");
    assert!(before == fs::read(&file).expect("the file"), "the file was not touched");
}

#[test]
fn the_first_start_makes_the_essentials_and_prints_the_password_once() {
    let mut server = Server::start();
    let password = server.first_password();
    let form = Form::urlencoded().with("username", "admin").with("password", password.as_str());
    let login = server.anonymous().post("/zhugeleida/admin/login", &form);
    assert_eq!((&login.ok()["role_id"], &login.ok()["company_id"]), (&json!(1), &json!(1)));
    assert_eq!(login.ok()["is_reset_password"], false);
    assert_eq!(
        server.select("SELECT group_concat(name, ' ') FROM (SELECT name FROM admin_role ORDER BY id)"),
        "超级管理员 管理员 普通用户"
    );
    server.restart();
    assert!(!server.output().contains("password"), "{}", server.output());
    server.anonymous().post("/zhugeleida/admin/login", &form).ok();
}

#[test]
fn an_administrator_can_be_made_beside_a_running_server() {
    let server = Server::start();
    for password in ["Erstes2026", "Zweites2026"] {
        server.run(&["admin", "create", "--login-user", "zentrale", "--password", password]);
        let form = Form::json().with("username", "zentrale").with("password", password);
        assert_eq!(server.anonymous().post("/zhugeleida/admin/login", &form).ok()["role_id"], 1);
    }
}

#[test]
fn a_setting_reaches_the_running_server_and_a_secret_prints_as_stars() {
    let server = Server::start();
    let settings = |arguments: &[&str]| server.run(&[&["settings"], arguments].concat());
    settings(&["set", "company.1.xcx.app_id", "wx0123456789abcdef"]);
    settings(&["set", "company.1.xcx.secret", "a-secret-nobody-sees"]);
    assert_eq!(settings(&["get", "company.1.xcx.app_id"]), "wx0123456789abcdef");
    for shown in [settings(&["get", "company.1.xcx.secret"]), settings(&["list"])] {
        assert!(!shown.contains("a-secret-nobody-sees") && shown.contains('*'), "{shown}");
    }
    let stored = server.select("SELECT value FROM setting WHERE key = 'company.1.xcx.secret'");
    assert!(!stored.to_string().contains("a-secret-nobody-sees"), "encrypted at rest");
    // A signature of two hours ago holds until the setting says otherwise.
    let admin = server.admin();
    let old = admin.signature_at(crate::support::now_ms() - 2 * 3_600_000);
    admin.api.get("/zhugeleida/admin/company", &old).ok();
    settings(&["set", "auth.max_age_hours", "1"]);
    thread::sleep(Duration::from_millis(2100));
    admin.api.get("/zhugeleida/admin/company", &old).refused(400);
}

#[test]
fn links_begin_with_the_public_address() {
    let server = Builder::new().flag("--public-url").flag("https://radar.example").start();
    let reply = server.admin().get("/zhugeleida/admin/user/create_scan_code/0", &[]);
    let url = reply.ok()["url"].as_str().unwrap_or_default();
    assert!(url.starts_with("https://radar.example/"), "{}", reply.story());
}

#[test]
fn stopping_says_goodbye_to_open_sockets() {
    let mut server = Server::demo();
    let staff = server.staff("lina");
    let customer = server.customer_of(&staff);
    assert_eq!(customer.family, Family::Customer);
    let mut socket = Ws::open(&server, "/zhugeleida/public/websocket/xiaochengxu", &customer.signature());
    socket.send(&json!({ "type": "register", "user_id": customer.user_id, "u_id": staff.user_id }));
    socket.recv_none_for(300);
    let (took, code) = server.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(socket.closed(), Some(1001), "a close frame: going away");
    let log = std::fs::metadata(server.data().join("leida.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "the write-ahead log was folded in");
}

#[test]
fn a_killed_server_starts_again_on_what_it_had_answered() {
    let mut server = Builder::new().start();
    let form = Form::urlencoded()
        .with("name", "云杉软件")
        .with("charging_start_time", "2026-08-13")
        .with("open_length_time", 3)
        .with("mingpian_available_num", 5);
    server.admin().post("/zhugeleida/admin/company/add_company/0", &form).ok();
    server.kill();
    server.restart();
    assert_eq!(server.select("SELECT count(*) FROM company WHERE name = '云杉软件'"), 1);
    server.admin().post("/zhugeleida/admin/company/add_company/0", &form).refused(300);
}
