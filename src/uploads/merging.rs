//! Joining slices to a file, and giving it its place and its name. Everything here blocks, and holds no file in memory.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Write},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{
    Key, Source,
    base64_text::Decoder,
    disk,
    incoming::{self, DONE, Kept},
    media::{self, Family, Media},
};
use crate::{
    error::{Error, FieldErrors, Result},
    time::{Millis, Zone},
};

/// Below the uploads; also the beginning of the URLs.
const FOLDER: &str = "statics/zhugeleida/imgs";
/// Missing slices named in an answer at most.
const MOST_NAMED: usize = 100;

/// Joins `count` slices of a file and puts it below `uploads`; its relative URL, and how long it is.
pub fn merge(
    uploads: &Path,
    incoming: &Path,
    key: &Key,
    count: u32,
    source: &'static Source,
    zone: &Zone,
) -> Result<(String, u64)> {
    let folder = key.folder(incoming);
    let slices = in_order(incoming::slices(&folder)?, count)?;
    let whole = folder.join("whole.part");
    let outcome = join(&slices, &whole).and_then(|media| accept(media, &whole, source)).and_then(|media| {
        let bytes = fs::metadata(&whole)?.len();
        let url = place(uploads, &whole, media, source, zone)?;
        disk::write(&folder.join(DONE), &[format!("{count}\n{}\n{url}", source.name).as_bytes()])?;
        Ok((url, bytes))
    });
    match &outcome {
        Ok(_) => forget_slices(&slices),
        Err(Error::BadUpload(_)) => {
            // Everything has arrived, and it is nothing that we keep.
            let _ = fs::remove_dir_all(&folder);
        }
        // A full disk, for instance: the slices stay for the next try.
        Err(_) => {
            let _ = fs::remove_file(&whole);
        }
    }
    outcome
}

fn refused(field: &str, reason: impl Into<String>) -> Error {
    Error::BadUpload(FieldErrors::one(field, reason))
}

/// What a client gets that did not hear the first answer.
pub fn merged_before(uploads: &Path, folder: &Path, count: u32, source: &Source) -> Result<Option<String>> {
    let done = done(folder)?;
    let url = done.as_deref().and_then(|done| done.strip_prefix(&format!("{count}\n{}\n", source.name)));
    Ok(url.filter(|url| uploads.join(url).is_file()).map(ToOwned::to_owned))
}

/// Where the file is that came out of a merge, whatever it was for.
pub fn merged(uploads: &Path, folder: &Path) -> Result<Option<String>> {
    let done = done(folder)?;
    let url = done.as_deref().and_then(|done| done.lines().nth(2));
    Ok(url.filter(|url| uploads.join(url).is_file()).map(ToOwned::to_owned))
}

fn done(folder: &Path) -> Result<Option<String>> {
    match fs::read_to_string(folder.join(DONE)) {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn forget_slices(slices: &[Kept]) {
    for slice in slices {
        if let Err(error) = incoming::remove(&slice.path) {
            // It goes with the abandoned ones.
            tracing::warn!(%error, "a merged slice cannot be removed");
        }
    }
}

/// The slices 0 to n-1 or 1 to n; 303 with what is missing or too much.
fn in_order(slices: BTreeMap<u32, Kept>, count: u32) -> Result<Vec<Kept>> {
    let numbers: Vec<u32> = slices.keys().copied().collect();
    let missing = missing(&numbers, count);
    if !missing.is_empty() {
        let mut errors = FieldErrors::new();
        for name in missing.iter().take(MOST_NAMED) {
            errors.add("chunk", format!("缺少分片 {name}"));
        }
        return Err(Error::BadUpload(errors));
    }
    if slices.len() != count as usize {
        return Err(refused("chunk_num", format!("收到 {} 个分片，与 chunk_num 不符", slices.len())));
    }
    Ok(slices.into_values().collect())
}

/// The numbers that are not there. A file is numbered from 0 or from 1; with both ends missing nobody can tell which.
fn missing(numbers: &[u32], count: u32) -> Vec<String> {
    let has = |number: &u32| numbers.binary_search(number).is_ok();
    let mut missing: Vec<String> = (1..count).filter(|number| !has(number)).map(|number| number.to_string()).collect();
    if !has(&0) && !has(&count) {
        missing.push(if numbers.is_empty() { "0".to_owned() } else { format!("0 或 {count}") });
    }
    missing
}

/// Writes the joined slices; what they make, if it is to be kept at all.
fn join(slices: &[Kept], whole: &Path) -> Result<Option<Media>> {
    let raw = slices.iter().filter(|slice| slice.is_raw).count();
    if raw != 0 && raw != slices.len() {
        return Err(refused("img_data", "分片须全部为文件，或全部为 base64 文本"));
    }
    if raw != 0 {
        let mut out = Bounded::create(whole)?;
        for slice in slices {
            told(io::copy(&mut incoming::open(slice)?, &mut out))?;
        }
        told(out.keep())?;
        if let Some(media) = media::examine(whole)? {
            return Ok(Some(media));
        }
        // Perhaps base64 text that came as a file.
    }
    let mut decoder = Decoder::new(Bounded::create(whole)?);
    for slice in slices {
        match decoder.push(BufReader::new(incoming::open(slice)?)) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData && raw != 0 => return Ok(None),
            outcome => told(outcome)?,
        }
    }
    match decoder.finish() {
        Err(error) if error.kind() == io::ErrorKind::InvalidData && raw != 0 => return Ok(None),
        outcome => told(told(outcome)?.keep())?,
    }
    Ok(media::examine(whole)?)
}

/// Faults of the file as an answer, faults of the disk as ours.
fn told<T>(outcome: io::Result<T>) -> Result<T> {
    outcome.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => refused("img_data", "不是有效的 base64 文本"),
        io::ErrorKind::FileTooLarge => refused("img_data", format!("文件不能超过 {} MiB", Family::Video.limit() >> 20)),
        _ => error.into(),
    })
}

fn accept(media: Option<Media>, whole: &Path, source: &Source) -> Result<Media> {
    let media = media.ok_or_else(|| refused("img_data", "不是可以识别的图片、视频或语音，或尺寸过大"))?;
    if !source.takes.contains(&media.family) {
        let taken: Vec<_> = source.takes.iter().map(|family| family.name()).collect();
        return Err(refused("img_data", format!("此处只能上传{}", taken.join("、"))));
    }
    if fs::metadata(whole)?.len() > media.family.limit() {
        let limit = media.family.limit() >> 20;
        return Err(refused("img_data", format!("{}不能超过 {limit} MiB", media.family.name())));
    }
    Ok(media)
}

/// Moves the file to its folder under a name of ours; its URL.
fn place(uploads: &Path, whole: &Path, media: Media, source: &Source, zone: &Zone) -> Result<String> {
    let folder = format!("{FOLDER}/{}", source.folder);
    let directory = uploads.join(&folder);
    disk::make_folder(uploads, &directory)?;
    let name = format!("{}.{}", file_name(SystemTime::now(), zone)?, media.extension);
    fs::rename(whole, directory.join(&name))?;
    disk::sync_folder(&directory)?;
    Ok(format!("{folder}/{name}"))
}

/// Date, time, microseconds, and something that nobody guesses.
fn file_name(now: SystemTime, zone: &Zone) -> Result<String> {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let at = Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    let mut bits = [0; 8];
    getrandom::fill(&mut bits).map_err(|error| Error::internal(error.to_string()))?;
    let stamp = zone.file_stamp(at).replace('_', "");
    Ok(format!("{stamp}{:06}_{:016x}", since.subsec_micros(), u64::from_le_bytes(bits)))
}

/// A file that is being written, with an end.
struct Bounded {
    file: BufWriter<File>,
    left: u64,
}

impl Bounded {
    fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::with_capacity(64 << 10, File::create(path)?), left: Family::Video.limit() })
    }

    fn keep(self) -> io::Result<()> {
        self.file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left =
            self.left.checked_sub(bytes.len() as u64).ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        self.file.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_count_from_0_or_from_1() {
        assert_eq!(missing(&[0, 1, 2], 3), Vec::<String>::new());
        assert_eq!(missing(&[1, 2, 3], 3), Vec::<String>::new());
        assert_eq!(missing(&[0], 1), Vec::<String>::new());
        assert_eq!(missing(&[1], 1), Vec::<String>::new());
        assert_eq!(missing(&[0, 2], 3), ["1"]);
        assert_eq!(missing(&[1, 3], 3), ["2"]);
        assert_eq!(missing(&[0, 1], 4), ["2", "3"]);
        assert_eq!(missing(&[1, 2], 3), ["0 或 3"]);
        assert_eq!(missing(&[], 2), ["1", "0"]);
    }

    #[test]
    fn names_tell_the_time_and_cannot_be_guessed() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let at = UNIX_EPOCH + std::time::Duration::from_micros(1_530_166_000_880_613);
        let (one, other) = (file_name(at, &zone).unwrap(), file_name(at, &zone).unwrap());
        assert_ne!(one, other);
        assert_eq!((&one[..21], one.len()), ("20180628140640880613_", 37));
    }
}
