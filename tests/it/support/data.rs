//! Data directories: looking into the data base, and the prepared demo data that servers start on.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use rusqlite::{Connection, OpenFlags, types::ValueRef};
use serde_json::Value;

use super::server::Builder;

/// The file of a data directory, for reading; works beside a running server.
pub fn database(data: &Path) -> Connection {
    let connection = Connection::open_with_flags(data.join("leida.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)
        .unwrap_or_else(|error| panic!("cannot open {}/leida.db: {error}", data.display()));
    connection.busy_timeout(std::time::Duration::from_secs(5)).expect("a busy timeout");
    connection
}

/// The first column of the first row; `None` without a row.
pub fn select(connection: &Connection, sql: &str) -> Option<Value> {
    let found = connection.query_row(sql, [], |row| {
        Ok(match row.get_ref(0)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => number.into(),
            ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into(),
        })
    });
    match found {
        Ok(value) => Some(value),
        Err(rusqlite::Error::QueryReturnedNoRows) => None,
        Err(error) => panic!("{sql}: {error}"),
    }
}

/// A data directory that a demo server filled and left in good order; made once in a test run.
pub fn prepared_demo() -> &'static Path {
    static PREPARED: OnceLock<PathBuf> = OnceLock::new();
    PREPARED.get_or_init(|| {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
        forget_old_runs(root);
        let data = root.join(format!("demo-{}", std::process::id()));
        fs::create_dir_all(&data).expect("a folder for the demo data");
        let mut server = Builder::new().demo().data(&data).start();
        let (_, code) = server.stop();
        assert_eq!(code, Some(0), "the demo server should stop in good order");
        data
    })
}

/// Nothing runs when a test binary ends, so the next one tidies up.
fn forget_old_runs(root: &Path) {
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(process) = name.strip_prefix("demo-") else { continue };
        if !Path::new("/proc").join(process).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Everything below `from`, to below `to`.
pub fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
