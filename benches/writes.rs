//! Durable single-row writes a second: the writer with its group commit against one transaction a write, 64 callers
//! each, on the same file system in the same minute.
//!
//! `cargo bench --bench writes`

#![allow(clippy::unwrap_used, reason = "a benchmark whose step fails may well stop")]

mod common;

use std::time::{Duration, Instant};

use common::Folder;
use leida::db::Db;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

const CALLERS: usize = 64;
const LENGTH: Duration = Duration::from_secs(4);
const INSERT: &str =
    "INSERT INTO audit_log (company_id, admin_id, action, detail, created_at) VALUES (1, 1, 'x', ?1, 0)";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = Folder::new("writes");
    for round in 1..=3 {
        let single = runtime.block_on(one_transaction_each(&folder, round));
        let grouped = runtime.block_on(group_commit(&folder, round));
        println!(
            "round {round}: one transaction each {single:.0} writes/s, group commit {grouped:.0} writes/s, ratio {:.1}",
            grouped / single
        );
    }
}

/// Every caller waits for its own transaction on one connection.
async fn one_transaction_each(folder: &Folder, round: u32) -> f64 {
    let path = folder.0.join(format!("single-{round}.db"));
    drop(Db::open(&path).unwrap());
    let (jobs, mut queue) = mpsc::channel::<oneshot::Sender<()>>(CALLERS);
    let writer = std::thread::spawn(move || {
        let conn = Connection::open(path).unwrap();
        conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").unwrap();
        while let Some(answer) = queue.blocking_recv() {
            conn.prepare_cached(INSERT).unwrap().execute(["detail"]).unwrap();
            let _ = answer.send(());
        }
    });
    let sender = jobs.clone();
    let rate = callers(move || {
        let jobs = sender.clone();
        async move {
            let (answer, done) = oneshot::channel();
            jobs.send(answer).await.unwrap();
            done.await.unwrap();
        }
    })
    .await;
    drop(jobs);
    writer.join().unwrap();
    rate
}

async fn group_commit(folder: &Folder, round: u32) -> f64 {
    let db = Db::open(&folder.0.join(format!("group-{round}.db"))).unwrap();
    let inside = db.clone();
    let rate = callers(move || {
        let db = inside.clone();
        async move {
            db.write(|w| {
                w.prepare_cached(INSERT)?.execute(["detail"])?;
                Ok(())
            })
            .await
            .unwrap();
        }
    })
    .await;
    db.close().await.unwrap();
    rate
}

async fn callers<F, Fut>(write: F) -> f64
where
    F: Fn() -> Fut + Clone + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let until = Instant::now() + LENGTH;
    let tasks: Vec<_> = (0..CALLERS)
        .map(|_| {
            let write = write.clone();
            tokio::spawn(async move {
                let mut written = 0_u32;
                while Instant::now() < until {
                    write().await;
                    written += 1;
                }
                written
            })
        })
        .collect();
    let mut written = 0;
    for task in tasks {
        written += task.await.unwrap();
    }
    f64::from(written) / LENGTH.as_secs_f64()
}
