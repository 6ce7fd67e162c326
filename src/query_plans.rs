//! Watches the statements that store functions run, and asks SQLite how it would run them on a big database: no whole
//! table may be read, and no list sorted, for what a page or a row is wanted of.

use std::cell::RefCell;

use rusqlite::{
    Connection,
    trace::{TraceEvent, TraceEventCodes},
};

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Runs `calls` on an empty database and returns the statements that read too much, each with the reason. What an entry
/// of `justified` names (a part of the statement, and why it is bounded) is left out; an entry that names nothing is
/// itself returned, so that the list does not grow old.
pub fn greedy(justified: &[(&str, &str)], calls: impl FnOnce(&Connection)) -> Vec<String> {
    let conn = small_database();
    SEEN.take();
    conn.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(remember));
    calls(&conn);
    conn.trace_v2(TraceEventCodes::empty(), None);
    let seen = SEEN.take();
    assert!(!seen.is_empty(), "no statement was run");
    let unused = justified.iter().filter(|(part, _)| !seen.iter().any(|sql| sql.contains(part)));
    let mut greedy: Vec<String> = unused.map(|(part, _)| format!("no statement contains {part}")).collect();
    for sql in seen.iter().filter(|sql| !justified.iter().any(|(part, _)| sql.contains(part))) {
        greedy.extend(faults(&conn, sql).into_iter().map(|fault| format!("{fault}: {sql}")));
    }
    greedy
}

/// A database in memory with one of everything that other rows refer to, each with the id 1.
pub fn small_database() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    rusqlite::vtab::array::load_module(&conn).unwrap();
    conn.execute_batch(include_str!("../schema.sql")).unwrap();
    conn.execute_batch(
        "INSERT INTO company (id, name, charging_start_day, open_length, card_quota, created_at)
             VALUES (1, 'c', 0, 1, 1, 0);
         INSERT INTO admin_role (id, name, created_at) VALUES (1, 'r', 0);
         INSERT INTO admin (id, company_id, role_id, login_user, password_hash, token, created_at)
             VALUES (1, 1, 1, 'a', '', '', 0);
         INSERT INTO staff (id, company_id, userid, username, role_id, status, token, created_at)
             VALUES (1, 1, 's', 's', 1, 1, '', 0);
         INSERT INTO customer (id, company_id, openid, user_type, token, last_login_at, created_at)
             VALUES (1, 1, 'o', 2, '', 0, 0);
         INSERT INTO relation (company_id, staff_id, customer_id, user_type, created_at) VALUES (1, 1, 1, 2, 0);",
    )
    .unwrap();
    conn
}

fn remember(event: TraceEvent<'_>) {
    if let TraceEvent::Stmt(statement, text) = event {
        // The work of foreign keys shows as comments.
        if !text.starts_with("--") {
            SEEN.with_borrow_mut(|seen| seen.push(statement.sql().into_owned()));
        }
    }
}

fn faults(conn: &Connection, sql: &str) -> Vec<String> {
    let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap_or_else(|error| panic!("{error}: {sql}"));
    let steps = plan.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>().unwrap();
    steps.into_iter().filter(|step| is_greedy(step)).collect()
}

/// A scan of anything but a list of parameters or of what the statement itself made; sorting; an index made for once.
fn is_greedy(step: &str) -> bool {
    let scanned = step.strip_prefix("SCAN ").map(|rest| rest.split(' ').next().unwrap_or_default());
    let is_own =
        |name: &str| matches!(name, "CONSTANT" | "json_each" | "up" | "down" | "active") || name.starts_with('(');
    scanned.is_some_and(|name| !is_own(name) && !step.contains("VIRTUAL TABLE"))
        || step.contains("FOR ORDER BY")
        || step.contains("TERMS OF ORDER BY")
        || step.contains("TERM OF ORDER BY")
        || step.contains("AUTOMATIC")
}
