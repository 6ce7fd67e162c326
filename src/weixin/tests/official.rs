//! Official accounts: who opens a page, tickets, messages; and the messages of mini-programs.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{World, code, wrong};
use crate::weixin::sandbox::accounts::{AUTHORISED_OFFICIAL, FIRST_MINI, FIRST_OFFICIAL, OFFICIAL_PLATFORM};
use crate::weixin::{Account, Letter, Notice, PageToken, WeixinError};

/// The calls of a path as the sandbox received them, without the access token.
async fn received(world: &World, path: &str) -> Vec<Value> {
    let mut calls = world.get("/log").await;
    calls.retain(|call| call["path"] == path);
    for call in &mut calls {
        let query = call["query"].as_object_mut().unwrap();
        for token in ["access_token", "component_access_token"] {
            if let Some(value) = query.get_mut(token) {
                assert!(value.as_str().is_some_and(|token| token.starts_with("sandbox_")));
                *value = "TOKEN".into();
            }
        }
    }
    calls
}

async fn the_one(world: &World, path: &str) -> (Value, Value, Value) {
    let mut calls = received(world, path).await;
    assert_eq!(calls.len(), 1, "{path}");
    let call = calls.remove(0);
    (call["method"].clone(), call["query"].clone(), call["body"].clone())
}

fn notice(to: &str) -> Notice {
    let keywords = vec![("keyword1".to_owned(), "云杉 - 李娜".to_owned()), ("remark".to_owned(), "请回复".to_owned())];
    Notice { to: to.to_owned(), template_id: "T1".to_owned(), page: "pages/a?uid=1".to_owned(), keywords }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_logs_in_and_shows_the_profile() {
    let world = World::start().await;
    let account = FIRST_OFFICIAL.app();
    let page = world.weixin.page_token(&account, "lan.info.1").await.unwrap();
    assert_eq!(page.openid, FIRST_OFFICIAL.openid("lan"));
    let asked = json!({
        "appid": FIRST_OFFICIAL.app_id, "secret": FIRST_OFFICIAL.secret, "code": "lan.info.1",
        "grant_type": "authorization_code",
    });
    assert_eq!(the_one(&world, "/sns/oauth2/access_token").await, (json!("GET"), asked, Value::Null));
    let person = world.weixin.page_person(&page).await.unwrap();
    assert_eq!((person.nickname.as_str(), person.sex, person.city.as_str()), ("lan", 2, "杭州"));
    let asked = json!({ "access_token": "TOKEN", "openid": page.openid, "lang": "zh_CN" });
    assert_eq!(the_one(&world, "/sns/userinfo").await, (json!("GET"), asked, Value::Null));
    assert!(!format!("{page:?}").contains(page.token.expose()));
    // The avatar is a picture, at an address that may be fetched.
    let picture = world.weixin.picture(&person.avatar).await.unwrap();
    image::load_from_memory(&picture).unwrap();
    assert_eq!(code(world.weixin.picture("http://127.0.0.1:1/mmhead/x").await), 40007);

    assert_eq!(code(world.weixin.page_token(&account, "lan.info.1").await), 40163);
    assert_eq!(code(world.weixin.page_token(&account, "bad.1").await), 40029);
    let silent = world.weixin.page_token(&account, "lan.base.2").await.unwrap();
    assert_eq!(silent.openid, page.openid);
    assert_eq!(code(world.weixin.page_person(&silent).await), 48001, "nobody has agreed");
    let foreign = PageToken { openid: "o1".to_owned(), ..page };
    assert_eq!(code(world.weixin.page_person(&foreign).await), 40003);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_logs_in_through_the_platform() {
    let world = World::start().await;
    let account = AUTHORISED_OFFICIAL.app();
    let page = world.weixin.page_token(&account, "lan.1").await.unwrap();
    let asked = json!({
        "appid": AUTHORISED_OFFICIAL.app_id, "code": "lan.1", "grant_type": "authorization_code",
        "component_appid": OFFICIAL_PLATFORM.app_id, "component_access_token": "TOKEN",
    });
    assert_eq!(the_one(&world, "/sns/oauth2/component/access_token").await, (json!("GET"), asked, Value::Null));
    assert_eq!(world.weixin.page_person(&page).await.unwrap().nickname, "lan");
    assert!(world.weixin.is_follower(&account, &page.openid).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows() {
    let world = World::start().await;
    let account = FIRST_OFFICIAL.app();
    let openid = FIRST_OFFICIAL.openid("lan");
    assert!(world.weixin.is_follower(&account, &openid).await.unwrap());
    let asked = json!({ "access_token": "TOKEN", "openid": openid, "lang": "zh_CN" });
    assert_eq!(the_one(&world, "/cgi-bin/user/info").await, (json!("GET"), asked, Value::Null));
    let gone = json!({ "app_id": FIRST_OFFICIAL.app_id, "person": "lan", "following": false });
    world.control(json!({ "people": gone })).await;
    assert!(!world.weixin.is_follower(&account, &openid).await.unwrap());
    assert_eq!(code(world.weixin.is_follower(&account, "nobody").await), 40003);
    assert_eq!(code(world.weixin.is_follower(&FIRST_MINI.app(), &openid).await), 48001);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_ticket_for_all_who_wait() {
    let world = World::start().await;
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let weixin = world.weixin.clone();
            tokio::spawn(async move { weixin.page_ticket(&FIRST_OFFICIAL.app()).await.unwrap() })
        })
        .collect();
    let mut tickets = Vec::new();
    for caller in callers {
        tickets.push(caller.await.unwrap());
    }
    assert!(tickets.iter().all(|ticket| *ticket == tickets[0] && !ticket.is_empty()));
    let asked = json!({ "access_token": "TOKEN", "type": "jsapi" });
    assert_eq!(the_one(&world, "/cgi-bin/ticket/getticket").await, (json!("GET"), asked, Value::Null));
    let no_secret = Account::Own { app_id: FIRST_OFFICIAL.app_id.to_owned(), secret: wrong() };
    assert_eq!(code(world.weixin.page_ticket(&no_secret).await), 40125);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_and_templates() {
    let world = World::start().await;
    let (account, openid) = (FIRST_OFFICIAL.app(), FIRST_OFFICIAL.openid("lan"));
    let query = json!({ "access_token": "TOKEN" });
    world.weixin.send_letter(&account, &openid, &Letter::Text("您好".to_owned())).await.unwrap();
    let body = json!({ "touser": openid, "msgtype": "text", "text": { "content": "您好" } });
    assert_eq!(the_one(&world, "/cgi-bin/message/custom/send").await, (json!("POST"), query.clone(), body));

    let bytes = Bytes::from_static(b"\x89PNG and so on");
    let id = world.weixin.upload_picture(&account, "a.png", "image/png", bytes).await.unwrap();
    let (method, asked, body) = the_one(&world, "/cgi-bin/media/upload").await;
    assert_eq!((method, asked), (json!("POST"), json!({ "access_token": "TOKEN", "type": "image" })));
    let body = body.as_str().unwrap().to_lowercase();
    for part in [
        "content-disposition: form-data; name=\"media\"; filename=\"a.png\"",
        "content-type: image/png",
        "png and so on",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    world.weixin.send_letter(&account, &openid, &Letter::Picture(id.clone())).await.unwrap();
    let sent = received(&world, "/cgi-bin/message/custom/send").await;
    assert_eq!(sent[1]["body"], json!({ "touser": openid, "msgtype": "image", "image": { "media_id": id } }));

    world.weixin.send_template(&account, &notice(&openid)).await.unwrap();
    let data = json!({ "keyword1": { "value": "云杉 - 李娜" }, "remark": { "value": "请回复" } });
    let body = json!({ "touser": openid, "template_id": "T1", "url": "pages/a?uid=1", "data": data });
    assert_eq!(the_one(&world, "/cgi-bin/message/template/send").await, (json!("POST"), query, body));
    assert_eq!(world.get("/messages").await.len(), 3);

    // Too late, then gone.
    let person = |what: Value| json!({ "people": what });
    world.control(person(json!({ "app_id": FIRST_OFFICIAL.app_id, "person": "lan", "silent": true }))).await;
    let letter = Letter::Text("还在吗".to_owned());
    assert_eq!(code(world.weixin.send_letter(&account, &openid, &letter).await), 45015);
    world.weixin.send_template(&account, &Notice { page: String::new(), ..notice(&openid) }).await.unwrap();
    let gone = json!({ "app_id": FIRST_OFFICIAL.app_id, "person": "lan", "silent": false, "following": false });
    world.control(person(gone)).await;
    assert_eq!(code(world.weixin.send_letter(&account, &openid, &letter).await), 43004);
    assert_eq!(code(world.weixin.send_template(&account, &notice(&openid)).await), 43004);
    let unknown = Letter::Picture("nothing".to_owned());
    assert_eq!(code(world.weixin.send_letter(&account, &FIRST_OFFICIAL.openid("mei"), &unknown).await), 40007);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_of_a_mini_program() {
    let world = World::start().await;
    let (mini, openid) = (FIRST_MINI.app(), FIRST_MINI.openid("lan"));
    let query = json!({ "access_token": "TOKEN" });
    let data = json!({ "keyword1": { "value": "云杉 - 李娜" }, "remark": { "value": "请回复" } });
    world.weixin.send_subscribed(&mini, &notice(&openid)).await.unwrap();
    let body = json!({
        "touser": openid, "template_id": "T1", "page": "pages/a?uid=1", "data": data, "miniprogram_state": "formal",
        "lang": "zh_CN",
    });
    assert_eq!(the_one(&world, "/cgi-bin/message/subscribe/send").await, (json!("POST"), query.clone(), body));
    world.weixin.send_by_form(&mini, &notice(&openid), "f1").await.unwrap();
    let body = json!({ "touser": openid, "template_id": "T1", "page": "pages/a?uid=1", "form_id": "f1", "data": data });
    assert_eq!(the_one(&world, "/cgi-bin/message/wxopen/template/send").await, (json!("POST"), query, body));
    assert_eq!(code(world.weixin.send_by_form(&mini, &notice(&openid), "f1").await), 41029);
    assert_eq!(code(world.weixin.send_by_form(&mini, &notice(&openid), "bad").await), 41028);
    let refuses = json!({ "app_id": FIRST_MINI.app_id, "person": "lan", "following": false });
    world.control(json!({ "people": refuses })).await;
    assert_eq!(code(world.weixin.send_subscribed(&mini, &notice(&openid)).await), 43101);
    assert_eq!(code(world.weixin.send_subscribed(&FIRST_OFFICIAL.app(), &notice(&openid)).await), 48001);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_sent() {
    let world = World::start().await;
    let account = FIRST_OFFICIAL.app();
    assert!(world.weixin.media(&account, "voice.1").await.unwrap().starts_with(b"#!AMR"));
    let asked = json!({ "access_token": "TOKEN", "media_id": "voice.1" });
    assert_eq!(the_one(&world, "/cgi-bin/media/get").await, (json!("GET"), asked, Value::Null));
    assert!(world.weixin.media(&account, "picture.1").await.unwrap().starts_with(b"\x89PNG"));
    assert_eq!(code(world.weixin.media(&account, "unknown").await), 40007);
    // An outage of the pictures is one like any other.
    world.control(json!({ "down": { "path_prefix": "/mmhead" } })).await;
    let address = format!("{}/weixin/mmhead/x", world.base);
    assert!(matches!(world.weixin.picture(&address).await, Err(WeixinError::Unreachable(_))));
    world.weixin.picture(&address).await.unwrap();
}
