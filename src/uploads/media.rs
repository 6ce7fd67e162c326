//! What an uploaded file is, by its content alone. Only what browsers show as a picture or play, never anything that
//! can hold a script of its own.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use image::{ImageFormat, ImageReader};

/// Pixels of one side, and of a whole picture: a small file must not unpack to fill somebody's memory.
const LONGEST_SIDE: u32 = 20_000;
const MOST_PIXELS: u64 = 80_000_000;
/// Boxes of a container that are looked at; the tracks come early, or at the end of a handful.
const MOST_BOXES: usize = 10_000;
/// The first bytes, in which a file says what it is.
const HEAD: u64 = 8192;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Picture,
    Video,
    Voice,
}

impl Family {
    /// Bytes of a file at most.
    pub fn limit(self) -> u64 {
        match self {
            Self::Picture | Self::Voice => 10 << 20,
            Self::Video => 200 << 20,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Picture => "图片",
            Self::Video => "视频",
            Self::Voice => "语音",
        }
    }
}

/// A file that may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media {
    pub family: Family,
    pub extension: &'static str,
}

/// How a file of a type is looked at more closely.
#[derive(Clone, Copy)]
enum Proof {
    Decodes(ImageFormat),
    /// A container of boxes with the one that describes its tracks.
    HasTracks,
    /// The document type inside the header.
    Says(&'static [u8]),
    FirstBytes,
}

const KNOWN: [(&str, Family, &str, Proof); 15] = [
    ("image/jpeg", Family::Picture, "jpg", Proof::Decodes(ImageFormat::Jpeg)),
    ("image/png", Family::Picture, "png", Proof::Decodes(ImageFormat::Png)),
    ("image/gif", Family::Picture, "gif", Proof::Decodes(ImageFormat::Gif)),
    ("image/webp", Family::Picture, "webp", Proof::Decodes(ImageFormat::WebP)),
    ("image/bmp", Family::Picture, "bmp", Proof::Decodes(ImageFormat::Bmp)),
    ("video/mp4", Family::Video, "mp4", Proof::HasTracks),
    ("video/x-m4v", Family::Video, "mp4", Proof::HasTracks),
    ("video/quicktime", Family::Video, "mov", Proof::HasTracks),
    ("video/webm", Family::Video, "webm", Proof::Says(b"webm")),
    ("audio/m4a", Family::Voice, "m4a", Proof::HasTracks),
    ("audio/mpeg", Family::Voice, "mp3", Proof::FirstBytes),
    ("audio/amr", Family::Voice, "amr", Proof::FirstBytes),
    ("audio/aac", Family::Voice, "aac", Proof::FirstBytes),
    ("audio/x-wav", Family::Voice, "wav", Proof::FirstBytes),
    ("audio/opus", Family::Voice, "ogg", Proof::FirstBytes),
];

/// `None` for everything that is not to be kept: pages, drawings with scripts, programs, archives, pictures that do not
/// decode or are too large.
pub fn examine(path: &Path) -> io::Result<Option<Media>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    let Some(guess) = infer::get(&head) else { return Ok(None) };
    let known = KNOWN.into_iter().find(|(mime, ..)| *mime == guess.mime_type());
    let Some((_, family, extension, proof)) = known else { return Ok(None) };
    let holds = match proof {
        Proof::Decodes(format) => is_picture(path, format)?,
        Proof::HasTracks => has_tracks(File::open(path)?)?,
        Proof::Says(word) => head[..head.len().min(64)].windows(word.len()).any(|window| window == word),
        Proof::FirstBytes => true,
    };
    Ok(holds.then_some(Media { family, extension }))
}

fn is_picture(path: &Path, format: ImageFormat) -> io::Result<bool> {
    let reader = ImageReader::with_format(BufReader::new(File::open(path)?), format);
    Ok(reader.into_dimensions().is_ok_and(|(width, height)| {
        let pixels = u64::from(width) * u64::from(height);
        (1..=LONGEST_SIDE).contains(&width) && (1..=LONGEST_SIDE).contains(&height) && pixels <= MOST_PIXELS
    }))
}

/// Walks the boxes of an MP4 or QuickTime file: each has its size and its name in front.
fn has_tracks(mut file: File) -> io::Result<bool> {
    let length = file.metadata()?.len();
    let mut at = 0_u64;
    for _ in 0..MOST_BOXES {
        if at.saturating_add(8) > length {
            break;
        }
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 16];
        file.read_exact(&mut head[..8])?;
        if head[4..8] == *b"moov" {
            return Ok(true);
        }
        let short = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        let size = match short {
            1 if at.saturating_add(16) <= length => {
                file.read_exact(&mut head[8..])?;
                head[8..].iter().fold(0, |size, byte| size << 8 | u64::from(*byte))
            }
            // To the end of the file.
            0 => break,
            size => size,
        };
        if size < 8 {
            break;
        }
        at = at.saturating_add(size);
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn examined(bytes: &[u8]) -> Option<&'static str> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whatever.html");
        fs::write(&path, bytes).unwrap();
        examine(&path).unwrap().map(|media| media.extension)
    }

    fn picture(format: ImageFormat) -> Vec<u8> {
        let mut bytes = io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(31, 17).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn container(brand: &[u8], boxes: &[(&[u8], usize)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut put = |name: &[u8], content: &[u8]| {
            bytes.extend(u32::try_from(content.len() + 8).unwrap().to_be_bytes());
            bytes.extend(name);
            bytes.extend(content);
        };
        put(b"ftyp", &[brand, &[0; 4], b"isom"].concat());
        for (name, length) in boxes {
            put(name, &vec![0; *length]);
        }
        bytes
    }

    #[test]
    fn pictures_are_what_they_hold() {
        for (format, extension) in [
            (ImageFormat::Png, "png"),
            (ImageFormat::Jpeg, "jpg"),
            (ImageFormat::Gif, "gif"),
            (ImageFormat::Bmp, "bmp"),
            (ImageFormat::WebP, "webp"),
        ] {
            assert_eq!(examined(&picture(format)), Some(extension));
        }
        // The first bytes alone make no picture.
        assert_eq!(examined(&picture(ImageFormat::Png)[..12]), None);
        assert_eq!(examined(&picture(ImageFormat::Jpeg)[..12]), None);
    }

    #[test]
    fn a_bomb_is_no_picture() {
        let mut bomb = picture(ImageFormat::Bmp);
        // Width and height of the header.
        bomb[18..26].copy_from_slice(&[0x50, 0xc3, 0, 0, 0x50, 0xc3, 0, 0]);
        assert_eq!(examined(&bomb), None);
    }

    #[test]
    fn films_need_their_tracks() {
        let film = container(b"isom", &[(b"free", 100), (b"mdat", 5000), (b"moov", 300)]);
        assert_eq!(examined(&film), Some("mp4"));
        assert_eq!(examined(&container(b"qt  ", &[(b"moov", 8), (b"mdat", 8)])), Some("mov"));
        assert_eq!(examined(&container(b"M4A ", &[(b"moov", 8)])), Some("m4a"));
        assert_eq!(examined(&container(b"isom", &[(b"mdat", 5000)])), None);
        assert_eq!(examined(&film[..4000]), None, "cut off before its tracks");
        assert_eq!(examined(b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm........"), Some("webm"));
        assert_eq!(examined(b"\x1a\x45\xdf\xa3 something else.............."), None);
    }

    #[test]
    fn voices_of_telephones_are_known() {
        assert_eq!(examined(b"#!AMR\n\x3c\x91\x17\x16\xbe\x66\x79"), Some("amr"));
        assert_eq!(examined(b"ID3\x03\0\0\0\0\0\x21TSSE"), Some("mp3"));
    }

    #[test]
    fn nothing_else_is_kept() {
        let page = b"<!DOCTYPE html><script>alert(1)</script>".as_slice();
        let drawing = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>";
        for bytes in [
            page,
            drawing,
            b"<svg onload=alert(1)>",
            b"%PDF-1.7 ....",
            b"PK\x03\x04......",
            b"\x7fELF......",
            b"text",
            b"",
        ] {
            assert_eq!(examined(bytes), None, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
