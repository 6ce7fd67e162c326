//! Everything that speaks to WeChat: clients for Work WeChat, mini-programs, official accounts, third-party platforms
//! and WeChat Pay, their access tokens, the decryption of what WeChat hands to a mini-program, and a stand-in server.
//!
//! Not here: what Leida does with the answers, and where secrets are kept. Callers pass the
//! credentials with every call ([`CorpApp`], [`Account`]); this module keeps tokens in memory only.

mod account;
mod crypto;
mod directory;
mod envelope;
mod error;
mod http;
mod messages;
mod mini;
mod official;
mod pay;
mod pictures;
mod platform;
mod release;
pub mod sandbox;
mod secret;
#[cfg(test)]
mod tests;
mod token;
mod wire;
mod work;
pub mod xml;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub use account::{Account, Component};
pub use crypto::decrypt_phone;
pub use directory::{DepartmentDraft, MemberDraft, WorkDepartment, WorkMember};
pub use envelope::{Envelope, Sealed};
pub use error::WeixinError;
pub use messages::{Keywords, Letter, Notice};
pub use mini::MiniSession;
pub use official::{AuthorizedPerson, PageToken, page_signature};
pub use pay::{Certificate, Charge, Merchant, PaymentArguments, Refund, RefundState, Trade, TradeState};
pub use platform::{AuthorizerInfo, Grant, ServerDomains};
pub use release::{Category, CodeTemplate, Review, ReviewItem, Upload, Verdict};
pub use secret::Secret;
pub use work::{CorpApp, WorkUser};

use http::{Http, Limits};
use token::TokenCache;

/// Where WeChat's servers are; a trailing slash is tolerated. The sandbox takes their place by
/// other addresses here.
#[derive(Debug, Clone)]
pub struct Bases {
    /// Mini-programs, official accounts, third-party platform: `https://api.weixin.qq.com`.
    pub weixin: String,
    /// Work WeChat: `https://qyapi.weixin.qq.com`.
    pub work: String,
    /// WeChat Pay: `https://api.mch.weixin.qq.com`.
    pub pay: String,
}

/// The one client for all of WeChat; cheap to clone. Its calls need a tokio runtime.
#[derive(Clone)]
pub struct Weixin {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    tokens: TokenCache,
    /// Refresh tokens that WeChat replaced: (account, the one we were given) → the newest.
    renewed: Mutex<HashMap<(String, Secret), Secret>>,
}

impl Weixin {
    /// A client for the servers at these addresses. Nothing is sent yet.
    #[must_use]
    pub fn new(bases: Bases) -> Self {
        Self::with_limits(bases, Limits::default())
    }

    fn with_limits(bases: Bases, limits: Limits) -> Self {
        Self {
            inner: Arc::new(Inner {
                http: Http::new(bases, limits),
                tokens: TokenCache::default(),
                renewed: Mutex::default(),
            }),
        }
    }

    fn http(&self) -> &Http {
        &self.inner.http
    }

    fn tokens(&self) -> &TokenCache {
        &self.inner.tokens
    }

    fn renewed(&self) -> std::sync::MutexGuard<'_, HashMap<(String, Secret), Secret>> {
        self.inner.renewed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
