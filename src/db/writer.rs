//! The one writer: a thread that owns the only writing connection.
//!
//! It takes all waiting jobs (at most [`GROUP`]), runs each in its own savepoint, commits them together and only then
//! answers, so a burst costs one fsync and each answer is durable. A job that fails or panics is rolled back alone.

use std::{
    cell::RefCell,
    ops::Deref,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use crossbeam_channel::{Receiver, Sender};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::error::{Error, Result};

/// Jobs committed together at most.
const GROUP: usize = 64;
/// Jobs that may wait before further ones are refused.
const QUEUE: usize = 8192;

/// What a write job works on: the connection, within the job's savepoint.
pub struct Write<'c> {
    conn: &'c Connection,
    after: RefCell<Vec<Box<dyn FnOnce() + Send>>>,
}

impl Write<'_> {
    /// Runs `act` once this job is durable. Acts run on the writer's thread in the order of the jobs, so they must be
    /// quick and must not wait.
    pub fn after_commit(&self, act: impl FnOnce() + Send + 'static) {
        self.after.borrow_mut().push(Box::new(act));
    }
}

impl Deref for Write<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.conn
    }
}

/// Tells the caller how its job ended; `Err` when the group could not be committed.
type Answer = Box<dyn FnOnce(std::result::Result<(), String>) + Send>;

enum Job {
    /// Runs in a savepoint; says whether to keep what it wrote.
    Run(Box<dyn FnOnce(&Write<'_>) -> (bool, Answer) + Send>),
    Close(oneshot::Sender<()>),
}

#[derive(Clone)]
pub struct Writer {
    jobs: Sender<Job>,
}

impl Writer {
    pub fn start(conn: Connection) -> Result<Self> {
        let (jobs, queue) = crossbeam_channel::bounded(QUEUE);
        thread::Builder::new().name("db-writer".to_owned()).spawn(move || serve(conn, &queue))?;
        Ok(Self { jobs })
    }

    pub async fn run<T, F>(&self, job: F) -> Result<T>
    where
        F: FnOnce(&Write<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        let run = Box::new(move |write: &Write<'_>| {
            let result = job(write);
            let keep = result.is_ok();
            let tell: Answer = Box::new(move |committed| {
                let _ = answer.send(committed.map_err(Error::internal).and(result));
            });
            (keep, tell)
        });
        self.jobs.try_send(Job::Run(run)).map_err(|_| Error::internal("too many writes are waiting"))?;
        outcome.await.map_err(|_| Error::internal("a write job panicked"))?
    }

    pub async fn close(&self) -> Result<()> {
        let (answer, done) = oneshot::channel();
        self.jobs.try_send(Job::Close(answer)).map_err(|_| Error::internal("the writer is gone"))?;
        done.await.map_err(|_| Error::internal("the writer is gone"))
    }
}

fn serve(conn: Connection, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(GROUP - 1));
        if let Some(closed) = commit_group(&conn, group) {
            let _ = conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
            drop(conn);
            let _ = closed.send(());
            // What comes after the order to close is answered as failed, by dropping it. The channel would keep it for
            // as long as anybody may send, and its caller would wait: so somebody has to take it out.
            queue.iter().for_each(drop);
            return;
        }
    }
}

/// Runs and commits a group; the answer to a `Close` among them, if there was one.
fn commit_group(conn: &Connection, group: Vec<Job>) -> Option<oneshot::Sender<()>> {
    let mut closed = None;
    let mut answers: Vec<Answer> = Vec::with_capacity(group.len());
    let mut acts = Vec::new();
    let mut fault = conn.prepare_cached("BEGIN IMMEDIATE").and_then(|mut s| s.execute([])).err().map(text);
    for job in group {
        match job {
            Job::Close(answer) => closed = Some(answer),
            Job::Run(run) => {
                if fault.is_some() {
                    // Nothing can be written: let the job's caller know by running nothing at all.
                    continue;
                }
                match run_one(conn, run) {
                    Ok(Some((answer, mut after))) => {
                        answers.push(answer);
                        acts.append(&mut after);
                    }
                    Ok(None) => {}
                    Err(error) => fault = Some(text(error)),
                }
                // A full disk and the like end the whole transaction, not just the savepoint.
                if fault.is_none() && conn.is_autocommit() {
                    fault = Some("the transaction was ended by the database".to_owned());
                }
            }
        }
    }
    if fault.is_none() {
        fault = conn.prepare_cached("COMMIT").and_then(|mut s| s.execute([])).err().map(text);
    }
    if let Some(reason) = fault {
        tracing::error!(reason, "a group of writes could not be committed");
        if !conn.is_autocommit() {
            let _ = conn.execute_batch("ROLLBACK");
        }
        for answer in answers {
            answer(Err(reason.clone()));
        }
        return closed;
    }
    for act in acts {
        if catch_unwind(AssertUnwindSafe(act)).is_err() {
            tracing::error!("an act after a commit panicked");
        }
    }
    for answer in answers {
        answer(Ok(()));
    }
    closed
}

type Finished = (Answer, Vec<Box<dyn FnOnce() + Send>>);

/// One job in its savepoint. `None` when it panicked: its caller sees the dropped channel.
fn run_one(
    conn: &Connection,
    run: Box<dyn FnOnce(&Write<'_>) -> (bool, Answer) + Send>,
) -> rusqlite::Result<Option<Finished>> {
    conn.prepare_cached("SAVEPOINT job")?.execute([])?;
    let write = Write { conn, after: RefCell::new(Vec::new()) };
    let outcome = catch_unwind(AssertUnwindSafe(|| run(&write)));
    let keep = matches!(outcome, Ok((true, _)));
    if !conn.is_autocommit() {
        if !keep {
            conn.prepare_cached("ROLLBACK TO job")?.execute([])?;
        }
        conn.prepare_cached("RELEASE job")?.execute([])?;
    }
    let Ok((_, answer)) = outcome else { return Ok(None) };
    let after = if keep { write.after.into_inner() } else { Vec::new() };
    Ok(Some((answer, after)))
}

fn text(error: rusqlite::Error) -> String {
    error.to_string()
}
