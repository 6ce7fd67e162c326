//! Writing so that it lasts: a file is whole or not there, and there after the power has failed.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// Writes a file under a passing name in its folder, then gives it its own.
pub fn write(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let passing = path.with_extension("part");
    let outcome = write_parts(&passing, parts).and_then(|()| fs::rename(&passing, path));
    if outcome.is_err() {
        // Half a file is worse than none; what went wrong is told anyway.
        let _ = fs::remove_file(&passing);
        return outcome;
    }
    path.parent().map_or(Ok(()), sync_folder)
}

fn write_parts(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = File::create(path)?;
    for part in parts {
        io::Write::write_all(&mut file, part)?;
    }
    file.sync_all()
}

/// The names in a folder last only once the folder itself is on disk.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes a folder below `root` with all between them, and keeps them.
pub fn make_folder(root: &Path, folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let mut above = folder.parent();
    while let Some(parent) = above.filter(|parent| parent.starts_with(root)) {
        sync_folder(parent)?;
        above = parent.parent();
    }
    // Where the root itself was made just now.
    root.parent().map_or(Ok(()), sync_folder)
}
