//! Endpoints of cases and diaries, a file a family and subject.

mod customer_cases;
mod customer_diaries;
mod office_cases;
mod office_diaries;
mod rows;

use poem_openapi::{Object, OpenApi, types::Any};
use serde_json::Value;

use super::Shelf;
use crate::{
    app::App,
    clean,
    error::{Error, Result},
    ids::{CompanyId, StaffId},
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        customer_cases::CustomerCaseApi(app.clone()),
        customer_diaries::CustomerDiaryApi(app.clone()),
        office_cases::OfficeCaseApi(app.clone()),
        office_diaries::OfficeDiaryApi(app.clone()),
    )
}

/// Bytes that a cover and a content may have.
const COVER: usize = 64 << 10;
const CONTENT: usize = 512 << 10;

#[derive(Debug, Object)]
struct CaseShelf {
    /// 公司 ID；缺省为客户所属的公司
    company_id: Option<i64>,
    /// 所属雷达用户，动作记入其雷达；缺省为客户最近联系的雷达用户
    uid: Option<i64>,
}

#[derive(Debug, Object)]
struct CaseShelfPage {
    /// 公司 ID；缺省为客户所属的公司
    company_id: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 20
    length: Option<i64>,
}

fn shelf(company: Option<i64>, staff: Option<i64>) -> Shelf {
    Shelf { company: company.map(CompanyId), staff: staff.map(StaffId) }
}

/// JSON as it is stored: an object or a list, sent as such or serialised, without what could run in a reader's page.
fn json_text(field: &str, value: Option<Any<Value>>, most: usize) -> Result<Option<String>> {
    let Some(Any(value)) = value else { return Ok(None) };
    let (text, read) = match value {
        Value::Null => return Ok(None),
        Value::String(text) => {
            let read = serde_json::from_str::<Value>(&text).unwrap_or_default();
            (text.trim().to_owned(), read)
        }
        other => (other.to_string(), other),
    };
    if !read.is_object() && !read.is_array() {
        return Err(Error::field(field, "应为 JSON 对象或列表"));
    }
    let shown = clean::shown_json(&read).ok_or_else(|| Error::field(field, "含有不允许的地址"))?;
    let text = if shown == read { text } else { shown.to_string() };
    if text.len() > most {
        return Err(Error::field(field, format!("不能超过 {} KB", most >> 10)));
    }
    Ok(Some(text))
}

/// A text without the white space around it; nothing when that is all.
fn trimmed(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_kept_as_it_was_written() {
        let read = |value: Value| json_text("content", Some(Any(value)), 20).map(Option::unwrap_or_default);
        assert_eq!(read(json!(r#"{"b": 1, "a": 2}"#)).unwrap(), r#"{"b": 1, "a": 2}"#);
        assert_eq!(read(json!({ "a": [1] })).unwrap(), r#"{"a":[1]}"#);
        assert_eq!(read(json!(["x"])).unwrap(), r#"["x"]"#);
        for bad in [json!("hello"), json!("7"), json!(7), json!("{"), json!({ "a": "much more than twenty bytes" })] {
            assert_eq!(read(bad.clone()).unwrap_err().code(), 301, "{bad}");
        }
        assert_eq!(read(json!(["好<script>x</script>"])).unwrap(), r#"["好"]"#);
        assert_eq!(read(json!([" javascript:x()"])).unwrap_err().code(), 301);
        assert_eq!(json_text("content", None, 20).unwrap(), None);
    }
}
