//! Keeps real requests and answers as the examples of the OpenAPI document.
//!
//! `LEIDA_RECORD_EXAMPLES=1 cargo test documented_requests` writes `openapi/examples.json` anew; examples of endpoints
//! that no document describes stay as they are.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError},
};

use serde_json::{Map, Value, json};

static RECORDED: LazyLock<Mutex<Map<String, Value>>> = LazyLock::new(Mutex::default);

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/examples.json")
}

/// Remembers one exchange of an operation.
pub fn record(operation: &str, query: &[(String, String)], form: Map<String, Value>, answer: &Value) {
    let query: Map<String, Value> = query.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let example = json!({ "query": query, "form": form, "answer": shortened(answer) });
    RECORDED.lock().unwrap_or_else(PoisonError::into_inner).insert(operation.to_owned(), example);
}

/// Writes what was remembered, if asked to.
pub fn write() {
    if std::env::var_os("LEIDA_RECORD_EXAMPLES").is_none() {
        return;
    }
    let text = fs::read_to_string(file()).unwrap_or_else(|_| "{}".to_owned());
    let mut examples: Map<String, Value> = serde_json::from_str(&text).expect("examples are JSON");
    examples.extend(RECORDED.lock().unwrap_or_else(PoisonError::into_inner).clone());
    examples.sort_keys();
    let text = serde_json::to_string_pretty(&examples).expect("JSON");
    fs::write(file(), text + "\n").expect("examples can be written");
}

/// Lists cut to two elements, secrets replaced by the documents' own example.
fn shortened(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().take(2).map(shortened).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match value {
                Value::String(_) if name == "token" => (name.clone(), json!("93b5f91eb56b8a4f8d96b7182920d68d")),
                other => (name.clone(), shortened(other)),
            })
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}
