//! First pages against a bare handler that returns the same bytes: `action/time` at 1,000,000 radar rows, and a page of
//! a conversation; 64 connections, client and server on the same machine.
//!
//! `cargo bench --bench pages`

#![allow(clippy::unwrap_used, reason = "a benchmark whose step fails may well stop")]

mod common;

use std::{net::SocketAddr, time::Duration};

use common::{Folder, Server, body, fill, get, load, person, signed};
use leida::web::{Doorway, Limits};
use poem::{EndpointExt, Response, endpoint::make_sync};

const CONNECTIONS: usize = 64;
const LENGTH: Duration = Duration::from_secs(4);
const RADAR_ROWS: &str = "1000000";
const MESSAGES: &str = "100000";

fn main() {
    let folder = Folder::new("pages");
    fill(&folder.0, ["1000", RADAR_ROWS, MESSAGES]);
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
