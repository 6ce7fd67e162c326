//! `/statics/…`: stored pictures, videos and voices, at the URLs that the documents print. Embedded ones (the default
//! avatar, the demo's pictures) come first, then those in the data directory: whole, or in ranges for players.

use std::{
    fs::{self, File},
    io::{self, SeekFrom},
    marker::PhantomData,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use futures_util::stream;
use poem::{
    Body, Endpoint, Request, Response,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};
use rust_embed::RustEmbed;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::{assets, reply};
use crate::error::{Error, Result};

/// Whatever it is, it runs nothing and loads nothing.
const CSP: &str = "default-src 'none'; sandbox";
/// Bytes read at once.
const BATCH: usize = 64 << 10;

pub struct Statics<E> {
    folder: Arc<Path>,
    embedded: PhantomData<fn() -> E>,
}

impl<E: RustEmbed> Statics<E> {
    /// `folder` holds what the URLs call `statics/`.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder: folder.into(), embedded: PhantomData }
    }
}

impl<E: RustEmbed + 'static> Endpoint for Statics<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        Ok(self.find(&request).await.unwrap_or_else(|error| reply::error_response(&error)))
    }
}

impl<E: RustEmbed + 'static> Statics<E> {
    async fn find(&self, request: &Request) -> Result<Response> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Error::WrongMethod);
        }
        let name = clean(request.uri().path()).ok_or_else(missing)?;
        if let Some(mut found) = assets::file::<E>(&format!("statics/{name}"), request) {
            found.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
            return Ok(found);
        }
        let (folder, wanted) = (Arc::clone(&self.folder), name.clone());
        let found = tokio::task::spawn_blocking(move || Stored::open(&folder, &wanted));
        let stored = found.await.map_err(Error::internal)??.ok_or_else(missing)?;
        stored.answer(request, &name).await
    }
}

fn missing() -> Error {
    Error::NoSuchAddress("文件不存在".into())
}

/// The decoded path below the folder, `a/b.jpg`; `None` when it could lead anywhere else, or to a hidden file.
fn clean(path: &str) -> Option<String> {
    let path = percent_encoding::percent_decode_str(path.trim_start_matches('/')).decode_utf8().ok()?;
    let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0', ':']);
    path.split('/').all(is_plain).then(|| path.into_owned())
}

/// A file in the data directory.
struct Stored {
    file: File,
    length: u64,
    modified: SystemTime,
}

impl Stored {
    /// `None` when there is no such file, also behind a link that leads out of the folder. Blocks.
    fn open(folder: &Path, name: &str) -> io::Result<Option<Self>> {
        let open = || {
            let path = fs::canonicalize(folder.join(name))?;
            if !path.starts_with(fs::canonicalize(folder)?) {
                return Ok(None);
            }
            let file = File::open(path)?;
            let about = file.metadata()?;
            let stored = || Ok(Self { length: about.len(), modified: about.modified()?, file });
            if about.is_file() { stored().map(Some) } else { Ok(None) }
        };
        open().or_else(|error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => Ok(None),
            _ => Err(error),
        })
    }

    async fn answer(self, request: &Request, name: &str) -> Result<Response> {
        let since = self.modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        let tag = format!("\"{:x}-{:x}\"", self.length, since.as_millis());
        let mut response = Response::builder()
            // The names carry a time stamp: a stored file never changes.
            .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
            .header(header::CONTENT_SECURITY_POLICY, CSP)
            .header(header::ACCEPT_RANGES, "bytes")
            .header(header::LAST_MODIFIED, httpdate::fmt_http_date(self.modified))
            .header(header::ETAG, &tag);
        if is_known(request.headers(), &tag, since) {
            return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
        }
        response = match media_type(name) {
            Some(media_type) => response.header(header::CONTENT_TYPE, media_type),
            None => response
                .header(header::CONTENT_TYPE, "application/octet-stream")
                .header(header::CONTENT_DISPOSITION, "attachment"),
        };
        let (start, length) = match wanted(request, &tag, self.length) {
            Range::Whole => (0, self.length),
            Range::Part { first, last } => {
                let told = format!("bytes {first}-{last}/{}", self.length);
                response = response.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, told);
                (first, last - first + 1)
            }
            Range::Beyond => {
                let told = format!("bytes */{}", self.length);
                let response = response.status(StatusCode::RANGE_NOT_SATISFIABLE);
                return Ok(response.header(header::CONTENT_RANGE, told).finish());
            }
        };
        let response = response.header(header::CONTENT_LENGTH, length);
        if request.method() == Method::HEAD {
            return Ok(response.finish());
        }
        let mut file = tokio::fs::File::from_std(self.file);
        if start > 0 {
            file.seek(SeekFrom::Start(start)).await?;
        }
        Ok(response.body(body(file, length)))
    }
}

/// So much of a file from where it stands, read as the client takes it.
pub(super) fn body(file: tokio::fs::File, length: u64) -> Body {
    let batches = stream::try_unfold(file.take(length), |mut file| async move {
        let mut batch = Vec::with_capacity(BATCH);
        let read = (&mut file).take(BATCH as u64).read_to_end(&mut batch).await?;
        Ok::<_, io::Error>((read > 0).then(|| (Bytes::from(batch), file)))
    });
    Body::from_bytes_stream(batches)
}

/// Whether the client has the file already. A tag says it better than a date.
fn is_known(headers: &HeaderMap, tag: &str, modified: Duration) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(known) = text(header::IF_NONE_MATCH) {
        return known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == tag || one == "*");
    }
    let since = text(header::IF_MODIFIED_SINCE).and_then(|date| httpdate::parse_http_date(date).ok());
    since.is_some_and(|since| modified.as_secs() <= since.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    Part { first: u64, last: u64 },
    Beyond,
}

/// Which bytes a request wants: all, unless it names a range of the file that it knows.
fn wanted(request: &Request, tag: &str, length: u64) -> Range {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    match text(header::RANGE) {
        Some(range) if text(header::IF_RANGE).is_none_or(|known| known == tag) => range_of(range, length),
        _ => Range::Whole,
    }
}

/// `bytes=first-last`, `bytes=first-` or `bytes=-suffix`. Several ranges at once get the whole file, as does what makes
/// no sense: both are a server's choice.
fn range_of(text: &str, length: u64) -> Range {
    let Some((first, last)) = text.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Range::Whole;
    };
    let end = length.saturating_sub(1);
    let (first, last) = match (first.trim().parse::<u64>(), last.trim()) {
        (Ok(first), "") => (first, end),
        (Ok(first), last) => match last.parse::<u64>() {
            Ok(last) if last >= first => (first, last.min(end)),
            _ => return Range::Whole,
        },
        (Err(_), last) if first.trim().is_empty() => match last.parse::<u64>() {
            Ok(0) => return Range::Beyond,
            Ok(suffix) => (length.saturating_sub(suffix), end),
            Err(_) => return Range::Whole,
        },
        _ => return Range::Whole,
    };
    if first >= length { Range::Beyond } else { Range::Part { first, last } }
}

/// The type of what may be shown or played; anything else is only ever downloaded.
fn media_type(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    Some(match ending.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "bmp" => "image/bmp",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "m4a" => "audio/mp4",
        "mp3" => "audio/mpeg",
        "amr" => "audio/amr",
        "aac" => "audio/aac",
        "wav" => "audio/wav",
        "ogg" => "audio/ogg",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(clean("/zhugeleida/imgs/a.jpg").as_deref(), Some("zhugeleida/imgs/a.jpg"));
        assert_eq!(clean("/imgs/%E5%9B%BE.png").as_deref(), Some("imgs/图.png"));
        for path in [
            "/../leida.db",
            "/imgs/../../leida.db",
            "/%2e%2e/leida.db",
            "/imgs/%2E%2e%2f%2e%2e/leida.db",
            "/..%5cleida.db",
            "/imgs\\..\\x",
            "/a%00.jpg",
            "/",
            "",
            "/imgs/",
            "/.hidden",
            "/imgs/.part",
            "/%ff",
            "/imgs/%2fetc/passwd",
            "/c:/x",
        ] {
            assert_eq!(clean(path), None, "{path}");
        }
    }

    #[test]
    fn ranges_are_cut_to_the_file() {
        let part = |first, last| Range::Part { first, last };
        for (text, range) in [
            ("bytes=0-1", part(0, 1)),
            ("bytes=0-", part(0, 99)),
            ("bytes=90-200", part(90, 99)),
            ("bytes=99-99", part(99, 99)),
            ("bytes=-10", part(90, 99)),
            ("bytes=-1000", part(0, 99)),
            ("bytes=100-", Range::Beyond),
            ("bytes=100-200", Range::Beyond),
            ("bytes=-0", Range::Beyond),
            ("bytes=5-4", Range::Whole),
            ("bytes=0-1,5-6", Range::Whole),
            ("bytes=a-b", Range::Whole),
            ("bytes=-", Range::Whole),
            ("lines=0-1", Range::Whole),
        ] {
            assert_eq!(range_of(text, 100), range, "{text}");
        }
        assert_eq!(range_of("bytes=0-", 0), Range::Beyond);
        assert_eq!(range_of("bytes=-5", 0), Range::Beyond);
    }

    #[test]
    fn links_do_not_lead_out() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("statics");
        fs::create_dir_all(folder.join("imgs")).unwrap();
        fs::write(root.path().join("secret"), "s").unwrap();
        fs::write(folder.join("imgs/a.png"), "a").unwrap();
        std::os::unix::fs::symlink(root.path().join("secret"), folder.join("imgs/out.png")).unwrap();
        std::os::unix::fs::symlink(folder.join("imgs/a.png"), folder.join("imgs/in.png")).unwrap();
        let opens = |name: &str| Stored::open(&folder, name).unwrap().is_some();
        assert!(opens("imgs/a.png") && opens("imgs/in.png"));
        assert!(!opens("imgs/out.png") && !opens("imgs") && !opens("imgs/b.png") && !opens("imgs/a.png/x"));
        assert!(Stored::open(Path::new("/nowhere"), "a").unwrap().is_none());
    }
}
