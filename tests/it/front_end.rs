//! The back office's files, as a browser gets them from the executable alone: small, kept as long as they may be, and
//! able to run and load nothing from elsewhere.

use std::io::Read;

use flate2::read::GzDecoder;
use regex::Regex;

use crate::support::Builder;

/// What `index.html` loads.
fn files_of(index: &str) -> Vec<&str> {
    let address = Regex::new(r#"(?:src|href)="([^"]+)""#).unwrap();
    address.captures_iter(index).map(|found| found.get(1).unwrap().as_str()).collect()
}

#[test]
fn the_page_runs_only_what_the_executable_contains() {
    let server = Builder::new().start();
    let index = server.api.get_with("/admin/", &[]);
    assert_eq!((index.status, index.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = index.header("content-security-policy");
    let directive = |name: &str| {
        policy.split(';').map(str::trim).find_map(|part| part.strip_prefix(name)).map_or("", str::trim).to_owned()
    };
    for name in ["default-src", "script-src", "connect-src", "base-uri", "form-action", "frame-ancestors"] {
        assert_eq!(directive(name), "'self'", "{name} of {policy}");
    }
    assert_eq!(directive("object-src"), "'none'");
    assert!(!policy.contains("http") && !policy.contains('*') && !policy.contains("eval"), "{policy}");
    let inline = Regex::new(r"<script[^>]*>[^<]|\son[a-z]+=").unwrap();
    assert!(!inline.is_match(&index.body), "{}", index.body);
    let files = files_of(&index.body);
    assert!(files.len() > 3, "{files:?}");
    for file in files {
        assert!(file.starts_with("/admin/"), "{file} comes from elsewhere");
        assert_eq!(server.api.get_with(file, &[]).status, 200, "{file}");
    }
}

#[test]
fn hashed_files_are_kept_for_a_year_and_the_page_is_asked_for_again() {
    let server = Builder::new().start();
    let index = server.api.get_with("/admin/", &[]);
    assert_eq!(index.header("cache-control"), "no-cache");
    let again = server.api.get_with("/admin/", &[("If-None-Match", index.header("etag"))]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let changed = server.api.get_with("/admin/", &[("If-None-Match", "\"of an earlier version\"")]);
    assert_eq!((changed.status, &changed.body), (200, &index.body));

    let mut packed = 0;
    for file in files_of(&index.body).into_iter().filter(|file| file.starts_with("/admin/assets/")) {
        let plain = server.api.get_with(file, &[]);
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable", "{file}");
        assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "Accept-Encoding"), "{file}");
        if plain.bytes.len() < 1024 {
            continue;
        }
        packed += 1;
        let zipped = server.api.get_with(file, &[("Accept-Encoding", "gzip")]);
        let mut unzipped = Vec::new();
        GzDecoder::new(zipped.bytes.as_slice()).read_to_end(&mut unzipped).expect("gzip");
        assert_eq!(zipped.header("content-encoding"), "gzip", "{file}");
        assert!(unzipped == plain.bytes, "{file} is another one in gzip");
        let brotli = server.api.get_with(file, &[("Accept-Encoding", "gzip, deflate, br")]);
        assert_eq!(brotli.header("content-encoding"), "br", "{file}");
        assert!(brotli.bytes.len() < zipped.bytes.len(), "{file}");
        // Three codings of a file are three things to remember.
        assert!(
            brotli.header("etag") != plain.header("etag") && zipped.header("etag") != plain.header("etag"),
            "{file}"
        );
    }
    assert!(packed > 3);
}

#[test]
fn what_is_not_there_is_neither_the_page_nor_kept() {
    let server = Builder::new().start();
    let home = server.api.head("/");
    assert_eq!((home.status, home.header("location")), (303, "/admin/"));
    let index = server.api.get_with("/admin/", &[]);
    assert_eq!(server.api.get_with("/admin/customers", &[]).body, index.body);
    for missing in ["/admin/assets/index-00000000.js", "/admin/nothing.svg", "/admin/..%2f..%2fCargo.toml"] {
        let page = server.api.get_with(missing, &[]);
        assert_eq!((page.code, page.header("cache-control")), (404, "no-store"), "{missing}");
    }
}
