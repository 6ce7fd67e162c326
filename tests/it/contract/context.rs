//! The values that templates such as `${customer}` stand for.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use rusqlite::Connection;
use serde_json::{Map, Value};

use crate::support::{now_ms, select};

/// Names and values.
///
/// Beside the demo data's: `n` (another number for every request), `phone` (a mobile number, likewise), `now`
/// (milliseconds), and whatever scenes keep.
#[derive(Debug, Default, Clone)]
pub struct Context {
    values: BTreeMap<String, Value>,
}

impl Context {
    /// Reads the demo data. What is not found is missed only by the cases that name it.
    pub fn read(connection: &Connection, queries: &BTreeMap<String, String>) -> Self {
        let mut context = Self::default();
        for (name, sql) in queries {
            if let Some(value) = select(connection, sql).filter(|value| !value.is_null()) {
                context.set(name, value);
            }
        }
        context
    }

    /// A copy with its own `n`.
    pub fn fresh(&self) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut context = self.clone();
        context.set("n", n.into());
        context.set("phone", format!("139{n:08}").into());
        context.set("now", now_ms().into());
        context
    }

    pub fn set(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
    }

    pub fn get(&self, name: &str) -> Result<&Value, String> {
        self.values
            .get(name)
            .ok_or_else(|| format!("there is no ${{{name}}}: neither the demo data nor a scene gives it"))
    }

    /// A value with its templates filled. A text that is one template alone becomes the value itself.
    pub fn fill(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
                Some(name) if !name.contains('{') => self.get(name)?.clone(),
                _ => self.fill_text(text)?.into(),
            },
            Value::Array(list) => list.iter().map(|value| self.fill(value)).collect::<Result<Vec<_>, _>>()?.into(),
            Value::Object(object) => {
                let fields = object.iter().map(|(name, value)| Ok((name.clone(), self.fill(value)?)));
                Value::Object(fields.collect::<Result<Map<_, _>, String>>()?)
            }
            other => other.clone(),
        })
    }

    pub fn fill_text(&self, text: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').ok_or_else(|| format!("{text:?} lacks a closing brace"))?;
            filled += before;
            filled += &crate::support::text(self.get(name)?);
            rest = after;
        }
        filled += rest;
        Ok(filled)
    }
}

/// A value inside an answer, by keys and positions: `data.ret_data.0.id`.
pub fn at<'a>(answer: &'a Value, place: &str) -> Option<&'a Value> {
    place.split('.').try_fold(answer, |value, step| match step.parse::<usize>() {
        Ok(position) if value.is_array() => value.get(position),
        _ => value.get(step),
    })
}

#[test]
fn templates_are_filled() {
    let mut context = Context::default();
    context.set("id", 7.into());
    assert_eq!(context.fill(&"${id}".into()), Ok(7.into()));
    assert_eq!(context.fill(&"a ${id}-${id}".into()), Ok("a 7-7".into()));
    assert!(context.fill(&"${nobody}".into()).is_err());
    assert_eq!(at(&serde_json::json!({ "a": [{ "b": 1 }] }), "a.0.b"), Some(&1.into()));
}
