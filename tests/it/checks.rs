//! The connection check tells in plain words what is wrong at WeChat and what to do.

use serde_json::{Value, json};

use crate::support::{Actor, Server, soon};

const CHECK: &str = "/zhugeleida/admin/weixin_check";

fn finding(by: &Actor, name: &str) -> Value {
    let reply = by.get(CHECK, &[]);
    let rows = reply.ok()["ret_data"].as_array().expect("rows").clone();
    rows.into_iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}: {}", reply.story()))
}

#[test]
fn each_credential_is_tried_and_explained() {
    let server = Server::demo();
    let office = server.admin();
    for name in ["企业微信通讯录", "企业微信AI雷达应用", "小程序", "微信支付"] {
        let row = finding(&office, name);
        assert_eq!((&row["is_ok"], &row["errcode"], &row["msg"]), (&json!(true), &json!(0), &json!("")), "{row}");
    }
    let address = finding(&office, "访问地址");
    assert!(address["is_ok"] == false && address["advice"].to_string().contains("https://"), "{address}");

    // What WeChat would say on a bad day; each is asked again, nothing is remembered.
    for (path, errcode, errmsg, name, word) in [
        ("/cgi-bin/token", 40164, "invalid ip 203.0.113.9, not in whitelist", "小程序", "203.0.113.9"),
        ("/cgi-bin/token", 50002, "user limited", "小程序", "被限制"),
        (
            "/cgi-bin/gettoken",
            60020,
            "not allow to access from your ip, from ip: 203.0.113.9",
            "企业微信通讯录",
            "可信IP",
        ),
        ("/cgi-bin/gettoken", 40013, "invalid corpid", "企业微信通讯录", "corp_id"),
    ] {
        // The contacts and the radar application ask at the same time.
        let fault = json!({ "fail": { "path": path, "errcode": errcode, "errmsg": errmsg, "times": 2 } });
        assert_eq!(server.sandbox("/sandbox/control", &fault).json["ok"], true);
        let row = finding(&office, name);
        let told = format!("{} {}", row["msg"], row["advice"]);
        assert!(row["is_ok"] == false && row["errcode"] == errcode && told.contains(word), "{row}");
        assert_eq!(server.sandbox("/sandbox/control", &json!({ "reset": true })).json["ok"], true);
        assert_eq!(finding(&office, name)["is_ok"], true, "{name}");
    }
    let down = json!({ "down": { "path_prefix": "/weixin", "times": 10 } });
    server.sandbox("/sandbox/control", &down);
    let row = finding(&office, "小程序");
    assert!(row["is_ok"] == false && row["msg"].to_string().contains("无法连接微信"), "{row}");
    server.sandbox("/sandbox/control", &json!({ "reset": true }));

    server.run(&["settings", "set", "company.1.pay.key", "0123456789abcdef0123456789abcdee"]);
    let row = soon("a wrong key", || Some(finding(&office, "微信支付")).filter(|row| row["is_ok"] == false));
    assert!(row["advice"].to_string().contains("API秘钥"), "{row}");

    // A wrong secret, and none: then the third-party platform does instead, until there is none either.
    server.run(&["settings", "set", "company.1.xcx.secret", "not the secret"]);
    soon("a wrong secret", || (finding(&office, "小程序")["errcode"] == 40125).then_some(()));
    server.run(&["settings", "set", "company.1.xcx.secret", ""]);
    soon("the platform", || (finding(&office, "小程序")["is_ok"] == true).then_some(()));
    assert_eq!(finding(&office, "第三方平台(小程序)")["is_ok"], true);
    server.sandbox("/sandbox/control", &json!({ "no_category": true }));
    let row = finding(&office, "小程序");
    assert!(row["is_ok"] == false && row["advice"].to_string().contains("服务类目"), "{row}");
    let lost = json!({ "fail": { "path": "/wxa/get_category", "errcode": 61007, "errmsg": "api is unauthorized" } });
    server.sandbox("/sandbox/control", &lost);
    assert!(finding(&office, "小程序")["advice"].to_string().contains("重新授权"));
    server.run(&["settings", "set", "platform.xcx.app_id", ""]);
    soon("no secret", || (finding(&office, "小程序")["is_configured"] == false).then_some(()));
    assert!(!office.get(CHECK, &[]).story().contains("not the secret"));
    office.get(CHECK, &[("company_id", "999")]).refused(302);
}
