//! What WeChat encrypts for a mini-program: AES-128-CBC with PKCS#7 padding, all parts in Base64
//! ("开放数据校验与解密" in the mini-program documents).

use aes::Aes128;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Secret, WeixinError};

/// The phone number of `getPhoneNumber`: `phoneNumber`, or `purePhoneNumber` when that is empty;
/// empty when the person has none.
///
/// # Errors
/// `Decrypt` for a wrong key (usually a session that is no longer the last), damaged data, or
/// data that belongs to another app.
pub fn decrypt_phone(
    app_id: &str,
    session_key: &Secret,
    encrypted_data: &str,
    iv: &str,
) -> Result<String, WeixinError> {
    let data = decrypt(session_key, encrypted_data, iv)?;
    if data["watermark"]["appid"].as_str() != Some(app_id) {
        return Err(trouble("the data belongs to another app"));
    }
    let number = ["phoneNumber", "purePhoneNumber"]
        .iter()
        .find_map(|field| data[*field].as_str().filter(|number| !number.is_empty()));
    Ok(number.unwrap_or_default().to_owned())
}

/// Opens `encryptedData` and reads its JSON.
fn decrypt(session_key: &Secret, encrypted_data: &str, iv: &str) -> Result<Value, WeixinError> {
    let key = block(session_key.expose(), "the session key is not 16 bytes")?;
    let iv = block(iv, "iv is not 16 bytes")?;
    let sealed = decode(encrypted_data).ok_or_else(|| trouble("encryptedData is not Base64"))?;
    let plain = cbc::Decryptor::<Aes128>::new(&key.into(), &iv.into())
        .decrypt_padded_vec::<Pkcs7>(&sealed)
        .map_err(|_| trouble("wrong key or damaged data"))?;
    serde_json::from_slice(&plain).map_err(|_| trouble("wrong key or damaged data"))
}

/// Encrypts as WeChat does: (`encryptedData`, `iv`). For the sandbox and tests.
pub(super) fn encrypt(session_key: &Secret, iv: [u8; 16], plain: &[u8]) -> Result<(String, String), WeixinError> {
    let key = block(session_key.expose(), "the session key is not 16 bytes")?;
    let sealed = cbc::Encryptor::<Aes128>::new(&key.into(), &iv.into()).encrypt_padded_vec::<Pkcs7>(plain);
    Ok((STANDARD.encode(sealed), STANDARD.encode(iv)))
}

fn block(text: &str, otherwise: &str) -> Result<[u8; 16], WeixinError> {
    decode(text).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| trouble(otherwise))
}

/// Clients forget to escape `+` in forms, so that it arrives as a blank.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String =
        text.trim().chars().filter(|c| !matches!(c, '\r' | '\n')).map(|c| if c == ' ' { '+' } else { c }).collect();
    STANDARD.decode(text).ok()
}

fn trouble(text: &str) -> WeixinError {
    WeixinError::Decrypt(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: &str = "wx4f4bc4dec97d474b";
    const KEY: &str = "tiihtNczf5v6AKRyjwEUhQ==";
    const IV: &str = "r7BXXKkLb8qrSNn05n0qiA==";
    /// WeChat's published example (WXBizDataCrypt).
    const DEMO: &str = concat!(
        "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4lGO",
        "ETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInNlxua",
        "cJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/r7Z6xN",
        "rXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7XjfhQlVsAJd",
        "NiKdYmYVoKlaRv85IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew==",
    );
    /// Made with `openssl enc -aes-128-cbc`, KEY and IV:
    /// `{"phoneNumber":"13800138088","purePhoneNumber":"13800138088","countryCode":"86","watermark":{"timestamp":1545188000,"appid":"wx4f4bc4dec97d474b"}}`
    const PHONE: &str = concat!(
        "xT8p8W6jIVdEWQ+ccHuD2V5piNKZc1QPtCeyRsViZ3m1kb60/Y1GbIUCJYpjRqH7Lc68AZCy60LbBP2JHPy18vVPJK1CVqe5o21QTDNjND3GQ7YX",
        "0M66uWJ4tTIs+zaJJK1f6DzwF1tM0r98yDNQmneiVi9f7UCxKshPYMTyhm9n/ahPgT2wTeSI3J0fvN64Y1NUAshXqWhPbsmrailRkw==",
    );
    /// `not json`, likewise.
    const NOT_JSON: &str = "d4TsgDcdtRENp/IXdKi4kQ==";

    fn refused(app: &str, key: &str, data: &str, iv: &str) -> bool {
        matches!(decrypt_phone(app, &Secret::from(key), data, iv), Err(WeixinError::Decrypt(_)))
    }

    #[test]
    fn published_example() {
        let data = decrypt(&Secret::from(KEY), DEMO, IV).unwrap();
        assert_eq!(data["openId"], "oGZUI0egBJY1zhBYw2KhdUfwVJJE");
        assert_eq!(data["watermark"]["appid"], APP);
        assert_eq!(decrypt_phone(APP, &Secret::from(KEY), DEMO, IV), Ok(String::new()), "it holds no phone number");
    }

    #[test]
    fn phone_number() {
        let key = Secret::from(KEY);
        assert_eq!(decrypt_phone(APP, &key, PHONE, IV).unwrap(), "13800138088");
        let unescaped = PHONE.replace('+', " ");
        assert_eq!(decrypt_phone(APP, &key, &unescaped, IV).unwrap(), "13800138088");
    }

    #[test]
    fn refusals() {
        assert!(refused("wx0000000000000000", KEY, PHONE, IV), "another app");
        assert!(refused(APP, "AAAAAAAAAAAAAAAAAAAAAA==", PHONE, IV), "another key");
        assert!(refused(APP, "dG9vIHNob3J0", PHONE, IV), "a short key");
        assert!(refused(APP, KEY, PHONE, "AAAA"), "a short iv");
        assert!(refused(APP, KEY, "###", IV), "not Base64");
        assert!(refused(APP, KEY, "AAAA", IV), "not whole blocks");
        assert!(refused(APP, KEY, "", IV), "nothing");
        assert!(refused(APP, KEY, NOT_JSON, IV));
    }

    #[test]
    fn encrypt_agrees_with_openssl() {
        let key = Secret::from(KEY);
        let iv = block(IV, "").unwrap();
        assert_eq!(encrypt(&key, iv, b"not json").unwrap(), (NOT_JSON.to_owned(), IV.to_owned()));
    }
}
