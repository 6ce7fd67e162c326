//! Work WeChat: credentials, logins, messages.

use serde_json::json;

use super::{World, code, wrong};
use crate::weixin::CorpApp;
use crate::weixin::sandbox::accounts::{FIRST_CORP, SECOND_CORP};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_login() {
    let world = World::start().await;
    let app = FIRST_CORP.radar();
    world.weixin.work_check(&app).await.unwrap();
    world.weixin.work_check(&app).await.unwrap();
    assert_eq!(world.calls("/cgi-bin/gettoken").await, 2, "checks go past the cache");
    let bad = CorpApp { secret: wrong(), ..app.clone() };
    assert_eq!(code(world.weixin.work_check(&bad).await), 40001);
    assert_eq!(code(world.weixin.work_user_by_code(&bad, "lina.1").await), 40001);
    let unknown = CorpApp { corp_id: "ww0".to_owned(), ..app.clone() };
    assert_eq!(code(world.weixin.work_check(&unknown).await), 40013);

    let lina = world.weixin.work_user_by_code(&app, "lina.1").await.unwrap().unwrap();
    assert_eq!((lina.userid.as_str(), lina.name.as_str(), lina.gender), ("lina", "李娜", 2));
    assert_eq!(code(world.weixin.work_user_by_code(&app, "lina.1").await), 40029);
    assert_eq!(code(world.weixin.work_user_by_code(&app, "lina").await), 40029);
    assert_eq!(code(world.weixin.work_user_by_code(&app, "zhaomin.1").await), 40029, "she is in the other company");
    assert_eq!(world.weixin.work_user_by_code(&app, "outsider.1").await, Ok(None));
    assert!(world.weixin.work_user_by_code(&SECOND_CORP.radar(), "zhaomin.1").await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages() {
    let world = World::start().await;
    let (app, agent) = (FIRST_CORP.radar(), FIRST_CORP.radar_agent_id);
    let text = "李娜，您好：一位客户正在看您的名片";
    assert!(world.weixin.work_send_text(&app, agent, "lina", text).await.unwrap().is_empty());
    assert_eq!(world.weixin.work_send_text(&app, agent, "lina|nobody", "2").await.unwrap(), ["nobody"]);
    assert_eq!(code(world.weixin.work_send_text(&app, agent, "nobody", "3").await), 81013);
    assert_eq!(code(world.weixin.work_send_text(&app, agent + 1, "lina", "4").await), 301_002);
    assert_eq!(code(world.weixin.work_send_text(&FIRST_CORP.contacts(), agent, "lina", "5").await), 301_002);
    assert_eq!(code(world.weixin.work_send_text(&app, agent, "lina", "").await), 44004);
    let delivered = world.get("/messages").await;
    assert_eq!(delivered.len(), 2);
    assert_eq!((&delivered[0]["content"], &delivered[0]["users"]), (&json!(text), &json!(["lina"])));

    world
        .control(
            json!({ "fail": { "path": "/cgi-bin/message/send", "errcode": 45009, "errmsg": "limit", "times": 2 } }),
        )
        .await;
    for expected in [Err(45009), Err(45009), Ok(())] {
        let sent = world.weixin.work_send_text(&app, agent, "lina", "6").await;
        assert_eq!(sent.map(drop).map_err(|error| error.errcode().unwrap()), expected);
    }
    world.control(json!({ "reset": true })).await;
    assert!(world.get("/messages").await.is_empty());
}
