//! A company whose mini-program is authorised to a third-party platform.

use serde_json::json;

use super::{control, phone_data, send_phone};
use crate::{
    platform::{authorise_mini, set_up},
    support::{Form, Server, sandbox},
};

fn refresh_token(server: &Server) -> String {
    let stored = server.select("SELECT refresh_token FROM platform_authorizer");
    stored.as_str().expect("a text").to_owned()
}

#[test]
fn everything_works_through_the_platform_also_when_wechat_changes_the_keys() {
    let mut server = Server::with_sandbox();
    let admin = server.administrator("admin", &server.first_password());
    let corp = Form::urlencoded().with("corp_id", sandbox::CORP_ID).with("tongxunlu_secret", sandbox::CONTACTS_SECRET);
    admin.post("/zhugeleida/admin/company/update_tongxunlu/1", &corp).ok();
    let agent = Form::urlencoded()
        .with("app_type", 1)
        .with("agent_id", sandbox::RADAR_AGENT_ID)
        .with("app_secret", sandbox::RADAR_SECRET);
    admin.post("/zhugeleida/admin/company/update_agent/1", &agent).ok();
    server.mini_login(1, "zhaolei.0").refused(400);
    set_up(&server);
    server.mini_login(1, "zhaolei.0").refused(400);
    authorise_mini(&server, &admin, sandbox::AUTHORISED_APP_ID);
    server.mini_login(1, "bad.1").refused(40029);
    admin.post("/zhugeleida/admin/user/sync_user_tongxunlu/1", &Form::urlencoded()).ok();
    let id = server.select("SELECT id FROM staff WHERE userid = 'zhaomin'");
    let enabled = Form::urlencoded().with("status", 1);
    admin.post(&format!("/zhugeleida/admin/user/update_status/{id}"), &enabled).ok();
    let staff = server.salesperson(1, "zhaomin");

    let customer = server.customer(&staff, "平台客");
    let unionid = format!("SELECT length(unionid) FROM customer WHERE id = {}", customer.user_id);
    assert!(server.select(&unionid).as_i64() > Some(0), "the platform tells who is the same person elsewhere");
    let phone = phone_data(&server, sandbox::AUTHORISED_APP_ID, &customer, "13987654321");
    send_phone(&customer, &staff, &phone).ok();
    let code = Form::urlencoded().with("user_id", staff.user_id);
    let code_path = "/zhugeleida/admin/user/create_small_program_qr_code/0";
    admin.post(code_path, &code).ok();

    // WeChat ends all tokens and gives another refresh token in place of the one that was authorised.
    control(&server, &json!({ "expire_tokens": true, "rotate_refresh_token": true }));
    assert_eq!(server.visitor(1, "平台客").user_id, customer.user_id);
    admin.post(code_path, &code).ok();
    let renewed = refresh_token(&server);
    assert!(renewed != sandbox::AUTHORISED_REFRESH_TOKEN, "the new one is kept");
    assert!(!renewed.starts_with("refresh"), "and encrypted: {renewed}");
    // It is good after a restart too, when nothing is in memory.
    control(&server, &json!({ "expire_tokens": true }));
    server.kill();
    server.restart();
    let admin = admin.at(&server);
    admin.post(code_path, &code).ok();
    assert_eq!(server.visitor(1, "平台客").user_id, customer.user_id);

    // A ticket that is no good is WeChat's own refusal.
    control(
        &server,
        &json!({
            "expire_tokens": true,
            "fail": { "path": "/cgi-bin/component/api_component_token", "errcode": 61006, "errmsg": "ticket is invalid" },
        }),
    );
    server.mini_login(1, "zhaolei.1").refused(61006);
    server.mini_login(1, "zhaolei.2").ok();
}
