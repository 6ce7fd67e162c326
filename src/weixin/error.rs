//! What can go wrong when talking to WeChat.

/// A failed call. The texts name the call and the reason, never a secret, a token or an answer's body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeixinError {
    /// WeChat answered, and said no. Pass `errcode` on to the client.
    #[error("WeChat refused: {errcode} {errmsg}")]
    Refused {
        /// WeChat's own number.
        errcode: i64,
        /// WeChat's own words.
        errmsg: String,
    },
    /// WeChat Pay answered, and said no.
    #[error("WeChat Pay refused: {err_code} {text}")]
    PayRefused {
        /// WeChat's own code, such as `NOTENOUGH`; empty when the call itself was not understood.
        err_code: String,
        /// WeChat's own words.
        text: String,
    },
    /// A merchant's certificate that is missing or is none.
    #[error("no usable merchant certificate")]
    BadCertificate,
    /// No answer in time, no connection, or an HTTP status other than 200.
    #[error("WeChat cannot be reached: {0}")]
    Unreachable(String),
    /// An answer that is not what WeChat documents.
    #[error("unexpected answer from WeChat: {0}")]
    Malformed(String),
    /// Encrypted data that does not open with the given key, or is for another app.
    #[error("cannot decrypt: {0}")]
    Decrypt(String),
}

impl WeixinError {
    /// WeChat's number, when WeChat refused.
    #[must_use]
    pub fn errcode(&self) -> Option<i64> {
        match self {
            Self::Refused { errcode, .. } => Some(*errcode),
            _ => None,
        }
    }

    /// WeChat Pay's code, when it refused.
    #[must_use]
    pub fn pay_code(&self) -> Option<&str> {
        match self {
            Self::PayRefused { err_code, .. } => Some(err_code),
            _ => None,
        }
    }

    /// True when the access token was not accepted, so that a fresh one may help.
    pub(super) fn wants_fresh_token(&self) -> bool {
        matches!(self.errcode(), Some(40001 | 40014 | 42001))
    }
}
