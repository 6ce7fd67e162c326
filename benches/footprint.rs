//! What the server takes: start to first answer, idle memory, memory with 10,000 idle sockets, size of the program.
//!
//! `cargo bench --bench footprint`

#![allow(clippy::unwrap_used, reason = "a benchmark whose step fails may well stop")]

mod common;

use std::{net::TcpStream, time::Duration};

use common::{Folder, Server, person, signed};

const SOCKETS: usize = 10_000;

fn main() {
    let folder = Folder::new("footprint");
    drop(Server::start(&folder.0, &["--demo"]));
    let mut starts: Vec<Duration> = (0..5).map(|_| Server::start(&folder.0, &["--demo"]).started_in).collect();
    starts.sort_unstable();
    println!("start to first answer on an existing database: median {:.1?}, worst {:.1?}", starts[2], starts[4]);

    let server = Server::start(&folder.0, &["--demo"]);
    std::thread::sleep(Duration::from_secs(2));
    println!("idle memory: {:.1} MiB", server.memory());

    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let wanted = SOCKETS.min(usize::try_from(files).unwrap().saturating_sub(200));
    let (staff, token) = person(&folder.0, "SELECT id, token FROM staff ORDER BY id LIMIT 1");
    let url = format!("ws://{}/zhugeleida/qiyeweixin/websocket/leida_action?{}", server.address, signed(staff, &token));
    let mut sockets = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        let stream = TcpStream::connect(server.address).unwrap();
        let config = tungstenite::protocol::WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0);
        let (socket, _) = tungstenite::client::client_with_config(&url, stream, Some(config)).unwrap();
        sockets.push(socket);
    }
    std::thread::sleep(Duration::from_secs(3));
    println!("with {wanted} idle sockets: {:.1} MiB", server.memory());

    let size = std::fs::metadata(env!("CARGO_BIN_EXE_leida")).unwrap().len();
    #[allow(clippy::cast_precision_loss)]
    let megabytes = size as f64 / 1e6;
    println!("program: {megabytes:.1} MB");
}
