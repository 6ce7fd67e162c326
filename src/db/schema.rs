//! The schema of the file: `schema.sql` is the whole current one; its version stands in `PRAGMA user_version`.

use rusqlite::Connection;

use crate::error::{Error, Result};

/// The version that `schema.sql` makes.
pub const VERSION: i64 = 1;

const SCHEMA: &str = include_str!("../../schema.sql");

/// Makes the tables in a new file; refuses a file of a newer version than this program knows.
pub fn bring_up_to_date(conn: &mut Connection) -> Result<()> {
    // Immediate: two processes that start on the same new file must not both create it.
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        VERSION => {}
        0 => {
            let tables: i64 = tx.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            if tables > 0 {
                return Err(Error::internal("the database file was not made by Leida"));
            }
            tx.execute_batch(SCHEMA)?;
            tx.pragma_update(None, "user_version", VERSION)?;
        }
        newer => {
            return Err(Error::internal(format!(
                "the database is of version {newer}, this program knows up to {VERSION}: use a newer leida"
            )));
        }
    }
    tx.commit()?;
    Ok(())
}
