//! What goes out to WeChat, to the letter, where no other test looks: Work WeChat, mini-programs and tokens. WeChat's
//! pages 获取访问用户身份, 通讯录管理, 小程序登录, 获取小程序码, 接口调用凭据.

use serde_json::{Value, json};

use super::World;
use crate::weixin::sandbox::accounts::{AUTHORISED_MINI, FIRST_CORP, FIRST_MINI, MINI_PLATFORM};
use crate::weixin::{DepartmentDraft, MemberDraft};

/// All calls so far, each as `[method, server and path, query, body]`, with one word for every token.
async fn log(world: &World) -> Vec<Value> {
    let log = world.get("/log").await;
    let word = |value: &Value| match value.as_str() {
        Some(text) if text.starts_with("sandbox_token") => json!("TOKEN"),
        Some(text) if text.starts_with("sandbox_") => json!("TICKET"),
        _ => value.clone(),
    };
    let fields = |of: &Value| match of {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), word(value))).collect(),
        other => other.clone(),
    };
    let line = |call: &Value| {
        let path = format!("{}{}", call["server"].as_str().unwrap(), call["path"].as_str().unwrap());
        json!([call["method"], path, fields(&call["query"]), fields(&call["body"])])
    };
    log.iter().map(line).collect()
}

fn assert_lines(sent: &[Value], expected: &[Value]) {
    for (sent, expected) in sent.iter().zip(expected) {
        assert_eq!(sent, expected);
    }
    assert_eq!(sent.len(), expected.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_wechat() {
    let world = World::start().await;
    let (weixin, radar, contacts) = (&world.weixin, FIRST_CORP.radar(), FIRST_CORP.contacts());
    weixin.work_user_by_code(&radar, "lina.1").await.unwrap();
    weixin.work_send_text(&radar, FIRST_CORP.radar_agent_id, "lina", "您好").await.unwrap();
    weixin.work_departments(&contacts).await.unwrap();
    weixin.work_members(&contacts, 2).await.unwrap();
    let department =
        DepartmentDraft { name: Some("新部门".into()), parent_id: Some(1), ..DepartmentDraft::default() };
    let id = weixin.work_create_department(&contacts, &department).await.unwrap();
    let renamed = DepartmentDraft { id: Some(id), name: Some("改名部".into()), ..DepartmentDraft::default() };
    weixin.work_update_department(&contacts, &renamed).await.unwrap();
    let member = MemberDraft {
        userid: "xinren".into(),
        name: Some("新人".into()),
        department: Some(vec![id]),
        mobile: Some("13900001111".into()),
        ..MemberDraft::default()
    };
    weixin.work_create_user(&contacts, &member).await.unwrap();
    let promoted = MemberDraft { userid: "xinren".into(), position: Some("主管".into()), ..MemberDraft::default() };
    weixin.work_update_user(&contacts, &promoted).await.unwrap();
    weixin.work_delete_user(&contacts, "xinren").await.unwrap();
    weixin.work_delete_department(&contacts, id).await.unwrap();

    let token = |secret: &str| json!(["GET", "work/cgi-bin/gettoken", { "corpid": FIRST_CORP.corp_id, "corpsecret": secret }, null]);
    let plain = json!({ "access_token": "TOKEN" });
    let text = json!({
        "touser": "lina", "msgtype": "text", "agentid": FIRST_CORP.radar_agent_id, "text": { "content": "您好" }, "safe": 0,
    });
    let created = json!({ "userid": "xinren", "name": "新人", "department": [id], "mobile": "13900001111" });
    assert_lines(
        &log(&world).await,
        &[
            token(FIRST_CORP.radar_secret),
            json!(["GET", "work/cgi-bin/user/getuserinfo", { "access_token": "TOKEN", "code": "lina.1" }, null]),
            json!(["POST", "work/cgi-bin/user/getuserdetail", plain, { "user_ticket": "TICKET" }]),
            json!(["POST", "work/cgi-bin/message/send", plain, text]),
            token(FIRST_CORP.contacts_secret),
            json!(["GET", "work/cgi-bin/department/list", plain, null]),
            json!(["GET", "work/cgi-bin/user/list",
                { "access_token": "TOKEN", "department_id": "2", "fetch_child": "0" }, null]),
            json!(["POST", "work/cgi-bin/department/create", plain, { "name": "新部门", "parentid": 1 }]),
            json!(["POST", "work/cgi-bin/department/update", plain, { "id": id, "name": "改名部" }]),
            json!(["POST", "work/cgi-bin/user/create", plain, created]),
            json!(["POST", "work/cgi-bin/user/update", plain, { "userid": "xinren", "position": "主管" }]),
            json!(["GET", "work/cgi-bin/user/delete", { "access_token": "TOKEN", "userid": "xinren" }, null]),
            json!(["GET", "work/cgi-bin/department/delete", { "access_token": "TOKEN", "id": id.to_string() }, null]),
        ],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mini_programs() {
    let world = World::start().await;
    let weixin = &world.weixin;
    weixin.mini_session(&FIRST_MINI.app(), "a.1").await.unwrap();
    weixin.mini_qr_code(&FIRST_MINI.app(), "/pages/mingpian/index?uid=1", 430).await.unwrap();
    weixin.mini_session(&AUTHORISED_MINI.app(), "a.1").await.unwrap();
    weixin.mini_qr_code(&AUTHORISED_MINI.app(), "/pages/mingpian/index?uid=1", 430).await.unwrap();

    let (own, platform) = (FIRST_MINI, MINI_PLATFORM);
    let code = json!(["POST", "weixin/wxa/getwxacode", { "access_token": "TOKEN" },
        { "path": "/pages/mingpian/index?uid=1", "width": 430 }]);
    let session =
        json!({ "appid": own.app_id, "secret": own.secret, "js_code": "a.1", "grant_type": "authorization_code" });
    let credentials = json!({ "grant_type": "client_credential", "appid": own.app_id, "secret": own.secret });
    let component = json!({
        "component_appid": platform.app_id, "component_appsecret": platform.secret,
        "component_verify_ticket": platform.ticket,
    });
    let through = json!({
        "appid": AUTHORISED_MINI.app_id, "js_code": "a.1", "grant_type": "authorization_code",
        "component_appid": platform.app_id, "component_access_token": "TOKEN",
    });
    let authorizer = json!({
        "component_appid": platform.app_id, "authorizer_appid": AUTHORISED_MINI.app_id,
        "authorizer_refresh_token": AUTHORISED_MINI.refresh_token,
    });
    assert_lines(
        &log(&world).await,
        &[
            json!(["GET", "weixin/sns/jscode2session", session, null]),
            json!(["GET", "weixin/cgi-bin/token", credentials, null]),
            code.clone(),
            json!(["POST", "weixin/cgi-bin/component/api_component_token", {}, component]),
            json!(["GET", "weixin/sns/component/jscode2session", through, null]),
            json!(["POST", "weixin/cgi-bin/component/api_authorizer_token",
                { "component_access_token": "TOKEN" }, authorizer]),
            code,
        ],
    );
}
