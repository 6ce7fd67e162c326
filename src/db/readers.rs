//! Reader threads. A fixed number of them, each with a read-only connection of the pool: more would only fight for the
//! processors, and tokio's blocking pool stays free for calls to WeChat.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use crossbeam_channel::{Receiver, Sender};
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::error::{Error, Result};

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// Reads that may wait before callers have to.
const QUEUE: usize = 4096;

#[derive(Clone)]
pub struct Readers {
    jobs: Sender<Job>,
}

impl Readers {
    pub fn start(manager: SqliteConnectionManager, threads: usize) -> Result<Self> {
        let size = u32::try_from(threads).unwrap_or(4);
        let pool = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .idle_timeout(None)
            .max_lifetime(None)
            .build(manager)
            .map_err(Error::internal)?;
        let (jobs, queue) = crossbeam_channel::bounded::<Job>(QUEUE);
        for number in 0..threads {
            let (pool, queue) = (pool.clone(), queue.clone());
            thread::Builder::new().name(format!("db-reader-{number}")).spawn(move || serve(&pool, &queue))?;
        }
        Ok(Self { jobs })
    }

    pub async fn run<T, F>(&self, job: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        let boxed: Job = Box::new(move |conn| {
            let _ = answer.send(in_one_view(conn, job));
        });
        self.jobs.try_send(boxed).map_err(|_| Error::internal("too many reads are waiting"))?;
        result.await.map_err(|_| Error::internal("a read failed unexpectedly"))?
    }
}

fn serve(pool: &r2d2::Pool<SqliteConnectionManager>, queue: &Receiver<Job>) {
    // The connection is taken at the first job, so that idle threads cost next to nothing.
    let (first, conn) = loop {
        let Ok(first) = queue.recv() else { return };
        match pool.get() {
            Ok(conn) => break (first, conn),
            // This job's caller is told by its being dropped; the next one may find more file descriptors.
            Err(error) => tracing::error!(%error, "a reader cannot open the database"),
        }
    };
    let run = |job: Job| {
        if catch_unwind(AssertUnwindSafe(|| job(&conn))).is_err() && !conn.is_autocommit() {
            let _ = conn.execute_batch("ROLLBACK");
        }
    };
    run(first);
    for job in queue {
        run(job);
    }
}

/// All queries of one read see the same state of the database.
fn in_one_view<T>(conn: &Connection, job: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    conn.prepare_cached("BEGIN")?.execute([])?;
    let result = job(conn);
    conn.prepare_cached("COMMIT")?.execute([])?;
    result
}
