//! The mall's settings: 商城名称 is its name, 商户号 and 商户秘钥 are the merchant number and key of WeChat Pay.

use super::store::settings as store;
use crate::{
    app::App,
    error::{FieldErrors, Result},
    identity::{self, Admin},
    time::Millis,
    weixin::Certificate,
};

/// What is to be changed; `None` stays as it is.
pub struct MallForm {
    pub name: Option<String>,
    pub merchant: Option<String>,
    pub key: Option<String>,
    /// What refunds want: the certificate and its private key, PEM.
    pub certificate: Option<(String, String)>,
}

impl MallForm {
    pub fn trimmed(self) -> Self {
        let trim = |text: Option<String>| text.map(|text| text.trim().to_owned());
        Self { name: trim(self.name), merchant: trim(self.merchant), key: trim(self.key), ..self }
    }

    /// 301 with every field that does not fit. The mall's name comes first: `is_new` until it is stored.
    fn check(&self, is_new: bool) -> Result<()> {
        let mut errors = FieldErrors::new();
        if is_new && self.name.is_none() {
            let has_payment = self.merchant.is_some() || self.key.is_some();
            let text = if has_payment {
                "设置支付配置前, 请先配置商城名称！"
            } else {
                "请配置商城名称！"
            };
            errors.add("shangChengName", text);
        }
        if let Some(length) = self.merchant.as_ref().map(|text| text.chars().count()).filter(|length| *length > 30) {
            errors.add("shangHuHao", format!("当前商户号长度{length}, 不能超过30位！"));
        }
        if let Some(length) = self.key.as_ref().map(|text| text.chars().count()).filter(|length| *length != 32) {
            errors.add("shangHuMiYao", format!("当前商户秘钥长度{length}, 请输入32位正确秘钥！"));
        }
        if let Some((certificate, key)) = &self.certificate {
            let given = Certificate { certificate: certificate.as_str().into(), key: key.as_str().into() };
            if given.check().is_err() {
                errors.add("shangHuZhengShu", "请粘贴 apiclient_cert.pem 与 apiclient_key.pem 的全部内容！");
            }
        }
        errors.into_result()
    }
}

/// The settings as they may be shown: of secrets only whether they are set.
pub struct MallSettings {
    /// `None`: the mall has not been opened.
    pub name: Option<String>,
    pub merchant: String,
    pub has_key: bool,
    pub has_certificate: bool,
}

pub async fn show(app: &App, admin: &Admin) -> Result<MallSettings> {
    let company = admin.company;
    let has = |name: &str| app.settings.has_of(company, name);
    Ok(MallSettings {
        name: app.db.read(move |conn| store::name(conn, company)).await?,
        merchant: app.settings.get_of(company, "pay.mch_id")?.unwrap_or_default(),
        has_key: has("pay.key"),
        has_certificate: has("pay.cert") && has("pay.cert_key"),
    })
}

/// Stores the company's mall settings; whether they are its first.
pub async fn save(app: &App, admin: &Admin, form: MallForm) -> Result<bool> {
    let (settings, company, by) = (app.settings.clone(), admin.company, admin.author());
    let is_new = app
        .db
        .write(move |w| {
            let is_new = !store::exists(w, company)?;
            form.check(is_new)?;
            if let Some(name) = &form.name {
                store::put(w, company, name, Millis::now())?;
            }
            let payment = [("pay.mch_id", form.merchant.as_deref()), ("pay.key", form.key.as_deref())];
            let (cert, cert_key) = form.certificate.as_ref().map(|(cert, key)| (cert.as_str(), key.as_str())).unzip();
            let payment = payment.into_iter().chain([("pay.cert", cert), ("pay.cert_key", cert_key)]);
            let given: Vec<_> = payment.filter_map(|(key, value)| Some((key, value?))).collect();
            settings.put_of(w, company, &given)?;
            let detail = format!(
                "商城 {}，商户号 {}，秘钥{}，证书{}",
                form.name.as_deref().unwrap_or("未变"),
                form.merchant.as_deref().unwrap_or("未变"),
                if form.key.is_some() { "已改" } else { "未变" },
                if form.certificate.is_some() { "已改" } else { "未变" }
            );
            identity::store::audit::put(w, company, by, "jiChuSheZhiOper.addOrUpdate", &detail)?;
            Ok(is_new)
        })
        .await?;
    app.settings.reload().await?;
    Ok(is_new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad_fields(name: Option<&str>, merchant: &str, key: &str, is_new: bool) -> String {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let form = MallForm {
            name: name.map(ToOwned::to_owned),
            merchant: given(merchant),
            key: given(key),
            certificate: None,
        };
        form.check(is_new).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_name_comes_before_the_payment_settings() {
        assert!(bad_fields(None, "", "", true).contains("请配置商城名称！"));
        assert!(bad_fields(None, "1900000109", "", true).contains("设置支付配置前, 请先配置商城名称！"));
        assert_eq!(bad_fields(None, "1900000109", "", false), "");
        assert_eq!(bad_fields(Some("雷达商城"), "", "", true), "");
    }

    #[test]
    fn a_certificate_comes_with_its_key() {
        let pem = |what: &str| format!("-----BEGIN {what}-----\nMAA=\n-----END {what}-----\n");
        let (certificate, key) = (pem("CERTIFICATE"), pem("PRIVATE KEY"));
        let is_taken = |certificate: &str, key: &str| {
            let certificate = Some((certificate.to_owned(), key.to_owned()));
            MallForm { name: None, merchant: None, key: None, certificate }.check(false).is_ok()
        };
        assert!(is_taken(&certificate, &key));
        assert!(!is_taken(&certificate, "") && !is_taken("", &key) && !is_taken(&key, &certificate));
    }

    #[test]
    fn number_and_key_have_their_lengths() {
        assert!(bad_fields(None, &"1".repeat(31), "", false).contains("当前商户号长度31, 不能超过30位！"));
        assert!(bad_fields(None, "", "short", false).contains("当前商户秘钥长度5, 请输入32位正确秘钥！"));
        assert_eq!(bad_fields(None, &"1".repeat(30), &"k".repeat(32), false), "");
    }
}
