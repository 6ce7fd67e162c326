//! Pictures and videos: sent in slices, joined, and served as what they are.

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use base64::prelude::{BASE64_STANDARD, Engine};
use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server, raw, within};

const UPLOAD: &str = "/zhugeleida/public/img_upload";
const MERGE: &str = "/zhugeleida/public/img_merge";

/// A picture that no other number makes.
fn picture(number: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(120, 90, |x, y| {
        image::Rgb([x * y * number, x + y + number, x ^ y].map(|n| n.to_le_bytes()[0]))
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

/// A file that somebody sends.
#[derive(Clone)]
struct Upload {
    name: &'static str,
    timestamp: &'static str,
    source: &'static str,
    encoding: Encoding,
}

impl Upload {
    fn new() -> Self {
        Self { name: "照片.jpg", timestamp: "1530156149132", source: "cover_picture", encoding: Encoding::Urlencoded }
    }

    fn form(&self) -> Form {
        Form::new(self.encoding)
            .with("img_name", self.name)
            .with("timestamp", self.timestamp)
            .with("img_source", self.source)
    }

    fn slice(&self, caller: &Actor, number: usize, data: &str) -> Reply {
        caller.post(UPLOAD, &self.form().with("chunk", number).with("img_data", data))
    }

    /// The slice as a file part.
    fn file(&self, caller: &Actor, number: usize, bytes: &[u8]) -> Reply {
        let mut body = Vec::new();
        for (name, value) in [
            ("img_name", self.name),
            ("timestamp", self.timestamp),
            ("img_source", self.source),
            ("chunk", &number.to_string()),
        ] {
            body.extend(format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        body.extend(b"--xyz\r\nContent-Disposition: form-data; name=\"img_data\"; filename=\"../../../a.php\"\r\n");
        body.extend(b"Content-Type: application/octet-stream\r\n\r\n");
        body.extend(bytes);
        body.extend(b"\r\n--xyz--\r\n");
        caller.api.send(UPLOAD, &caller.signature(), "multipart/form-data; boundary=xyz", &body)
    }

    fn merge(&self, caller: &Actor, slices: usize) -> Reply {
        caller.post(MERGE, &self.form().with("chunk_num", slices))
    }

    /// The file's text cut in three, sent out of order.
    fn send_shuffled(&self, caller: &Actor, bytes: &[u8], first: usize) {
        let text = BASE64_STANDARD.encode(bytes);
        let slices: Vec<&str> = thirds(&text);
        for place in [2, 0, 1] {
            self.slice(caller, first + place, slices[place]).ok();
        }
    }
}

/// Not at a multiple of four letters.
fn thirds(text: &str) -> Vec<&str> {
    let cut = text.len() / 3 / 4 * 4 + 1;
    vec![&text[..cut], &text[cut..2 * cut], &text[2 * cut..]]
}

#[track_caller]
fn url(merged: &Reply) -> String {
    let data = merged.ok();
    let url = data["picture_url"].as_str().expect("a picture_url");
    assert_eq!(data["ret_data"]["picture_url"], url);
    url.to_owned()
}

#[track_caller]
fn stored(server: &Server, url: &str) -> Vec<u8> {
    fs::read(server.data().join("uploads").join(url)).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { found.extend(files(&entry.path())) } else { found.push(entry.path()) }
    }
    found
}

fn incoming(server: &Server) -> PathBuf {
    server.data().join("uploads/incoming")
}

#[test]
fn slices_come_in_any_order_and_in_every_form() {
    let server = Server::demo();
    let admin = server.admin();
    for (number, encoding) in (1..).zip(Encoding::ALL) {
        for first in [0, 1] {
            let upload = Upload { encoding, ..Upload::new() };
            let picture = picture(number, ImageFormat::Jpeg);
            upload.send_shuffled(&admin, &picture, first);
            let url = url(&upload.merge(&admin, 3));
            assert!(stored(&server, &url) == picture, "{encoding:?} from {first}");
        }
    }
    // As bytes, and encoded one by one.
    let (upload, picture) = (Upload::new(), picture(9, ImageFormat::Png));
    for (number, slice) in picture.chunks(1000).enumerate() {
        upload.file(&admin, number, slice).ok();
    }
    let slices = picture.len().div_ceil(1000);
    let first = url(&upload.merge(&admin, slices));
    assert!(stored(&server, &first) == picture);
    for (number, slice) in picture.chunks(1000).enumerate() {
        upload.slice(&admin, number, &format!("data:image/png;base64,{}", BASE64_STANDARD.encode(slice))).ok();
    }
    let second = url(&upload.merge(&admin, slices));
    assert!(stored(&server, &second) == picture);
    assert_ne!(first, second);
    assert_eq!(url(&upload.merge(&admin, slices)), second, "a repeated question gets the same answer");
    let names: Vec<_> = files(&incoming(&server)).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert!(names.iter().all(|name| name == "done"), "the slices are gone: {names:?}");
}

#[test]
fn an_interrupted_upload_goes_on_with_what_is_missing() {
    let server = Server::demo();
    let (admin, other) = (server.admin(), server.administrator("manager", "Leida2026"));
    let (upload, picture) = (Upload::new(), picture(7, ImageFormat::Png));
    let standing = |caller: &Actor| {
        let query = [("img_name", upload.name), ("img_timestamp", upload.timestamp)];
        caller.get("/zhugeleida/public/img_status", &query).ok()["ret_data"].clone()
    };
    let nothing = json!({ "chunk_list": [], "is_merged": false, "picture_url": "" });
    assert_eq!(standing(&admin), nothing);
    let text = BASE64_STANDARD.encode(&picture);
    let slices = thirds(&text);
    upload.slice(&admin, 2, slices[2]).ok();
    upload.slice(&admin, 0, slices[0]).ok();
    assert_eq!(standing(&admin), json!({ "chunk_list": [0, 2], "is_merged": false, "picture_url": "" }));
    assert_eq!(standing(&other), nothing, "everybody's uploads are their own");
    upload.slice(&admin, 1, slices[1]).ok();
    let url = url(&upload.merge(&admin, 3));
    assert!(stored(&server, &url) == picture);
    let done = standing(&admin);
    assert_eq!((&done["is_merged"], &done["picture_url"]), (&json!(true), &json!(url)));
}

#[test]
fn a_slice_sent_again_replaces_the_first() {
    let server = Server::demo();
    let (admin, upload, picture) = (server.admin(), Upload::new(), picture(3, ImageFormat::Png));
    let text = BASE64_STANDARD.encode(&picture);
    let slices = thirds(&text);
    for (number, slice) in [(0, slices[0]), (1, "AAAA"), (2, slices[2]), (1, slices[1])] {
        upload.slice(&admin, number, slice).ok();
    }
    assert!(stored(&server, &url(&upload.merge(&admin, 3))) == picture);
}

#[test]
fn uploads_at_the_same_time_do_not_mix() {
    let server = Server::demo();
    let staff = server.staff("lina");
    let customer = server.customer(&staff, "来客");
    let people = [server.admin(), server.administrator("manager", "Leida2026"), staff, customer];
    thread::scope(|scope| {
        for (number, caller) in (1..).zip(&people) {
            for name in ["a.png", "b.png"] {
                let server = &server;
                scope.spawn(move || {
                    let upload = Upload { name, source: "leida_chat", ..Upload::new() };
                    let picture = picture(number * 10 + u32::from(name == "b.png"), ImageFormat::Png);
                    upload.send_shuffled(caller, &picture, 1);
                    let url = url(&upload.merge(caller, 3));
                    assert!(url.starts_with("statics/zhugeleida/imgs/qiyeweixin/chat/"), "{url}");
                    assert!(stored(server, &url) == picture, "{name} of {:?}", caller.family);
                });
            }
        }
    });
    // Nobody merges what another sent.
    let upload = Upload::new();
    upload.send_shuffled(&people[0], &picture(1, ImageFormat::Png), 0);
    upload.merge(&people[1], 3).refused(303);
    upload.merge(&people[2], 3).refused(303);
    upload.merge(&people[0], 3).ok();
}

#[test]
fn who_may_and_who_may_not() {
    let server = Server::demo();
    let upload = Upload::new();
    let customer = server.new_customer("来客");
    for caller in [server.anonymous(), Actor { token: "forged".into(), ..server.admin() }] {
        upload.slice(&caller, 0, "AAAA").refused(400);
        upload.merge(&caller, 1).refused(400);
    }
    // A customer has a chat, and no back office.
    upload.slice(&customer, 0, "AAAA").refused(403);
    upload.merge(&customer, 1).refused(403);
    Upload { source: "leida_chat", ..upload.clone() }.slice(&customer, 0, "AAAA").ok();
    // The signature's time stamp is not the file's.
    let nameless = Form::urlencoded().with("img_name", "a").with("img_source", "logo").with("chunk_num", 1);
    let refused = server.admin().post(MERGE, &nameless);
    assert!(refused.refused(301).data["timestamp"].is_array(), "{}", refused.story());
}

#[test]
fn missing_and_surplus_slices_are_named() {
    let server = Server::demo();
    let (admin, upload) = (server.admin(), Upload::new());
    let reply = upload.merge(&admin, 2);
    assert_eq!(reply.refused(303).data["chunk"], json!(["缺少分片 1", "缺少分片 0"]));
    for number in [0, 3] {
        upload.slice(&admin, number, "AAAA").ok();
    }
    let reply = upload.merge(&admin, 4);
    assert_eq!(reply.refused(303).data["chunk"], json!(["缺少分片 1", "缺少分片 2"]), "{}", reply.story());
    assert!(reply.msg.contains("缺少分片 1"), "{}", reply.msg);
    let picture = picture(5, ImageFormat::Png);
    upload.send_shuffled(&admin, &picture, 0);
    let reply = upload.merge(&admin, 2);
    assert!(reply.refused(303).data["chunk_num"].is_array(), "{}", reply.story());
    // Nothing is lost by asking wrongly: the fourth slice brings three bytes after the picture's end.
    assert_eq!(files(&incoming(&server)).len(), 4);
    let url = url(&upload.merge(&admin, 4));
    assert_eq!(stored(&server, &url), [picture.as_slice(), &[0; 3]].concat());
    for bad in ["0", "2001", "x", ""] {
        let form = upload.form().with("chunk_num", bad);
        assert!(admin.post(MERGE, &form).refused(301).data["chunk_num"].is_array());
    }
    upload.slice(&admin, 2001, "AAAA").refused(301);
    upload.slice(&admin, 0, "").refused(301);
}

#[test]
fn only_real_pictures_are_kept_and_under_our_names() {
    let server = Server::demo();
    let admin = server.admin();
    let page = b"<!DOCTYPE html><html><script>alert(1)</script></html>".as_slice();
    let drawing = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".as_slice();
    for bytes in [page, drawing, &picture(1, ImageFormat::Png)[..20]] {
        let upload = Upload::new();
        upload.file(&admin, 0, bytes).ok();
        let reply = upload.merge(&admin, 1);
        assert!(reply.refused(303).data["img_data"].is_array(), "{}", reply.story());
    }
    assert_eq!(files(&incoming(&server)), Vec::<PathBuf>::new());
    for (name, format, extension) in [
        ("program.exe", ImageFormat::Png, "png"),
        ("page.html", ImageFormat::Jpeg, "jpg"),
        ("../../../../tmp/out.png", ImageFormat::Gif, "gif"),
        ("a\\..\\b\u{0}.jpg", ImageFormat::Bmp, "bmp"),
        ("/etc/passwd", ImageFormat::WebP, "webp"),
    ] {
        let upload = Upload { name, timestamp: "../../1", ..Upload::new() };
        let picture = picture(2, format);
        upload.file(&admin, 0, &picture).ok();
        // The file part is raw, the merge's form as ever.
        let url = url(&upload.merge(&admin, 1));
        let file = url.strip_prefix("statics/zhugeleida/imgs/qiyeweixin/product/20").unwrap_or_else(|| panic!("{url}"));
        assert!(file.ends_with(&format!(".{extension}")) && !file.contains(['/', '\\']), "{url}");
        assert!(stored(&server, &url) == picture);
    }
    for source in ["../../../../tmp", "secretKeyFile", "Logo/", "x"] {
        Upload { source, ..Upload::new() }.slice(&admin, 0, "AAAA").refused(301);
        Upload { source, ..Upload::new() }.merge(&admin, 1).refused(301);
    }
    let everything = files(server.data().parent().expect("the temporary folder"));
    let uploads = server.data().join("uploads");
    let outside = everything.iter().filter(|path| !path.starts_with(&uploads) && !path.starts_with(server.data()));
    assert_eq!(outside.count(), 0);
}

#[test]
fn what_is_too_large_is_refused() {
    let server = Server::demo();
    let (admin, upload) = (server.admin(), Upload::new());
    let slice = upload.file(&admin, 0, &vec![b'x'; (8 << 20) + 1]);
    assert_eq!((slice.status, slice.code), (413, 413));
    assert_eq!(files(&incoming(&server)), Vec::<PathBuf>::new());
    upload.file(&admin, 0, &vec![b'x'; 8 << 20]).ok();
    // A picture has ten mebibytes: this one is followed by too much.
    let mut picture = picture(1, ImageFormat::Png);
    picture.resize(8 << 20, 0);
    upload.file(&admin, 0, &picture).ok();
    upload.file(&admin, 1, &vec![0; 3 << 20]).ok();
    let reply = upload.merge(&admin, 2);
    assert!(reply.refused(303).msg.contains("图片不能超过 10 MiB"), "{}", reply.story());
}

#[test]
fn files_are_served_as_they_are_and_in_ranges() {
    let server = Server::demo();
    let (admin, upload, picture) = (server.admin(), Upload::new(), picture(7, ImageFormat::Png));
    upload.send_shuffled(&admin, &picture, 0);
    let path = format!("/{}", url(&upload.merge(&admin, 3)));
    let head = server.api.head(&path);
    assert_eq!((head.status, head.header("content-length")), (200, picture.len().to_string().as_str()));
    for (name, value) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(head.header(name), value, "{name}");
    }
    let get = |headers: &[(&str, &str)]| {
        let reply = server.api.get_with(&path, headers);
        (reply.status, reply.header("content-range").to_owned(), reply.bytes)
    };
    assert!(get(&[]) == (200, String::new(), picture.clone()));
    let length = picture.len();
    for (range, first, last) in [
        ("bytes=0-1", 0, 1),
        ("bytes=100-", 100, length - 1),
        ("bytes=-7", length - 7, length - 1),
        ("bytes=5-99999999", 5, length - 1),
    ] {
        let told = format!("bytes {first}-{last}/{length}");
        assert!(get(&[("Range", range)]) == (206, told, picture[first..=last].to_vec()), "{range}");
    }
    let beyond = format!("bytes=={length}-").replace("==", "=");
    assert_eq!(get(&[("Range", &beyond)]), (416, format!("bytes */{length}"), vec![]));
    assert_eq!(get(&[("Range", "bytes=0-1,4-5")]).0, 200);
    assert_eq!(get(&[("Range", "bytes=0-1"), ("If-Range", "\"another\"")]).0, 200);
    assert_eq!(get(&[("Range", "bytes=0-1"), ("If-Range", head.header("etag"))]).0, 206);
    assert_eq!(get(&[("If-None-Match", head.header("etag"))]).0, 304);
    assert_eq!(get(&[("If-Modified-Since", head.header("last-modified"))]).0, 304);
    assert_eq!(server.api.delete::<&str, &str>(&path, &[]).code, 402);
    // The embedded ones too run nothing.
    let embedded = server.api.head("/statics/imgs/setAvator.jpg");
    assert_eq!((embedded.status, embedded.header("content-security-policy")), (200, "default-src 'none'; sandbox"));
}

#[test]
fn nothing_but_stored_files_is_served() {
    let server = Server::demo();
    let (admin, upload) = (server.admin(), Upload::new());
    upload.slice(&admin, 0, "AAAA").ok();
    let slice = files(&incoming(&server)).remove(0);
    let slice = slice.strip_prefix(server.data().join("uploads")).expect("a slice").display().to_string();
    let statics = server.data().join("uploads/statics/zhugeleida/imgs");
    fs::create_dir_all(&statics).expect("a folder");
    fs::write(statics.join("page.html"), "<script>alert(1)</script>").expect("a file");
    std::os::unix::fs::symlink(server.data().join("secret.key"), statics.join("key.png")).expect("a link");
    for path in [
        "/statics/../leida.db",
        "/statics/%2e%2e/%2e%2e/leida.db",
        "/statics/..%2f..%2fleida.db",
        "/statics/..%5c..%5cleida.db",
        "/statics/zhugeleida/imgs/../../../../secret.key",
        "/statics/zhugeleida/imgs/key.png",
        "/statics/zhugeleida/imgs/page.html%00.png",
        "/statics/zhugeleida/imgs",
        "/statics/zhugeleida/imgs/",
        "/statics/",
        &format!("/statics/../{slice}"),
        &format!("/statics/{slice}"),
        &format!("/{slice}"),
    ] {
        let answer = raw::ask(server.address(), &format!("GET {path} HTTP/1.1"));
        assert!(answer.contains("\"code\":404"), "{path}: {answer}");
    }
    // A page that somebody put there is a download.
    let page = server.api.get::<&str, &str>("/statics/zhugeleida/imgs/page.html", &[]);
    assert_eq!(
        (page.header("content-type"), page.header("content-disposition")),
        ("application/octet-stream", "attachment")
    );
}

#[test]
fn abandoned_slices_are_removed() {
    let mut server = Server::demo();
    let (old, new) = (Upload::new(), Upload { timestamp: "2", ..Upload::new() });
    old.slice(&server.admin(), 0, "AAAA").ok();
    let two_hours_ago = SystemTime::now() - Duration::from_hours(2);
    for path in files(&incoming(&server)) {
        fs::File::options()
            .write(true)
            .open(path)
            .and_then(|file| file.set_modified(two_hours_ago))
            .expect("an old slice");
    }
    new.slice(&server.admin(), 0, "AAAA").ok();
    assert_eq!(files(&incoming(&server)).len(), 2);
    server.restart();
    within(Duration::from_secs(5), "the old slice to go", || (files(&incoming(&server)).len() == 1).then_some(()));
    let reply = old.merge(&server.admin(), 1);
    assert_eq!(reply.refused(303).data["chunk"], json!(["缺少分片 0"]));
    assert_eq!(new.merge(&server.admin(), 1).refused(303).data["chunk"], Value::Null, "the new one is still there");
}

#[test]
fn a_kill_loses_nothing_that_was_answered() {
    let mut server = Server::demo();
    let (upload, picture) = (Upload::new(), picture(11, ImageFormat::Jpeg));
    let text = BASE64_STANDARD.encode(&picture);
    for (number, slice) in thirds(&text).into_iter().enumerate() {
        upload.slice(&server.admin(), number, slice).ok();
        server.kill();
        server.restart();
    }
    let first = url(&upload.merge(&server.admin(), 3));
    server.kill();
    server.restart();
    assert!(stored(&server, &first) == picture);
    assert_eq!(server.api.head(&format!("/{first}")).header("content-type"), "image/jpeg");
    assert_eq!(url(&upload.merge(&server.admin(), 3)), first, "the client asks again");
    let pictures = files(&server.data().join("uploads/statics/zhugeleida/imgs/qiyeweixin/product"));
    assert_eq!(pictures.len(), 1, "{pictures:?}");
}
