//! Reading WeChat's JSON, which is not strict: numbers come as texts, fields are missing or null.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::WeixinError;

/// An answer of which nothing but success matters.
#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
struct Status {
    #[serde(default, deserialize_with = "int")]
    errcode: i64,
    #[serde(default, deserialize_with = "text")]
    errmsg: String,
}

/// Reads an answer; an `errcode` other than 0 is `Refused`.
pub(super) fn parse<T: DeserializeOwned>(path: &str, answer: &[u8]) -> Result<T, WeixinError> {
    let status: Status = serde_json::from_slice(answer).map_err(|error| malformed(path, &error))?;
    if status.errcode != 0 {
        return Err(WeixinError::Refused { errcode: status.errcode, errmsg: status.errmsg });
    }
    serde_json::from_slice(answer).map_err(|error| malformed(path, &error))
}

/// serde's own text may repeat a value of the answer, so only its place is told.
fn malformed(path: &str, error: &serde_json::Error) -> WeixinError {
    let what = match error.classify() {
        serde_json::error::Category::Data => "a field is missing or of another type",
        _ => "not JSON",
    };
    WeixinError::Malformed(format!("{path}: {what} (line {}, column {})", error.line(), error.column()))
}

/// An integer, also written as a text; anything else is 0.
pub(super) fn int<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Number(number) => number.as_i64().unwrap_or(0),
        Value::String(text) => text.trim().parse().unwrap_or(0),
        _ => 0,
    })
}

/// A text, also written as a number; anything else is empty.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

/// A list of integers; null is empty.
pub(super) fn ints<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<i64>, D::Error> {
    Ok(Option::<Vec<i64>>::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lenient_in() {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default, deserialize_with = "int")]
            gender: i64,
            #[serde(default, deserialize_with = "text")]
            mobile: String,
            #[serde(default, deserialize_with = "ints")]
            department: Vec<i64>,
        }
        let row: Row = parse("/x", br#"{"errcode":0,"gender":"2","mobile":13800138001,"department":null}"#).unwrap();
        assert_eq!((row.gender, row.mobile.as_str(), row.department.len()), (2, "13800138001", 0));
        let row: Row = parse("/x", b"{}").unwrap();
        assert_eq!((row.gender, row.mobile.as_str()), (0, ""));
    }

    #[test]
    fn refusal_and_rubbish() {
        let refused = parse::<Nothing>("/x", br#"{"errcode":"40013","errmsg":"invalid appid"}"#).err().unwrap();
        assert_eq!(refused.errcode(), Some(40013));
        let rubbish = parse::<Nothing>("/x", b"<html>secret</html>").err().unwrap();
        assert!(matches!(&rubbish, WeixinError::Malformed(text) if text.starts_with("/x") && !text.contains("secret")));
    }
}
