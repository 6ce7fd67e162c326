//! The committed OpenAPI document is the one that the program prints.

use std::{fs, path::Path, process::Command};

/// Whoever browses the document sees a real exchange of every operation.
#[test]
fn every_operation_has_an_example() {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/leida.json"));
    let document: serde_json::Value = serde_json::from_str(&document.expect("the document is there")).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").values();
    // Where the answer is a redirect there is nothing to show.
    let bare: Vec<_> = paths
        .flat_map(|path| path.as_object().expect("operations").values())
        .filter(|operation| operation.pointer("/responses/302").is_none())
        .filter(|operation| {
            let contents = operation.pointer("/responses/200/content").and_then(serde_json::Value::as_object);
            // Of files there is nothing to show either.
            let is_bare = |content: &serde_json::Value| {
                content["schema"]["format"] != "binary" && content.get("example").is_none()
            };
            contents.is_none_or(|contents| contents.values().any(is_bare))
        })
        .map(|operation| operation["operationId"].as_str().unwrap_or("?"))
        .collect();
    assert!(bare.is_empty(), "no example in openapi/examples.json: {bare:?}");
}

#[test]
fn the_committed_document_is_fresh() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/leida.json");
    let printed = Command::new(env!("CARGO_BIN_EXE_leida")).arg("openapi").output().expect("the program can be run");
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let committed = fs::read_to_string(&committed).unwrap_or_default();
    assert!(
        committed == String::from_utf8_lossy(&printed.stdout),
        "openapi/leida.json is stale; write it anew with: cargo run -- openapi > openapi/leida.json"
    );
}
