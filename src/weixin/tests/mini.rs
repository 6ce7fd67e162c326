//! Mini-programs: sessions, tokens of both kinds, QR codes, phone numbers.

use serde_json::json;

use super::{World, code, wrong};
use crate::weixin::sandbox::accounts::{AUTHORISED_MINI, FIRST_MINI, SECOND_MINI};
use crate::weixin::{Account, WeixinError, decrypt_phone};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mini_session() {
    let world = World::start().await;
    let app = FIRST_MINI.app();
    let first = world.weixin.mini_session(&app, "xiaoming.1").await.unwrap();
    assert!(first.openid.starts_with('o') && first.openid.len() == 28);
    let second = world.weixin.mini_session(&app, "xiaoming.2").await.unwrap();
    assert_eq!(first.openid, second.openid);
    assert_ne!(first.session_key, second.session_key);
    let elsewhere = world.weixin.mini_session(&SECOND_MINI.app(), "xiaoming.1").await.unwrap();
    assert_ne!(first.openid, elsewhere.openid);
    assert_eq!(first.unionid, None);

    assert_eq!(code(world.weixin.mini_session(&app, "xiaoming.1").await), 40163);
    assert_eq!(code(world.weixin.mini_session(&app, "bad.1").await), 40029);
    assert_eq!(code(world.weixin.mini_session(&app, "").await), 41008);
    let no_secret = Account::Own { app_id: FIRST_MINI.app_id.to_owned(), secret: wrong() };
    assert_eq!(code(world.weixin.mini_session(&no_secret, "a.1").await), 40125);
    assert_eq!(code(world.weixin.mini_qr_code(&no_secret, "/a", 430).await), 40125);
    let no_app = Account::Own { app_id: "wx0".to_owned(), secret: wrong() };
    assert_eq!(code(world.weixin.mini_session(&no_app, "a.1").await), 40013);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authorised_mini_program() {
    let world = World::start().await;
    let app = AUTHORISED_MINI.app();
    let session = world.weixin.mini_session(&app, "xiaohong.1").await.unwrap();
    assert!(session.unionid.is_some());
    assert_eq!(code(world.weixin.mini_session(&app, "xiaohong.1").await), 40163);
    world.weixin.mini_qr_code(&app, "/pages/index/index", 430).await.unwrap();
    assert_eq!(world.calls("/cgi-bin/component/api_component_token").await, 1);
    assert_eq!(world.weixin.renewed_refresh_token(&app), None);

    // Both tokens are renewed; the refresh token changes and the new one is used from then on.
    for _ in 0..2 {
        world.control(json!({ "expire_tokens": true, "rotate_refresh_token": true })).await;
        world.weixin.mini_qr_code(&app, "/pages/index/index", 430).await.unwrap();
    }
    let renewed = world.weixin.renewed_refresh_token(&app).unwrap();
    assert_ne!(renewed.expose(), AUTHORISED_MINI.refresh_token);
    assert_eq!(world.calls("/cgi-bin/component/api_component_token").await, 3);

    // A fresh client, as after a restart.
    let Account::Authorised { app_id, mut component, refresh_token } = app else { unreachable!() };
    let restarted = world.restarted();
    let stale = Account::Authorised { app_id: app_id.clone(), component: component.clone(), refresh_token };
    assert_eq!(code(restarted.mini_qr_code(&stale, "/a", 430).await), 61023);
    let stored = Account::Authorised { app_id: app_id.clone(), component: component.clone(), refresh_token: renewed };
    restarted.mini_qr_code(&stored, "/a", 430).await.unwrap();

    component.ticket = wrong();
    let no_ticket = Account::Authorised { app_id, component, refresh_token: wrong() };
    let restarted = world.restarted();
    assert_eq!(code(restarted.mini_session(&no_ticket, "a.1").await), 61006);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn qr_code_is_a_picture() {
    let world = World::start().await;
    let app = FIRST_MINI.app();
    let path = "/pages/mingpian/index?uid=1&source=1&pid=2";
    let bytes = world.weixin.mini_qr_code(&app, path, 430).await.unwrap();
    let picture = image::load_from_memory(&bytes).unwrap();
    assert_eq!((picture.width(), picture.height()), (430, 430));
    assert_eq!(code(world.weixin.mini_qr_code(&app, "", 430).await), 40159);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn phone_number() {
    let world = World::start().await;
    let app_id = FIRST_MINI.app_id;
    let old = world.weixin.mini_session(&FIRST_MINI.app(), "xiaoming.1").await.unwrap();
    let session = world.weixin.mini_session(&FIRST_MINI.app(), "xiaoming.2").await.unwrap();
    let sealed =
        world.post("/phone", json!({ "app_id": app_id, "openid": session.openid, "phone": "13900139000" })).await;
    let (data, iv) = (sealed["encryptedData"].as_str().unwrap(), sealed["iv"].as_str().unwrap());
    assert_eq!(decrypt_phone(app_id, &session.session_key, data, iv).unwrap(), "13900139000");
    assert!(matches!(decrypt_phone(SECOND_MINI.app_id, &session.session_key, data, iv), Err(WeixinError::Decrypt(_))));
    assert!(matches!(decrypt_phone(app_id, &old.session_key, data, iv), Err(WeixinError::Decrypt(_))));
}

/// Handlers are spawned: every call's future must be able to move between threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_can_be_spawned() {
    let world = World::start().await;
    let weixin = world.weixin.clone();
    let call = async move {
        for app in [FIRST_MINI.app(), AUTHORISED_MINI.app()] {
            weixin.mini_session(&app, "xiaoming.1").await.unwrap();
            weixin.mini_qr_code(&app, "/a", 430).await.unwrap();
        }
    };
    tokio::spawn(call).await.unwrap();
}
