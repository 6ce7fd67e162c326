//! From a customer's request to the frame on the salesperson's open socket: p50 and p99, the request durable in between.
//!
//! `cargo bench --bench push`

#![allow(clippy::unwrap_used, reason = "a benchmark whose step fails may well stop")]

mod common;

use std::time::{Duration, Instant};

use common::{Folder, Server, percentile, person, signed};

const SAMPLES: usize = 3000;

fn main() {
    let folder = Folder::new("push");
    let server = Server::start(&folder.0, &["--demo"]);
    let pair = "FROM relation JOIN staff ON staff.id = staff_id JOIN customer ON customer.id = customer_id
                WHERE relation.id = 1";
    let (staff, staff_token) = person(&folder.0, &format!("SELECT staff.id, staff.token {pair}"));
    let (customer, token) = person(&folder.0, &format!("SELECT customer.id, customer.token {pair}"));
    let url =
        format!("ws://{}/zhugeleida/qiyeweixin/websocket/leida_action?{}", server.address, signed(staff, &staff_token));
    let (mut socket, _) = tungstenite::connect(url).unwrap();
    // Only once the server has answered is the socket subscribed.
    socket.send(tungstenite::Message::text("{\"type\":\"register\"}")).unwrap();
    socket.read().unwrap();
    let agent = ureq::Agent::new_with_defaults();
    let url = format!(
        "http://{}/zhugeleida/xiaochengxu/mingpian/calling?uid={staff}&{}",
        server.address,
        signed(customer, &token)
    );
    let (mut pushes, mut answers): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
    for _ in 0..SAMPLES {
        let begun = Instant::now();
        let (agent, url) = (agent.clone(), url.clone());
        let request = std::thread::spawn(move || {
            let answer = agent.get(&url).call().unwrap().into_body().read_to_string().unwrap();
            assert!(answer.contains("\"code\":200"), "{answer}");
            begun.elapsed()
        });
        let frame = socket.read().unwrap();
        pushes.push(begun.elapsed());
        assert!(frame.to_text().unwrap().contains("拨打您的手机"), "{frame}");
        answers.push(request.join().unwrap());
    }
    println!(
        "request to push: p50 {:.2?}, p99 {:.2?}; request to answer: p50 {:.2?}, p99 {:.2?} ({SAMPLES} samples)",
        percentile(&mut pushes, 0.5),
        percentile(&mut pushes, 0.99),
        percentile(&mut answers, 0.5),
        percentile(&mut answers, 0.99)
    );
}
