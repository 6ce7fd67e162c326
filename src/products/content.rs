//! What a product shows: pictures of the cover and the blocks of its article.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use crate::{
    clean,
    error::{Error, Result},
};

/// 内容块
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize, Deserialize)]
#[oai(rename = "ProductBlock")]
pub struct Block {
    /// title 标题、picture_url 图片、content 文字
    #[oai(rename = "type", validator(max_length = 30))]
    #[serde(rename = "type")]
    pub kind: String,
    /// 文字或图片地址
    pub data: Vec<String>,
}

/// 产品封面与文章
#[derive(Debug, Clone, Default, PartialEq, Eq, Object, Serialize, Deserialize)]
pub struct ProductContent {
    /// 封面
    #[oai(default)]
    #[serde(default)]
    pub cover_data: Vec<Block>,
    /// 文章
    #[oai(default)]
    #[serde(default)]
    pub article_data: Vec<Block>,
}

impl Block {
    /// As it may be shown; 301 naming `field` when an address leads nowhere.
    pub fn cleaned(self, field: &str) -> Result<Self> {
        if self.kind.ends_with("_url") && !self.data.iter().all(|address| clean::is_address(address)) {
            return Err(Error::field(field, "图片地址不正确"));
        }
        Ok(Self { kind: clean::text(&self.kind), data: self.data.iter().map(|text| clean::text(text)).collect() })
    }
}

impl ProductContent {
    /// As it may be shown; 301 when an address leads nowhere.
    pub fn cleaned(self) -> Result<Self> {
        let all =
            |blocks: Vec<Block>| blocks.into_iter().map(|block| block.cleaned("content")).collect::<Result<Vec<_>>>();
        Ok(Self { cover_data: all(self.cover_data)?, article_data: all(self.article_data)? })
    }

    /// The first picture of the cover; empty without one.
    pub fn cover_url(&self) -> &str {
        let picture = self.cover_data.iter().find(|block| block.kind == "picture_url");
        picture.and_then(|block| block.data.first()).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_runs() {
        let content = |kind: &str, data: &str| ProductContent {
            cover_data: Vec::new(),
            article_data: vec![Block { kind: kind.to_owned(), data: vec![data.to_owned()] }],
        };
        assert_eq!(content("content", "好<script>x</script>").cleaned().unwrap(), content("content", "好"));
        assert_eq!(content("picture_url", "javascript:x()").cleaned().unwrap_err().code(), 301);
    }

    #[test]
    fn the_cover_is_the_first_picture() {
        let stored =
            r#"{"cover_data":[{"type":"title","data":["x"]},{"type":"picture_url","data":["a.png","b.png"]}]}"#;
        let content: ProductContent = serde_json::from_str(stored).unwrap();
        assert_eq!(content.cover_url(), "a.png");
        assert_eq!(ProductContent::default().cover_url(), "");
    }
}
