//! What a message says: the JSON object that clients send as `content` (documents 000 and 001, 实时聊天).

use serde_json::{Map, Value};

use super::Side;
use crate::error::{Error, Result};

/// The words with which staff ask for the phone number, whatever was typed.
const ASK_FOR_PHONE: &str = "您好,请问能否告诉我您的手机号?";
const MALL_INVITATION: &str = "官方商城，可点击进入购买";
/// Characters of a text at most.
const LONGEST: usize = 5000;

/// The members that each `info_type` may have; the ones it must have come first.
const MEMBERS: [(i64, &[&str], &[&str]); 6] = [
    (1, &["msg"], &[]),
    (2, &["product_name"], &["product_cover_url", "product_price", "product_id"]),
    (3, &["msg"], &[]),
    (4, &["url"], &[]),
    (5, &["url"], &[]),
    (6, &[], &["msg"]),
];

/// A checked message.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// 1 text, 2 product consultation, 3 asking for the phone number, 4 picture, 5 video or voice, 6 mall link.
    pub info_type: i64,
    /// The members beside `info_type`.
    pub members: Map<String, Value>,
}

impl Content {
    /// A plain text.
    pub fn text(msg: &str) -> Self {
        let mut members = Map::new();
        members.insert("msg".to_owned(), msg.into());
        Self { info_type: 1, members }
    }

    /// A picture, by its address.
    pub fn picture(url: &str) -> Self {
        Self { info_type: 4, ..Self::voice(url) }
    }

    /// A voice message or a video, by its address.
    pub fn voice(url: &str) -> Self {
        let mut members = Map::new();
        members.insert("url".to_owned(), url.into());
        Self { info_type: 5, members }
    }

    /// Checks what a client sent: an object, or an object serialised; `msg` stands in for a missing `content`.
    pub fn from_wire(content: Option<&Value>, msg: Option<&str>, from: Side) -> Result<Self> {
        let object = match content {
            Some(Value::Object(object)) => object.clone(),
            Some(Value::String(text)) => match serde_json::from_str(text) {
                Ok(Value::Object(object)) => object,
                _ => return Err(Error::field("content", "应为 JSON 对象")),
            },
            Some(Value::Null) | None => match msg {
                Some(text) => Self::text(text).members,
                None => return Err(Error::field("content", "此字段不能为空")),
            },
            Some(_) => return Err(Error::field("content", "应为 JSON 对象")),
        };
        Self::from_object(&object, from)
    }

    fn from_object(object: &Map<String, Value>, from: Side) -> Result<Self> {
        let info_type = match object.get("info_type") {
            None | Some(Value::Null) => 1,
            Some(Value::Number(number)) => number.as_i64().unwrap_or_default(),
            Some(Value::String(text)) => text.trim().parse().unwrap_or_default(),
            Some(_) => 0,
        };
        let Some((_, needed, allowed)) = MEMBERS.iter().find(|(known, ..)| *known == info_type) else {
            return Err(Error::field("content", "info_type 应为 1 到 6"));
        };
        let mut members = Map::new();
        for name in needed.iter().chain(*allowed) {
            match object.get(*name) {
                Some(Value::String(text)) if text.chars().count() > LONGEST => {
                    return Err(Error::field("content", format!("{name} 最多 {LONGEST} 个字")));
                }
                Some(Value::String(text)) => drop(members.insert((*name).to_owned(), text.as_str().into())),
                Some(Value::Number(number)) if *name == "product_id" => {
                    members.insert((*name).to_owned(), number.clone().into());
                }
                Some(Value::Number(number)) => drop(members.insert((*name).to_owned(), number.to_string().into())),
                Some(Value::Null) | None => {}
                Some(_) => return Err(Error::field("content", format!("{name} 应为文本"))),
            }
        }
        if from == Side::Staff && info_type == 3 {
            members.insert("msg".to_owned(), ASK_FOR_PHONE.into());
        }
        if info_type == 6 {
            members.insert("msg".to_owned(), MALL_INVITATION.into());
        }
        for name in *needed {
            let empty = members.get(*name).and_then(Value::as_str).is_none_or(|text| text.trim().is_empty());
            if empty {
                return Err(Error::field("content", format!("{name} 不能为空")));
            }
        }
        Ok(Self { info_type, members })
    }

    /// What the contact list shows of it; empty for pictures and the like.
    pub fn preview(&self) -> String {
        let member = |name: &str| self.members.get(name).and_then(Value::as_str).unwrap_or_default();
        match self.info_type {
            2 => format!("向您咨询:{}", member("product_name")),
            4 | 5 => String::new(),
            _ => member("msg").to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn from(content: &Value) -> Result<Content> {
        Content::from_wire(Some(content), None, Side::Customer)
    }

    #[test]
    fn objects_come_serialised_or_as_such_and_a_plain_msg_is_a_text() {
        let hello = Content::text("你好");
        assert_eq!(from(&json!({"info_type": 1, "msg": "你好"})).unwrap(), hello);
        assert_eq!(from(&json!("{\"info_type\": \"1\", \"msg\": \"你好\"}")).unwrap(), hello);
        assert_eq!(Content::from_wire(None, Some("你好"), Side::Staff).unwrap(), hello);
    }

    #[test]
    fn each_type_must_say_something() {
        for bad in [
            json!({"info_type": 1, "msg": "  "}),
            json!({"info_type": 4}),
            json!({"info_type": 9, "msg": "x"}),
            json!({"info_type": 1, "msg": {"a": 1}}),
            json!("no json"),
            json!([1]),
        ] {
            assert!(matches!(from(&bad), Err(Error::Invalid(_))), "{bad}");
        }
        assert!(Content::from_wire(None, None, Side::Staff).is_err());
        let long = "长".repeat(LONGEST + 1);
        assert!(from(&json!({"info_type": 1, "msg": long})).is_err());
    }

    #[test]
    fn unknown_members_are_dropped_and_prices_become_text() {
        let consultation =
            from(&json!({"info_type": 2, "product_name": "门票", "product_price": 128, "x": 1})).unwrap();
        assert_eq!(consultation.members["product_price"], json!("128"));
        assert!(!consultation.members.contains_key("x"));
        assert_eq!(consultation.preview(), "向您咨询:门票");
        assert_eq!(from(&json!({"info_type": 4, "url": "statics/a.jpg"})).unwrap().preview(), "");
    }

    #[test]
    fn staff_ask_for_the_number_in_fixed_words() {
        let asked = json!({"info_type": 3, "msg": "电话？"});
        assert_eq!(Content::from_wire(Some(&asked), None, Side::Staff).unwrap().members["msg"], ASK_FOR_PHONE);
        assert_eq!(from(&asked).unwrap().members["msg"], "电话？");
    }
}
