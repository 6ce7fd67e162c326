//! The flat XML that WeChat's events and payments are made of: one root, and in it fields with text.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::Event;

use super::WeixinError;

/// WeChat's own documents stay far below both.
const MAX_FIELDS: usize = 200;
const MAX_DEPTH: usize = 5;

/// The fields of a document, by name. A field with fields of its own is told by its leaves, as `outer.inner`.
pub type Fields = BTreeMap<String, String>;

/// Reads a document. Document types and with them entities of their own are refused; of a repeated field the first
/// counts.
///
/// # Errors
/// `Malformed`, without the text.
pub fn read(xml: &str) -> Result<Fields, WeixinError> {
    let mut reader = Reader::from_str(xml.trim());
    reader.config_mut().trim_text(false);
    let mut fields = Fields::new();
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut has_children = false;
    let mut is_over = false;
    loop {
        match reader.read_event().map_err(|_| malformed("not well-formed"))? {
            Event::Start(tag) => {
                if is_over || path.len() >= MAX_DEPTH {
                    return Err(malformed("more than fields in one root"));
                }
                path.push(tag.name().as_ref().to_owned());
                text.clear();
                has_children = false;
            }
            Event::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                keep(&mut fields, &path, Some(&name), String::new())?;
                has_children = true;
            }
            Event::Text(part) => text.push_str(&part),
            Event::CData(part) => text.push_str(&part),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(c)) => text.push(c),
                _ => {
                    text.push_str(resolve_predefined_entity(&name).ok_or_else(|| malformed("an unknown entity"))?);
                }
            },
            Event::End(_) => {
                if !has_children {
                    keep(&mut fields, &path, None, std::mem::take(&mut text))?;
                }
                text.clear();
                path.pop();
                has_children = true;
                is_over = path.is_empty();
            }
            Event::DocType(_) => return Err(malformed("a document type")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof if is_over => return Ok(fields),
            Event::Eof => return Err(malformed("cut off")),
        }
    }
}

/// Stores a leaf under its path below the root.
fn keep(fields: &mut Fields, path: &[String], last: Option<&str>, text: String) -> Result<(), WeixinError> {
    let names: Vec<&str> = path.iter().skip(1).map(String::as_str).chain(last).collect();
    if names.is_empty() {
        return Ok(());
    }
    if fields.len() >= MAX_FIELDS {
        return Err(malformed("too many fields"));
    }
    fields.entry(names.join(".")).or_insert(text);
    Ok(())
}

/// Writes fields as `<xml>…</xml>`, in their order.
pub fn write<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut xml = String::from("<xml>");
    for (name, value) in fields {
        for part in ["<", name, ">", &escape(value), "</", name, ">"] {
            xml.push_str(part);
        }
    }
    xml.push_str("</xml>");
    xml
}

fn malformed(what: &str) -> WeixinError {
    WeixinError::Malformed(format!("XML: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_wechat_sends() {
        let fields = read(
            "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n <CreateTime>1482048670</CreateTime><Content>a &lt; b &#20013; &amp;</Content>
             <Empty></Empty><None/><ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType></ScanCodeInfo></xml>",
        )
        .unwrap();
        let expected = [
            ("Content", "a < b 中 &"),
            ("CreateTime", "1482048670"),
            ("Empty", ""),
            ("None", ""),
            ("ScanCodeInfo.ScanType", "qrcode"),
            ("ToUserName", "gh_1"),
        ];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }

    #[test]
    fn what_is_written_reads_back() {
        let xml = write([("a", "1 < 2 & 3"), ("b", "]]>中文")]);
        let fields = read(&xml).unwrap();
        assert_eq!((fields["a"].as_str(), fields["b"].as_str()), ("1 < 2 & 3", "]]>中文"));
    }

    #[test]
    fn refuses_what_is_not_a_flat_document() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><xml><b>&a;</b></xml>";
        let file = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml><b>&a;</b></xml>";
        let deep = format!("{}{}", "<a>".repeat(50), "</a>".repeat(50));
        for xml in [bomb, file, "<xml><b>&a;</b></xml>", "<xml><b>", "<xml><b></xml>", "", "text", "<a/><b/>", &deep] {
            read(xml).unwrap_err();
        }
        let many: Vec<String> = (0..300).map(|n| format!("<f{n}>1</f{n}>")).collect();
        read(&format!("<xml>{}</xml>", many.concat())).unwrap_err();
    }
}
