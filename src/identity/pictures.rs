//! Pictures that we make ourselves: QR codes, stored where `/statics` finds them.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::Path,
};

use image::{DynamicImage, ImageFormat, ImageReader, Luma};
use qrcode::QrCode;

use crate::{
    app::App,
    error::{Error, Result},
    time::{Millis, SECOND},
};

/// Below the uploads; also the beginning of the URLs.
const FOLDER: &str = "statics/zhugeleida/imgs";
/// Pixels of one side of somebody else's picture: a small file must not unpack to fill somebody's memory.
const LONGEST_SIDE: u32 = 10_000;

/// A QR code of the text, as PNG.
pub fn qr_code(text: &str) -> Result<Vec<u8>> {
    let code = QrCode::new(text).map_err(Error::internal)?;
    let picture = code.render::<Luma<u8>>().min_dimensions(430, 430).build();
    encoded(&DynamicImage::ImageLuma8(picture), ImageFormat::Png)
}

/// Stores a picture of the folder under a name made from a time stamp; the relative URL. Stored files never change, so
/// a name that is taken makes the stamp a second later.
///
/// Blocks: call it through [`store`].
fn save(app: &App, folder: &str, bytes: &[u8], name: impl Fn(&str) -> String) -> Result<String> {
    let directory = app.uploads().join(FOLDER).join(folder);
    fs::create_dir_all(&directory)?;
    let mut at = Millis::now();
    loop {
        let name = name(&app.zone.file_stamp(at));
        match create(&directory.join(&name), bytes) {
            Ok(()) => return Ok(format!("{FOLDER}/{folder}/{name}")),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => at = at.plus(SECOND),
            Err(error) => return Err(error.into()),
        }
    }
}

fn create(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes).inspect_err(|_| {
        // Half a picture is worse than none; what went wrong is told anyway.
        let _ = fs::remove_file(path);
    })
}

/// [`save`] on a thread that may wait; `make` gives the bytes there.
pub async fn store(
    app: &App,
    folder: &'static str,
    make: impl FnOnce() -> Result<Vec<u8>> + Send + 'static,
    name: impl Fn(&str) -> String + Send + 'static,
) -> Result<String> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || save(&app, folder, &make()?, name)).await.map_err(Error::internal)?
}

/// The bytes as they are when they are a JPEG, else made into one.
pub fn as_jpeg(bytes: Vec<u8>) -> Result<Vec<u8>> {
    if bytes.starts_with(b"\xff\xd8") {
        return Ok(bytes);
    }
    let picture = image::load_from_memory(&bytes).map_err(Error::internal)?;
    encoded(&DynamicImage::ImageRgb8(picture.to_rgb8()), ImageFormat::Jpeg)
}

/// The ending of a picture's file; `None` for what browsers do not show, and for pictures that are too large.
pub fn extension_of(bytes: &[u8]) -> Option<&'static str> {
    let format = image::guess_format(bytes).ok()?;
    let extension = match format {
        ImageFormat::Jpeg => "jpg",
        ImageFormat::Png => "png",
        ImageFormat::Gif => "gif",
        ImageFormat::WebP => "webp",
        ImageFormat::Bmp => "bmp",
        _ => return None,
    };
    let (width, height) = ImageReader::with_format(std::io::Cursor::new(bytes), format).into_dimensions().ok()?;
    let fits = (1..=LONGEST_SIDE).contains(&width) && (1..=LONGEST_SIDE).contains(&height);
    fits.then_some(extension)
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Result<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).map_err(Error::internal)?;
    Ok(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_pictures_and_become_jpegs() {
        let png = qr_code("http://127.0.0.1:8000/admin/#/register?rand_str=x&timestamp=1&user_id=1").unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        let picture = image::load_from_memory(&png).unwrap();
        assert!(picture.width() >= 430 && picture.width() == picture.height());
        let jpeg = as_jpeg(png).unwrap();
        assert!(jpeg.starts_with(b"\xff\xd8"));
        assert_eq!(as_jpeg(jpeg.clone()).unwrap(), jpeg);
        assert_eq!(extension_of(&jpeg), Some("jpg"));
        assert_eq!((extension_of(b"<svg/>"), extension_of(&jpeg[..10])), (None, None));
    }
}
