//! What a website shows: blocks of pictures, and whatever else an editor puts between them.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    clean,
    error::{Error, Result},
};

/// Bytes of a website's JSON at most.
const LARGEST: usize = 64 << 10;
const MOST_BLOCKS: usize = 100;
const LONGEST_ADDRESS: usize = 1000;
/// How deep an editor may nest.
const DEEPEST: usize = 6;
/// Blocks whose data are pictures.
const SCROLLING: &str = "guntu";
const BELOW: &str = "content";

/// 官网内容块
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize, Deserialize)]
#[oai(rename = "WebsiteBlock")]
pub struct Block {
    /// guntu 滚图、content 内容图片，或其它
    #[oai(rename = "type", validator(max_length = 30))]
    #[serde(rename = "type")]
    pub kind: String,
    /// guntu 与 content 为 [{"picture_url": "statics/…"}]
    #[oai(default)]
    #[serde(default)]
    pub data: Vec<Value>,
}

/// Blocks that were looked through: every address in them is a stored file or a web page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteContent(Vec<Block>);

impl SiteContent {
    /// 301 naming `field` and the place of what does not fit.
    pub fn checked(field: &str, mut blocks: Vec<Block>) -> Result<Self> {
        let bad = |reason: String| Error::field(field, reason);
        if blocks.len() > MOST_BLOCKS {
            return Err(bad(format!("最多 {MOST_BLOCKS} 块")));
        }
        for (place, block) in blocks.iter_mut().enumerate() {
            let at = |reason: &str| bad(format!("第 {} 块{reason}", place + 1));
            let shows_pictures = matches!(block.kind.as_str(), SCROLLING | BELOW);
            for item in &mut block.data {
                if shows_pictures {
                    *item = picture(item).ok_or_else(|| at("应为图片 {\"picture_url\": …}"))?;
                }
                check(item, shows_pictures, 0).map_err(at)?;
            }
        }
        let content = Self(blocks);
        if serde_json::to_vec(&content)?.len() > LARGEST {
            return Err(bad(format!("内容不能超过 {} KiB", LARGEST >> 10)));
        }
        Ok(content)
    }

    pub fn blocks(&self) -> &[Block] {
        &self.0
    }

    /// Addresses of the pictures that scroll at the top.
    pub fn scrolling(&self) -> Vec<String> {
        self.pictures(SCROLLING)
    }

    /// Addresses of the pictures below.
    pub fn below(&self) -> Vec<String> {
        self.pictures(BELOW)
    }

    pub fn count_pictures(&self) -> usize {
        self.scrolling().len() + self.below().len()
    }

    fn pictures(&self, kind: &str) -> Vec<String> {
        let blocks = self.0.iter().filter(|block| block.kind == kind);
        let urls = blocks.flat_map(|block| &block.data).filter_map(|item| item["picture_url"].as_str());
        urls.map(ToOwned::to_owned).collect()
    }
}

/// An item of a picture block; its bare address does as well.
fn picture(item: &Value) -> Option<Value> {
    match item {
        Value::String(url) => Some(json!({ "picture_url": url })),
        Value::Object(members) if members.get("picture_url").is_some_and(Value::is_string) => Some(item.clone()),
        _ => None,
    }
}

/// Checks texts that a client may follow; addresses of our own lose a leading slash.
fn check(value: &mut Value, is_address: bool, depth: usize) -> Result<(), &'static str> {
    if depth > DEEPEST {
        return Err("嵌套过深");
    }
    match value {
        Value::String(text) if is_address => {
            if let Some(rest) = text.strip_prefix("/statics/") {
                *text = format!("statics/{rest}");
            }
            if is_fit(text) { Ok(()) } else { Err("的地址应为 statics/… 或 http(s)://…") }
        }
        Value::String(text) => {
            if clean::runs_script(text) {
                Err("含有不允许的地址")
            } else {
                Ok(())
            }
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| check(item, is_address, depth + 1)),
        Value::Object(members) => {
            members.iter_mut().try_for_each(|(name, member)| check(member, names_address(name), depth + 1))
        }
        _ => Ok(()),
    }
}

fn names_address(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("url") || matches!(name.as_str(), "src" | "href" | "link" | "poster")
}

/// A stored file, or a page of the web.
fn is_fit(address: &str) -> bool {
    let is_clean = address.len() <= LONGEST_ADDRESS
        && !address.contains(|c: char| c.is_whitespace() || c.is_control() || "\\\"'<>`".contains(c));
    let is_stored =
        || address.starts_with("statics/") && !address.split('/').any(|part| matches!(part, "" | "." | ".."));
    let is_web = || {
        let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        matches!(scheme.as_deref(), Some("http" | "https"))
    };
    is_clean && (is_stored() || is_web())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(content: Value) -> Result<SiteContent> {
        SiteContent::checked("website_content", serde_json::from_value(content).unwrap())
    }

    #[test]
    fn pictures_are_found_by_their_blocks() {
        let content = blocks(json!([
            { "type": "guntu", "data": [{ "picture_url": "statics/a.png" }, "/statics/b.png"] },
            { "type": "title", "data": ["关于我们", { "text": "好", "size": 3 }] },
            { "type": "content", "data": [{ "picture_url": "https://example.com/c.png" }] },
        ]))
        .unwrap();
        assert_eq!(content.scrolling(), ["statics/a.png", "statics/b.png"]);
        assert_eq!(content.below(), ["https://example.com/c.png"]);
        assert_eq!((content.count_pictures(), content.blocks().len()), (3, 3));
        assert_eq!(blocks(json!([])).unwrap(), SiteContent::default());
    }

    #[test]
    fn addresses_lead_nowhere_but_to_files_and_pages() {
        for address in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "//evil.example/x",
            "statics/../../x",
            "ftp://x/y",
            "statics/a.png\" onerror=\"x",
            "statics/a b.png",
            "picture.png",
            "",
            "\u{1}javascript:x",
            "file:///etc/passwd",
        ] {
            for content in [
                json!([{ "type": "guntu", "data": [{ "picture_url": address }] }]),
                json!([{ "type": "content", "data": [address] }]),
                json!([{ "type": "video", "data": [{ "deep": [{ "video_url": address }] }] }]),
            ] {
                assert_eq!(blocks(content.clone()).unwrap_err().code(), 301, "{content}");
            }
        }
        for text in ["javascript:alert(1)", " java\tscript:alert(1)", "data:text/html;base64,eA=="] {
            assert!(blocks(json!([{ "type": "title", "data": [text] }])).is_err(), "{text}");
        }
        assert!(blocks(json!([{ "type": "title", "data": ["Java 与 javascript 培训"] }])).is_ok());
    }

    #[test]
    fn a_website_has_its_limits() {
        let long = "字".repeat(LARGEST / 3);
        assert!(blocks(json!([{ "type": "title", "data": [long] }])).is_err());
        assert!(blocks(vec![json!({ "type": "title", "data": [] }); MOST_BLOCKS + 1].into()).is_err());
        assert!(blocks(json!([{ "type": "guntu", "data": [7] }])).is_err());
        assert!(blocks(json!([{ "type": "x", "data": [[[[[[[[["deep"]]]]]]]]] }])).is_err());
    }
}
