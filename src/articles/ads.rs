//! What an article shows beside its text (`insert_ads`): a card, a sign-up activity, a good, or words.

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::{AdLinks, store};
use crate::{
    clean,
    error::{Error, Result},
    ids::{ActivityId, CardPluginId, CompanyId, GoodsPluginId, StaffId},
    plugins,
};

/// `insert_ads` as it is stored, and what it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ad {
    pub text: String,
    pub links: AdLinks,
}

impl Ad {
    /// From a form: JSON with a known `type`, or any words. 301 when the JSON lacks what its type needs.
    pub fn parse(given: Option<&str>) -> Result<Self> {
        let given = given.unwrap_or_default().trim();
        let parsed = if given.starts_with(['{', '[']) { serde_json::from_str::<Value>(given).ok() } else { None };
        let Some(parsed) = parsed else { return Ok(Self { text: clean::text(given), links: AdLinks::default() }) };
        if parsed.as_object().is_some_and(Map::is_empty) || parsed.as_array().is_some_and(Vec::is_empty) {
            return Ok(Self::default());
        }
        let id = match &parsed["id"] {
            Value::String(text) => text.trim().parse().ok(),
            number => number.as_i64(),
        };
        let need = |what: &str| Error::field("insert_ads", format!("{what}插件应有 id"));
        let mut links = AdLinks::default();
        match parsed["type"].as_str() {
            Some("mingpian") => links.card = id.map(CardPluginId),
            Some("baoming") => links.activity = Some(ActivityId(id.ok_or_else(|| need("报名"))?)),
            Some("goods" | "shangpin") => links.goods = Some(GoodsPluginId(id.ok_or_else(|| need("商品"))?)),
            _ => {}
        }
        let cleaned = clean::json(parsed.clone());
        let text = if cleaned == parsed { given.to_owned() } else { cleaned.to_string() };
        Ok(Self { text, links })
    }

    /// 302 when a plugin is not there, or not of this company.
    pub fn check(&self, conn: &Connection, company: CompanyId) -> Result<()> {
        let links = self.links;
        if let Some(card) = links.card {
            plugins::store::cards::find(conn, company, card)?.ok_or_else(|| Error::no_such("名片插件"))?;
        }
        if let Some(activity) = links.activity {
            plugins::store::activities::find(conn, company, activity)?.ok_or_else(|| Error::no_such("报名插件"))?;
        }
        if let Some(goods) = links.goods {
            plugins::store::goods::find(conn, company, goods)?.ok_or_else(|| Error::no_such("商品插件"))?;
        }
        Ok(())
    }
}

/// A card as a page shows it.
#[derive(Debug, Clone)]
pub struct ShownCard {
    pub username: String,
    pub avatar: String,
    pub phone: String,
    pub position: String,
    pub webchat_code: String,
}

/// Stands in the preview, where no staff member is.
fn placeholder() -> ShownCard {
    ShownCard {
        username: "张三".to_owned(),
        avatar: "statics/imgs/setAvator.jpg".to_owned(),
        phone: "18888888888".to_owned(),
        position: "经理".to_owned(),
        webchat_code: String::new(),
    }
}

/// `insert_ads` as a reader gets it: the plugin as it is now, the card of the staff member whose link it was.
pub fn filled(
    conn: &Connection,
    company: CompanyId,
    text: &str,
    links: AdLinks,
    staff: Option<StaffId>,
) -> Result<String> {
    let Ok(Value::Object(mut ad)) = serde_json::from_str(text) else { return Ok(text.to_owned()) };
    if ad.get("type").and_then(Value::as_str) == Some("mingpian") {
        let card = match (links.card, staff) {
            (Some(id), _) => plugins::store::cards::find(conn, company, id)?.map(|card| ShownCard {
                username: card.fields.username,
                avatar: card.fields.avatar,
                phone: card.fields.phone,
                position: card.fields.position,
                webchat_code: card.fields.webchat_code,
            }),
            (None, Some(staff)) => store::staff_card(conn, company, staff)?,
            (None, None) => Some(placeholder()),
        };
        if let Some(card) = card {
            put_all(
                &mut ad,
                [
                    ("username", card.username.into()),
                    ("avatar", card.avatar.into()),
                    ("phone", card.phone.into()),
                    ("position", card.position.into()),
                    ("webchat_code", card.webchat_code.into()),
                ],
            );
        }
    } else if let Some(id) = links.activity {
        if let Some(activity) = plugins::store::activities::find(conn, company, id)? {
            let fields = activity.fields;
            put_all(
                &mut ad,
                [
                    ("id", id.0.into()),
                    ("title", fields.title.into()),
                    ("ad_slogan", fields.ad_slogan.into()),
                    ("sign_up_button", fields.sign_up_button.into()),
                    ("introduce", fields.introduce.into()),
                    ("leave_message", fields.leave_message.into()),
                    ("skip_link", fields.skip_link.into()),
                    ("is_get_phone_code", fields.is_phone_code_wanted.into()),
                ],
            );
        }
    } else if let Some(id) = links.goods
        && let Some(goods) = plugins::store::goods::find(conn, company, id)?
    {
        put_all(
            &mut ad,
            [("id", id.0.into()), ("title", goods.title.into()), ("content", serde_json::to_value(goods.content)?)],
        );
    }
    Ok(Value::Object(ad).to_string())
}

fn put_all<const N: usize>(ad: &mut Map<String, Value>, members: [(&str, Value); N]) {
    ad.extend(members.map(|(name, value)| (name.to_owned(), value)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_says_what_is_shown() {
        let links = |text: &str| Ad::parse(Some(text)).unwrap().links;
        assert_eq!(links(r#"{"mingpian": true, "type": "mingpian"}"#), AdLinks::default());
        assert_eq!(links(r#"{"type": "mingpian", "id": "3"}"#).card, Some(CardPluginId(3)));
        assert_eq!(links(r#"{"type": "baoming", "id": 7, "title": "x"}"#).activity, Some(ActivityId(7)));
        assert_eq!(links(r#"{"type": "goods", "id": 7}"#).goods, Some(GoodsPluginId(7)));
        assert_eq!(Ad::parse(Some(r#"{"type": "baoming"}"#)).unwrap_err().code(), 301);
        assert_eq!(Ad::parse(Some("存入你的广告-")).unwrap().text, "存入你的广告-");
        assert_eq!(Ad::parse(Some("{}")).unwrap(), Ad::default());
        assert_eq!(Ad::parse(Some(r#"{"x": "好<script>y</script>"}"#)).unwrap().text, r#"{"x":"好"}"#);
    }
}
