//! WeChat Pay (微信支付), version 2: XML both ways, signed with MD5 and the merchant's key.
//!
//! `return_code` says whether the call was understood, `result_code` whether it was done; both are looked at, and an
//! answer counts only when its signature, app id and merchant number are ours.

use md5::{Digest, Md5};
use subtle::ConstantTimeEq;
use ureq::tls::{ClientCert, PemItem, parse_pem};

use super::http::{Request, Server};
use super::xml::{self, Fields};
use super::{Secret, Weixin, WeixinError};

/// A merchant (商户), as one mini-program or official account pays to it.
#[derive(Debug, Clone)]
pub struct Merchant {
    /// Whose customers pay.
    pub app_id: String,
    /// 商户号
    pub mch_id: String,
    /// 商户秘钥, 32 characters.
    pub key: Secret,
    /// What refunds want at WeChat.
    pub certificate: Option<Certificate>,
}

/// A merchant's API certificate (`apiclient_cert.pem`, `apiclient_key.pem`).
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The certificate, PEM.
    pub certificate: Secret,
    /// Its private key, PEM.
    pub key: Secret,
}

/// What a customer is to pay (统一下单).
#[derive(Debug, Clone)]
pub struct Charge {
    /// `out_trade_no`, ours.
    pub number: String,
    /// What it is for, as the customer sees it; longer ones are cut to 127 bytes.
    pub body: String,
    /// In fen.
    pub amount: i64,
    /// The customer's device.
    pub ip: String,
    /// Where WeChat tells that it was paid.
    pub notify_url: String,
    /// Who pays, in the merchant's app.
    pub openid: String,
    /// `yyyyMMddHHmmss` in Beijing.
    pub begins: String,
    /// The same; afterwards WeChat takes no payment any more.
    pub ends: String,
}

/// How a trade stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradeState {
    /// Paid, even if refunded since.
    Paid,
    /// Not paid, and may still be.
    Open,
    /// The customer is just entering the password.
    Paying,
    /// Closed or failed: will not be paid.
    Over,
}

/// What WeChat knows of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// `out_trade_no`
    pub number: String,
    /// How it stands.
    pub state: TradeState,
    /// WeChat's own number; empty until paid.
    pub transaction_id: String,
    /// In fen; 0 until paid.
    pub amount: i64,
    /// `yyyyMMddHHmmss` in Beijing; empty until paid.
    pub paid_at: String,
}

/// Money back.
#[derive(Debug, Clone)]
pub struct Refund {
    /// `out_trade_no` of what was paid.
    pub number: String,
    /// `out_refund_no`, ours: with the same one it is the same refund, however often asked for.
    pub refund_number: String,
    /// What was paid, in fen.
    pub total: i64,
    /// What goes back, in fen.
    pub amount: i64,
    /// As the customer sees it.
    pub reason: String,
}

/// How a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundState {
    /// The money is back.
    Done,
    /// On its way.
    Processing,
    /// It will not arrive: closed, or the customer's bank does not take it.
    Failed,
}

/// `sign` of the fields: MD5 over the filled ones in the order of their names and the key, upper case.
pub(super) fn sign(fields: &Fields, key: &Secret) -> String {
    let mut text = String::new();
    for (name, value) in fields.iter().filter(|(name, value)| *name != "sign" && !value.is_empty()) {
        text.push_str(name);
        text.push('=');
        text.push_str(value);
        text.push('&');
    }
    text.push_str("key=");
    text.push_str(key.expose());
    hex(&Md5::digest(text.as_bytes())).to_uppercase()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use std::fmt::Write;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether the fields carry the merchant's signature.
pub(super) fn is_signed(fields: &Fields, key: &Secret) -> bool {
    let given = text(fields, "sign");
    !key.is_empty() && bool::from(sign(fields, key).as_bytes().ct_eq(given.as_bytes()))
}

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

fn fields_of<const N: usize>(pairs: [(&str, &str); N]) -> Fields {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn as_xml(fields: &Fields) -> String {
    xml::write(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// 32 hex digits that nobody can guess.
fn nonce() -> Result<String, WeixinError> {
    let mut bits = [0_u8; 16];
    getrandom::fill(&mut bits).map_err(|_| WeixinError::Unreachable("no randomness".to_owned()))?;
    Ok(hex(&bits))
}

/// At most so many bytes, whole characters.
fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

impl Merchant {
    /// The arguments of the mini-program's `wx.requestPayment` for a prepaid order.
    ///
    /// # Errors
    /// Only when the system has no randomness.
    pub fn payment(&self, prepay_id: &str, timestamp: i64) -> Result<PaymentArguments, WeixinError> {
        let (nonce, package) = (nonce()?, format!("prepay_id={prepay_id}"));
        let signed = fields_of([
            ("appId", self.app_id.as_str()),
            ("timeStamp", &timestamp.to_string()),
            ("nonceStr", &nonce),
            ("package", &package),
            ("signType", "MD5"),
        ]);
        Ok(PaymentArguments { timestamp, nonce, package, signature: sign(&signed, &self.key) })
    }

    /// Reads WeChat's notification of a payment (支付结果通知): the signature, the app id and the merchant number must be
    /// this merchant's.
    ///
    /// # Errors
    /// `Malformed` when it is not WeChat's.
    pub fn notified(&self, fields: &Fields) -> Result<Trade, WeixinError> {
        const WHAT: &str = "payment notification";
        if text(fields, "return_code") != "SUCCESS" {
            return Err(malformed(WHAT, "return_code is not SUCCESS"));
        }
        self.check(WHAT, fields)?;
        let state = if text(fields, "result_code") == "SUCCESS" { TradeState::Paid } else { TradeState::Over };
        trade(WHAT, fields, state)
    }

    /// The answer must be signed with our key, and be about our app and merchant.
    fn check(&self, path: &str, fields: &Fields) -> Result<(), WeixinError> {
        if !is_signed(fields, &self.key) {
            return Err(malformed(path, "the signature does not hold"));
        }
        if text(fields, "appid") != self.app_id || text(fields, "mch_id") != self.mch_id {
            return Err(malformed(path, "of another app or merchant"));
        }
        Ok(())
    }

    /// A call's fields with app id, merchant number, nonce and signature.
    fn signed(&self, mut fields: Fields) -> Result<Fields, WeixinError> {
        fields.insert("appid".to_owned(), self.app_id.clone());
        fields.insert("mch_id".to_owned(), self.mch_id.clone());
        fields.insert("nonce_str".to_owned(), nonce()?);
        // An empty element would be no parameter for the signature, but an error for WeChat.
        fields.retain(|_, value| !value.is_empty());
        fields.insert("sign".to_owned(), sign(&fields, &self.key));
        Ok(fields)
    }
}

/// What `wx.requestPayment` takes, beside the app id and `signType` MD5.
#[derive(Debug, Clone)]
pub struct PaymentArguments {
    /// Seconds since 1970.
    pub timestamp: i64,
    /// `nonceStr`
    pub nonce: String,
    /// `prepay_id=…`
    pub package: String,
    /// `paySign`
    pub signature: String,
}

impl Certificate {
    /// # Errors
    /// `BadCertificate` when the texts are not a certificate and an unencrypted private key.
    pub fn check(&self) -> Result<(), WeixinError> {
        self.client_cert().map(drop)
    }

    fn client_cert(&self) -> Result<ClientCert, WeixinError> {
        let mut chain = Vec::new();
        for item in parse_pem(self.certificate.expose().as_bytes()).flatten() {
            if let PemItem::Certificate(certificate) = item {
                chain.push(certificate);
            }
        }
        let key = parse_pem(self.key.expose().as_bytes()).flatten().find_map(|item| match item {
            PemItem::PrivateKey(key) => Some(key),
            _ => None,
        });
        match key {
            Some(key) if !chain.is_empty() => Ok(ClientCert::new_with_certs(&chain, key)),
            _ => Err(WeixinError::BadCertificate),
        }
    }
}

impl Weixin {
    /// Whether refunds want the merchant's certificate: WeChat does; a stand-in without https cannot.
    #[must_use]
    pub fn wants_certificate(&self) -> bool {
        !self.http().is_plain()
    }

    /// 统一下单, `JSAPI`: the `prepay_id`, good for two hours.
    ///
    /// # Errors
    /// `PayRefused`, for instance with `ORDERPAID`, `OUT_TRADE_NO_USED`, `NOTENOUGH`.
    pub async fn pay_unified_order(&self, merchant: &Merchant, charge: &Charge) -> Result<String, WeixinError> {
        const PATH: &str = "/pay/unifiedorder";
        let fields = fields_of([
            ("body", cut(&charge.body, 127)),
            ("out_trade_no", &charge.number),
            ("total_fee", &charge.amount.to_string()),
            ("spbill_create_ip", &charge.ip),
            ("notify_url", &charge.notify_url),
            ("trade_type", "JSAPI"),
            ("openid", &charge.openid),
            ("time_start", &charge.begins),
            ("time_expire", &charge.ends),
        ]);
        let answer = self.pay_call(PATH, merchant, fields, None).await?;
        match text(&answer, "prepay_id") {
            "" => Err(malformed(PATH, "no prepay_id")),
            prepay_id => Ok(prepay_id.to_owned()),
        }
    }

    /// 查询订单.
    ///
    /// # Errors
    /// `PayRefused` with `ORDERNOTEXIST` when WeChat has never heard of it.
    pub async fn pay_order_query(&self, merchant: &Merchant, number: &str) -> Result<Trade, WeixinError> {
        const PATH: &str = "/pay/orderquery";
        let answer = self.pay_call(PATH, merchant, fields_of([("out_trade_no", number)]), None).await?;
        let state = match text(&answer, "trade_state") {
            "SUCCESS" | "REFUND" => TradeState::Paid,
            "NOTPAY" => TradeState::Open,
            "USERPAYING" | "ACCEPT" => TradeState::Paying,
            "CLOSED" | "REVOKED" | "PAYERROR" => TradeState::Over,
            _ => return Err(malformed(PATH, "an unknown trade_state")),
        };
        let trade = trade(PATH, &answer, state)?;
        if trade.number == number { Ok(trade) } else { Err(malformed(PATH, "about another order")) }
    }

    /// 关闭订单: it cannot be paid any more.
    ///
    /// # Errors
    /// `PayRefused` with `ORDERPAID` when it was paid, `ORDERNOTEXIST`, `ORDERCLOSED`.
    pub async fn pay_close_order(&self, merchant: &Merchant, number: &str) -> Result<(), WeixinError> {
        self.pay_call("/pay/closeorder", merchant, fields_of([("out_trade_no", number)]), None).await.map(drop)
    }

    /// 申请退款: that WeChat has taken the request, not that the money is back.
    ///
    /// # Errors
    /// `PayRefused`, for instance with `NOTENOUGH`; `BadCertificate`.
    pub async fn pay_refund(&self, merchant: &Merchant, refund: &Refund) -> Result<(), WeixinError> {
        let fields = fields_of([
            ("out_trade_no", refund.number.as_str()),
            ("out_refund_no", &refund.refund_number),
            ("total_fee", &refund.total.to_string()),
            ("refund_fee", &refund.amount.to_string()),
            ("refund_desc", cut(&refund.reason, 80)),
        ]);
        let certificate = match &merchant.certificate {
            Some(certificate) if self.wants_certificate() => Some(certificate.client_cert()?),
            None if self.wants_certificate() => return Err(WeixinError::BadCertificate),
            _ => None,
        };
        self.pay_call("/secapi/pay/refund", merchant, fields, certificate).await.map(drop)
    }

    /// 查询退款.
    ///
    /// # Errors
    /// `PayRefused` with `REFUNDNOTEXIST` when it was never asked for.
    pub async fn pay_refund_query(&self, merchant: &Merchant, refund_number: &str) -> Result<RefundState, WeixinError> {
        const PATH: &str = "/pay/refundquery";
        let answer = self.pay_call(PATH, merchant, fields_of([("out_refund_no", refund_number)]), None).await?;
        let place = answer.iter().find_map(|(name, value)| {
            let place = name.strip_prefix("out_refund_no_")?;
            (value == refund_number).then_some(place)
        });
        let place = place.ok_or_else(|| malformed(PATH, "about another refund"))?;
        match text(&answer, &format!("refund_status_{place}")) {
            "SUCCESS" => Ok(RefundState::Done),
            "PROCESSING" => Ok(RefundState::Processing),
            "REFUNDCLOSE" | "CHANGE" => Ok(RefundState::Failed),
            _ => Err(malformed(PATH, "an unknown refund_status")),
        }
    }

    /// One exchange: signs, sends, and gives the answer's fields when it is WeChat's and says that it was done.
    async fn pay_call(
        &self,
        path: &'static str,
        merchant: &Merchant,
        fields: Fields,
        certificate: Option<ClientCert>,
    ) -> Result<Fields, WeixinError> {
        let body = as_xml(&merchant.signed(fields)?);
        let request = Request::post_xml(Server::Pay, path, body, certificate);
        let answer = self.http().bytes(request).await?;
        let answer = String::from_utf8(answer).map_err(|_| malformed(path, "not UTF-8"))?;
        let answer = xml::read(&answer).map_err(|error| malformed(path, &error.to_string()))?;
        if text(&answer, "return_code") != "SUCCESS" {
            // Not signed, and no more than a text.
            let text = text(&answer, "return_msg").to_owned();
            return Err(WeixinError::PayRefused { err_code: String::new(), text });
        }
        merchant.check(path, &answer)?;
        if text(&answer, "result_code") != "SUCCESS" {
            return Err(WeixinError::PayRefused {
                err_code: text(&answer, "err_code").to_owned(),
                text: text(&answer, "err_code_des").to_owned(),
            });
        }
        Ok(answer)
    }
}

fn trade(path: &str, fields: &Fields, state: TradeState) -> Result<Trade, WeixinError> {
    let amount = match text(fields, "total_fee") {
        "" if state != TradeState::Paid => 0,
        amount => amount.parse().map_err(|_| malformed(path, "total_fee is no number"))?,
    };
    if state == TradeState::Paid && !matches!(text(fields, "fee_type"), "" | "CNY") {
        return Err(malformed(path, "paid in another currency"));
    }
    Ok(Trade {
        number: text(fields, "out_trade_no").to_owned(),
        state,
        transaction_id: text(fields, "transaction_id").to_owned(),
        amount,
        paid_at: text(fields, "time_end").to_owned(),
    })
}

fn malformed(path: &str, what: &str) -> WeixinError {
    WeixinError::Malformed(format!("{path}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_wechats_own_example() {
        let mut fields = fields_of([
            ("appid", "wxd930ea5d5a258f4f"),
            ("mch_id", "10000100"),
            ("device_info", "1000"),
            ("body", "test"),
            ("nonce_str", "ibuaiVcKdpRxkhJA"),
            ("attach", ""),
        ]);
        let key = Secret::from("192006250b4c09247ec02edce69f6a2d");
        let expected = "9A0A8659F005D6984697E2CA0A9CF3B7";
        assert_eq!(sign(&fields, &key), expected);
        fields.insert("sign".to_owned(), expected.to_owned());
        assert_eq!(sign(&fields, &key), expected, "the signature does not sign itself");
        assert!(is_signed(&fields, &key) && !is_signed(&fields, &Secret::from("")));
        fields.insert("body".to_owned(), "tests".to_owned());
        assert!(!is_signed(&fields, &key));
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(cut("云杉软件", 7), "云杉");
        assert_eq!(cut("crm", 127), "crm");
    }

    #[test]
    fn a_certificate_must_be_one() {
        let certificate = Certificate { certificate: Secret::from("x"), key: Secret::from("y") };
        assert_eq!(certificate.check(), Err(WeixinError::BadCertificate));
        assert!(!format!("{certificate:?}").contains('x'), "keys are not shown");
    }
}
