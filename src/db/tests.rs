//! What the writer promises: durable answers, jobs that do not spoil each other, order.

use std::sync::{Arc, Mutex};

use super::*;
use crate::error::Error;

struct Dir(std::path::PathBuf);

impl Dir {
    fn new() -> Self {
        let mut name = [0_u8; 8];
        getrandom::fill(&mut name).unwrap();
        let path = std::env::temp_dir().join(format!("leida-db-{:x}", u64::from_le_bytes(name)));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.join("leida.db")
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn put(db: &Db, key: &'static str) -> Result<()> {
    db.write(move |w| {
        w.execute("INSERT INTO setting (key, value) VALUES (?1, 'x')", [key])?;
        Ok(())
    })
    .await
}

async fn keys(db: &Db) -> Vec<String> {
    db.read(|conn| {
        let mut statement = conn.prepare_cached("SELECT key FROM setting WHERE key LIKE 't.%' ORDER BY key")?;
        let keys = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(keys)
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_job_that_fails_or_panics_spoils_no_other() {
    let dir = Dir::new();
    let db = Db::open(&dir.file()).unwrap();
    let failing = db.write(|w| -> Result<()> {
        w.execute("INSERT INTO setting (key, value) VALUES ('t.failed', 'x')", [])?;
        Err(Error::NoRelation)
    });
    let panicking = db.write(|w| -> Result<()> {
        w.execute("INSERT INTO setting (key, value) VALUES ('t.panicked', 'x')", [])?;
        panic!("on purpose")
    });
    let (a, failed, b, panicked, c) =
        tokio::join!(put(&db, "t.a"), failing, put(&db, "t.b"), panicking, put(&db, "t.c"));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert!(matches!(failed, Err(Error::NoRelation)));
    assert!(matches!(panicked, Err(Error::Internal(_))));
    assert_eq!(keys(&db).await, ["t.a", "t.b", "t.c"]);
}

#[tokio::test]
async fn acts_after_the_commit_run_in_order_and_only_for_jobs_that_succeed() {
    let dir = Dir::new();
    let db = Db::open(&dir.file()).unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let jobs = (0..200_i64).map(|n| {
        let (db, seen) = (db.clone(), Arc::clone(&seen));
        async move {
            db.write(move |w| {
                w.after_commit(move || seen.lock().unwrap().push(n));
                if n % 10 == 3 { Err(Error::NoRelation) } else { Ok(()) }
            })
            .await
            .is_ok()
        }
    });
    futures_util::future::join_all(jobs).await;
    let expected: Vec<i64> = (0..200).filter(|n| n % 10 != 3).collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn what_was_answered_is_there_after_opening_again() {
    let dir = Dir::new();
    let db = Db::open(&dir.file()).unwrap();
    put(&db, "t.kept").await.unwrap();
    db.close().await.unwrap();
    assert!(put(&db, "t.late").await.is_err());
    let again = Db::open(&dir.file()).unwrap();
    assert_eq!(keys(&again).await, ["t.kept"]);
}

#[tokio::test]
async fn readers_cannot_write_and_survive_a_panic() {
    let dir = Dir::new();
    let db = Db::open(&dir.file()).unwrap();
    let refused = db.read(|conn| Ok(conn.execute("DELETE FROM setting", [])?)).await;
    assert!(refused.is_err());
    for _ in 0..20 {
        assert!(db.read(|_| -> Result<()> { panic!("on purpose") }).await.is_err());
    }
    assert!(keys(&db).await.is_empty());
}

#[test]
fn a_newer_file_is_refused() {
    let dir = Dir::new();
    let conn = Connection::open(dir.file()).unwrap();
    conn.pragma_update(None, "user_version", schema::VERSION + 1).unwrap();
    drop(conn);
    let Err(refused) = Db::open(&dir.file()) else { panic!("opened a newer file") };
    assert!(refused.to_string().contains("newer leida"), "{refused}");
}

#[test]
fn wildcards_are_taken_literally() {
    assert_eq!(contains("50%_a\\"), "%50\\%\\_a\\\\%");
}

#[test]
fn whatever_is_searched_for_is_no_fault() {
    let conn = Connection::open_in_memory().unwrap();
    for part in ["%_\\".repeat(100_000), "龘".repeat(100_000), "𪚥".repeat(100_000)] {
        let is_found = conn.query_row("SELECT 'a' LIKE ?1 ESCAPE '\\'", [contains(&part)], |row| row.get::<_, bool>(0));
        assert!(!is_found.unwrap());
    }
}
