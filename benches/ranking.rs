//! The ranking of an article's readers with 100,000 readings over 8 levels, against the same with 1,000. Both servers run
//! at the same time and are asked in turns.
//!
//! `cargo bench --bench ranking`; `LEIDA_READINGS=20000` for fewer.

#![allow(clippy::unwrap_used, reason = "a benchmark whose step fails may well stop")]

mod common;

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    time::{Duration, Instant},
};

use common::{Folder, Server, fill_with_readings, percentile, person, signed};

/// Each page is asked for so often in each round.
const SAMPLES: usize = 300;
const ROUNDS: usize = 3;
const FEW: &str = "1000";

/// Name and query; the deep page is the last one of a level.
const PAGES: &[(&str, &str)] = &[
    ("level 0", "level=0"),
    ("level 1", "level=1"),
    ("level 4", "level=4"),
    ("level 8", "level=8"),
    ("level 4, a hundred rows", "level=4&length=100"),
    ("level 4, last page", "level=4&current_page=LAST"),
];

fn main() {
    let readings = std::env::var("LEIDA_READINGS").unwrap_or_else(|_| "100000".to_owned());
    let (few, many) = (Folder::new("ranking-few"), Folder::new("ranking-many"));
    fill_with_readings(&few.0, [FEW, "1000", "1000"], FEW);
    fill_with_readings(&many.0, [&readings, "1000", "1000"], &readings);
    let (few, many) = (Side::start(&few.0), Side::start(&many.0));
    println!("{readings} readings over 8 levels against {FEW}: median and 99th percentile");
    for (name, query) in PAGES {
        let mut ratios = Vec::new();
        let mut figures = String::new();
        for _ in 0..ROUNDS {
            let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
            for _ in 0..SAMPLES {
                of_few.push(few.time(query));
                of_many.push(many.time(query));
            }
            let (median, against) = (percentile(&mut of_many, 0.5), percentile(&mut of_few, 0.5));
            let (slow, slow_against) = (percentile(&mut of_many, 0.99), percentile(&mut of_few, 0.99));
            ratios.push(format!("{:.2}", median.as_secs_f64() / against.as_secs_f64()));
            figures = format!("{median:?} and {slow:?} against {against:?} and {slow_against:?}");
        }
        println!("{name}: {figures}, ratios of the medians {}", ratios.join(", "));
    }
}

/// A server, its first salesperson and the article that was read so often.
struct Side {
    server: Server,
    staff: i64,
    token: String,
    article: i64,
    last_page: String,
}

impl Side {
    fn start(data: &Path) -> Self {
        let server = Server::start(data, &["--demo"]);
        let (staff, token) = person(data, "SELECT id, token FROM staff ORDER BY id LIMIT 1");
        let (article, _) = person(data, "SELECT id, '' FROM article ORDER BY read_count DESC LIMIT 1");
        let mut side = Self { server, staff, token, article, last_page: "1".to_owned() };
        let answer = side.ask("level=4").1;
        assert!(answer.contains("\"level_num\":8"), "{answer}");
        let count = answer.rsplit_once("\"count\":").unwrap().1;
        let count: String = count.chars().take_while(char::is_ascii_digit).collect();
        side.last_page = count.parse::<usize>().unwrap().div_ceil(10).to_string();
        side
    }

    fn time(&self, query: &str) -> Duration {
        let (time, answer) = self.ask(query);
        assert!(answer.contains("\"code\":200") && answer.contains("\"customer_id\":"), "{query}: {answer}");
        time
    }

    /// From the request to the whole answer, over a connection of its own that is open already.
    fn ask(&self, query: &str) -> (Duration, String) {
        let mut stream = TcpStream::connect(self.server.address).unwrap();
        let query = query.replace("LAST", &self.last_page);
        let path = "/zhugeleida/qiyeweixin/article/customer_effect_ranking_by_level";
        let signed = signed(self.staff, &self.token);
        let request =
            format!("GET {path}/{}?{query}&{signed} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", self.article);
        let begun = Instant::now();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        (begun.elapsed(), answer)
    }
}
