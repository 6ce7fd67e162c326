//! The one error type of the program: the code table of the API, plus faults that no caller caused.
//!
//! Every room returns it; how it looks on the wire is decided in `web::envelope`.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use crate::weixin::WeixinError;

/// What nearly every function here returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A message for the person using the client, in Chinese.
pub type Text = Cow<'static, str>;

/// Bad fields of a request: field name to the reasons, in the order of the names.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FieldErrors(pub BTreeMap<String, Vec<String>>);

impl FieldErrors {
    pub fn new() -> Self {
        Self::default()
    }

    /// One bad field.
    pub fn one(field: impl Into<String>, reason: impl Into<String>) -> Self {
        let mut errors = Self::new();
        errors.add(field, reason);
        errors
    }

    pub fn add(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.0.entry(field.into()).or_default().push(reason.into());
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when no field is bad, else the validation error with all of them.
    pub fn into_result(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(Error::Invalid(self)) }
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.iter().next() {
            Some((field, reasons)) => write!(f, "{field}: {}", reasons.join("，")),
            None => f.write_str("请求异常"),
        }
    }
}

/// Why a request was not answered with 200. The numbers are those of the documents' code table.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 250: a phone number could not be decrypted.
    #[error("{0}")]
    Undecryptable(Text),
    /// 300: the name exists already.
    #[error("{0}")]
    NameTaken(Text),
    /// 301: bad fields, all of them.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// 301: refused with one sentence.
    #[error("{0}")]
    Unacceptable(Text),
    /// 302: no such id for this caller, or a limit reached.
    #[error("{0}")]
    NotFound(Text),
    /// 303: a form rule that is not about a single field's shape.
    #[error("{0}")]
    Form(Text),
    /// 303: the same, with what is wrong in `data`.
    #[error("上传异常，{0}")]
    BadUpload(FieldErrors),
    /// 304: still has children.
    #[error("含有子级数据,请先删除或转移子级数据")]
    HasChildren,
    /// 304: something else still hangs on it.
    #[error("{0}")]
    InUse(Text),
    /// 305: refused, for instance deleting oneself or a weak password.
    #[error("{0}")]
    Refused(Text),
    /// 306: the account is disabled.
    #[error("账户未启用")]
    Disabled,
    /// 307: the staff member and the customer have nothing to do with each other.
    #[error("用户-客户关系不存在")]
    NoRelation,
    /// 400: the signature does not hold.
    #[error("token异常")]
    Forged,
    /// 400: a precondition of the company screens is missing.
    #[error("{0}")]
    Unprepared(Text),
    /// 401: wrong login name or password.
    #[error("账号或密码错误")]
    WrongLogin,
    /// 402: WeChat did not give what the answer is made of.
    #[error("{0}")]
    Unable(Text),
    /// 402: the path exists, the method is another one.
    #[error("请求方式异常")]
    WrongMethod,
    /// 403: not allowed, or the account has expired.
    #[error("{0}")]
    Forbidden(Text),
    /// 404: no such address.
    #[error("{0}")]
    NoSuchAddress(Text),
    /// 413: the request is larger than the limit.
    #[error("请求内容过大")]
    TooLarge,
    /// 429: too many tries.
    #[error("尝试次数过多，请稍后再试")]
    TooOften,
    /// WeChat's own `errcode`, with our words around it.
    #[error("{msg}")]
    Weixin { errcode: i64, msg: Text },
    /// 503: WeChat did not answer.
    #[error("微信服务暂时无法访问，请稍后再试")]
    WeixinUnreachable,
    /// 500: a fault of ours. The detail goes to the log only.
    #[error("internal fault: {0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A 301 that names one field.
    pub fn field(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(field, reason))
    }

    /// The row is not there, or not this caller's: both answer alike.
    pub fn no_such(what: &'static str) -> Self {
        Self::NotFound(Cow::Owned(format!("{what}不存在")))
    }

    pub fn internal(detail: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(detail.into())
    }

    pub fn expired() -> Self {
        Self::Forbidden(Cow::Borrowed("账户过期"))
    }

    pub fn forbidden() -> Self {
        Self::Forbidden(Cow::Borrowed("没有权限"))
    }

    /// The envelope's `code`.
    pub fn code(&self) -> i64 {
        match self {
            Self::Undecryptable(_) => 250,
            Self::NameTaken(_) => 300,
            Self::Invalid(_) | Self::Unacceptable(_) => 301,
            Self::NotFound(_) => 302,
            Self::Form(_) | Self::BadUpload(_) => 303,
            Self::HasChildren | Self::InUse(_) => 304,
            Self::Refused(_) => 305,
            Self::Disabled => 306,
            Self::NoRelation => 307,
            Self::Forged | Self::Unprepared(_) => 400,
            Self::WrongLogin => 401,
            Self::WrongMethod | Self::Unable(_) => 402,
            Self::Forbidden(_) => 403,
            Self::NoSuchAddress(_) => 404,
            Self::TooLarge => 413,
            Self::TooOften => 429,
            Self::Weixin { errcode, .. } => *errcode,
            Self::WeixinUnreachable => 503,
            Self::Internal(_) => 500,
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<WeixinError> for Error {
    fn from(error: WeixinError) -> Self {
        match error {
            WeixinError::Refused { errcode, errmsg } => {
                Self::Weixin { errcode, msg: format!("微信返回错误,{errmsg}").into() }
            }
            WeixinError::PayRefused { err_code, text } => {
                Self::Unacceptable(format!("微信支付返回错误,{text} {err_code}").trim_end().to_owned().into())
            }
            WeixinError::BadCertificate => Self::Unprepared("商户证书未设置或格式不正确".into()),
            WeixinError::Unreachable(reason) | WeixinError::Malformed(reason) => {
                tracing::warn!(reason, "WeChat did not answer properly");
                Self::WeixinUnreachable
            }
            WeixinError::Decrypt(reason) => {
                tracing::debug!(reason, "undecryptable");
                Self::Undecryptable("解密报错".into())
            }
        }
    }
}
