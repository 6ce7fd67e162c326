//! WeChat Pay: what goes out, and what is believed of what comes in.

use serde_json::{Value, json};

use super::{World, wrong};
use crate::weixin::sandbox::accounts::{FIRST_MERCHANT, SECOND_MERCHANT};
use crate::weixin::xml::{self, Fields};
use crate::weixin::{Certificate, Charge, Merchant, Refund, RefundState, Secret, TradeState, WeixinError, pay};

fn charge(number: &str) -> Charge {
    Charge {
        number: number.to_owned(),
        body: "云杉 CRM 标准版".to_owned(),
        amount: 298_000,
        ip: "203.0.113.7".to_owned(),
        notify_url: "https://leida.example/zhugeleida/xiaochengxu/payback".to_owned(),
        openid: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o".to_owned(),
        begins: "20181001120000".to_owned(),
        ends: "20181001121000".to_owned(),
    }
}

fn refund(number: &str, amount: i64) -> Refund {
    Refund {
        number: number.to_owned(),
        refund_number: format!("R{number}"),
        total: 298_000,
        amount,
        reason: "不想要了".to_owned(),
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, WeixinError>) -> String {
    let error = result.unwrap_err();
    error.pay_code().unwrap_or_else(|| panic!("not a refusal: {error}")).to_owned()
}

/// The last call that the sandbox received: method and path, and its fields but for nonce and signature, which must hold.
async fn last_call(world: &World, key: &Secret) -> (String, Value) {
    let log = world.get("/log").await;
    let call = log.last().unwrap();
    assert_eq!((&call["server"], &call["query"]), (&json!("pay"), &json!({})));
    let mut fields: Fields = xml::read(call["body"].as_str().unwrap()).unwrap();
    assert!(pay::is_signed(&fields, key), "{fields:?}");
    fields.remove("sign");
    assert_eq!(fields.remove("nonce_str").map(|nonce| nonce.len()), Some(32));
    (format!("{} {}", call["method"].as_str().unwrap(), call["path"].as_str().unwrap()), json!(fields))
}

impl World {
    async fn paid(&self, number: &str) -> Fields {
        let told = self.post("/paid", json!({ "out_trade_no": number })).await;
        xml::read(told["xml"].as_str().unwrap()).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_is_as_wechat_documents_it() {
    let world = World::start().await;
    let merchant = FIRST_MERCHANT.merchant();
    let (appid, mch_id) = (merchant.app_id.as_str(), merchant.mch_id.as_str());
    let prepay_id = world.weixin.pay_unified_order(&merchant, &charge("2018100100001")).await.unwrap();
    assert!(!prepay_id.is_empty());
    let expected = json!({
        "appid": appid, "mch_id": mch_id, "body": "云杉 CRM 标准版", "out_trade_no": "2018100100001",
        "total_fee": "298000", "spbill_create_ip": "203.0.113.7", "trade_type": "JSAPI",
        "notify_url": "https://leida.example/zhugeleida/xiaochengxu/payback",
        "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "time_start": "20181001120000", "time_expire": "20181001121000",
    });
    assert_eq!(last_call(&world, &merchant.key).await, ("POST /pay/unifiedorder".to_owned(), expected));

    let about = json!({ "appid": appid, "mch_id": mch_id, "out_trade_no": "2018100100001" });
    let trade = world.weixin.pay_order_query(&merchant, "2018100100001").await.unwrap();
    assert_eq!((trade.state, trade.amount), (TradeState::Open, 0));
    assert_eq!(last_call(&world, &merchant.key).await, ("POST /pay/orderquery".to_owned(), about.clone()));

    world.paid("2018100100001").await;
    let trade = world.weixin.pay_order_query(&merchant, "2018100100001").await.unwrap();
    assert_eq!((trade.state, trade.amount, trade.paid_at.len()), (TradeState::Paid, 298_000, 14));
    assert!(!trade.transaction_id.is_empty());

    world.weixin.pay_refund(&merchant, &refund("2018100100001", 298_000)).await.unwrap();
    let expected = json!({
        "appid": appid, "mch_id": mch_id, "out_trade_no": "2018100100001", "out_refund_no": "R2018100100001",
        "total_fee": "298000", "refund_fee": "298000", "refund_desc": "不想要了",
    });
    assert_eq!(last_call(&world, &merchant.key).await, ("POST /secapi/pay/refund".to_owned(), expected));
    let state = world.weixin.pay_refund_query(&merchant, "R2018100100001").await;
    assert_eq!(state, Ok(RefundState::Done));
    let expected = json!({ "appid": appid, "mch_id": mch_id, "out_refund_no": "R2018100100001" });
    assert_eq!(last_call(&world, &merchant.key).await, ("POST /pay/refundquery".to_owned(), expected));
    for (status, expected) in [("PROCESSING", RefundState::Processing), ("REFUNDCLOSE", RefundState::Failed)] {
        world.control(json!({ "refund_status": status })).await;
        assert_eq!(world.weixin.pay_refund_query(&merchant, "R2018100100001").await, Ok(expected));
    }

    world.weixin.pay_unified_order(&merchant, &charge("2018100100002")).await.unwrap();
    world.weixin.pay_close_order(&merchant, "2018100100002").await.unwrap();
    let about = json!({ "appid": appid, "mch_id": mch_id, "out_trade_no": "2018100100002" });
    assert_eq!(last_call(&world, &merchant.key).await, ("POST /pay/closeorder".to_owned(), about));
    let trade = world.weixin.pay_order_query(&merchant, "2018100100002").await.unwrap();
    assert_eq!(trade.state, TradeState::Over);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_come_through() {
    let world = World::start().await;
    let (weixin, merchant) = (&world.weixin, FIRST_MERCHANT.merchant());
    assert_eq!(refused(weixin.pay_order_query(&merchant, "2018100100001").await), "ORDERNOTEXIST");
    assert_eq!(refused(weixin.pay_refund_query(&merchant, "R2018100100001").await), "REFUNDNOTEXIST");
    let first = weixin.pay_unified_order(&merchant, &charge("2018100100001")).await.unwrap();
    let again = weixin.pay_unified_order(&merchant, &charge("2018100100001")).await.unwrap();
    assert_eq!(first, again, "the same order again is the same");
    let dearer = Charge { amount: 1, ..charge("2018100100001") };
    assert_eq!(refused(weixin.pay_unified_order(&merchant, &dearer).await), "OUT_TRADE_NO_USED");
    assert_eq!(refused(weixin.pay_refund(&merchant, &refund("2018100100001", 1)).await), "TRADE_STATE_ERROR");
    world.paid("2018100100001").await;
    assert_eq!(refused(weixin.pay_unified_order(&merchant, &charge("2018100100001")).await), "ORDERPAID");
    assert_eq!(refused(weixin.pay_close_order(&merchant, "2018100100001").await), "ORDERPAID");
    assert_eq!(refused(weixin.pay_refund(&merchant, &refund("2018100100001", 298_001)).await), "REFUND_FEE_INVALID");
    world
        .control(json!({
            "fail": { "path": "/secapi/pay/refund", "errcode": 0, "errmsg": "NOTENOUGH: 基本账户余额不足" },
        }))
        .await;
    assert_eq!(refused(weixin.pay_refund(&merchant, &refund("2018100100001", 1)).await), "NOTENOUGH");

    // A wrong key, and an app that is not the merchant's: WeChat says no more than a text.
    let bad_key = Merchant { key: wrong(), ..merchant.clone() };
    let bad_app = Merchant { app_id: SECOND_MERCHANT.merchant().app_id, ..merchant.clone() };
    for (bad, words) in [(bad_key, "签名错误"), (bad_app, "appid和mch_id不匹配")] {
        let error = weixin.pay_unified_order(&bad, &charge("2018100100003")).await.unwrap_err();
        assert_eq!(error, WeixinError::PayRefused { err_code: String::new(), text: words.to_owned() });
    }
    world.control(json!({ "down": { "path_prefix": "/pay/pay/" } })).await;
    let error = weixin.pay_order_query(&merchant, "2018100100001").await.unwrap_err();
    assert_eq!(error, WeixinError::Unreachable("/pay/orderquery: HTTP status 502".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notification_is_believed_only_when_it_is_ours() {
    let world = World::start().await;
    let merchant = FIRST_MERCHANT.merchant();
    world.weixin.pay_unified_order(&merchant, &charge("2018100100001")).await.unwrap();
    let told = world.paid("2018100100001").await;
    let trade = merchant.notified(&told).unwrap();
    assert_eq!((trade.number.as_str(), trade.state, trade.amount), ("2018100100001", TradeState::Paid, 298_000));

    let resigned = |name: &str, value: &str| {
        let mut fields = told.clone();
        fields.insert(name.to_owned(), value.to_owned());
        let sign = pay::sign(&fields, &merchant.key);
        fields.insert("sign".to_owned(), sign);
        fields
    };
    let mut forged = told.clone();
    forged.insert("total_fee".to_owned(), "1".to_owned());
    let mut unsigned = told.clone();
    unsigned.remove("sign");
    let others = [("appid", "wx0"), ("mch_id", "1"), ("fee_type", "USD"), ("total_fee", "x"), ("return_code", "FAIL")];
    let wrong = [forged, unsigned].into_iter().chain(others.map(|(name, value)| resigned(name, value)));
    for fields in wrong {
        assert!(matches!(merchant.notified(&fields), Err(WeixinError::Malformed(_))), "{fields:?}");
    }
    assert_eq!(merchant.notified(&resigned("result_code", "FAIL")).unwrap().state, TradeState::Over);
    assert!(SECOND_MERCHANT.merchant().notified(&told).is_err());
}

#[test]
fn the_mini_program_gets_signed_arguments() {
    let merchant = Merchant { key: Secret::from("192006250b4c09247ec02edce69f6a2d"), ..FIRST_MERCHANT.merchant() };
    let arguments = merchant.payment("wx30163520613698539c984ce60126384171", 1_538_296_517).unwrap();
    let fields = [
        ("appId", merchant.app_id.as_str()),
        ("timeStamp", "1538296517"),
        ("nonceStr", &arguments.nonce),
        ("package", "prepay_id=wx30163520613698539c984ce60126384171"),
        ("signType", "MD5"),
    ];
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    assert_eq!(arguments.signature, pay::sign(&fields, &merchant.key));
}

#[tokio::test]
async fn refunds_want_a_certificate_where_there_is_https() {
    let bases = crate::weixin::Bases {
        weixin: "https://127.0.0.1:9".to_owned(),
        work: "https://127.0.0.1:9".to_owned(),
        pay: "https://127.0.0.1:9".to_owned(),
    };
    let weixin = crate::weixin::Weixin::new(bases);
    let bad = Certificate { certificate: Secret::from("none"), key: Secret::from("none") };
    for certificate in [None, Some(bad)] {
        let merchant = Merchant { certificate, ..FIRST_MERCHANT.merchant() };
        let error = weixin.pay_refund(&merchant, &refund("2018100100001", 1)).await;
        assert_eq!(error, Err(WeixinError::BadCertificate));
    }
}
