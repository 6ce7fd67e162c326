//! The database file: named reader threads, the one writer, the schema. Knows no feature.
//!
//! ```text
//! db.read(|conn| store::find(conn, …)).await?         any thread of readers, read-only
//! db.write(|w| store::insert(w, …)).await?            durable when it returns
//! ```
//! A write job sees everything that jobs before it wrote. `Write::after_commit` runs once the job is durable, in the
//! order of the jobs: pushes to sockets hang there.

mod readers;
pub mod schema;
mod writer;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Result};
pub use writer::Write;

/// Handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: readers::Readers,
    writer: writer::Writer,
    /// A connection of its own: `data_version` tells what others have done since it was asked on the same one.
    follower: Arc<Mutex<Connection>>,
}

impl Db {
    /// Opens the file, making it when it is missing. Fails when the file is of a newer version or cannot be written.
    pub fn open(path: &Path) -> Result<Self> {
        let mut conn = Connection::open(path)?;
        prepare(&conn)?;
        conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
        // Pages that the log holds are not mapped: with SQLite's 2 MB the writer reads its index pages again and again.
        conn.pragma_update(None, "cache_size", -16_000)?;
        schema::bring_up_to_date(&mut conn)?;
        let writer = writer::Writer::start(conn)?;
        let threads = (2 * std::thread::available_parallelism().map_or(2, usize::from)).max(4);
        let manager = SqliteConnectionManager::file(path)
            .with_flags(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .with_init(|conn| {
                prepare(conn)?;
                conn.pragma_update(None, "query_only", true)
            });
        let readers = readers::Readers::start(manager, threads)?;
        let follower = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Self { readers, writer, follower: Arc::new(Mutex::new(follower)) })
    }

    /// Runs a read on one of the reader threads, within one transaction: all its queries see the same state.
    pub async fn read<T, F>(&self, job: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.readers.run(job).await
    }

    /// Runs a job on the writer. When this returns `Ok`, what the job wrote is on the disk; when it returns `Err`,
    /// nothing of it is.
    pub async fn write<T, F>(&self, job: F) -> Result<T>
    where
        F: FnOnce(&Write<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.writer.run(job).await
    }

    /// A number that changes when anybody, also another process, has committed.
    pub async fn data_version(&self) -> Result<i64> {
        let follower = Arc::clone(&self.follower);
        let version = tokio::task::spawn_blocking(move || {
            let conn = follower.lock().unwrap_or_else(PoisonError::into_inner);
            conn.pragma_query_value(None, "data_version", |row| row.get(0))
        });
        Ok(version.await.map_err(Error::internal)??)
    }

    /// Commits what waits, moves the log into the main file and closes the writing connection.
    pub async fn close(&self) -> Result<()> {
        self.writer.close().await
    }
}

/// Settings of every connection. The busy time-out comes first: the statements after it may have to wait for another
/// process (`leida admin create` beside a running server).
fn prepare(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(Duration::from_secs(5))?;
    conn.pragma_update(None, "mmap_size", 1_i64 << 30)?;
    conn.pragma_update(None, "temp_store", "memory")?;
    conn.set_prepared_statement_cache_capacity(256);
    rusqlite::vtab::array::load_module(conn)
}

/// Whether an error says that a UNIQUE or PRIMARY KEY constraint was hit.
pub fn is_conflict(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::SqliteFailure(failure, _)
            if failure.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                || failure.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
    )
}

/// Whether an error says that a row cannot go because others refer to it.
pub fn is_still_referred_to(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::SqliteFailure(failure, _)
            if failure.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY
    )
}

/// A list of ids as a parameter of `rarray(?)`.
pub fn id_list(ids: &[i64]) -> rusqlite::vtab::array::Array {
    std::rc::Rc::new(ids.iter().copied().map(rusqlite::types::Value::from).collect())
}

/// Text for `LIKE ? ESCAPE '\'` that finds `part` anywhere, with its wildcards taken literally. `SQLite` refuses patterns
/// of more than 50,000 bytes; nothing that is searched is as long as what is left of one.
pub fn contains(part: &str) -> String {
    const LONGEST: usize = 10_000;
    let mut pattern = String::with_capacity(part.len().min(LONGEST) + 2);
    pattern.push('%');
    for c in part.chars().take(LONGEST) {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests;
