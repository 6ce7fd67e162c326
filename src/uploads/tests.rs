use std::{fs, io::Cursor};

use base64::prelude::{BASE64_STANDARD, Engine};

use super::*;
use crate::{
    ids::{CompanyId, CustomerId, RoleId, StaffId},
    time::Zone,
};

fn staff(id: i64) -> Anyone {
    Anyone::Staff(crate::identity::Staff { id: StaffId(id), company: CompanyId(1), role: RoleId(3) })
}

fn customer(id: i64) -> Anyone {
    Anyone::Customer(crate::identity::Customer { id: CustomerId(id), company: CompanyId(1) })
}

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let noise = image::RgbImage::from_fn(60, 40, |x, y| image::Rgb([x * y, x + y, x ^ y].map(|n| n.to_le_bytes()[0])));
    image::DynamicImage::from(noise).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

struct Desk {
    root: tempfile::TempDir,
    key: Key,
    uploading: Uploading,
}

impl Desk {
    fn new() -> Self {
        Self::of(&staff(1))
    }

    fn of(caller: &Anyone) -> Self {
        let key = Key::new(caller, "1530156149132", "a.jpg");
        Self { root: tempfile::tempdir().unwrap(), key, uploading: Uploading::default() }
    }

    fn incoming(&self) -> PathBuf {
        self.root.path().join("incoming")
    }

    fn keep(&self, number: u32, bytes: &[u8], is_raw: bool) {
        let slice = Slice { number, bytes: Bytes::copy_from_slice(bytes), is_raw };
        incoming::keep(&self.incoming(), &self.key, &slice).unwrap();
    }

    fn merge(&self, slices: u32) -> Result<String> {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        merge_now(&self.uploading, self.root.path(), &self.key, slices, &SOURCES[2], &zone)
    }

    #[track_caller]
    fn merged(&self, slices: u32) -> Vec<u8> {
        fs::read(self.root.path().join(self.merge(slices).unwrap())).unwrap()
    }

    fn waiting(&self) -> Vec<String> {
        let folder = self.key.folder(&self.incoming());
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn slices_are_joined_as_text_or_as_bytes() {
    let picture = picture();
    let text = BASE64_STANDARD.encode(&picture);
    for (is_raw, bytes) in [(true, picture.as_slice()), (false, text.as_bytes()), (true, text.as_bytes())] {
        for first in [0, 1] {
            let desk = Desk::new();
            let slices: Vec<&[u8]> = bytes.chunks(bytes.len() / 3 + 1).collect();
            for (place, slice) in slices.iter().enumerate().rev() {
                desk.keep(first + u32::try_from(place).unwrap(), slice, is_raw);
            }
            assert!(desk.merged(3) == picture, "raw {is_raw}, from {first}");
            assert_eq!(desk.waiting(), ["done"], "the slices are gone");
        }
    }
}

#[test]
fn a_slice_sent_again_takes_the_place_of_the_first() {
    let (desk, picture) = (Desk::new(), picture());
    desk.keep(0, b"something broken", true);
    desk.keep(0, &picture[..100], true);
    desk.keep(1, &picture[100..], true);
    assert_eq!(desk.waiting(), ["0", "1"]);
    assert!(desk.merged(2) == picture);
}

#[test]
fn a_merge_asked_for_twice_makes_one_file() {
    let (desk, picture) = (Desk::new(), picture());
    desk.keep(1, &picture, true);
    let url = desk.merge(1).unwrap();
    assert_eq!(desk.merge(1).unwrap(), url);
    assert_eq!(desk.merge(2).unwrap_err().code(), 303, "another number is another question");
    // The same key again is a new file.
    desk.keep(1, &picture, true);
    assert_ne!(desk.merge(1).unwrap(), url);
}

#[test]
fn a_customer_stores_so_much_a_day_and_no_more() {
    let (desk, picture) = (Desk::of(&customer(1)), picture());
    for _ in 1..MOST_FILES_A_DAY {
        desk.uploading.count(&desk.key.person, Zone::named("Asia/Shanghai").unwrap().day(Millis::now()), 1000);
    }
    desk.keep(0, &picture, true);
    let url = desk.merge(1).unwrap();
    assert_eq!(desk.merge(1).unwrap(), url, "an answer that was lost costs nothing");
    desk.keep(0, &picture, true);
    assert!(matches!(desk.merge(1), Err(Error::Form(_))));
    let today = Day(20_000);
    desk.uploading.count("customer-2", today, MOST_BYTES_A_DAY);
    assert!(!desk.uploading.has_room("customer-2", today));
    assert!(desk.uploading.has_room("customer-2", Day(20_001)) && desk.uploading.has_room("customer-3", today));
    desk.uploading.tidy(Day(20_001));
    assert!(desk.uploading.has_room("customer-2", today), "forgotten with its day");
}

#[test]
fn what_fails_for_the_disk_loses_nothing() {
    let (desk, picture) = (Desk::new(), picture());
    desk.keep(0, &picture, true);
    let obstacle = desk.root.path().join("statics");
    fs::write(&obstacle, "a file where the folder should be").unwrap();
    assert_eq!(desk.merge(1).unwrap_err().code(), 500);
    assert_eq!(desk.waiting(), ["0"], "no half file");
    fs::remove_file(obstacle).unwrap();
    assert!(desk.merged(1) == picture);
}

#[test]
fn what_is_no_picture_is_refused_and_forgotten() {
    let desk = Desk::new();
    desk.keep(0, b"<html><script>alert(1)</script></html>", true);
    assert_eq!(desk.merge(1).unwrap_err().code(), 303);
    assert_eq!(desk.waiting(), Vec::<String>::new());
    desk.keep(0, b"no base64!", false);
    assert!(desk.merge(1).unwrap_err().to_string().contains("base64"));
    desk.keep(0, b"AAAA", false);
    desk.keep(1, b"\x89PNG", true);
    assert!(desk.merge(2).unwrap_err().to_string().contains("全部"));
    // A voice message is nothing for a product's cover.
    desk.keep(0, b"#!AMR\n\x3c\x91\x17\x16\xbe\x66\x79", true);
    assert!(desk.merge(1).unwrap_err().to_string().contains("只能上传图片"));
    assert!(!desk.root.path().join("statics").exists());
}

#[test]
fn nothing_of_different_people_or_files_mixes() {
    let keys = [
        Key::new(&staff(1), "1", "23.jpg"),
        Key::new(&staff(1), "12", "3.jpg"),
        Key::new(&staff(2), "1", "23.jpg"),
        Key::new(&customer(1), "1", "23.jpg"),
        Key::new(&staff(1), "1", "../../23.jpg"),
    ];
    for (place, key) in keys.iter().enumerate() {
        assert!(!keys[..place].contains(key), "{key:?}");
        assert!(key.file.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key:?}");
    }
}

#[test]
fn only_old_uploads_are_abandoned() {
    let desk = Desk::new();
    desk.keep(0, b"x", true);
    incoming::forget_older(&desk.incoming(), &desk.key.person, ABANDONED).unwrap();
    assert_eq!(desk.waiting(), ["0"]);
    assert_eq!(incoming::people(&desk.incoming()).unwrap(), ["staff-1"]);
    incoming::forget_older(&desk.incoming(), &desk.key.person, Duration::ZERO).unwrap();
    assert_eq!(incoming::people(&desk.incoming()).unwrap(), Vec::<String>::new());
}

#[test]
fn nobody_fills_the_disk_with_beginnings() {
    let desk = Desk::new();
    for number in 0..MOST_BEGUN {
        let key = Key::new(&staff(1), &number.to_string(), "a.jpg");
        let slice = Slice { number: 0, bytes: Bytes::from_static(b"x"), is_raw: true };
        incoming::keep(&desk.incoming(), &key, &slice).unwrap();
    }
    let slice = Slice { number: 0, bytes: Bytes::from_static(b"x"), is_raw: true };
    assert_eq!(incoming::keep(&desk.incoming(), &desk.key, &slice).unwrap_err().code(), 303);
    let other = Key::new(&staff(2), "1", "a.jpg");
    incoming::keep(&desk.incoming(), &other, &slice).unwrap();
}

#[test]
fn customers_send_pictures_of_a_chat_only() {
    assert_eq!(Source::named("leida_chat", &customer(1)).unwrap().folder, "qiyeweixin/chat");
    assert_eq!(Source::named("logo", &customer(1)).unwrap_err().code(), 403);
    assert_eq!(Source::named("logo", &staff(1)).unwrap().folder, "admin/logo");
    for unknown in ["", "secretKeyFile", "../../etc", "logo/../.."] {
        assert_eq!(Source::named(unknown, &staff(1)).unwrap_err().code(), 301, "{unknown}");
    }
}
