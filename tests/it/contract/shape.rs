//! Whether an answer has the documented shape.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a case says about places of the answer, such as `data.ret_data[].title`; each with its reason.
#[derive(Debug, Default, Clone, Copy)]
pub struct Leave<'a> {
    /// Not looked at.
    pub skip: Option<&'a BTreeMap<String, String>>,
    /// May be null, `""` or `[]` instead of what is documented.
    pub may_be_empty: Option<&'a BTreeMap<String, String>>,
}

/// Compares an answer with the documented one; every difference is one line.
pub fn differences(documented: &Value, answered: &Value, leave: Leave<'_>) -> Vec<String> {
    let mut found = Vec::new();
    compare("", documented, answered, leave, &mut found);
    found
}

fn compare(place: &str, documented: &Value, answered: &Value, leave: Leave<'_>, found: &mut Vec<String>) {
    let names = |places: Option<&BTreeMap<String, String>>| places.is_some_and(|places| places.contains_key(place));
    let is_empty = answered.is_null() || answered == "" || answered.as_array().is_some_and(Vec::is_empty);
    if documented.is_null() || names(leave.skip) || (is_empty && names(leave.may_be_empty)) {
        return;
    }
    match (documented, answered) {
        (Value::Object(documented), Value::Object(answered)) if is_map_by_number(documented) => {
            let Some(first) = documented.values().next() else { return };
            if answered.is_empty() {
                found.push(format!("{place}: is empty"));
            }
            for (key, value) in answered {
                if key.parse::<u64>().is_err() {
                    found.push(format!("{place}: {key:?} is not a number"));
                }
                compare(&format!("{place}.*"), first, value, leave, found);
            }
        }
        (Value::Object(documented), Value::Object(answered)) => {
            for (key, value) in documented {
                let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                match answered.get(key) {
                    Some(answer) => compare(&place, value, answer, leave, found),
                    None if names_any(leave.skip, &place) => {}
                    None => found.push(format!("{place}: is missing")),
                }
            }
        }
        (Value::Array(documented), Value::Array(answered)) => {
            let Some(first) = documented.first() else { return };
            if answered.is_empty() {
                found.push(format!("{place}: is an empty list"));
            }
            let before = found.len();
            for element in answered {
                compare(&format!("{place}[]"), first, element, leave, found);
                if found.len() > before {
                    break;
                }
            }
        }
        _ => {
            let (should, is) = (kind(documented), kind(answered));
            // A text without a style may read like anything: 今天跟进 or a day.
            let is_any_text = should == "a text" && answered.is_string();
            if should != is && !is_any_text {
                let shown: String = answered.to_string().chars().take(80).collect();
                found.push(format!("{place}: should be {should}, is {is}: {shown}"));
            }
        }
    }
}

fn names_any(places: Option<&BTreeMap<String, String>>, place: &str) -> bool {
    places.is_some_and(|places| places.contains_key(place))
}

/// `{"1": …, "2": …}`: only those numbers occur that something happened for.
fn is_map_by_number(object: &serde_json::Map<String, Value>) -> bool {
    !object.is_empty() && object.keys().all(|key| key.parse::<u64>().is_ok())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a fraction",
        Value::Number(_) => "an integer",
        Value::String(text) => date_style(text).unwrap_or("a text"),
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The three ways of writing a date that live side by side.
fn date_style(text: &str) -> Option<&'static str> {
    let digits_as_zero: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let (whole, fraction) = digits_as_zero.split_once('.').unwrap_or((&digits_as_zero, "0"));
    match whole {
        "0000-00-00T00:00:00" if fraction.chars().all(|c| c == '0') => Some("a date with T"),
        "0000-00-00 00:00:00" if !digits_as_zero.contains('.') => Some("a date and time"),
        "0000-00-00" if !digits_as_zero.contains('.') => Some("a day"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn count(documented: &Value, answered: &Value) -> usize {
        differences(documented, answered, Leave::default()).len()
    }

    #[test]
    fn more_than_documented_is_fine_and_less_is_not() {
        let documented = json!({ "code": 200, "data": { "id": 1, "name": "x", "memo": null } });
        assert_eq!(
            count(&documented, &json!({ "code": 200, "data": { "id": 7, "name": "", "memo": 3, "more": 1 } })),
            0
        );
        assert_eq!(count(&documented, &json!({ "code": 200, "data": { "id": "7", "memo": null } })), 2);
    }

    #[test]
    fn every_element_of_a_list_is_looked_at() {
        let documented = json!([{ "id": 1 }]);
        assert_eq!(count(&documented, &json!([])), 1);
        assert_eq!(count(&documented, &json!([{ "id": 1 }, { "id": 2 }])), 0);
        assert_eq!(count(&documented, &json!([{ "id": 1 }, { "id": null }])), 1);
    }

    #[test]
    fn dates_keep_their_style() {
        let styles = ["2018-06-13T11:49:57.548", "2018-07-27 10:25:38", "2018-07-05"];
        for (place, style) in styles.iter().enumerate() {
            for (other_place, other) in styles.iter().enumerate() {
                assert_eq!(count(&json!(style), &json!(other)) == 0, place == other_place, "{style} {other}");
            }
        }
        assert_eq!(count(&json!("2018-07-05"), &json!("11:49")), 1);
        assert_eq!(count(&json!("今天跟进"), &json!("2018-07-05")), 0);
        assert_eq!(count(&json!("2018-06-13T11:49:57.548"), &json!("2018-06-13T11:49:57")), 0);
        assert_eq!(count(&json!("2018-06-13T11:49:57"), &json!("2018-06-13T11:49:57Z")), 1);
    }

    #[test]
    fn places_can_be_left_alone() {
        let reasons = BTreeMap::from([("data[].title".to_owned(), "no article".to_owned())]);
        let (documented, answered) = (json!({ "data": [{ "title": "x" }] }), json!({ "data": [{ "title": null }] }));
        assert_eq!(count(&documented, &answered), 1);
        assert!(differences(&documented, &answered, Leave { skip: Some(&reasons), may_be_empty: None }).is_empty());
        assert!(differences(&documented, &answered, Leave { skip: None, may_be_empty: Some(&reasons) }).is_empty());
    }

    #[test]
    fn objects_by_number_have_only_what_occurred() {
        let documented = json!({ "1": { "count": 3 }, "2": { "count": 1 } });
        assert_eq!(count(&documented, &json!({ "7": { "count": 1 } })), 0);
        assert_eq!(count(&documented, &json!({ "7": { "count": "1" } })), 1);
        assert_eq!(count(&documented, &json!({})), 1);
    }
}
