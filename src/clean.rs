//! Takes out of what editors write whatever could run in a reader's page: scripts, event handlers, frames, odd
//! addresses. Formatting stays.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::Builder;
use serde_json::Value;

use crate::error::{Error, Result};

/// Style properties that article editors use. None takes a picture from elsewhere or lies over the rest of the page.
const STYLES: [&str; 42] = [
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-style",
    "border-top",
    "border-width",
    "box-shadow",
    "box-sizing",
    "color",
    "display",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "min-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-indent",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
    "word-wrap",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .add_tags(["section", "font"])
        .add_tag_attributes("font", ["color", "size"])
        .add_generic_attributes(["style"])
        .filter_style_properties(HashSet::from(STYLES))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]));
    builder
});

/// Rich text as it may be shown. Cleaning what is clean changes nothing.
pub fn html(text: &str) -> String {
    CLEANER.clean(text).to_string()
}

/// A plain text, of which some pages make HTML nevertheless: without a tag in it, it stays as it is.
pub fn text(text: &str) -> String {
    if may_hold_tags(text) { html(text) } else { text.to_owned() }
}

/// Prices below a limit (`<100`) are no tags; what ends in `<` becomes one with what a page puts behind it.
fn may_hold_tags(text: &str) -> bool {
    let starts = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    text.ends_with('<') || text.split('<').skip(1).any(starts)
}

/// [`text`] for every text in a JSON value.
pub fn json(value: Value) -> Value {
    match value {
        Value::String(words) => text(&words).into(),
        Value::Array(items) => items.into_iter().map(json).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (text(&name), json(value))).collect(),
        other => other,
    }
}

/// JSON that pages show, cleaned; `None` when an address in it would run a script.
pub fn shown_json(value: &Value) -> Option<Value> {
    (!runs_script_within(value)).then(|| json(value.clone()))
}

fn runs_script_within(value: &Value) -> bool {
    match value {
        Value::String(text) => runs_script(text),
        Value::Array(items) => items.iter().any(runs_script_within),
        Value::Object(members) => members.values().any(runs_script_within),
        _ => false,
    }
}

/// Whether a browser that follows this text runs it: white space and control characters in a scheme do not count.
pub fn runs_script(text: &str) -> bool {
    let letters = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(16);
    let start: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    start.starts_with("javascript:") || start.starts_with("vbscript:") || start.starts_with("data:text/")
}

/// Whether an address leads to a page or a picture: relative, or one of the web.
pub fn is_address(address: &str) -> bool {
    let address = address.trim();
    let scheme =
        address.split(['/', '?', '#']).next().and_then(|start| start.split_once(':')).map(|(scheme, _)| scheme);
    let is_plain = !address.contains(|c: char| c.is_control() || matches!(c, '<' | '>' | '"'));
    is_plain && scheme.is_none_or(|scheme| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}

/// An address from a form; 301 when it would do something else than lead somewhere.
pub fn address(field: &str, given: Option<String>) -> Result<String> {
    let given = given.unwrap_or_default().trim().to_owned();
    if is_address(&given) { Ok(given) } else { Err(Error::field(field, "应为网址或图片地址")) }
}

/// The content of an article: the documents' JSON blocks or rich HTML; cleaned. 301 when JSON is not those blocks.
pub fn content(given: &str) -> Result<String> {
    let given = given.trim();
    let blocks = if given.starts_with('{') { serde_json::from_str::<Value>(given).ok() } else { None };
    let Some(blocks) = blocks else { return Ok(html(given)) };
    check_blocks(&blocks)?;
    let cleaned = json(blocks.clone());
    // Given back unchanged, but for what had to go.
    Ok(if cleaned == blocks { given.to_owned() } else { cleaned.to_string() })
}

fn check_blocks(content: &Value) -> Result<()> {
    let wrong = |reason: &str| Err(Error::field("content", reason));
    if content.get("cover_data").is_none() && content.get("article_data").is_none() {
        return wrong("JSON 内容应有 cover_data 或 article_data");
    }
    for name in ["cover_data", "article_data"] {
        let Some(blocks) = content.get(name) else { continue };
        let Some(blocks) = blocks.as_array() else { return wrong("cover_data 与 article_data 应为列表") };
        for block in blocks {
            let (kind, data) = (block["type"].as_str(), block["data"].as_array());
            let (Some(kind), Some(data)) = (kind, data) else {
                return wrong("每个内容块应有 type 与 data 列表");
            };
            let Some(texts) = data.iter().map(Value::as_str).collect::<Option<Vec<_>>>() else {
                return wrong("data 列表中应为文本");
            };
            if kind.ends_with("_url") && !texts.iter().all(|address| is_address(address)) {
                return wrong("图片地址不正确");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_gone_and_the_formatting_stays() {
        let written = concat!(
            r#"<section style="color: red; position: fixed"><p onclick="x()">您好<script>alert(1)</script></p>"#,
            r#"<img src="statics/a.png" onerror="x()"><a href="javascript:x()">点</a><iframe src="//x"></iframe>"#,
            r#"<svg onload=x()></svg><p style="background-image: url(http://x/)">尾</p></section>"#,
        );
        let shown = html(written);
        for gone in ["script", "onclick", "onerror", "iframe", "svg", "position", "url(", "alert"] {
            assert!(!shown.contains(gone), "{gone}: {shown}");
        }
        for kept in ["<section", "color:red", "您好", r#"<img src="statics/a.png""#, "点", "尾"] {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
        assert_eq!(html(&shown), shown);
    }

    #[test]
    fn plain_texts_stay_as_they_are() {
        for plain in ["价格<100元", "a < b & c > d", "我<3您", "", "1<<2"] {
            assert_eq!(text(plain), plain);
        }
        for (written, shown) in [
            ("好<b>大</b>", "好<b>大</b>"),
            ("<img src=x onerror=y>", r#"<img src="x">"#),
            ("<!-- x -->尾", "尾"),
            ("a<", "a&lt;"),
        ] {
            assert_eq!(text(written), shown);
        }
    }

    #[test]
    fn json_of_any_shape_is_cleaned() {
        let written = serde_json::json!({ "a": [{ "url": "statics/x.png", "html": "好<script>x</script>" }], "n": 7 });
        let shown = serde_json::json!({ "a": [{ "url": "statics/x.png", "html": "好" }], "n": 7 });
        assert_eq!(shown_json(&written), Some(shown));
        assert_eq!(shown_json(&serde_json::json!([{ "deep": [" java\tscript:x()"] }])), None);
    }

    #[test]
    fn json_blocks_are_checked_and_cleaned() {
        let good = r#"{"cover_data": [], "article_data": [{"type": "title", "data": ["a & b"]}]}"#;
        assert_eq!(content(good).unwrap(), good);
        let bad = r#"{"article_data": [{"type": "content", "data": ["好<script>x</script>"]}]}"#;
        assert_eq!(content(bad).unwrap(), r#"{"article_data":[{"type":"content","data":["好"]}]}"#);
        for wrong in [
            r#"{"title": "x"}"#,
            r#"{"cover_data": {}}"#,
            r#"{"cover_data": [{"type": "title"}]}"#,
            r#"{"cover_data": [{"type": "title", "data": [1]}]}"#,
            r#"{"cover_data": [{"type": "picture_url", "data": ["javascript:x()"]}]}"#,
        ] {
            assert_eq!(content(wrong).unwrap_err().code(), 301, "{wrong}");
        }
        assert_eq!(content("{不是 JSON").unwrap(), "{不是 JSON");
    }

    #[test]
    fn addresses_lead_somewhere() {
        for good in ["", "xxxxx", "statics/a.png", "/a?b=c:d", "https://x/y", "HTTP://x"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["javascript:alert(1)", " JavaScript:x", "java\nscript:x", "data:text/html,x", "https://x/\"><script>"]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
