//! The merchant that a company's customers pay to.

use super::Order;
use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, AccountKind},
    ids::CompanyId,
    weixin::{Certificate, Merchant, WeixinError},
};

/// As the settings have it now; 400 when something is missing.
pub async fn merchant_of(app: &App, company: CompanyId) -> Result<Merchant> {
    let app_id = identity::app_id_of(app, company, AccountKind::MiniProgram).await?;
    let mch_id = app.settings.get_of(company, "pay.mch_id")?;
    let mch_id = mch_id.ok_or_else(|| Error::Unprepared("微信支付商户号尚未设置".into()))?;
    with_key(app, company, app_id, mch_id)
}

/// The merchant that an order was made for: the app and the number of that time, the key and the certificate of now.
pub fn merchant_of_order(app: &App, order: &Order) -> Result<Merchant> {
    with_key(app, order.company, order.app_id.clone(), order.mch_id.clone())
}

/// Asks WeChat Pay about an order that there is not: what it says shows whether number and key are right. 400 when
/// something is missing.
pub async fn try_merchant(app: &App, company: CompanyId) -> Result<std::result::Result<(), WeixinError>> {
    let merchant = merchant_of(app, company).await?;
    Ok(match app.weixin.pay_order_query(&merchant, "0").await {
        Ok(_) => Ok(()),
        Err(error) if error.pay_code() == Some("ORDERNOTEXIST") => Ok(()),
        Err(error) => Err(error),
    })
}

fn with_key(app: &App, company: CompanyId, app_id: String, mch_id: String) -> Result<Merchant> {
    let setting = |name: &str| app.settings.get_of(company, name);
    let key = setting("pay.key")?.ok_or_else(|| Error::Unprepared("微信支付商户秘钥尚未设置".into()))?;
    let certificate = match (setting("pay.cert")?, setting("pay.cert_key")?) {
        (Some(certificate), Some(key)) => Some(Certificate { certificate: certificate.into(), key: key.into() }),
        _ => None,
    };
    Ok(Merchant { app_id, mch_id, key: key.into(), certificate })
}
