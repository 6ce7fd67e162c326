//! The demo company's website, and two templates for those who begin.

use serde_json::json;

use crate::{
    db::Write,
    error::Result,
    ids::CompanyId,
    time::{HOUR, Millis},
    website::{Block, SiteContent, store},
};

fn pictures(kind: &str, numbers: &[u8]) -> Block {
    let picture = |number: &u8| json!({ "picture_url": format!("statics/zhugeleida/imgs/demo/website-{number}.jpg") });
    Block { kind: kind.to_owned(), data: numbers.iter().map(picture).collect() }
}

/// Content as an editor would have sent it.
fn content(blocks: Vec<Block>) -> Result<SiteContent> {
    SiteContent::checked("website_content", blocks)
}

pub fn open(w: &Write<'_>, company: CompanyId, at: Millis) -> Result<()> {
    let site = content(vec![pictures("guntu", &[1, 2]), pictures("content", &[3, 4])])?;
    store::put(w, company, &site, at)?;
    let album = content(vec![pictures("guntu", &[1]), pictures("content", &[3, 4])])?;
    store::insert_template(w, "简洁相册", &album, at)?;
    let stage = content(vec![pictures("guntu", &[2, 1, 3]), pictures("content", &[4])])?;
    store::insert_template(w, "大图展示", &stage, at.plus(HOUR))?;
    Ok(())
}
