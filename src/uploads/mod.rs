//! Uploaded pictures, videos and voice messages: sent in slices, joined by a second call, looked at, and put where
//! `/statics` finds them.
//!
//! Wire names: `chunk` is a slice's number, `chunk_num` how many there are, `timestamp` and `img_name` together the
//! file's key (never a path), `img_source` what the file is for.
//!
//! Slices wait below `uploads/incoming/<person>/<key>/` in the data directory. What is answered with 200 is on disk.

mod api;
mod base64_text;
mod disk;
mod incoming;
mod media;
mod merging;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub use api::api;
use bytes::Bytes;
use md5::{Digest, Md5};
use media::Family;
use tokio::sync::{OwnedMutexGuard, watch};

use crate::{
    app::App,
    error::{Error, Result},
    identity::Anyone,
    time::{Day, Millis, Zone},
};

/// Below the uploads.
const INCOMING: &str = "incoming";
/// Bytes of one slice at most.
const LARGEST_SLICE: usize = 8 << 20;
/// Slices of one file at most; they are numbered from 0 or from 1.
const MOST_SLICES: u32 = 2000;
/// Bytes that one person may have waiting to be merged: a large video in base64, and something beside it.
const MOST_WAITING: u64 = 400 << 20;
/// Files that one person may have begun.
const MOST_BEGUN: usize = 50;
/// What a customer may store in one day: nobody sends more in a conversation, and a disk is soon full.
const MOST_FILES_A_DAY: u32 = 200;
const MOST_BYTES_A_DAY: u64 = 500 << 20;
/// What nobody has added to for so long is given up.
const ABANDONED: Duration = Duration::from_hours(1);
/// How often such uploads are looked for.
const CLEANING: Duration = Duration::from_mins(10);

/// What an upload is for (`img_source`).
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    name: &'static str,
    /// Below `statics/zhugeleida/imgs`.
    folder: &'static str,
    takes: &'static [Family],
    /// Whether customers may send it too.
    is_customers: bool,
}

const PICTURES: &[Family] = &[Family::Picture];
const PICTURES_AND_VIDEOS: &[Family] = &[Family::Picture, Family::Video];
const EVERYTHING: &[Family] = &[Family::Picture, Family::Video, Family::Voice];

const fn source(name: &'static str, folder: &'static str, takes: &'static [Family]) -> Source {
    Source { name, folder, takes, is_customers: false }
}

const SOURCES: [Source; 13] = [
    source("user_photo", "qiyeweixin/user_photo", PICTURES),
    source("user_avatar", "qiyeweixin/user_avatar", PICTURES),
    source("cover_picture", "qiyeweixin/product", PICTURES),
    source("product_picture", "qiyeweixin/product", PICTURES_AND_VIDEOS),
    source("feedback", "qiyeweixin/feedback", PICTURES),
    source("website", "xiaochengxu/website", PICTURES_AND_VIDEOS),
    source("wcx_head_image", "xiaochengxu/wcx_head_image", PICTURES),
    source("article", "admin/article", PICTURES_AND_VIDEOS),
    source("admin_qrcode", "admin/qr_code", PICTURES),
    source("case", "admin/case", PICTURES_AND_VIDEOS),
    source("goods", "admin/goods", PICTURES_AND_VIDEOS),
    source("logo", "admin/logo", PICTURES),
    Source { is_customers: true, ..source("leida_chat", "qiyeweixin/chat", EVERYTHING) },
];

impl Source {
    /// 301 for an unknown one, 403 for a customer's where it is not theirs.
    fn named(name: &str, caller: &Anyone) -> Result<&'static Self> {
        let source = SOURCES.iter().find(|source| source.name == name.trim());
        let source = source.ok_or_else(|| Error::field("img_source", "未知的图片来源"))?;
        let may = source.is_customers || !matches!(caller, Anyone::Customer(_));
        if may { Ok(source) } else { Err(Error::forbidden()) }
    }
}

/// Which file of whom. Both texts are made here and fit for a path, whatever the client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    person: String,
    file: String,
    /// Whether the limits of a day hold.
    is_customers: bool,
}

impl Key {
    fn new(caller: &Anyone, timestamp: &str, name: &str) -> Self {
        let person = match caller {
            Anyone::Admin(admin) => format!("admin-{}", admin.id),
            Anyone::Staff(staff) => format!("staff-{}", staff.id),
            Anyone::Customer(customer) => format!("customer-{}", customer.id),
        };
        // The length in front keeps "1" + "23" apart from "12" + "3".
        let digest: [u8; 16] = Md5::new_with_prefix(format!("{} {timestamp}{name}", timestamp.len())).finalize().into();
        let file = format!("{:032x}", u128::from_be_bytes(digest));
        Self { person, file, is_customers: matches!(caller, Anyone::Customer(_)) }
    }

    fn folder(&self, incoming: &Path) -> PathBuf {
        incoming.join(&self.person).join(&self.file)
    }
}

/// One of a file's slices, as it was sent.
pub struct Slice {
    number: u32,
    bytes: Bytes,
    /// Bytes of the file itself; otherwise base64 text.
    is_raw: bool,
}

/// One slice or one merge of a person at a time, so that limits hold and nothing is added to what is being merged.
#[derive(Default)]
pub struct Uploading {
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// What customers stored today. A restart forgets it: that gives somebody one more day's worth at most.
    stored: Mutex<HashMap<String, Stored>>,
}

/// What a person stored on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stored {
    day: Day,
    files: u32,
    bytes: u64,
}

impl Uploading {
    async fn turn(&self, person: &str) -> OwnedMutexGuard<()> {
        let mutex = {
            let mut people = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(people.entry(person.to_owned()).or_default())
        };
        mutex.lock_owned().await
    }

    /// Whether the person may store something more today.
    fn has_room(&self, person: &str, today: Day) -> bool {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.get(person).is_none_or(|stored| {
            stored.day != today || (stored.files < MOST_FILES_A_DAY && stored.bytes < MOST_BYTES_A_DAY)
        })
    }

    fn count(&self, person: &str, today: Day, bytes: u64) {
        let mut people = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let none = Stored { day: today, files: 0, bytes: 0 };
        let stored = people.entry(person.to_owned()).or_insert(none);
        if stored.day != today {
            *stored = none;
        }
        stored.files += 1;
        stored.bytes = stored.bytes.saturating_add(bytes);
    }

    /// Forgets those whom nobody waits for, and earlier days.
    fn tidy(&self, today: Day) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, mutex| Arc::strong_count(mutex) > 1);
        let mut people = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        people.retain(|_, stored| stored.day == today);
    }
}

fn incoming_folder(app: &App) -> PathBuf {
    app.uploads().join(INCOMING)
}

/// Keeps a slice, in the place of an earlier one of the same number.
async fn keep(app: &App, key: Key, slice: Slice) -> Result<()> {
    if slice.bytes.len() > LARGEST_SLICE {
        return Err(Error::TooLarge);
    }
    let folder = incoming_folder(app);
    in_turn(app, &key.person.clone(), move || incoming::keep(&folder, &key, &slice)).await
}

/// Joins the slices; the URL of the file. A repeated call answers the same URL.
async fn merge(app: &App, key: Key, slices: u32, source: &'static Source) -> Result<String> {
    let app_inside = app.clone();
    in_turn(app, &key.person.clone(), move || {
        merge_now(&app_inside.uploading, &app_inside.uploads(), &key, slices, source, &app_inside.zone)
    })
    .await
}

/// How far an upload is.
#[derive(Debug, PartialEq, Eq)]
struct Progress {
    /// The numbers of the slices that wait to be merged, in order.
    slices: Vec<u32>,
    /// Where the merged file is.
    url: Option<String>,
}

/// What has arrived of a file. Waits for a merge that is going on.
async fn progress(app: &App, key: Key) -> Result<Progress> {
    let uploads = app.uploads();
    in_turn(app, &key.person.clone(), move || progress_now(&uploads, &key)).await
}

/// [`progress`] when it is the person's turn. Blocks.
fn progress_now(uploads: &Path, key: &Key) -> Result<Progress> {
    let folder = key.folder(&uploads.join(INCOMING));
    match merging::merged(uploads, &folder)? {
        Some(url) => Ok(Progress { slices: Vec::new(), url: Some(url) }),
        None => Ok(Progress { slices: incoming::numbers(&folder)?, url: None }),
    }
}

/// [`merge`] when it is the person's turn. Blocks.
fn merge_now(
    uploading: &Uploading,
    uploads: &Path,
    key: &Key,
    slices: u32,
    source: &'static Source,
    zone: &Zone,
) -> Result<String> {
    let incoming = uploads.join(INCOMING);
    if let Some(url) = merging::merged_before(uploads, &key.folder(&incoming), slices, source)? {
        return Ok(url);
    }
    let today = zone.day(Millis::now());
    if key.is_customers && !uploading.has_room(&key.person, today) {
        return Err(Error::Form("今天发送的文件已达上限，请明天再试".into()));
    }
    let (url, bytes) = merging::merge(uploads, &incoming, key, slices, source, zone)?;
    if key.is_customers {
        uploading.count(&key.person, today, bytes);
    }
    Ok(url)
}

/// Runs blocking work when it is the person's turn. A client that goes away takes its turn to the end.
async fn in_turn<T: Send + 'static>(
    app: &App,
    person: &str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let turn = app.uploading.turn(person).await;
    let work = move || {
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// At the start and every now and then removes uploads that nobody finished.
pub async fn forget_abandoned(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = forget_once(&app).await {
            tracing::warn!(%error, "abandoned uploads cannot be removed");
        }
        tokio::select! {
            () = tokio::time::sleep(CLEANING) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
    }
}

async fn forget_once(app: &App) -> Result<()> {
    let folder = incoming_folder(app);
    let listed = folder.clone();
    let people = tokio::task::spawn_blocking(move || incoming::people(&listed)).await.map_err(Error::internal)??;
    for person in people {
        let (folder, inside) = (folder.clone(), person.clone());
        in_turn(app, &person, move || incoming::forget_older(&folder, &inside, ABANDONED)).await?;
    }
    app.uploading.tidy(app.zone.day(Millis::now()));
    Ok(())
}

#[cfg(test)]
mod tests;
