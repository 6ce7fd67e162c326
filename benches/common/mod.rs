//! What the benchmarks share: a running server on a fresh data directory, its people, and a small load generator.

#![allow(dead_code, clippy::unwrap_used, reason = "each benchmark uses its part; a failed step may well stop it")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use leida::web::signature::sign;
use rusqlite::Connection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A folder that is removed in the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("leida-bench-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Fills a data directory with so many customers, radar entries and messages of the first salesperson.
pub fn fill(data: &Path, sizes: [&str; 3]) {
    fill_with_readings(data, sizes, "0");
}

/// [`fill`], and so many readings of one article, over eight levels.
pub fn fill_with_readings(data: &Path, sizes: [&str; 3], readings: &str) {
    let begun = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_leida"))
        .args(["demo-data", "--data", data.to_str().unwrap()])
        .args(["--customers", sizes[0], "--logs", sizes[1], "--messages", sizes[2], "--readings", readings])
        .status()
        .unwrap();
    assert!(status.success(), "demo-data");
    println!("filled with {},{readings} in {:.0?}", sizes.join(","), begun.elapsed());
}

/// The real program, as a user starts it.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process to its first answer.
    pub started_in: Duration,
}

impl Server {
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let begun = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_leida"))
            .arg("serve")
            .args(arguments)
            .args(["--listen", &address.to_string(), "--data", data.to_str().unwrap()])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while get(address, "/healthz").is_none_or(|answer| !answer.ends_with("ok")) {
            assert!(begun.elapsed() < Duration::from_secs(20), "the server does not start");
            std::thread::sleep(Duration::from_micros(500));
        }
        Self { child, address, started_in: begun.elapsed() }
    }

    /// Resident memory in MiB.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One blocking request, the whole answer as text.
pub fn get(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// The body of an answer.
pub fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// The query that signs for somebody, now.
pub fn signed(user_id: i64, token: &str) -> String {
    let stamp = leida::time::Millis::now().0.to_string();
    format!("user_id={user_id}&timestamp={stamp}&rand_str={}", sign(&stamp, token))
}

/// Id and token of the first row of a table of people.
pub fn person(data: &Path, sql: &str) -> (i64, String) {
    let conn = Connection::open(data.join("leida.db")).unwrap();
    conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

/// Requests a second over `connections` kept-alive connections, for `length`.
pub fn load(address: SocketAddr, path: &str, connections: usize, length: Duration) -> f64 {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let until = Instant::now() + length;
        let tasks: Vec<_> = (0..connections)
            .map(|_| {
                let request = request.clone();
                tokio::spawn(async move {
                    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    let mut buffer = vec![0; 64 * 1024];
                    let mut answered = 0_u32;
                    while Instant::now() < until {
                        stream.write_all(request.as_bytes()).await.unwrap();
                        read_answer(&mut stream, &mut buffer).await;
                        answered += 1;
                    }
                    answered
                })
            })
            .collect();
        let mut answered = 0;
        for task in tasks {
            answered += task.await.unwrap();
        }
        f64::from(answered) / length.as_secs_f64()
    })
}

async fn read_answer(stream: &mut tokio::net::TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    let mut needed = usize::MAX;
    while filled < needed {
        let read = stream.read(&mut buffer[filled..]).await.unwrap();
        assert!(read > 0, "the server closed the connection");
        filled += read;
        if needed == usize::MAX
            && let Some(end) = buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(&buffer[..end]);
            assert!(head.starts_with("HTTP/1.1 200"), "{head}");
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned))
                .unwrap();
            needed = end + 4 + length.parse::<usize>().unwrap();
        }
    }
}

/// The value below which `part` of the sorted samples lie.
pub fn percentile(samples: &mut [Duration], part: f64) -> Duration {
    samples.sort_unstable();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let index = ((samples.len() - 1) as f64 * part).round() as usize;
    samples[index]
}
