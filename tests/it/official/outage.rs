//! WeChat is down: chats and the radar go on as ever, and what was held back arrives, each once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{calls, control, count, delivered, reader, wait_for_empty_outbox};
use crate::support::{Server, within};

#[test]
fn nobody_notices_and_nothing_is_lost_or_doubled() {
    let server = Server::demo();
    let staff = server.salesperson(1, "lina");
    let (lan, mei) = (reader(&server, &staff, "lan"), server.customer(&staff, "mei"));
    wait_for_empty_outbox(&server);
    control(
        &server,
        &json!({ "down": [
        { "path_prefix": "/work", "times": 100_000 }, { "path_prefix": "/weixin/cgi-bin", "times": 100_000 },
    ] }),
    );
    for number in 1..=5 {
        let begun = Instant::now();
        staff.say(&lan, &format!("第{number}句")).ok();
        staff.say(&mei, "在吗").ok();
        mei.on_card("calling", &staff).ok();
        assert!(begun.elapsed() < Duration::from_secs(5), "three calls took {:?}", begun.elapsed());
    }
    let tried = |kind: &str| count(&server, "outbox", &format!("state = 0 AND attempts > 0 AND kind = '{kind}'"));
    within(Duration::from_secs(15), "a failed try of each kind", || {
        ["staff_text", "official_chat", "mini_notice"].iter().all(|kind| tried(kind) > 0).then_some(())
    });
    assert_eq!((lan.history(&staff).len(), staff.history(&lan).len()), (6, 6));
    control(&server, &json!({ "reset": true }));
    wait_for_empty_outbox(&server);
    let letters: Vec<_> = delivered(&server, "letter").iter().map(|one| one["content"].clone()).collect();
    assert_eq!(letters, ["第1句", "第2句", "第3句", "第4句", "第5句"], "in order, each once");
    assert_eq!(delivered(&server, "subscribe").len(), 1);
    let told = server.sandbox("/sandbox/messages", &Value::Null).json;
    let told = told.as_array().expect("the messages").iter().filter(|one| one["users"].is_array());
    let lines: Vec<_> = told.flat_map(|one| one["content"].as_str().unwrap_or_default().lines()).collect();
    assert_eq!(lines, ["mei拨打您的手机"; 5]);
    let lately = "created_at > unixepoch() * 1000 - 3600000";
    assert_eq!(count(&server, "outbox", &format!("state = 2 AND {lately}")), 0, "nothing was given up");
}

#[test]
fn a_pile_of_news_rings_the_telephone_twice() {
    const SEND: &str = "/cgi-bin/message/send";
    let server = Server::demo();
    let staff = server.salesperson(1, "lina");
    let mei = server.customer(&staff, "mei");
    wait_for_empty_outbox(&server);
    std::thread::sleep(Duration::from_millis(2100));
    let before = calls(&server, SEND).len();
    let begun = Instant::now();
    mei.on_card("calling", &staff).ok();
    within(Duration::from_secs(5), "the first at once", || (calls(&server, SEND).len() > before).then_some(()));
    for _ in 0..12 {
        mei.on_card("calling", &staff).ok();
    }
    let was_quick = begun.elapsed() < Duration::from_millis(1500);
    wait_for_empty_outbox(&server);
    if was_quick {
        let sent = calls(&server, SEND);
        assert_eq!(sent.len(), before + 2, "one at once, one for the rest");
        let text = sent[before + 1]["body"]["text"]["content"].as_str().expect("a text").to_owned();
        assert_eq!((text.lines().count(), text.lines().last()), (11, Some("…等 12 条")));
    }
}
