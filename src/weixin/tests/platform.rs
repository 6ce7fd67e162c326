//! Third-party platforms: what goes out when accounts are authorised, described and prepared.

use serde_json::{Value, json};

use super::{World, code};
use crate::weixin::sandbox::accounts::{
    AUTHORISED_MINI, AUTHORISED_OFFICIAL, MINI_PLATFORM, OFFICIAL_PLATFORM, SPARE_MINI,
};
use crate::weixin::{Account, Component, Secret, ServerDomains};

/// The last call of a path, without the tokens in its query.
async fn sent(world: &World, path: &str) -> (String, Vec<String>, Value) {
    let log = world.get("/log").await;
    let call = log.iter().rfind(|call| call["path"] == path).unwrap_or_else(|| panic!("{path} was not called"));
    let query = call["query"].as_object().unwrap().keys().cloned().collect();
    (call["method"].as_str().unwrap().to_owned(), query, call["body"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_authorised() {
    let world = World::start().await;
    let platform = MINI_PLATFORM.component();
    let first = world.weixin.pre_auth_code(&platform).await.unwrap();
    assert!(first.expose().starts_with("preauthcode@@@"));
    assert_ne!(first, world.weixin.pre_auth_code(&platform).await.unwrap());
    let token = vec!["component_access_token".to_owned()];
    assert_eq!(
        sent(&world, "/cgi-bin/component/api_create_preauthcode").await,
        ("POST".to_owned(), token.clone(), json!({ "component_appid": platform.app_id }))
    );

    assert_eq!(code(world.weixin.query_auth(&platform, "unknown").await), 61010);
    assert_eq!(code(world.weixin.authorizer_info(&platform, SPARE_MINI).await), 61003);
    let pushed = world.post("/authorise", json!({ "app_id": SPARE_MINI })).await;
    let auth_code = pushed["auth_code"].as_str().unwrap();
    let grant = world.weixin.query_auth(&platform, auth_code).await.unwrap();
    assert_eq!(grant.app_id, SPARE_MINI);
    let body = json!({ "component_appid": platform.app_id, "authorization_code": auth_code });
    assert_eq!(sent(&world, "/cgi-bin/component/api_query_auth").await, ("POST".to_owned(), token.clone(), body));
    assert_eq!(code(world.weixin.query_auth(&platform, auth_code).await), 61010, "a code works once");

    let info = world.weixin.authorizer_info(&platform, SPARE_MINI).await.unwrap();
    assert_eq!((info.nickname.as_str(), info.is_verified), ("未授权的小程序", true));
    assert_eq!(info.categories, [("IT科技".to_owned(), "软件服务提供商".to_owned())]);
    let body = json!({ "component_appid": platform.app_id, "authorizer_appid": SPARE_MINI });
    assert_eq!(sent(&world, "/cgi-bin/component/api_get_authorizer_info").await, ("POST".to_owned(), token, body));

    let account =
        Account::Authorised { app_id: grant.app_id, component: platform.clone(), refresh_token: grant.refresh_token };
    assert!(!world.weixin.service_categories(&account).await.unwrap().is_empty());
    // One platform is not the other.
    let other = OFFICIAL_PLATFORM.component();
    assert_eq!(code(world.weixin.authorizer_info(&other, SPARE_MINI).await), 61003);
    let stale = Component { ticket: Secret::from("ticket@@@old"), app_id: other.app_id, secret: other.secret };
    assert_eq!(code(world.restarted().pre_auth_code(&stale).await), 61006);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_prepared() {
    let world = World::start().await;
    let domains = ServerDomains {
        requests: vec!["https://leida.example".to_owned()],
        sockets: vec!["wss://leida.example".to_owned()],
    };
    world.weixin.set_server_domains(&AUTHORISED_MINI.app(), &domains).await.unwrap();
    let token = vec!["access_token".to_owned()];
    let body = json!({
        "action": "set", "requestdomain": ["https://leida.example"], "wsrequestdomain": ["wss://leida.example"],
        "uploaddomain": ["https://leida.example"], "downloaddomain": ["https://leida.example"],
    });
    assert_eq!(sent(&world, "/wxa/modify_domain").await, ("POST".to_owned(), token.clone(), body));
    let official = AUTHORISED_OFFICIAL.app();
    assert_eq!(code(world.weixin.set_server_domains(&official, &domains).await), 85015);
    world.weixin.set_industries(&official, 1, 2).await.unwrap();
    let body = json!({ "industry_id1": "1", "industry_id2": "2" });
    assert_eq!(sent(&world, "/cgi-bin/template/api_set_industry").await, ("POST".to_owned(), token.clone(), body));
    let template = world.weixin.add_message_template(&official, "OPENTM202109783").await.unwrap();
    assert!(!template.is_empty());
    let body = json!({ "template_id_short": "OPENTM202109783" });
    assert_eq!(sent(&world, "/cgi-bin/template/api_add_template").await, ("POST".to_owned(), token, body));
    assert_eq!(code(world.weixin.add_message_template(&official, "AT0782").await), 40037);
}

/// All tokens end while many calls are under way: each is fetched once for all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_calls_renew_each_token_once() {
    let world = World::start().await;
    let account = AUTHORISED_MINI.app();
    world.weixin.service_categories(&account).await.unwrap();
    world.control(json!({ "expire_tokens": true })).await;
    let calls = (0..50).map(|_| world.weixin.service_categories(&account));
    for outcome in futures_util::future::join_all(calls).await {
        outcome.unwrap();
    }
    assert_eq!(world.calls("/cgi-bin/component/api_component_token").await, 2);
    // Once at first; then with the platform's old token, which is refused, and with its new one.
    assert_eq!(world.calls("/cgi-bin/component/api_authorizer_token").await, 3);
}
