//! What an article shows beside its text: cards, sign-up activities, goods.
//!
//! Wire names: `plugin_mingpian` is a card, `plugin_report` a sign-up activity (报名活动), `plugin_goods` a good. Cards
//! and goods are their administrator's own, activities the whole company's.

mod api;
mod desk;
mod sign_up;
pub mod store;

pub use api::api;
pub use desk::{add_activity_at, add_card_at, add_goods_at};
pub use sign_up::{Form, sign_up_at};

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{ActivityId, AdminId, CardPluginId, GoodsPluginId},
    products::Block,
    time::Millis,
};

/// What the form of a card says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFields {
    /// For the back office only.
    pub name: String,
    pub username: String,
    pub avatar: String,
    pub phone: String,
    pub webchat_code: String,
    pub position: String,
}

#[derive(Debug, Clone)]
pub struct Card {
    pub id: CardPluginId,
    pub fields: CardFields,
    pub created_at: Millis,
}

/// What the form of a sign-up activity says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityFields {
    pub title: String,
    pub ad_slogan: String,
    pub sign_up_button: String,
    pub introduce: String,
    pub leave_message: String,
    pub skip_link: String,
    pub is_phone_code_wanted: bool,
}

#[derive(Debug, Clone)]
pub struct Activity {
    pub id: ActivityId,
    /// Whose it is; `None` when the account is gone.
    pub owner: Option<AdminId>,
    pub owner_name: String,
    pub fields: ActivityFields,
    pub read_count: i64,
    pub sign_up_count: i64,
    /// The newest ones.
    pub sign_ups: Vec<SignUp>,
    pub created_at: Millis,
}

/// Somebody who signed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignUp {
    pub name: String,
    pub phone: String,
    pub leave_message: String,
    pub created_at: Millis,
}

#[derive(Debug, Clone)]
pub struct Goods {
    pub id: GoodsPluginId,
    pub title: String,
    pub content: GoodsContent,
    pub created_at: Millis,
}

/// 商品的规格与封面
#[derive(Debug, Clone, Default, PartialEq, Object, Serialize, Deserialize)]
pub struct GoodsContent {
    /// 规格与价格
    #[oai(default)]
    #[serde(default)]
    pub goods_data: Vec<GoodsOffer>,
    /// 封面
    #[oai(default)]
    #[serde(default)]
    pub cover_data: Vec<Block>,
}

/// 一种规格
#[derive(Debug, Clone, PartialEq, Object, Serialize, Deserialize)]
pub struct GoodsOffer {
    /// 价格，元
    #[oai(validator(minimum(value = "0"), maximum(value = "100000000")))]
    #[serde(serialize_with = "whole_as_integer")]
    pub price: f64,
    /// 说明
    #[oai(default)]
    pub introduce: String,
    /// 库存
    #[oai(default, validator(minimum(value = "0")))]
    pub inventory_num: i64,
    /// 每人限购
    #[oai(default, validator(minimum(value = "0")))]
    pub person_limit_num: i64,
}

/// A price of whole yuan is written without a fraction, as the documents print it.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's own shape")]
fn whole_as_integer<S: serde::Serializer>(price: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if price.fract() == 0.0 {
        #[allow(clippy::cast_possible_truncation, reason = "the form allows a hundred million at most")]
        serializer.serialize_i64(*price as i64)
    } else {
        serializer.serialize_f64(*price)
    }
}

/// Sign-ups by reads with two decimals; `None` when nobody has read it.
pub fn conversion(sign_ups: i64, reads: i64) -> Option<String> {
    if reads <= 0 {
        return None;
    }
    let hundredths = (sign_ups.saturating_mul(100) + reads / 2) / reads;
    Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conversion_has_two_decimals() {
        let text = |sign_ups, reads| conversion(sign_ups, reads).unwrap_or_default();
        assert_eq!([text(4, 19), text(0, 3), text(2, 3), text(3, 2), text(1, 0)], ["0.21", "0.00", "0.67", "1.50", ""]);
    }

    #[test]
    fn whole_prices_are_integers() {
        let offer = |price| GoodsOffer { price, introduce: String::new(), inventory_num: 1, person_limit_num: 1 };
        assert_eq!(serde_json::to_value(offer(128.0)).unwrap()["price"], serde_json::json!(128));
        assert_eq!(serde_json::to_value(offer(9.9)).unwrap()["price"], serde_json::json!(9.9));
    }
}
