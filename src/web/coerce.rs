//! Lenient reading of documented types: integers as `1` or `"1"`, id lists as `[1,2]`, `"[1,2]"` or `"1，2"`, objects
//! as JSON or as serialised JSON, percentages as `80` or `"80%"`; `''`, `null` and `undefined` mean absent.
//!
//! What a type looks like is read off its OpenAPI schema, once a type, into a small plan. Every bad field is named.

use std::{
    any::type_name,
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ParseFromJSON, Type},
};
use serde_json::{Map, Value};

use super::body::Raw;
use crate::{
    error::{Error, FieldErrors, Result},
    time::Day,
};

/// How deep nested objects are followed; what lies deeper is taken as it is.
const DEPTH: usize = 8;

/// What a value has to become.
#[derive(Debug)]
enum Plan {
    Integer(Range),
    Number(Range),
    Boolean,
    Date,
    Text { shortest: Option<usize>, longest: Option<usize>, pattern: Option<regex::Regex> },
    List { item: Box<Plan>, most: Option<usize> },
    Object(Vec<Field>),
    Any,
}

#[derive(Debug)]
struct Range {
    least: Option<f64>,
    most: Option<f64>,
}

#[derive(Debug)]
struct Field {
    name: &'static str,
    required: bool,
    plan: Plan,
}

/// The fields of `sources` (earlier ones win) as a `T`; 301 with every bad field when they do not fit.
pub fn parse<T: Type + ParseFromJSON + 'static>(sources: &[Raw]) -> Result<T> {
    let plan = plan_of::<T>();
    let mut object = Map::new();
    let mut errors = FieldErrors::new();
    if let Plan::Object(fields) = plan.as_ref() {
        for field in fields {
            let found = sources.iter().find_map(|source| source.get(field.name, &field.plan));
            take(field, found, "", &mut object, &mut errors);
        }
    }
    errors.into_result()?;
    T::parse_from_json(Some(Value::Object(object))).map_err(|_| {
        // Not the reason: it repeats the value, which may be a password.
        tracing::debug!(kind = type_name::<T>(), "a request did not fit its type");
        Error::Unacceptable("请求参数不正确".into())
    })
}

impl Raw {
    fn get(&self, name: &str, plan: &Plan) -> Option<Value> {
        match self {
            Self::Object(object) => object.get(name).cloned(),
            Self::Pairs(pairs) => {
                let mut values = pairs
                    .iter()
                    .filter(|(key, _)| key == name || key.strip_suffix("[]") == Some(name))
                    .map(|(_, value)| Value::from(value.as_str()));
                if !matches!(plan, Plan::List { .. }) {
                    // Of a parameter given twice the last counts.
                    return values.next_back();
                }
                let values: Vec<Value> = values.collect();
                match values.len() {
                    0 => None,
                    1 => values.into_iter().next(),
                    _ => Some(Value::Array(values)),
                }
            }
        }
    }
}

/// Puts one field into `object`, or the reason why not into `errors`.
fn take(field: &Field, found: Option<Value>, path: &str, object: &mut Map<String, Value>, errors: &mut FieldErrors) {
    let name = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
    match found {
        Some(value) if !is_absent(&value) => match coerce(&field.plan, value, &name, errors) {
            Ok(value) => drop(object.insert(field.name.to_owned(), value)),
            Err(reason) => errors.add(name, reason),
        },
        _ if field.required => errors.add(name, "此字段不能为空"),
        // Present but empty: the difference matters where a field can be cleared.
        Some(_) => drop(object.insert(field.name.to_owned(), Value::Null)),
        None => {}
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => matches!(text.trim(), "" | "null" | "undefined"),
        _ => false,
    }
}

/// `Err` is the reason to show beside the field. Nested fields report theirs by themselves.
fn coerce(plan: &Plan, value: Value, path: &str, errors: &mut FieldErrors) -> Result<Value, String> {
    match plan {
        Plan::Any => Ok(value),
        Plan::Integer(range) => {
            let number = integer(&value).ok_or("应为整数")?;
            #[allow(clippy::cast_precision_loss, reason = "bounds are small")]
            range.check(number as f64)?;
            Ok(number.into())
        }
        Plan::Number(range) => {
            let number = number(&value).ok_or("应为数字")?;
            range.check(number)?;
            Ok(number.into())
        }
        Plan::Boolean => boolean(&value).map(Value::from).ok_or_else(|| "应为 true 或 false".to_owned()),
        Plan::Date => {
            let day = value.as_str().and_then(Day::parse).ok_or("日期格式应为 YYYY-MM-DD")?;
            Ok(day.text().into())
        }
        Plan::Text { shortest, longest, pattern } => {
            let text = text(value).ok_or("应为文本")?;
            let length = text.chars().count();
            if shortest.is_some_and(|least| length < least) {
                return Err(format!("至少 {} 个字", shortest.unwrap_or_default()));
            }
            if longest.is_some_and(|most| length > most) {
                return Err(format!("最多 {} 个字", longest.unwrap_or_default()));
            }
            if pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&text)) {
                return Err("格式不正确".to_owned());
            }
            Ok(text.into())
        }
        Plan::List { item, most } => {
            let items = list(item, value).ok_or("应为列表")?;
            if let Some(most) = most.filter(|most| items.len() > *most) {
                return Err(format!("最多 {most} 项"));
            }
            let mut taken = Vec::with_capacity(items.len());
            for (index, value) in items.into_iter().enumerate() {
                taken.push(coerce(item, value, &format!("{path}.{index}"), errors)?);
            }
            Ok(Value::Array(taken))
        }
        Plan::Object(fields) => {
            let Some(Value::Object(mut given)) = unpacked(value) else { return Err("应为 JSON 对象".to_owned()) };
            let mut object = Map::new();
            for field in fields {
                take(field, given.remove(field.name), path, &mut object, errors);
            }
            Ok(Value::Object(object))
        }
    }
}

impl Range {
    fn check(&self, number: f64) -> Result<(), String> {
        match (self.least, self.most) {
            (Some(least), Some(most)) if number < least || number > most => Err(format!("应在 {least} 到 {most} 之间")),
            (Some(least), None) if number < least => Err(format!("不能小于 {least}")),
            (None, Some(most)) if number > most => Err(format!("不能大于 {most}")),
            _ => Ok(()),
        }
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => {
            let text = text.trim().trim_end_matches(['%', '％']).trim_end();
            text.parse().ok().or_else(|| whole(text.parse().ok()?))
        }
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().trim_end_matches(['%', '％']).parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_i64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A list as such, serialised, or separated by commas (ASCII or full-width).
fn list(item: &Plan, value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items),
        Value::String(text) if text.trim_start().starts_with('[') => {
            let text = if matches!(item, Plan::Integer(_)) { text.replace('，', ",") } else { text };
            match serde_json::from_str(&text).ok()? {
                Value::Array(items) => Some(items),
                _ => None,
            }
        }
        Value::String(text) => {
            Some(text.split([',', '，']).map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect())
        }
        single @ Value::Number(_) => Some(vec![single]),
        _ => None,
    }
}

/// Serialised JSON, read; anything else as it is.
fn unpacked(value: Value) -> Option<Value> {
    match value {
        Value::String(text) => serde_json::from_str(&text).ok(),
        other => Some(other),
    }
}

fn plan_of<T: Type + 'static>() -> Arc<Plan> {
    static PLANS: LazyLock<Mutex<HashMap<&'static str, Arc<Plan>>>> = LazyLock::new(Mutex::default);
    let mut plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
    let plan = plans.entry(type_name::<T>()).or_insert_with(|| {
        let mut registry = Registry::new();
        T::register(&mut registry);
        Arc::new(plan_for(&T::schema_ref(), &registry, 0))
    });
    Arc::clone(plan)
}

fn plan_for(schema: &MetaSchemaRef, registry: &Registry, depth: usize) -> Plan {
    match schema {
        _ if depth > DEPTH => Plan::Any,
        MetaSchemaRef::Reference(name) => {
            registry.schemas.get(name).map_or(Plan::Any, |schema| plan_for_schema(schema, registry, depth))
        }
        MetaSchemaRef::Inline(schema) => plan_for_schema(schema, registry, depth),
    }
}

fn plan_for_schema(schema: &MetaSchema, registry: &Registry, depth: usize) -> Plan {
    let range = || Range { least: schema.minimum, most: schema.maximum };
    match schema.ty {
        "integer" => Plan::Integer(range()),
        "number" => Plan::Number(range()),
        "boolean" => Plan::Boolean,
        "string" if schema.format == Some("date") => Plan::Date,
        "string" => Plan::Text {
            shortest: schema.min_length,
            longest: schema.max_length,
            pattern: schema.pattern.as_deref().and_then(|pattern| regex::Regex::new(pattern).ok()),
        },
        "array" => {
            let item = schema.items.as_ref().map_or(Plan::Any, |item| plan_for(item, registry, depth + 1));
            Plan::List { item: Box::new(item), most: schema.max_items }
        }
        "object" if !schema.properties.is_empty() => Plan::Object(
            schema
                .properties
                .iter()
                .map(|(name, field)| Field {
                    name,
                    required: schema.required.contains(name),
                    plan: plan_for(field, registry, depth + 1),
                })
                .collect(),
        ),
        // A field with a description refers to its type through `allOf`.
        "" if !schema.all_of.is_empty() => plan_for(&schema.all_of[0], registry, depth + 1),
        _ => Plan::Any,
    }
}

#[cfg(test)]
mod tests;
