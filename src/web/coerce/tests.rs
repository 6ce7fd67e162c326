//! The odd forms in which clients send what the documents ask for.

use poem_openapi::{Object, types::MaybeUndefined};
use serde_json::json;

use super::*;

#[derive(Debug, Object)]
struct Inner {
    /// text
    msg: String,
}

#[derive(Debug, Object)]
struct Form {
    id: i64,
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    rate: Option<i64>,
    name: Option<String>,
    flag: Option<bool>,
    ids: Option<Vec<i64>>,
    #[oai(validator(max_items = 2))]
    few: Option<Vec<i64>>,
    /// described
    inner: Option<Inner>,
    date: MaybeUndefined<String>,
}

fn pairs(pairs: &[(&str, &str)]) -> Result<Form> {
    parse(&[Raw::Pairs(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())])
}

fn object(value: Value) -> Result<Form> {
    let Value::Object(object) = value else { unreachable!() };
    parse(&[Raw::Object(object)])
}

fn bad_fields(result: Result<Form>) -> Vec<String> {
    match result {
        Err(Error::Invalid(fields)) => fields.0.into_keys().collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn scalars_come_as_text_or_as_such() {
    let form = pairs(&[("id", " 7 "), ("rate", "80%"), ("name", "228"), ("flag", "True")]).unwrap();
    assert_eq!((form.id, form.rate, form.name.as_deref(), form.flag), (7, Some(80), Some("228"), Some(true)));
    let form = object(json!({"id": 7, "rate": 80, "name": 228, "flag": 1})).unwrap();
    assert_eq!((form.id, form.rate, form.name.as_deref(), form.flag), (7, Some(80), Some("228"), Some(true)));
}

#[test]
fn lists_come_in_every_documented_form() {
    for text in ["[1,2]", "1,2", "1，2", "[\"1\",\"2\"]", "[1，2]", " 1 , 2 "] {
        assert_eq!(pairs(&[("id", "1"), ("ids", text)]).unwrap().ids, Some(vec![1, 2]), "{text}");
    }
    assert_eq!(pairs(&[("id", "1"), ("ids", "1"), ("ids", "2")]).unwrap().ids, Some(vec![1, 2]));
    assert_eq!(pairs(&[("id", "1"), ("ids[]", "1"), ("ids[]", "2")]).unwrap().ids, Some(vec![1, 2]));
    assert_eq!(pairs(&[("id", "1"), ("ids", "[]")]).unwrap().ids, Some(vec![]));
    assert_eq!(object(json!({"id": 1, "ids": ["1", 2]})).unwrap().ids, Some(vec![1, 2]));
    assert_eq!(object(json!({"id": 1, "ids": 2})).unwrap().ids, Some(vec![2]));
}

#[test]
fn lists_that_are_too_long_are_named() {
    assert_eq!(pairs(&[("id", "1"), ("few", "1,2")]).unwrap().few, Some(vec![1, 2]));
    assert_eq!(bad_fields(pairs(&[("id", "1"), ("few", "1,2,3")])), ["few"]);
}

#[test]
fn objects_come_serialised_or_as_such() {
    for form in [pairs(&[("id", "1"), ("inner", "{\"msg\": 5}")]), object(json!({"id": 1, "inner": {"msg": "5"}}))] {
        assert_eq!(form.unwrap().inner.unwrap().msg, "5");
    }
    assert_eq!(bad_fields(pairs(&[("id", "1"), ("inner", "{oops")])), ["inner"]);
    assert_eq!(bad_fields(pairs(&[("id", "1"), ("inner", "{}")])), ["inner.msg"]);
}

#[test]
fn empty_null_and_undefined_mean_absent() {
    for text in ["", "null", "undefined", "  "] {
        let form = pairs(&[("id", "1"), ("rate", text), ("name", text)]).unwrap();
        assert_eq!((form.rate, form.name), (None, None));
        assert_eq!(bad_fields(pairs(&[("id", text)])), ["id"]);
    }
    assert_eq!(pairs(&[("id", "1"), ("date", "")]).unwrap().date, MaybeUndefined::Null);
    assert_eq!(pairs(&[("id", "1")]).unwrap().date, MaybeUndefined::Undefined);
}

#[test]
fn every_bad_field_is_named_at_once() {
    let bad = pairs(&[("rate", "200"), ("flag", "maybe"), ("ids", "a,b")]);
    assert_eq!(bad_fields(bad), ["flag", "id", "ids", "rate"]);
}

#[test]
fn earlier_sources_win_and_the_last_of_a_doubled_parameter_counts() {
    let body = Raw::Object(json!({"id": 1}).as_object().unwrap().clone());
    let query = Raw::Pairs(vec![("id".into(), "2".into()), ("name".into(), "a".into()), ("name".into(), "b".into())]);
    let form: Form = parse(&[body, query]).unwrap();
    assert_eq!((form.id, form.name.as_deref()), (1, Some("b")));
}
