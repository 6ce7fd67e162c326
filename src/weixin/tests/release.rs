//! Code of mini-programs: each call as WeChat documents it, and its answers.

use serde_json::{Value, json};

use super::{World, code};
use crate::weixin::sandbox::accounts::{AUTHORISED_MINI, MINI_PLATFORM};
use crate::weixin::{ReviewItem, Upload, Verdict};

const APP_ID: &str = AUTHORISED_MINI.app_id;

/// Method, query without the token, and body of the last call of a path.
async fn sent(world: &World, path: &str) -> (String, Value, Value) {
    let log = world.get("/log").await;
    let call = log.iter().rfind(|call| call["path"] == path).unwrap_or_else(|| panic!("{path} was not called"));
    let mut query = call["query"].clone();
    assert!(query.as_object_mut().unwrap().remove("access_token").is_some(), "{path} brings no token");
    (call["method"].as_str().unwrap().to_owned(), query, call["body"].clone())
}

fn got(query: Value) -> (String, Value, Value) {
    ("GET".to_owned(), query, Value::Null)
}

fn posted(body: Value) -> (String, Value, Value) {
    ("POST".to_owned(), json!({}), body)
}

fn upload(template_id: i64, app_id: &str) -> Upload {
    Upload {
        template_id,
        version: "v1.1".to_owned(),
        description: "首版".to_owned(),
        ext_json: json!({ "extAppid": app_id }).to_string(),
    }
}

async fn item(world: &World) -> ReviewItem {
    let app = AUTHORISED_MINI.app();
    let category = world.weixin.service_categories(&app).await.unwrap().remove(0);
    let address = world.weixin.trial_pages(&app).await.unwrap().remove(0);
    ReviewItem { address, tag: "名片".to_owned(), title: "名片".to_owned(), category }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_is_as_documented() {
    let world = World::start().await;
    let (weixin, app) = (&world.weixin, AUTHORISED_MINI.app());
    let templates = weixin.code_templates(&MINI_PLATFORM.component()).await.unwrap();
    assert_eq!((templates[0].template_id, templates[0].user_version.as_str()), (0, "1.0.0"));
    assert_eq!(sent(&world, "/wxa/gettemplatelist").await, got(json!({})));

    weixin.commit_code(&app, &upload(0, APP_ID)).await.unwrap();
    let body = json!({
        "template_id": 0, "user_version": "v1.1", "user_desc": "首版",
        "ext_json": json!({ "extAppid": APP_ID }).to_string(),
    });
    assert_eq!(sent(&world, "/wxa/commit").await, posted(body));
    let picture = weixin.trial_qr_code(&app, "pages/mingpian/index").await.unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    assert_eq!(sent(&world, "/wxa/get_qrcode").await, got(json!({ "path": "pages/mingpian/index" })));

    let item = item(&world).await;
    assert_eq!(
        (sent(&world, "/wxa/get_page").await, sent(&world, "/wxa/get_category").await),
        (got(json!({})), got(json!({})))
    );
    let audit_id = weixin.submit_audit(&app, &item).await.unwrap();
    let body = json!({ "item_list": [{
        "address": "pages/mingpian/index", "tag": "名片", "title": "名片",
        "first_class": "IT科技", "second_class": "软件服务提供商", "first_id": 210, "second_id": 217,
    }] });
    assert_eq!(sent(&world, "/wxa/submit_audit").await, posted(body));

    let review = weixin.latest_review(&app).await.unwrap();
    assert_eq!((review.audit_id, review.verdict), (audit_id, Verdict::Pending));
    assert_eq!(sent(&world, "/wxa/get_latest_auditstatus").await, got(json!({})));
    weixin.withdraw_audit(&app).await.unwrap();
    assert_eq!(sent(&world, "/wxa/undocodeaudit").await, got(json!({})));
    assert_eq!(weixin.latest_review(&app).await.unwrap().verdict, Verdict::Withdrawn);

    weixin.submit_audit(&app, &item).await.unwrap();
    world.post("/audit", json!({ "app_id": APP_ID, "reason": "不完整" })).await;
    assert_eq!(weixin.latest_review(&app).await.unwrap().verdict, Verdict::Failed("不完整".to_owned()));
    weixin.submit_audit(&app, &item).await.unwrap();
    world.post("/audit", json!({ "app_id": APP_ID, "pass": true })).await;
    assert_eq!(weixin.latest_review(&app).await.unwrap().verdict, Verdict::Passed);
    weixin.release_code(&app).await.unwrap();
    assert_eq!(sent(&world, "/wxa/release").await, posted(json!({})));
    assert_eq!(code(weixin.release_code(&app).await), 85052);

    assert_eq!(code(weixin.revert_code(&app).await), 87012, "there is nothing before the first");
    assert_eq!(sent(&world, "/wxa/revertcoderelease").await, got(json!({})));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wechats_refusals() {
    let world = World::start().await;
    let (weixin, app) = (&world.weixin, AUTHORISED_MINI.app());
    assert_eq!(code(weixin.trial_qr_code(&app, "pages/mingpian/index").await), 86001);
    assert_eq!(code(weixin.trial_pages(&app).await), 86001);
    assert_eq!(code(weixin.latest_review(&app).await), 86001);
    assert_eq!(code(weixin.release_code(&app).await), 85019);
    assert_eq!(code(weixin.commit_code(&app, &upload(99, APP_ID)).await), 85014);
    assert_eq!(code(weixin.commit_code(&app, &upload(0, "wx0")).await), 85043);
    weixin.commit_code(&app, &upload(0, APP_ID)).await.unwrap();
    let good = item(&world).await;
    let nowhere = ReviewItem { address: "pages/none".to_owned(), ..good.clone() };
    assert_eq!(code(weixin.submit_audit(&app, &nowhere).await), 85007);
    let mut foreign = good.clone();
    foreign.category.first_id = 1;
    assert_eq!(code(weixin.submit_audit(&app, &foreign).await), 85008);
    weixin.submit_audit(&app, &good).await.unwrap();
    assert_eq!(code(weixin.submit_audit(&app, &good).await), 85009);
    assert_eq!(code(weixin.release_code(&app).await), 85020);
    weixin.withdraw_audit(&app).await.unwrap();
    weixin.submit_audit(&app, &good).await.unwrap();
    assert_eq!(code(weixin.withdraw_audit(&app).await), 87013);
    world.control(json!({ "next_day": true })).await;
    weixin.withdraw_audit(&app).await.unwrap();
}
