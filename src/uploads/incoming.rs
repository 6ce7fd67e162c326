//! Slices that wait to be merged, a folder a file: each slice under its number, after one byte that says how it was
//! sent. Everything here blocks.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{Key, MOST_BEGUN, MOST_WAITING, Slice, disk};
use crate::error::{Error, Result};

/// The file that says what came out of a merge, for whoever asks again.
pub const DONE: &str = "done";
const RAW: u8 = b'r';
const TEXT: u8 = b't';

/// A slice on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub path: PathBuf,
    pub is_raw: bool,
}

/// Stores a slice, in the place of an earlier one of the same number.
pub fn keep(incoming: &Path, key: &Key, slice: &Slice) -> Result<()> {
    let folder = key.folder(incoming);
    let (begun, waiting) = usage(&incoming.join(&key.person))?;
    if begun >= MOST_BEGUN && !folder.is_dir() {
        return Err(Error::Form(format!("未合并的文件不能超过 {MOST_BEGUN} 个，请先合并").into()));
    }
    if waiting.saturating_add(slice.bytes.len() as u64) > MOST_WAITING {
        return Err(Error::Form(format!("未合并的文件共不能超过 {} MiB，请先合并", MOST_WAITING >> 20).into()));
    }
    disk::make_folder(incoming, &folder)?;
    // The same key again after a merge is a new file.
    remove(&folder.join(DONE))?;
    let mark = if slice.is_raw { RAW } else { TEXT };
    disk::write(&folder.join(slice.number.to_string()), &[&[mark], &slice.bytes])?;
    Ok(())
}

/// The numbers of a file's slices, in order.
pub fn numbers(folder: &Path) -> Result<Vec<u32>> {
    let mut numbers: Vec<u32> = entries(folder)?.iter().filter_map(number).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn number(entry: &fs::DirEntry) -> Option<u32> {
    entry.file_name().to_str()?.parse().ok()
}

/// A file's slices by their numbers.
pub fn slices(folder: &Path) -> Result<BTreeMap<u32, Kept>> {
    let mut slices = BTreeMap::new();
    for entry in entries(folder)? {
        let Some(number) = number(&entry) else { continue };
        let path = entry.path();
        let mut mark = [0];
        io::Read::read_exact(&mut fs::File::open(&path)?, &mut mark)?;
        slices.insert(number, Kept { path, is_raw: mark[0] == RAW });
    }
    Ok(slices)
}

/// A slice without its first byte.
pub fn open(slice: &Kept) -> io::Result<fs::File> {
    let mut file = fs::File::open(&slice.path)?;
    io::Seek::seek(&mut file, io::SeekFrom::Start(1))?;
    Ok(file)
}

/// Removes a file that may be missing.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Who has anything waiting.
pub fn people(incoming: &Path) -> Result<Vec<String>> {
    Ok(entries(incoming)?.iter().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

/// Removes a person's uploads that nothing was added to for so long.
pub fn forget_older(incoming: &Path, person: &str, age: Duration) -> Result<()> {
    let folder = incoming.join(person);
    let now = SystemTime::now();
    for entry in entries(&folder)? {
        let mut newest = SystemTime::UNIX_EPOCH;
        for slice in entries(&entry.path())? {
            newest = newest.max(slice.metadata()?.modified()?);
        }
        if newest == SystemTime::UNIX_EPOCH {
            newest = entry.metadata()?.modified()?;
        }
        if now.duration_since(newest).is_ok_and(|since| since >= age) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    // Only an empty folder goes.
    let _ = fs::remove_dir(&folder);
    Ok(())
}

/// How many files of a person wait to be merged, and their bytes.
fn usage(person: &Path) -> Result<(usize, u64)> {
    let (mut begun, mut bytes) = (0, 0_u64);
    for upload in entries(person)? {
        let mut is_waiting = false;
        for slice in entries(&upload.path())? {
            if slice.file_name() != DONE {
                is_waiting = true;
                bytes = bytes.saturating_add(slice.metadata()?.len());
            }
        }
        begun += usize::from(is_waiting);
    }
    Ok((begun, bytes))
}

/// What is in a folder; nothing when there is none.
fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.collect::<io::Result<_>>()?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}
