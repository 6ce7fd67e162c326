//! Whoever sends too much, too slowly or too often is shut out, and everybody else is served meanwhile.

use std::{
    io::Write,
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::support::{Builder, Server, raw};

const LOGIN: &str = "POST /zhugeleida/admin/login HTTP/1.1\r\nHost: leida\r\nContent-Type: application/json\r\n";

/// Asks for something small, which must be answered within a second.
#[track_caller]
fn is_prompt(server: &Server) {
    let begun = Instant::now();
    assert_eq!(server.api.get::<&str, &str>("/healthz", &[]).status, 200);
    assert!(begun.elapsed() < Duration::from_secs(1), "answered after {:?}", begun.elapsed());
}

#[test]
fn a_gigabyte_that_is_announced_is_refused_at_once() {
    let server = Server::start();
    let head = format!("{LOGIN}Content-Length: 1073741824\r\n\r\n{{\"username\": \"");
    let begun = Instant::now();
    let ending = raw::talk(server.address(), head.as_bytes(), Duration::from_secs(5));
    assert!(ending.text.starts_with("HTTP/1.1 413"), "{}", ending.text);
    assert!(ending.text.contains("\"code\":413"), "{}", ending.text);
    assert!(begun.elapsed() < Duration::from_secs(4), "nobody waits for the gigabyte");
    is_prompt(&server);
}

#[test]
fn a_body_without_an_end_is_refused_while_others_are_served() {
    let server = Server::start();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let _end = SetOnDrop(&over);
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                is_prompt(&server);
                thread::sleep(Duration::from_millis(20));
            }
        });
        for kind in ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let (sent, answer) = pour_without_end(&server, kind);
            assert!(sent < 64 << 20, "{kind}: {sent} bytes were taken");
            // The connection may be reset before the answer is read: then at least nothing else came.
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{kind}: {answer}");
        }
    });
    let peak = peak_memory(server.process());
    assert!(peak < 200 << 10, "{peak} KiB were used at the peak");
}

/// Ends the other thread, also when this one panics.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Sends chunks until the server has had enough: how much it took, and its answer.
fn pour_without_end(server: &Server, content_type: &str) -> (usize, String) {
    let mut stream = raw::connect(server.address());
    let head = format!(
        "POST /zhugeleida/admin/login HTTP/1.1\r\nHost: leida\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("the head is taken");
    let start = if content_type.starts_with("multipart") {
        "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\n".to_owned()
    } else {
        String::new()
    };
    let mut chunk = format!("10000\r\n{start}{}\r\n", "x".repeat(0x10000 - start.len()));
    let mut sent = 0;
    while sent < 256 << 20 && stream.write_all(chunk.as_bytes()).is_ok() {
        sent += 0x10000;
        chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        if has_answer(&mut stream) {
            break;
        }
    }
    (sent, raw::read_to_end(&mut stream, Duration::from_secs(2)).text)
}

fn has_answer(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_millis(1))).expect("a read timeout");
    matches!(stream.peek(&mut [0; 1]), Ok(read) if read > 0)
}

/// KiB; 0 where the system does not tell.
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[test]
fn half_a_header_and_a_silent_connection_are_shut_out() {
    let server = Server::start();
    let address = server.address();
    thread::scope(|scope| {
        let silent = scope.spawn(move || raw::talk(address, b"", Duration::from_secs(15)));
        let half = scope.spawn(move || {
            raw::talk(address, b"GET /healthz HTTP/1.1\r\nHost: leida\r\nX-Slow: ", Duration::from_secs(25))
        });
        let dripping = scope.spawn(move || drip(address));
        let idle = scope.spawn(move || {
            raw::talk(address, b"GET /healthz HTTP/1.1\r\nHost: leida\r\n\r\n", Duration::from_secs(25))
        });
        let silent = silent.join().expect("the silent one");
        assert!(silent.closed && silent.after < Duration::from_secs(8), "silent: {silent:?}");
        for (name, ending) in [("half", half), ("dripping", dripping), ("idle", idle)] {
            let ending = ending.join().expect("a connection");
            assert!(ending.closed && ending.after < Duration::from_secs(14), "{name}: {ending:?}");
        }
        is_prompt(&server);
    });
}

/// A header that never ends, a byte at a time.
fn drip(address: std::net::SocketAddr) -> raw::Ending {
    let mut stream = raw::connect(address);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: leida\r\nX-Slow: ").expect("the beginning is taken");
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) && stream.write_all(b"x").is_ok() {
        let ending = raw::read_to_end(&mut stream, Duration::from_millis(200));
        if ending.closed {
            return raw::Ending { after: begun.elapsed(), ..ending };
        }
    }
    raw::Ending { text: String::new(), closed: begun.elapsed() < Duration::from_secs(20), after: begun.elapsed() }
}

#[test]
fn more_connections_than_places_leave_the_server_well() {
    let server = Builder::new().shell("ulimit -n 128").start();
    let mut crowd: Vec<TcpStream> = (0..300).filter_map(|_| TcpStream::connect(server.address()).ok()).collect();
    for stream in &mut crowd {
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: leida\r\n");
    }
    // It does not burn the processor meanwhile.
    let before = processor_time(server.process());
    thread::sleep(Duration::from_secs(1));
    let used = processor_time(server.process()) - before;
    assert!(used < 30, "{used} hundredths of a second of processor time in one second");
    drop(crowd);
    let begun = Instant::now();
    loop {
        let ending = raw::talk(
            server.address(),
            b"GET /healthz HTTP/1.1\r\nHost: leida\r\nConnection: close\r\n\r\n",
            Duration::from_secs(2),
        );
        if ending.text.starts_with("HTTP/1.1 200") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "places are not given back: {ending:?}\n{}", server.output());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Hundredths of a second; 0 where the system does not tell.
fn processor_time(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    fields.iter().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

#[test]
fn wrong_passwords_are_slowed_down_for_one_account() {
    let server = Server::demo();
    let login = |password: &str| {
        let form = crate::support::Form::urlencoded().with("username", "admin").with("password", password);
        server.anonymous().post("/zhugeleida/admin/login", &form)
    };
    for _ in 0..5 {
        login("wrong").refused(401);
    }
    let reply = login("wrong");
    reply.refused(429);
    assert_eq!(reply.status, 429, "{}", reply.story());
}
