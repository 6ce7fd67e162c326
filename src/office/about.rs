//! What runs here, since when, and how much there is of everything.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::store;
use crate::{
    app::App,
    error::{Error, Result},
    identity::Admin,
    time::Millis,
};

/// How long the size of the uploads is taken as known.
const KNOWN_FOR: Duration = Duration::from_mins(10);
/// Files that are looked at when it is measured; the rest is left out, so that nobody waits for long.
const MOST_FILES: usize = 200_000;

/// How much there is, of everybody or of one company.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    pub companies: i64,
    pub staff: i64,
    pub customers: i64,
    pub radar_entries: i64,
    pub messages: i64,
}

/// What takes room on the disk, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    pub database: u64,
    pub uploads: u64,
}

#[derive(Debug)]
pub struct About {
    pub uptime: Duration,
    pub amounts: Amounts,
    /// Of all companies together: role 1 alone learns it.
    pub room: Option<Room>,
}

/// What was last measured of the uploads, and when.
#[derive(Debug, Default)]
pub struct Disk(Mutex<Option<(Instant, u64)>>);

impl Disk {
    fn known(&self) -> Option<u64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|(at, _)| at.elapsed() < KNOWN_FOR).map(|(_, bytes)| bytes)
    }

    fn learn(&self, bytes: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), bytes));
    }
}

pub async fn about(app: &App, admin: &Admin) -> Result<About> {
    let only = admin.only_company();
    let amounts = app.db.read(move |conn| store::amounts(conn, only)).await?;
    let room = if admin.is_super() { Some(room(app).await?) } else { None };
    let uptime = u64::try_from(Millis::now().0 - app.started_at.0).unwrap_or_default();
    Ok(About { uptime: Duration::from_millis(uptime), amounts, room })
}

async fn room(app: &App) -> Result<Room> {
    let database = app.data.join("leida.db");
    let database = blocking(move || database_bytes(&database)).await?;
    let uploads = if let Some(bytes) = app.disk.known() {
        bytes
    } else {
        let folder = app.uploads();
        let bytes = blocking(move || folder_bytes(folder)).await?;
        app.disk.learn(bytes);
        bytes
    };
    Ok(Room { database, uploads })
}

async fn blocking(measure: impl FnOnce() -> io::Result<u64> + Send + 'static) -> Result<u64> {
    Ok(tokio::task::spawn_blocking(measure).await.map_err(Error::internal)??)
}

/// The file and its log.
fn database_bytes(path: &Path) -> io::Result<u64> {
    let log = path.with_extension("db-wal");
    Ok(fs::metadata(path)?.len() + fs::metadata(log).map_or(0, |log| log.len()))
}

/// Everything below a folder; what goes away meanwhile is not counted.
fn folder_bytes(folder: PathBuf) -> io::Result<u64> {
    let (mut folders, mut bytes, mut files) = (vec![folder], 0_u64, 0);
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            // Not of what a link leads to.
            let Ok(about) = entry.metadata() else { continue };
            if about.is_dir() {
                folders.push(entry.path());
            } else {
                bytes = bytes.saturating_add(about.len());
                files += 1;
            }
            if files >= MOST_FILES {
                return Ok(bytes);
            }
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_measured_with_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/x"), "12345").unwrap();
        fs::write(folder.path().join("y"), "123").unwrap();
        assert_eq!(folder_bytes(folder.path().to_owned()).unwrap(), 8);
        assert_eq!(folder_bytes(folder.path().join("nothing")).unwrap(), 0);
    }
}
