//! The sandbox's WeChat Pay: orders, their states and refunds, signed both ways as at WeChat.
//!
//! Nobody pays here by themselves: `POST /paid` `{out_trade_no, notify, result_code}` makes an order paid and answers
//! `{xml, notify_url}`, the signed notification and where it belongs; with `notify` true the sandbox sends it there
//! itself. `result_code` `FAIL` is a payment that failed: only the notification says so.
//! A fault's `errmsg` `NOTENOUGH: 余额不足` becomes `err_code` and `err_code_des`; without a colon, `return_msg`.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::Offset};
use poem::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use super::accounts::{MERCHANTS, Merchant, PAID_BEFORE};
use super::state::{State, now_ms, random_text};
use crate::weixin::Secret;
use crate::weixin::pay::{is_signed, sign};
use crate::weixin::xml::{self, Fields};

/// (merchant number, `out_trade_no`) → the order.
pub(super) type Trades = BTreeMap<(String, String), Trade>;

/// An order at WeChat.
#[derive(Clone, Default)]
pub(super) struct Trade {
    app_id: String,
    /// Everything of the first 统一下单 but nonce and signature.
    first: Fields,
    fee: i64,
    openid: String,
    notify_url: String,
    prepay_id: String,
    /// Empty until paid.
    transaction_id: String,
    time_end: String,
    is_closed: bool,
    /// `out_refund_no` → fen.
    refunds: BTreeMap<String, i64>,
}

/// How WeChat Pay says no.
enum No {
    /// `return_code` FAIL, unsigned.
    Misunderstood(String),
    /// `result_code` FAIL.
    Refused(String, String),
}

fn refuse<T>(err_code: &str, text: &str) -> Result<T, No> {
    Err(No::Refused(err_code.to_owned(), text.to_owned()))
}

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

fn fields_of<const N: usize>(pairs: [(&str, &str); N]) -> Fields {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// `yyyyMMddHHmmss` in Beijing.
fn clock() -> String {
    let now = Timestamp::from_millisecond(i64::try_from(now_ms()).unwrap_or_default()).unwrap_or_default();
    Offset::constant(8).to_datetime(now).strftime("%Y%m%d%H%M%S").to_string()
}

/// The answer as XML; `None` for an unknown path.
pub(super) fn answer(state: &mut State, call: &Call) -> Option<String> {
    let act: fn(&mut State, &Merchant, &Fields) -> Result<Fields, No> = match call.path.as_str() {
        "/pay/unifiedorder" => unified_order,
        "/pay/orderquery" => order_query,
        "/pay/closeorder" => close_order,
        "/secapi/pay/refund" => refund,
        "/pay/refundquery" => refund_query,
        _ => return None,
    };
    if call.method != Method::POST {
        return Some(misunderstood("请使用post方法"));
    }
    Some(match caller(call) {
        Err(No::Misunderstood(text) | No::Refused(_, text)) => misunderstood(&text),
        Ok((merchant, fields)) => {
            let outcome = act(state, merchant, &fields);
            written(merchant, text(&fields, "appid"), outcome)
        }
    })
}

/// What a fault makes of a call.
pub(super) fn fault(call: &Call, errmsg: &str) -> String {
    match (caller(call), errmsg.split_once(':')) {
        (Ok((merchant, fields)), Some((code, words))) => {
            let refused = No::Refused(code.trim().to_owned(), words.trim().to_owned());
            written(merchant, text(&fields, "appid"), Err(refused))
        }
        _ => misunderstood(errmsg),
    }
}

fn misunderstood(text: &str) -> String {
    xml::write([("return_code", "FAIL"), ("return_msg", text)])
}

fn written(merchant: &Merchant, app_id: &str, outcome: Result<Fields, No>) -> String {
    let mut answer = match outcome {
        Ok(mut fields) => {
            fields.insert("result_code".to_owned(), "SUCCESS".to_owned());
            fields
        }
        Err(No::Refused(code, words)) => {
            fields_of([("result_code", "FAIL"), ("err_code", &code), ("err_code_des", &words)])
        }
        Err(No::Misunderstood(text)) => return misunderstood(&text),
    };
    answer.extend(fields_of([("return_code", "SUCCESS"), ("return_msg", "OK"), ("appid", app_id)]));
    signed(merchant, answer)
}

fn signed(merchant: &Merchant, mut fields: Fields) -> String {
    fields.insert("mch_id".to_owned(), merchant.mch_id.to_owned());
    fields.insert("nonce_str".to_owned(), random_text("nonce").chars().rev().take(32).collect());
    fields.retain(|_, value| !value.is_empty());
    fields.insert("sign".to_owned(), sign(&fields, &Secret::from(merchant.key)));
    xml::write(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// The merchant who signed a call, and what it says.
fn caller(call: &Call) -> Result<(&'static Merchant, Fields), No> {
    let misunderstood = |text: &str| No::Misunderstood(text.to_owned());
    let body = String::from_utf8_lossy(&call.raw);
    let fields = xml::read(&body).map_err(|_| misunderstood("XML格式错误"))?;
    let merchant = MERCHANTS.into_iter().find(|merchant| merchant.mch_id == text(&fields, "mch_id"));
    let merchant = merchant.ok_or_else(|| misunderstood("mch_id参数格式错误"))?;
    if !merchant.app_ids.contains(&text(&fields, "appid")) {
        return Err(misunderstood("appid和mch_id不匹配"));
    }
    if text(&fields, "nonce_str").is_empty() || text(&fields, "nonce_str").len() > 32 {
        return Err(misunderstood("缺少参数nonce_str"));
    }
    if !is_signed(&fields, &Secret::from(merchant.key)) {
        return Err(misunderstood("签名错误"));
    }
    Ok((merchant, fields))
}

fn unified_order(state: &mut State, merchant: &Merchant, fields: &Fields) -> Result<Fields, No> {
    for name in ["body", "out_trade_no", "total_fee", "spbill_create_ip", "notify_url", "trade_type"] {
        if text(fields, name).is_empty() {
            return Err(No::Misunderstood(format!("缺少参数{name}")));
        }
    }
    let number = text(fields, "out_trade_no");
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*@".contains(&byte);
    if !(6..=32).contains(&number.len()) || !number.bytes().all(is_plain) {
        return refuse("INVALID_REQUEST", "商户订单号格式错误");
    }
    let Some(fee) = text(fields, "total_fee").parse::<i64>().ok().filter(|fee| (1..=10_000_000_000).contains(fee))
    else {
        return Err(No::Misunderstood("invalid total_fee".to_owned()));
    };
    if text(fields, "trade_type") != "JSAPI" || text(fields, "openid").is_empty() {
        return refuse("PARAM_ERROR", "JSAPI支付必须传openid");
    }
    if text(fields, "notify_url").contains('?') {
        return refuse("PARAM_ERROR", "notify_url不能携带参数");
    }
    let mut first = fields.clone();
    first.retain(|name, _| name != "nonce_str" && name != "sign");
    let key = (merchant.mch_id.to_owned(), number.to_owned());
    if let Some(known) = state.trades.get(&key) {
        if !known.transaction_id.is_empty() {
            return refuse("ORDERPAID", "该订单已支付");
        }
        if known.is_closed {
            return refuse("ORDERCLOSED", "该订单已关闭");
        }
        if known.first != first {
            return refuse("OUT_TRADE_NO_USED", "商户订单号重复");
        }
        return Ok(fields_of([("trade_type", "JSAPI"), ("prepay_id", &known.prepay_id)]));
    }
    let prepay_id: String = random_text("prepay").chars().filter(char::is_ascii_alphanumeric).take(36).collect();
    let trade = Trade {
        app_id: text(fields, "appid").to_owned(),
        first,
        fee,
        openid: text(fields, "openid").to_owned(),
        notify_url: text(fields, "notify_url").to_owned(),
        prepay_id: prepay_id.clone(),
        ..Trade::default()
    };
    state.trades.insert(key, trade);
    Ok(fields_of([("trade_type", "JSAPI"), ("prepay_id", &prepay_id)]))
}

fn find<'a>(state: &'a mut State, merchant: &Merchant, number: &str) -> Result<&'a mut Trade, No> {
    let key = (merchant.mch_id.to_owned(), number.to_owned());
    state.trades.get_mut(&key).map_or_else(|| refuse("ORDERNOTEXIST", "此交易订单号不存在"), Ok)
}

fn order_query(state: &mut State, merchant: &Merchant, fields: &Fields) -> Result<Fields, No> {
    let number = text(fields, "out_trade_no");
    let trade = find(state, merchant, number)?;
    let trade_state = match trade {
        _ if !trade.refunds.is_empty() => "REFUND",
        _ if !trade.transaction_id.is_empty() => "SUCCESS",
        _ if trade.is_closed => "CLOSED",
        _ => "NOTPAY",
    };
    let mut answer = fields_of([("out_trade_no", number), ("trade_state", trade_state), ("trade_state_desc", "查询")]);
    if !trade.transaction_id.is_empty() {
        answer.extend(paid_fields(trade));
    }
    Ok(answer)
}

/// What the query and the notification say of a paid order.
fn paid_fields(trade: &Trade) -> Fields {
    let fee = trade.fee.to_string();
    fields_of([
        ("openid", trade.openid.as_str()),
        ("is_subscribe", "N"),
        ("trade_type", "JSAPI"),
        ("bank_type", "OTHERS"),
        ("total_fee", &fee),
        ("fee_type", "CNY"),
        ("cash_fee", &fee),
        ("transaction_id", &trade.transaction_id),
        ("time_end", &trade.time_end),
    ])
}

fn close_order(state: &mut State, merchant: &Merchant, fields: &Fields) -> Result<Fields, No> {
    let trade = find(state, merchant, text(fields, "out_trade_no"))?;
    if !trade.transaction_id.is_empty() {
        return refuse("ORDERPAID", "订单已支付");
    }
    if trade.is_closed {
        return refuse("ORDERCLOSED", "订单已关闭");
    }
    trade.is_closed = true;
    Ok(Fields::new())
}

fn refund(state: &mut State, merchant: &Merchant, fields: &Fields) -> Result<Fields, No> {
    let (number, refund_number) = (text(fields, "out_trade_no"), text(fields, "out_refund_no"));
    let amount = |name: &str| text(fields, name).parse::<i64>().unwrap_or_default();
    let (total, back) = (amount("total_fee"), amount("refund_fee"));
    if refund_number.is_empty() {
        return Err(No::Misunderstood("缺少参数out_refund_no".to_owned()));
    }
    if number.starts_with(PAID_BEFORE) {
        let key = (merchant.mch_id.to_owned(), number.to_owned());
        let paid = Trade { fee: total, transaction_id: format!("4200{number}"), ..Trade::default() };
        state.trades.entry(key).or_insert(paid);
    }
    let trade = find(state, merchant, number)?;
    if trade.transaction_id.is_empty() {
        return refuse("TRADE_STATE_ERROR", "订单状态错误");
    }
    if total != trade.fee {
        return refuse("ERROR", "订单金额或退款金额与之前请求不一致，请核实后再试");
    }
    let others: i64 = trade.refunds.iter().filter(|(known, _)| *known != refund_number).map(|(_, fen)| fen).sum();
    if back < 1 || others + back > trade.fee {
        return refuse("REFUND_FEE_INVALID", "退款金额大于支付金额");
    }
    trade.refunds.insert(refund_number.to_owned(), back);
    Ok(fields_of([
        ("transaction_id", trade.transaction_id.as_str()),
        ("out_trade_no", number),
        ("out_refund_no", refund_number),
        ("refund_id", &format!("50{refund_number}")),
        ("refund_fee", &back.to_string()),
        ("total_fee", &trade.fee.to_string()),
    ]))
}

fn refund_query(state: &mut State, merchant: &Merchant, fields: &Fields) -> Result<Fields, No> {
    let wanted = text(fields, "out_refund_no");
    let status = if state.refund_status.is_empty() { "SUCCESS" } else { &state.refund_status };
    let trades = state.trades.iter().filter(|((mch_id, _), _)| mch_id == merchant.mch_id);
    for ((_, number), trade) in trades {
        if let Some(back) = trade.refunds.get(wanted) {
            return Ok(fields_of([
                ("out_trade_no", number.as_str()),
                ("refund_count", "1"),
                ("out_refund_no_0", wanted),
                ("refund_fee_0", &back.to_string()),
                ("refund_status_0", status),
            ]));
        }
    }
    refuse("REFUNDNOTEXIST", "不存在的退款单")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paid {
    out_trade_no: String,
    #[serde(default)]
    notify: bool,
    #[serde(default)]
    result_code: Option<String>,
}

/// Somebody pays, or fails to.
pub(super) fn paid(state: &mut State, body: Value) -> Result<Value, (StatusCode, String)> {
    let paid: Paid = serde_json::from_value(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let found = state.trades.iter_mut().find(|((_, number), _)| *number == paid.out_trade_no);
    let ((mch_id, number), trade) = found.ok_or((StatusCode::NOT_FOUND, "there is no such order".to_owned()))?;
    let merchant = MERCHANTS.into_iter().find(|merchant| merchant.mch_id == mch_id);
    let merchant = merchant.ok_or((StatusCode::NOT_FOUND, "there is no such merchant".to_owned()))?;
    let result = paid.result_code.as_deref().unwrap_or("SUCCESS");
    let mut fields = fields_of([
        ("return_code", "SUCCESS"),
        ("result_code", result),
        ("appid", &trade.app_id),
        ("out_trade_no", number),
    ]);
    if result == "SUCCESS" {
        if trade.is_closed {
            return Err((StatusCode::CONFLICT, "the order is closed: nobody can pay it".to_owned()));
        }
        if trade.transaction_id.is_empty() {
            trade.transaction_id = format!("4200{:0>24}", now_ms());
            trade.time_end = clock();
        }
        fields.extend(paid_fields(trade));
    } else {
        fields.extend(fields_of([("err_code", "SYSTEMERROR"), ("err_code_des", "支付失败")]));
    }
    let xml = signed(merchant, fields);
    if paid.notify {
        let (url, body) = (trade.notify_url.clone(), xml.clone());
        tokio::task::spawn_blocking(move || {
            let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().proxy(None).build());
            if let Err(error) = agent.post(&url).content_type("text/xml").send(body) {
                tracing::warn!(%error, "the sandbox's notification did not arrive");
            }
        });
    }
    Ok(json!({ "xml": xml, "notify_url": trade.notify_url }))
}
