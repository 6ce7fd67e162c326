//! What a product shows: pictures of the cover and the blocks of its article.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

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

impl ProductContent {
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
    fn the_cover_is_the_first_picture() {
        let stored =
            r#"{"cover_data":[{"type":"title","data":["x"]},{"type":"picture_url","data":["a.png","b.png"]}]}"#;
        let content: ProductContent = serde_json::from_str(stored).unwrap();
        assert_eq!(content.cover_url(), "a.png");
        assert_eq!(ProductContent::default().cover_url(), "");
    }
}
