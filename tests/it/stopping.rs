//! Stopping a server in the middle of its work: what was begun is finished and kept.

use std::{thread, time::Duration};

use serde_json::json;

use crate::support::Server;

#[test]
fn a_request_that_is_running_is_answered_and_its_write_kept() {
    let mut server = Server::demo();
    // The login has to wait for WeChat: long enough to be stopped in the middle.
    let slowly = json!({ "delay_ms": { "path": "/sns/jscode2session", "ms": 1000, "times": 1 } });
    assert_eq!(server.sandbox("/sandbox/control", &slowly).status, 200);
    let api = server.api.clone();
    let login = thread::spawn(move || {
        let query = [("code", "shenfang.stopping"), ("user_type", "2"), ("source", "1")];
        api.get("/zhugeleida/xiaochengxu/login", &query)
    });
    thread::sleep(Duration::from_millis(300));
    let (took, code) = server.stop();
    let reply = login.join().expect("an answer");
    let customer = reply.ok()["cid"].clone();
    assert_eq!(code, Some(0));
    assert!(took > Duration::from_millis(500), "it waited for the request: {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    server.restart();
    assert_eq!(server.select(&format!("SELECT count(*) FROM customer WHERE id = {customer}")), 1);
}
