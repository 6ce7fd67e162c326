//! Bad days: ended tokens, outages, what must not be shown.

use std::time::Duration;

use serde_json::json;

use super::{World, code};
use crate::weixin::http::Limits;
use crate::weixin::sandbox::accounts::{AUTHORISED_MINI, FIRST_CORP, FIRST_MINI, MINI_PLATFORM};
use crate::weixin::{Bases, CorpApp, Secret, Weixin, WeixinError};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_callers_refresh_once() {
    let world = World::start().await;
    let app = FIRST_CORP.radar();
    world.weixin.work_departments(&app).await.unwrap();
    world.control(json!({ "expire_tokens": true })).await;
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let (weixin, app) = (world.weixin.clone(), app.clone());
            tokio::spawn(async move { weixin.work_departments(&app).await })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(world.calls("/cgi-bin/gettoken").await, 2, "one at the start, one after the expiry");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_token_is_retried_once() {
    let world = World::start().await;
    let app = FIRST_CORP.radar();
    world.control(json!({ "fail": { "path": "/work/cgi-bin/department/list", "errcode": 42001, "times": 100 } })).await;
    assert_eq!(code(world.weixin.work_departments(&app).await), 42001);
    assert_eq!((world.calls("/cgi-bin/department/list").await, world.calls("/cgi-bin/gettoken").await), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unreachable() {
    let limits = Limits { total: Duration::from_millis(600), ..Limits::default() };
    let world = World::start_with(limits).await;
    let app = CorpApp { secret: Secret::from("do-not-show-me"), ..FIRST_CORP.radar() };
    let text = |result: Result<(), WeixinError>| match result.unwrap_err() {
        WeixinError::Unreachable(text) => text,
        other => panic!("{other}"),
    };
    world.control(json!({ "down": { "path_prefix": "/work" } })).await;
    assert_eq!(text(world.weixin.work_check(&app).await), "/cgi-bin/gettoken: HTTP status 502");
    world.control(json!({ "delay_ms": { "path": "/cgi-bin/gettoken", "ms": 1500 } })).await;
    assert_eq!(text(world.weixin.work_check(&app).await), "/cgi-bin/gettoken: no answer in time");
    assert_eq!(code(world.weixin.work_check(&app).await), 40001, "both are over");

    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for base in [format!("http://{free}"), "not an address".to_owned()] {
        let bases = Bases { weixin: base.clone(), work: base.clone(), pay: base };
        let shown = text(Weixin::new(bases).work_check(&app).await);
        assert!(shown.starts_with("/cgi-bin/gettoken: ") && !shown.contains("do-not-show-me"), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wechats_manners() {
    let world = World::start().await;
    let answer = world.post("/weixin/cgi-bin/token", json!({})).await;
    assert_eq!(answer, json!({ "errcode": 43001, "errmsg": "require GET method" }));
    let answer = world.post("/work/cgi-bin/user/create?access_token=x", json!({})).await;
    assert_eq!(answer["errcode"], 40014);
    let call = &world.get("/log").await[1];
    assert_eq!((&call["method"], &call["server"]), (&json!("POST"), &json!("work")));
    assert_eq!((&call["path"], &call["query"]), (&json!("/cgi-bin/user/create"), &json!({ "access_token": "x" })));
    assert!(call["at"].is_u64());
}

#[test]
fn credentials_print_stars() {
    let shown = format!("{:?} {:?} {:?}", FIRST_CORP.radar(), FIRST_MINI.app(), AUTHORISED_MINI.app());
    for hidden in [
        FIRST_CORP.radar_secret,
        FIRST_MINI.secret,
        MINI_PLATFORM.secret,
        MINI_PLATFORM.ticket,
        AUTHORISED_MINI.refresh_token,
    ] {
        assert!(!shown.contains(hidden));
    }
    assert!(shown.contains("***") && shown.contains(FIRST_CORP.corp_id));
}
