//! The third-party platforms: authorising, and releasing code, as WeChat tells and answers.

mod granting;
mod releasing;

use serde_json::{Value, json};

use crate::support::{Actor, Family, Form, Reply, Server, sandbox, soon};

pub const EVENTS: &str = "/zhugeleida/admin/open_weixin/tongzhi";
pub const OFFICIAL_EVENTS: &str = "/zhugeleida/admin/open_weixin_gongzhonghao/tongzhi";

/// What the sandbox gives for a push: the query and the body, to be posted by the test.
#[derive(Debug, Clone)]
pub struct Push(Value);

impl Push {
    /// Something happens at WeChat; nothing is posted yet.
    #[track_caller]
    pub fn of(server: &Server, what: &str, body: &Value) -> Self {
        let reply = server.sandbox(&format!("/sandbox/{what}"), body);
        assert!(reply.json["body"].is_string(), "{}", reply.story());
        Self(reply.json)
    }

    pub fn ticket(server: &Server, platform: &str) -> Self {
        Self::of(server, "push", &json!({ "platform": platform, "info_type": "component_verify_ticket" }))
    }

    pub fn auth_code(&self) -> &str {
        self.0["auth_code"].as_str().expect("a code")
    }

    pub fn query(&self) -> Vec<(&str, &str)> {
        let query = self.0["query"].as_object().expect("a query").iter();
        query.map(|(name, value)| (name.as_str(), value.as_str().expect("a text"))).collect()
    }

    pub fn body(&self) -> &str {
        self.0["body"].as_str().expect("a body")
    }

    pub fn post(&self, server: &Server, path: &str) -> Reply {
        server.api.send(path, &self.query(), "text/xml", self.body().as_bytes())
    }

    /// Posts what must be heard.
    #[track_caller]
    pub fn deliver(&self, server: &Server, path: &str) {
        let reply = self.post(server, path);
        assert_eq!((reply.status, reply.body.as_str()), (200, "success"), "{}", reply.story());
    }
}

/// A server with both platforms set up and a ticket of each, and its first administrator.
#[track_caller]
pub fn with_platforms() -> (Server, Actor) {
    let server = Server::with_sandbox();
    let admin = server.administrator("admin", &server.first_password());
    set_up(&server);
    (server, admin)
}

/// Sets both platforms up and waits until their pushes are understood.
#[track_caller]
pub fn set_up(server: &Server) {
    for (name, app_id, secret, token, aes_key) in [
        ("xcx", sandbox::PLATFORM_APP_ID, sandbox::PLATFORM_SECRET, sandbox::PLATFORM_TOKEN, sandbox::PLATFORM_AES_KEY),
        (
            "gzh",
            sandbox::OFFICIAL_PLATFORM_APP_ID,
            sandbox::OFFICIAL_PLATFORM_SECRET,
            sandbox::OFFICIAL_PLATFORM_TOKEN,
            sandbox::OFFICIAL_PLATFORM_AES_KEY,
        ),
    ] {
        for (key, value) in [("app_id", app_id), ("secret", secret), ("token", token), ("aes_key", aes_key)] {
            server.run(&["settings", "set", &format!("platform.{name}.{key}"), value]);
        }
    }
    for (name, path) in [("xcx", EVENTS), ("gzh", OFFICIAL_EVENTS)] {
        let ticket = Push::ticket(server, name);
        soon("the platform's settings", || (ticket.post(server, path).body == "success").then_some(()));
    }
}

/// Another company's administrator, of role 2.
#[track_caller]
pub fn office_of(server: &Server, admin: &Actor, company: &str, login_user: &str) -> Actor {
    let form = Form::urlencoded()
        .with("name", company)
        .with("charging_start_time", "2026-01-31")
        .with("open_length_time", 5)
        .with("mingpian_available_num", 10);
    let id = admin.post("/zhugeleida/admin/company/add_company/0", &form).ok()["id"].as_i64().expect("an id");
    let form = Form::urlencoded()
        .with("login_user", login_user)
        .with("password", "Anfang2026")
        .with("role_id", 2)
        .with("company_id", id);
    admin.post("/zhugeleida/admin/admin_userprofile/add/0", &form).ok();
    server.administrator(login_user, "Anfang2026")
}

/// Step 1 of authorising a mini-program.
pub fn name_mini(admin: &Actor, app_id: &str) -> Reply {
    let form = Form::urlencoded().with("authorization_appid", app_id);
    admin.post("/zhugeleida/admin/xcx_auth_process/update/app_id", &form)
}

/// The whole authorisation of a mini-program, by WeChat's event.
#[track_caller]
pub fn authorise_mini(server: &Server, admin: &Actor, app_id: &str) {
    name_mini(admin, app_id).ok();
    Push::of(server, "authorise", &json!({ "app_id": app_id })).deliver(server, EVENTS);
    assert_eq!(step(admin, "xcx"), "");
}

/// How far a company is, `xcx` or `gzh`.
#[track_caller]
pub fn step(admin: &Actor, kind: &str) -> Value {
    admin.get(&format!("/zhugeleida/admin/{kind}_auth_process"), &[]).ok()["step"].clone()
}

/// The calls that WeChat received at this path.
pub fn calls(server: &Server, path: &str) -> Vec<Value> {
    let log = server.sandbox("/sandbox/log", &Value::Null).json;
    log.as_array().expect("the calls").iter().filter(|call| call["path"] == path).cloned().collect()
}

pub fn control(server: &Server, what: &Value) {
    assert_eq!(server.sandbox("/sandbox/control", what).json["ok"], true);
}

/// The form that names mini-programs.
pub fn ids(ids: &[i64]) -> Form {
    Form::urlencoded().with("app_ids_list", json!(ids))
}

#[test]
fn without_a_platform_the_reason_is_said() {
    let server = Server::start();
    let admin = server.administrator("admin", &server.first_password());
    assert_eq!(admin.family, Family::Admin);
    let templates = admin.get("/zhugeleida/admin/dai_xcx/template_list", &[]);
    assert!(templates.refused(400).msg.contains("尚未配置小程序第三方平台"), "{}", templates.story());
    admin.post("/zhugeleida/admin/dai_xcx/relase_code", &ids(&[1])).refused(400);
    let link = || admin.post("/zhugeleida/admin/open_weixin/create_grant_url", &Form::urlencoded());
    link().refused(301);
    name_mini(&admin, sandbox::SPARE_APP_ID).ok();
    link().refused(400);
    assert_eq!(step(&admin, "xcx"), 2);
    let unsigned = server.api.send(EVENTS, &[("timestamp", "1")], "text/xml", b"<xml/>");
    assert_eq!((unsigned.status, unsigned.code), (403, 400), "{}", unsigned.story());
}
