//! Pictures of cards that nobody needs any more: posters of people who are gone, QR codes that were made anew.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::sync::watch;

use super::{poster::POSTER_FOLDER, store};
use crate::{
    app::App,
    error::{Error, Result},
    ids::{CustomerId, StaffId},
};

/// Below the uploads; also the beginning of the URLs.
const CODES: &str = "statics/zhugeleida/imgs/xiaochengxu/qr_code";
const TIDYING: Duration = Duration::from_hours(24);
/// Younger files stay whatever the database says: it may hear of them in a moment, and clients show them yet.
const AGE: Duration = Duration::from_hours(7 * 24);
/// Files that are looked up at once.
const BATCH: usize = 500;

/// Whose picture a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Drawn anew when somebody wants it.
    Poster,
    Code,
}

/// A file of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub kind: Kind,
    pub url: String,
    pub staff: StaffId,
    /// `None`: for everybody.
    pub customer: Option<CustomerId>,
}

impl Picture {
    /// `None` for a name that is not one of ours: such files are left alone.
    fn named(kind: Kind, folder: &str, name: &str) -> Option<Self> {
        let ending = match kind {
            Kind::Poster => "_poster.png",
            Kind::Code => "_qrcode.jpg",
        };
        let stem = name.strip_suffix(ending)?;
        let (people, stamp) = match kind {
            Kind::Poster => stem.rsplit_once('_')?,
            // The stamp is a date and a time: 20180628_140640.
            Kind::Code => {
                let middle = stem.rmatch_indices('_').nth(1)?.0;
                (&stem[..middle], &stem[middle + 1..])
            }
        };
        if stamp.is_empty() || !stamp.chars().all(|c| c == '_' || c.is_ascii_hexdigit()) {
            return None;
        }
        let (staff, customer) = match people.split_once('_') {
            Some((staff, customer)) => (staff, Some(customer.parse().ok()?)),
            None => (people, None),
        };
        let customer = customer.filter(|customer| *customer != 0).map(CustomerId);
        Some(Self { kind, url: format!("{folder}/{name}"), staff: StaffId(staff.parse().ok()?), customer })
    }
}

/// Once a day removes pictures that no row needs.
pub async fn tidy_pictures(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        match tidy(&app, AGE).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "pictures that nobody needs are removed"),
            Err(error) => tracing::warn!(%error, "pictures that nobody needs cannot be removed"),
        }
        tokio::select! {
            () = tokio::time::sleep(TIDYING) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
    }
}

/// How many files went.
pub async fn tidy(app: &App, age: Duration) -> Result<usize> {
    let uploads = app.uploads();
    let old = {
        let uploads = uploads.clone();
        blocking(move || {
            Ok([old(&uploads, Kind::Poster, POSTER_FOLDER, age)?, old(&uploads, Kind::Code, CODES, age)?].concat())
        })
    }
    .await?;
    let mut removed = 0;
    for batch in old.chunks(BATCH) {
        let batch = batch.to_vec();
        let unneeded = app
            .db
            .read(move |conn| {
                let mut unneeded = Vec::new();
                for picture in batch {
                    if !store::poster::is_needed(conn, &picture)? {
                        unneeded.push(picture);
                    }
                }
                Ok(unneeded)
            })
            .await?;
        removed += unneeded.len();
        let uploads = uploads.clone();
        blocking(move || remove(&uploads, &unneeded)).await?;
    }
    Ok(removed)
}

fn old(uploads: &Path, kind: Kind, folder: &str, age: Duration) -> Result<Vec<Picture>> {
    let entries = match fs::read_dir(uploads.join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let now = SystemTime::now();
    let mut pictures = Vec::new();
    for entry in entries {
        let entry = entry?;
        let modified = entry.metadata().and_then(|file| file.modified());
        if !modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|since| since >= age)) {
            continue;
        }
        let name = entry.file_name();
        pictures.extend(name.to_str().and_then(|name| Picture::named(kind, folder, name)));
    }
    Ok(pictures)
}

fn remove(uploads: &Path, pictures: &[Picture]) -> Result<()> {
    let paths: Vec<PathBuf> = pictures.iter().map(|picture| uploads.join(&picture.url)).collect();
    for path in paths {
        match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(job: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(job).await.map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_files_of_ours_are_looked_at() {
        let uploads = tempfile::tempdir().unwrap();
        fs::create_dir_all(uploads.path().join(POSTER_FOLDER)).unwrap();
        for name in ["3_0_0123456789abcdef_poster.png", "stranger.png"] {
            fs::write(uploads.path().join(POSTER_FOLDER).join(name), "x").unwrap();
        }
        assert_eq!(old(uploads.path(), Kind::Poster, POSTER_FOLDER, AGE).unwrap(), []);
        let old = old(uploads.path(), Kind::Poster, POSTER_FOLDER, Duration::ZERO).unwrap();
        assert_eq!((old.len(), old[0].staff), (1, StaffId(3)));
        remove(uploads.path(), &old).unwrap();
        remove(uploads.path(), &old).unwrap();
        assert_eq!(fs::read_dir(uploads.path().join(POSTER_FOLDER)).unwrap().count(), 1);
    }

    #[test]
    fn names_tell_whose_picture_it_is() {
        let of = |kind, name| Picture::named(kind, "f", name).map(|picture| (picture.staff.0, picture.customer));
        assert_eq!(of(Kind::Poster, "3_0_0123456789abcdef_poster.png"), Some((3, None)));
        assert_eq!(of(Kind::Poster, "3_9_0123456789abcdef_poster.png"), Some((3, Some(CustomerId(9)))));
        assert_eq!(of(Kind::Code, "3_20180628_140640_qrcode.jpg"), Some((3, None)));
        assert_eq!(of(Kind::Code, "3_9_20180628_140640_qrcode.jpg"), Some((3, Some(CustomerId(9)))));
        for other in
            ["x.png", ".3_0_ab_poster.png.part", "a_0_ab_poster.png", "_poster.png", "3_poster.png", "__poster.png"]
        {
            assert_eq!(of(Kind::Poster, other), None, "{other}");
        }
        for other in ["3_qrcode.jpg", "_20180628_140640_qrcode.jpg", "1_2_3_20180628_140640_qrcode.jpg"] {
            assert_eq!(of(Kind::Code, other), None, "{other}");
        }
    }
}
