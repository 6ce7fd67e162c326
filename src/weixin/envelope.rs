//! The envelope around what WeChat pushes to us (消息加解密): AES-256-CBC, and a SHA-1 signature over it.
//!
//! Inside: 16 random bytes, the length of the message in four bytes, the message, the app id of the receiver.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use super::{Secret, WeixinError};

/// WeChat pads to blocks of 32 bytes, not 16.
const BLOCK: usize = 32;
const RANDOM: usize = 16;
/// The 43 characters of an `EncodingAESKey` leave two bits over, which WeChat's makers do not always leave 0.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is needed to open and to seal: the platform's (or account's) app id, token and `EncodingAESKey`.
#[derive(Debug, Clone)]
pub struct Envelope {
    app_id: String,
    token: Secret,
    key: [u8; 32],
}

/// A sealed message with the signature that goes beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Base64.
    pub encrypted: String,
    /// 40 hex digits.
    pub signature: String,
}

impl Envelope {
    /// # Errors
    /// `Decrypt` unless the key is 43 characters of Base64.
    pub fn new(app_id: impl Into<String>, token: Secret, aes_key: &Secret) -> Result<Self, WeixinError> {
        let key = Some(aes_key.expose().trim()).filter(|text| text.len() == 43);
        let key = key.and_then(|text| LENIENT.decode(text).ok()).and_then(|bytes| bytes.try_into().ok());
        Ok(Self { app_id: app_id.into(), token, key: key.ok_or_else(|| trouble("the AES key is not 43 characters"))? })
    }

    /// The signature over these parts, in any order.
    #[must_use]
    pub fn signature(&self, parts: &[&str]) -> String {
        Self::signature_with(&self.token, parts)
    }

    /// The same, where nothing is sealed and only the token is known.
    #[must_use]
    pub fn signature_with(token: &Secret, parts: &[&str]) -> String {
        let mut parts = parts.to_vec();
        parts.push(token.expose());
        parts.sort_unstable();
        Sha1::digest(parts.concat()).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
    }

    /// Whether `signature` is that over these parts.
    #[must_use]
    pub fn is_signed(&self, signature: &str, parts: &[&str]) -> bool {
        self.signature(parts).as_bytes().ct_eq(signature.as_bytes()).into()
    }

    /// Opens a message whose signature is right.
    ///
    /// # Errors
    /// `Decrypt` for a wrong signature, a wrong key, damaged data, or a message to somebody else.
    pub fn open(&self, signature: &str, timestamp: &str, nonce: &str, encrypted: &str) -> Result<String, WeixinError> {
        if !self.is_signed(signature, &[timestamp, nonce, encrypted]) {
            return Err(trouble("wrong signature"));
        }
        self.decrypt(encrypted)
    }

    fn decrypt(&self, encrypted: &str) -> Result<String, WeixinError> {
        let damaged = || trouble("wrong key or damaged data");
        let sealed = LENIENT.decode(encrypted.trim()).map_err(|_| damaged())?;
        let plain = cbc::Decryptor::<Aes256>::new(&self.key.into(), &self.iv().into())
            .decrypt_padded_vec::<NoPadding>(&sealed)
            .map_err(|_| damaged())?;
        let padding = usize::from(*plain.last().ok_or_else(damaged)?);
        if !(1..=BLOCK).contains(&padding) || plain.len() < RANDOM + 4 + padding {
            return Err(damaged());
        }
        let content = &plain[RANDOM..plain.len() - padding];
        let (length, rest) = content.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| damaged())?;
        let (message, receiver) = rest.split_at_checked(length).ok_or_else(damaged)?;
        if receiver != self.app_id.as_bytes() {
            return Err(trouble("the message is for another app"));
        }
        String::from_utf8(message.to_vec()).map_err(|_| damaged())
    }

    /// Seals a message as WeChat does.
    ///
    /// # Errors
    /// `Decrypt` when the system gives no random bytes.
    pub fn seal(&self, timestamp: &str, nonce: &str, message: &str) -> Result<Sealed, WeixinError> {
        let mut random = [0; RANDOM];
        getrandom::fill(&mut random).map_err(|_| trouble("no random bytes"))?;
        Ok(self.seal_with(random, timestamp, nonce, message))
    }

    fn seal_with(&self, random: [u8; RANDOM], timestamp: &str, nonce: &str, message: &str) -> Sealed {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        let mut plain = Vec::with_capacity(RANDOM + 4 + message.len() + self.app_id.len() + BLOCK);
        plain.extend_from_slice(&random);
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(message.as_bytes());
        plain.extend_from_slice(self.app_id.as_bytes());
        let padding = BLOCK - plain.len() % BLOCK;
        plain.resize(plain.len() + padding, u8::try_from(padding).unwrap_or(0));
        let sealed =
            cbc::Encryptor::<Aes256>::new(&self.key.into(), &self.iv().into()).encrypt_padded_vec::<NoPadding>(&plain);
        let encrypted = LENIENT.encode(sealed);
        let signature = self.signature(&[timestamp, nonce, &encrypted]);
        Sealed { encrypted, signature }
    }

    fn iv(&self) -> [u8; 16] {
        let mut iv = [0; 16];
        iv.copy_from_slice(&self.key[..16]);
        iv
    }
}

fn trouble(text: &str) -> WeixinError {
    WeixinError::Decrypt(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WeChat's published example (weworkapi, `Sample`): the same envelope is used by Work WeChat.
    fn published() -> Envelope {
        Envelope::new("wx5823bf96d3bd56c7", "QDG6eK".into(), &"jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C".into())
            .unwrap()
    }

    const SIGNATURE: &str = "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3";
    const TIMESTAMP: &str = "1409659589";
    const NONCE: &str = "263014780";
    const ECHO: &str = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==";

    #[test]
    fn published_example() {
        assert_eq!(published().open(SIGNATURE, TIMESTAMP, NONCE, ECHO).unwrap(), "1616140317555161061");
    }

    #[test]
    fn refusals() {
        let envelope = published();
        let is_refused = |signature: &str, echo: &str| envelope.open(signature, TIMESTAMP, NONCE, echo).is_err();
        assert!(is_refused("", ECHO) && is_refused(&SIGNATURE.to_uppercase(), ECHO));
        assert!(is_refused(SIGNATURE, &ECHO.replace('P', "Q")), "the signature covers the message");
        for damaged in ["", "AAAA", "###", &ECHO[..44]] {
            let signature = envelope.signature(&[TIMESTAMP, NONCE, damaged]);
            assert!(is_refused(&signature, damaged), "{damaged}");
        }
        let other =
            Envelope::new("wx0", "QDG6eK".into(), &"jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C".into()).unwrap();
        assert!(other.open(SIGNATURE, TIMESTAMP, NONCE, ECHO).is_err(), "a message to another app");
        for key in
            ["", "short", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C=", "#WmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"]
        {
            assert!(Envelope::new("wx0", Secret::default(), &key.into()).is_err(), "{key}");
        }
    }

    #[test]
    fn what_is_sealed_opens() {
        let envelope = published();
        for message in ["", "<xml>中文</xml>", &"长".repeat(2000)] {
            let sealed = envelope.seal(TIMESTAMP, NONCE, message).unwrap();
            assert_eq!(envelope.open(&sealed.signature, TIMESTAMP, NONCE, &sealed.encrypted).unwrap(), message);
        }
    }

    #[test]
    fn sealing_agrees_with_openssl() {
        // printf '0123456789abcdef\0\0\0\5hellowx5823bf96d3bd56c7' and 21 bytes of 21 (\x15), through
        // openssl enc -aes-256-cbc -nopad -a -A -K $(echo jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C= | base64 -d | xxd -p -c 64) -iv …
        let sealed = published().seal_with(*b"0123456789abcdef", TIMESTAMP, NONCE, "hello");
        assert_eq!(sealed.encrypted, OPENSSL);
    }

    const OPENSSL: &str = "sKqRbbiSUnDhFHOvPjtUMd2aKGsnO1wGUhhgmucZyOooAmp9WiC5uDkjoOv6eP1l5uh45DeEw9aco5AR3vyVtA==";
}
