//! First pages of the lists with many rows below them, against the same pages with 1,000 of each: customers, radar
//! entries and messages of one salesperson. Both servers run at the same time and are asked in turns.
//!
//! `cargo bench --bench lists`; `LEIDA_SIZES=20000,200000,200000` for fewer customers, entries and messages.

#![allow(clippy::unwrap_used, reason = "a benchmark whose step fails may well stop")]

mod common;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    time::{Duration, Instant},
};

use common::{Folder, Server, fill, percentile, person, signed};

/// Each page is asked for so often in each round.
const SAMPLES: usize = 200;
const ROUNDS: usize = 3;

/// The first salesperson's first customer of the many has the longest conversation.
const PAGES: &[(&str, &str)] = &[
    ("customers, by rate", "/zhugeleida/qiyeweixin/tongxunlu?"),
    ("customers, by follow-up", "/zhugeleida/qiyeweixin/tongxunlu?order=-last_follow_time&"),
    ("customers, by activity", "/zhugeleida/qiyeweixin/tongxunlu?order=-last_activity_time&"),
    ("customers who scanned", "/zhugeleida/qiyeweixin/tongxunlu?customer__source=1&"),
    ("radar", "/zhugeleida/qiyeweixin/action/time?"),
    ("radar of one action", "/zhugeleida/qiyeweixin/action/time?action=6&"),
    ("radar of one customer", "/zhugeleida/qiyeweixin/action/time?customer_id=CUSTOMER&"),
    ("radar by customer", "/zhugeleida/qiyeweixin/action/customer?"),
    ("radar by action", "/zhugeleida/qiyeweixin/action/count?"),
    ("new radar", "/zhugeleida/qiyeweixin/action/get_new_log?"),
    ("contacts", "/zhugeleida/qiyeweixin/contact?"),
    ("chat", "/zhugeleida/qiyeweixin/chat?customer_id=CUSTOMER&"),
    ("one customer", "/zhugeleida/qiyeweixin/customer?customer_id=CUSTOMER&"),
    ("follow-ups", "/zhugeleida/qiyeweixin/follow_info?customer_id=CUSTOMER&"),
    ("tags", "/zhugeleida/qiyeweixin/tag_list?"),
    ("customers by tag", "/zhugeleida/qiyeweixin/tag_customer?"),
];

fn main() {
    let sizes = std::env::var("LEIDA_SIZES").unwrap_or_else(|_| "100000,1000000,1000000".to_owned());
    let sizes: Vec<&str> = sizes.split(',').collect();
    let (few, many) = (Folder::new("lists-few"), Folder::new("lists-many"));
    fill(&few.0, ["1000", "1000", "1000"]);
    fill(&many.0, [sizes[0], sizes[1], sizes[2]]);
    let (few, many) = (Side::start(&few.0), Side::start(&many.0));
    println!("{} customers, radar entries, messages against 1000,1000,1000", sizes.join(","));
    for (name, path) in PAGES {
        let mut ratios = Vec::new();
        let mut last = (Duration::ZERO, Duration::ZERO);
        for _ in 0..ROUNDS {
            let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
            for _ in 0..SAMPLES {
                of_few.push(few.time(path));
                of_many.push(many.time(path));
            }
            last = (percentile(&mut of_few, 0.5), percentile(&mut of_many, 0.5));
            ratios.push(last.1.as_secs_f64() / last.0.as_secs_f64());
        }
        let ratios: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
        println!("{name}: {:?} against {:?}, ratios {}", last.1, last.0, ratios.join(", "));
    }
}

/// A server, and its first salesperson.
struct Side {
    server: Server,
    staff: i64,
    token: String,
    customer: String,
}

impl Side {
    fn start(data: &Path) -> Self {
        let server = Server::start(data, &["--demo"]);
        let (staff, token) = person(data, "SELECT id, token FROM staff ORDER BY id LIMIT 1");
        let (customer, _) = person(data, "SELECT id, '' FROM customer WHERE openid = 'many_0'");
        Self { server, staff, token, customer: customer.to_string() }
    }

    /// From the request to the whole answer, over a connection of its own that is open already.
    fn time(&self, path: &str) -> Duration {
        let path = path.replace("CUSTOMER", &self.customer);
        let path = format!("{path}{}", signed(self.staff, &self.token));
        let (time, answer) = ask(self.server.address, &path);
        assert!(answer.contains("\"code\":200"), "{path}: {answer}");
        time
    }
}

fn ask(address: SocketAddr, path: &str) -> (Duration, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let begun = Instant::now();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (begun.elapsed(), answer)
}
