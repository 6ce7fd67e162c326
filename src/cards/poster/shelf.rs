//! The files of posters, and of the pictures on them. Blocks: for threads that may wait.

use std::{
    fs::{self, File},
    io::Write,
    path::{Component, Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::Face;
use crate::{
    app::App,
    error::{Error, Result},
    ids::{CustomerId, StaffId},
    ops::FrontEnds,
};

/// Below the uploads; also the beginning of the URLs.
pub const FOLDER: &str = "statics/zhugeleida/imgs/xiaochengxu/user_poster";
/// Says nothing about anybody: a poster rather shows the name's initial.
const NOBODY: &str = "statics/imgs/setAvator.jpg";
/// Larger files are no avatars.
const LARGEST: u64 = 20 << 20;

/// The pictures on a poster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    pub avatar: Source,
    pub code: Source,
}

/// Where a picture is, and its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Remote addresses too: nothing is fetched.
    None,
    Embedded(String),
    File(String, u64),
}

impl Sources {
    pub fn of(app: &App, face: &Face) -> Self {
        let avatar = if face.avatar == NOBODY { Source::None } else { Source::of(app, &face.avatar) };
        let mut code = Source::of(app, face.code());
        if code == Source::None {
            // The file of the personal one may be lost.
            code = Source::of(app, &face.staff_code);
        }
        Self { avatar, code }
    }
}

impl Source {
    fn of(app: &App, url: &str) -> Self {
        let name = url.trim_start_matches('/');
        let is_plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !name.starts_with("statics/") || !is_plain || name.contains(['\\', '\0']) {
            return Self::None;
        }
        if FrontEnds::get(name).is_some() {
            return Self::Embedded(name.to_owned());
        }
        match fs::metadata(app.uploads().join(name)) {
            Ok(file) if file.is_file() && file.len() <= LARGEST => Self::File(name.to_owned(), file.len()),
            _ => Self::None,
        }
    }

    /// The picture's bytes, as far as they can be had.
    pub fn read(&self, app: &App) -> Option<Vec<u8>> {
        match self {
            Self::None => None,
            Self::Embedded(name) => FrontEnds::get(name).map(|found| found.data.into_owned()),
            Self::File(name, _) => fs::read(app.uploads().join(name)).ok(),
        }
    }
}

/// The file of a pair's poster; the customer is 0 for the poster that all share.
pub fn name((staff, customer): (StaffId, CustomerId), key: &str) -> String {
    format!("{staff}_{customer}_{key}_poster.png")
}

pub fn url(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

pub fn has(app: &App, name: &str) -> bool {
    folder(app).join(name).is_file()
}

/// Stores a poster so that it is there whole or not at all, and takes away those of the pair that were there before.
pub fn put(app: &App, pair: (StaffId, CustomerId), name: &str, draw: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
    let begun = SystemTime::now();
    let bytes = draw()?;
    let folder = folder(app);
    fs::create_dir_all(&folder)?;
    // Only one draws this poster, so the name is free.
    let unfinished = folder.join(format!(".{name}.part"));
    let stored = store(&folder, &unfinished, name, &bytes);
    if stored.is_err() {
        // Half a picture is worse than none; what went wrong is told anyway.
        let _ = fs::remove_file(&unfinished);
    }
    stored?;
    remove_older(&folder, pair, name, begun);
    Ok(())
}

fn store(folder: &Path, unfinished: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let mut file = File::create(unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, folder.join(name))?;
    // The name is durable with its folder.
    File::open(folder)?.sync_all().map_err(Error::from)
}

/// Not those that somebody else drew meanwhile: the card may have changed in between, and theirs is the newer one.
fn remove_older(folder: &Path, (staff, customer): (StaffId, CustomerId), name: &str, begun: SystemTime) {
    let prefix = format!("{staff}_{customer}_");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let other = entry.file_name().to_string_lossy().into_owned();
        let is_older = || {
            let changed = entry.metadata().and_then(|file| file.modified());
            // File systems keep coarser times than the clock.
            changed.is_ok_and(|changed| changed + Duration::from_millis(20) < begun)
        };
        if other.starts_with(&prefix) && other != name && is_older() {
            // One that stays is only a few kilobytes too many.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn folder(app: &App) -> PathBuf {
    app.uploads().join(FOLDER)
}
