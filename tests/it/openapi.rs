//! The committed OpenAPI document is the one that the program prints.

use std::{fs, path::Path, process::Command};

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
