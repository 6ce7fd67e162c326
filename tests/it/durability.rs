//! What was answered with 200 survives a SIGKILL in the middle of concurrent writes: it is there exactly once, and all
//! counters are those of a recount.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{Actor, Form, Server};

/// Customers who write and call at the same time.
const WRITERS: usize = 10;
/// How long each round goes on before the kill, after the first answer.
const ROUNDS: [u64; 5] = [0, 35, 110, 260, 500];

/// What one customer was answered.
#[derive(Default)]
struct Answered {
    /// Words sent; the last may have got no answer.
    sent: Vec<String>,
    said: Vec<String>,
    calls: usize,
    /// Whether the last call got no answer.
    is_call_open: bool,
}

#[test]
fn what_was_answered_is_there_after_a_kill() {
    let mut server = Server::demo();
    let staff = server.staff("lina");
    let customers: Vec<_> = (0..WRITERS).map(|number| server.customer(&staff, &format!("作者{number}"))).collect();
    let mut all: Vec<Answered> = customers.iter().map(|_| Answered::default()).collect();
    let mut total = 0;
    for (round, millis) in ROUNDS.into_iter().enumerate() {
        let answers = AtomicUsize::new(0);
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for (customer, answered) in customers.iter().zip(&mut all) {
                let (customer, staff) = (customer.at(&server), staff.clone());
                let (answers, over) = (&answers, &over);
                scope.spawn(move || write_until(&customer, &staff, round, answered, answers, over));
            }
            while answers.load(Ordering::Relaxed) == 0 {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(millis));
            server.kill();
            over.store(true, Ordering::Relaxed);
        });
        total += answers.load(Ordering::Relaxed);
        server.restart();
        for (customer, answered) in customers.iter().zip(&mut all) {
            is_kept(&server, customer, &staff, answered);
        }
        let connection = server.database();
        assert_eq!(rows(&connection, "PRAGMA integrity_check"), ["ok"]);
        assert_eq!(rows(&connection, "PRAGMA foreign_key_check"), Vec::<String>::new());
        assert_eq!(miscounted(&connection), Vec::<String>::new(), "round {round}");
    }
    assert!(total > 50, "only {total} requests were answered in all");
}

/// Says and does things until the server is gone, and notes what was answered.
fn write_until(
    customer: &Actor,
    staff: &Actor,
    round: usize,
    answered: &mut Answered,
    answers: &AtomicUsize,
    over: &AtomicBool,
) {
    answered.is_call_open = false;
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(10)))
        .build()
        .into();
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let words = format!("{round}-{number}");
        let content = json!({ "info_type": 1, "msg": words }).to_string();
        let (media_type, body) = Form::urlencoded().with("u_id", staff.user_id).with("content", content).encode();
        answered.sent.push(words.clone());
        let url = customer.api.url("/zhugeleida/xiaochengxu/chat/send_msg/0", &customer.signature());
        if !is_done(agent.post(&url).header("Content-Type", &media_type).send(&body[..])) {
            return;
        }
        answered.said.push(words);
        answers.fetch_add(1, Ordering::Relaxed);
        let url =
            customer.api.url("/zhugeleida/xiaochengxu/mingpian/calling", &customer.signed(&[("uid", &staff.id())]));
        if !is_done(agent.get(&url).call()) {
            answered.is_call_open = true;
            return;
        }
        answered.calls += 1;
        answers.fetch_add(1, Ordering::Relaxed);
    }
}

/// Whether a whole answer came with code 200; false when the server is gone. Anything else is a fault.
fn is_done(outcome: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> bool {
    let Some(text) = outcome.ok().and_then(|mut response| response.body_mut().read_to_string().ok()) else {
        return false;
    };
    let Ok(answer) = serde_json::from_str::<Value>(&text) else { return false };
    assert_eq!(answer["code"], 200, "{answer}");
    true
}

/// Everything answered is there once, in order; of what got no answer at most the last, and then also only once.
fn is_kept(server: &Server, customer: &Actor, staff: &Actor, answered: &mut Answered) {
    let pair = format!("staff_id = {} AND customer_id = {}", staff.user_id, customer.user_id);
    let connection = server.database();
    let kept = rows(
        &connection,
        &format!("SELECT content ->> 'msg' FROM chat_message WHERE {pair} AND send_type = 2 ORDER BY id"),
    );
    let unique: BTreeSet<_> = kept.iter().collect();
    assert_eq!(unique.len(), kept.len(), "twice: {kept:?}");
    let missing: Vec<_> = answered.said.iter().filter(|words| !unique.contains(words)).collect();
    assert!(missing.is_empty(), "answered and lost: {missing:?}");
    let expected: Vec<_> = answered.sent.iter().filter(|words| unique.contains(words)).cloned().collect();
    assert_eq!(kept, expected, "in the order in which they were said, and nothing else");
    let calls = server.select(&format!("SELECT count(*) FROM radar_log WHERE {pair} AND action = 10"));
    let calls = usize::try_from(calls.as_i64().expect("a count")).expect("no less than none");
    let most = answered.calls + usize::from(answered.is_call_open);
    assert!((answered.calls..=most).contains(&calls), "{calls} calls, {} were answered", answered.calls);
    // What was stored without being answered counts from now on.
    answered.calls = calls;
}

fn rows(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let rows = statement.query_map([], |row| row.get::<_, rusqlite::types::Value>(0)).expect("an answer");
    rows.map(|row| match row.expect("a row") {
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    })
    .collect()
}

/// The counters that differ from a recount, each with how often.
fn miscounted(connection: &Connection) -> Vec<String> {
    let pair = "staff_id = r.staff_id AND customer_id = r.customer_id";
    let of_relation = |counter: &str, from: &str| {
        format!("SELECT count(*) FROM relation AS r WHERE {counter} IS NOT (SELECT {from} AND {pair})")
    };
    let of_day = |counter: &str, source: &str| {
        format!(
            "SELECT count(*) FROM stat_day FULL JOIN (SELECT day, count(*) AS n FROM ({source}) GROUP BY day) AS counted
                 USING (day)
             WHERE coalesce(company_id, 1) = 1 AND coalesce({counter}, 0) <> coalesce(n, 0)"
        )
    };
    let acts = |codes: &str| format!("SELECT day FROM radar_log WHERE action IN ({codes}) AND effect = 1");
    let checks = [
        ("relation.radar_count", of_relation("radar_count", "count(*) FROM radar_log WHERE 1")),
        ("relation.customer_messages", of_relation("customer_messages", "count(*) FROM chat_message WHERE send_type = 2")),
        ("relation.unread_by_staff", of_relation("unread_by_staff", "count(*) FROM chat_message WHERE is_read_by_staff = 0")),
        (
            "relation.unread_by_customer",
            of_relation("unread_by_customer", "count(*) FROM chat_message WHERE is_read_by_customer = 0"),
        ),
        ("relation.last_message_id", of_relation("last_message_id", "max(id) FROM chat_message WHERE send_type <> 4")),
        (
            "staff.radar_count",
            "SELECT count(*) FROM staff WHERE radar_count <>
                 (SELECT count(*) FROM radar_log WHERE staff_id = staff.id)"
                .to_owned(),
        ),
        (
            "radar_day",
            "SELECT count(*) FROM radar_day FULL JOIN
                 (SELECT staff_id, day, customer_id, action, count(*) AS n FROM radar_log GROUP BY 1, 2, 3, 4) AS counted
                 USING (staff_id, day, customer_id, action)
             WHERE entries IS NOT n"
                .to_owned(),
        ),
        ("stat_day.views", of_day("views", &acts("1, 14"))),
        ("stat_day.forwards", of_day("forwards", &acts("6, 15, 16"))),
        ("stat_day.praises", of_day("praises", &acts("9, 19"))),
        (
            "stat_day.customers",
            "SELECT (SELECT sum(customers) FROM stat_day) <> (SELECT count(*) FROM customer)".to_owned(),
        ),
        (
            // Every act and every message of a customer is told to Work WeChat: stored with it, or not at all.
            "outbox",
            "SELECT (SELECT count(*) FROM outbox WHERE json_extract(payload, '$.text') LIKE '作者%:%') <>
                 (SELECT count(*) FROM chat_message JOIN customer ON customer.id = customer_id
                  WHERE send_type = 2 AND nickname LIKE '作者%')"
                .to_owned(),
        ),
    ];
    let counted = checks.into_iter().map(|(name, sql)| (name, rows(connection, &sql).remove(0)));
    counted.filter(|(_, differing)| differing != "Integer(0)").map(|(name, n)| format!("{name}: {n}")).collect()
}
