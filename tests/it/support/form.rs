//! A POST's fields, in any of the three media types that every endpoint takes.

use serde_json::{Map, Value};

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Urlencoded,
    Multipart,
    Json,
}

impl Encoding {
    pub const ALL: [Self; 3] = [Self::Urlencoded, Self::Multipart, Self::Json];

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Urlencoded => "application/x-www-form-urlencoded",
            Self::Multipart => "multipart/form-data",
            Self::Json => "application/json",
        }
    }
}

/// Fields in order. Lists and objects are serialised, as clients do, except in a JSON body.
#[derive(Debug, Clone)]
pub struct Form {
    pub encoding: Encoding,
    fields: Vec<(String, Value)>,
}

const BOUNDARY: &str = "----leida-test-boundary-7d1c";

impl Form {
    pub fn new(encoding: Encoding) -> Self {
        Self { encoding, fields: Vec::new() }
    }

    pub fn urlencoded() -> Self {
        Self::new(Encoding::Urlencoded)
    }

    pub fn json() -> Self {
        Self::new(Encoding::Json)
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    pub fn of(encoding: Encoding, fields: &Map<String, Value>) -> Self {
        let fields = fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { encoding, fields }
    }

    pub fn fields(&self) -> Map<String, Value> {
        self.fields.iter().cloned().collect()
    }

    /// The `Content-Type` and the bytes.
    pub fn encode(&self) -> (String, Vec<u8>) {
        let media_type = self.encoding.media_type();
        match self.encoding {
            Encoding::Urlencoded => {
                let pairs = self.fields.iter().map(|(name, value)| (name.as_str(), text(value)));
                (media_type.to_owned(), query_string(pairs).into_bytes())
            }
            Encoding::Multipart => {
                let mut body = String::new();
                for (name, value) in &self.fields {
                    let value = text(value);
                    body +=
                        &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
                }
                body += &format!("--{BOUNDARY}--\r\n");
                (format!("{media_type}; boundary={BOUNDARY}"), body.into_bytes())
            }
            Encoding::Json => {
                let object: Map<String, Value> = self.fields.iter().cloned().collect();
                (media_type.to_owned(), Value::Object(object).to_string().into_bytes())
            }
        }
    }
}

/// A value as a form or a query carries it.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `a=1&b=2`, percent-encoded.
pub fn query_string<K: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (K, V)>) -> String {
    pairs
        .into_iter()
        .map(|(name, value)| format!("{}={}", percent(name.as_ref()), percent(value.as_ref())))
        .collect::<Vec<_>>()
        .join("&")
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
