//! First pages against a bare handler that returns the same bytes: `action/time` at 1,000,000 radar rows, and a page of
//! a conversation; 64 connections, client and server on the same machine.
//!
//! `cargo bench --bench pages`

#![allow(clippy::unwrap_used, reason = "a benchmark whose step fails may well stop")]

mod common;

use std::{net::SocketAddr, path::Path, time::Duration};

use common::{Folder, Server, body, get, load, person, signed};
use leida::web::{Doorway, Limits};
use poem::{EndpointExt, Response, endpoint::make_sync};
use rusqlite::Connection;

const CONNECTIONS: usize = 64;
const LENGTH: Duration = Duration::from_secs(4);
const RADAR_ROWS: i64 = 1_000_000;
const MESSAGES: i64 = 100_000;

fn main() {
    let folder = Folder::new("pages");
    drop(Server::start(&folder.0, &["--demo"]));
    fill(&folder.0);
    let server = Server::start(&folder.0, &["--demo"]);
    let (staff, token) = person(&folder.0, "SELECT id, token FROM staff ORDER BY id LIMIT 1");
    let (customer, _) = person(
        &folder.0,
        "SELECT customer_id, '' FROM relation WHERE staff_id = (SELECT min(id) FROM staff) ORDER BY id LIMIT 1",
    );
    let sign = signed(staff, &token);
    for (name, path) in [
        ("action/time", format!("/zhugeleida/qiyeweixin/action/time?{sign}")),
        ("chat", format!("/zhugeleida/qiyeweixin/chat?customer_id={customer}&{sign}")),
    ] {
        // The first answer marks what it shows as read; from the second on nothing is written.
        get(server.address, &path);
        let answer = get(server.address, &path).unwrap();
        assert!(answer.contains("\"code\":200"), "{answer}");
        let bare = bare_server(body(&answer).to_owned());
        for round in 1..=3 {
            let bare_rate = load(bare, "/", CONNECTIONS, LENGTH);
            let rate = load(server.address, &path, CONNECTIONS, LENGTH);
            println!(
                "{name} round {round}: {rate:.0} requests/s, bare handler with the same {} bytes {bare_rate:.0}, ratio 1:{:.1}",
                body(&answer).len(),
                bare_rate / rate
            );
        }
    }
}

/// The same accept loop, with a handler that only answers bytes.
fn bare_server(bytes: String) -> SocketAddr {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = leida::web::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            let bytes = bytes::Bytes::from(bytes);
            let endpoint = make_sync(move |_| {
                Response::builder().content_type("application/json; charset=utf-8").body(bytes.clone())
            });
            let doorway = Doorway { limits: Limits::for_open_files(4096), open: std::sync::Arc::default() };
            let (_stop, stopped) = tokio::sync::watch::channel(false);
            doorway.serve(listener, endpoint.boxed(), stopped).await.unwrap();
        });
    });
    told.recv().unwrap()
}

/// A long history for the first salesperson, with the counters that belong to it.
fn fill(data: &Path) {
    let conn = Connection::open(data.join("leida.db")).unwrap();
    conn.execute_batch(&format!(
        "PRAGMA synchronous = OFF;
         BEGIN;
         CREATE TEMP TABLE known AS
             SELECT row_number() OVER (ORDER BY id) - 1 AS number, customer_id FROM relation
             WHERE staff_id = (SELECT min(id) FROM staff);
         CREATE TEMP TABLE me AS SELECT min(id) AS id FROM staff;
         CREATE TEMP TABLE size AS SELECT count(*) AS customers FROM known;
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {RADAR_ROWS})
         INSERT INTO radar_log (company_id, staff_id, customer_id, action, text, is_seen, day, created_at)
         SELECT 1, me.id, (SELECT customer_id FROM known WHERE number = i % size.customers), i % 10 + 1,
                '查看您的名片第' || i || '次,成交在望', 1, 19000 + i / 2000, (19000 + i / 2000) * 86400000 + i
         FROM n, me, size;
         DELETE FROM radar_day;
         INSERT INTO radar_day (staff_id, day, customer_id, action, entries)
         SELECT staff_id, day, customer_id, action, count(*) FROM radar_log GROUP BY 1, 2, 3, 4;
         UPDATE staff SET radar_count = (SELECT count(*) FROM radar_log WHERE staff_id = staff.id);
         UPDATE relation SET radar_count = (SELECT count(*) FROM radar_log
             WHERE radar_log.staff_id = relation.staff_id AND radar_log.customer_id = relation.customer_id);
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {MESSAGES})
         INSERT INTO chat_message (company_id, staff_id, customer_id, send_type, info_type, content,
                                   is_read_by_staff, is_read_by_customer, created_at)
         SELECT 1, me.id, (SELECT customer_id FROM known WHERE number = i % size.customers), i % 2 + 1, 1,
                '{{\"msg\":\"第' || i || '条消息，谢谢您的介绍\"}}', 1, 1, 1600000000000 + i * 1000
         FROM n, me, size;
         COMMIT;
         PRAGMA wal_checkpoint(TRUNCATE);"
    ))
    .unwrap();
}
