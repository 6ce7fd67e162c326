//! Access tokens: one per secret, fetched once for all who wait, renewed when WeChat says so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{Secret, WeixinError, wire};

/// A token is given up this long before WeChat ends it (7200 s become 7000 s).
const MARGIN: Duration = Duration::from_secs(200);
/// No token is believed to live longer, whatever the answer says.
const LONGEST: Duration = Duration::from_hours(24);

/// Whose token it is. The secret belongs to it: a changed secret must not find the old token.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct TokenKey {
    pub kind: &'static str,
    pub account: String,
    pub secret: Secret,
}

/// A token as WeChat hands it out; the calls name it differently. A ticket for pages is kept like a token.
#[derive(Deserialize)]
pub(super) struct Fresh {
    #[serde(
        alias = "component_access_token",
        alias = "authorizer_access_token",
        alias = "ticket",
        deserialize_with = "secret"
    )]
    pub access_token: Secret,
    #[serde(default, deserialize_with = "wire::int")]
    pub expires_in: i64,
    /// Only from `api_authorizer_token`: replaces the refresh token that was sent.
    #[serde(default, rename = "authorizer_refresh_token", deserialize_with = "secret")]
    pub refresh_token: Secret,
}

fn secret<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
    wire::text(from).map(Secret::from)
}

#[derive(Default)]
struct Slot {
    token: Option<(Secret, Instant)>,
    /// The last failed fetch and when it ended: those who already waited then share it.
    failure: Option<(WeixinError, Instant)>,
}

/// All tokens in use, in memory only.
#[derive(Default)]
pub(super) struct TokenCache {
    slots: Mutex<HashMap<TokenKey, Arc<tokio::sync::Mutex<Slot>>>>,
}

impl TokenCache {
    /// Makes a call that needs a token. When WeChat does not accept the token, the call is made
    /// once more with a fresh one; a second refusal stands.
    pub async fn with_token<T, F, Fetching, C, Calling>(
        &self,
        key: TokenKey,
        fetch: F,
        call: C,
    ) -> Result<T, WeixinError>
    where
        F: Fn() -> Fetching,
        Fetching: Future<Output = Result<Fresh, WeixinError>>,
        C: Fn(Secret) -> Calling,
        Calling: Future<Output = Result<T, WeixinError>>,
    {
        let slot = self.slot(key);
        let token = obtain(&slot, None, &fetch).await?;
        match call(token.clone()).await {
            Err(error) if error.wants_fresh_token() => {
                let fresh = obtain(&slot, Some(&token), &fetch).await?;
                call(fresh).await
            }
            other => other,
        }
    }

    /// Fetches a token in place of the one that is known: tells whether the credentials are right.
    pub async fn renew<F, Fetching>(&self, key: TokenKey, fetch: F) -> Result<(), WeixinError>
    where
        F: Fn() -> Fetching,
        Fetching: Future<Output = Result<Fresh, WeixinError>>,
    {
        let slot = self.slot(key);
        slot.lock().await.token = None;
        obtain(&slot, None, &fetch).await.map(drop)
    }

    fn slot(&self, key: TokenKey) -> Arc<tokio::sync::Mutex<Slot>> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key).or_default())
    }
}

/// The cached token, unless it is too old or the one that was refused; else a fetched one.
async fn obtain<F, Fetching>(
    slot: &tokio::sync::Mutex<Slot>,
    refused: Option<&Secret>,
    fetch: &F,
) -> Result<Secret, WeixinError>
where
    F: Fn() -> Fetching,
    Fetching: Future<Output = Result<Fresh, WeixinError>>,
{
    let asked = Instant::now();
    let mut slot = slot.lock().await;
    if let Some((token, until)) = &slot.token
        && Some(token) != refused
        && Instant::now() < *until
    {
        return Ok(token.clone());
    }
    if let Some((error, when)) = &slot.failure
        && *when >= asked
    {
        return Err(error.clone());
    }
    match fetch().await {
        Ok(fresh) if fresh.access_token.is_empty() => Err(WeixinError::Malformed("an empty access token".to_owned())),
        Ok(fresh) => {
            let told = Duration::from_secs(u64::try_from(fresh.expires_in).unwrap_or(0)).min(LONGEST);
            let lives = told.saturating_sub(MARGIN);
            slot.token = Some((fresh.access_token.clone(), Instant::now() + lives));
            slot.failure = None;
            Ok(fresh.access_token)
        }
        Err(error) => {
            slot.token = None;
            slot.failure = Some((error.clone(), Instant::now()));
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn key() -> TokenKey {
        TokenKey { kind: "test", account: "a".to_owned(), secret: Secret::from("s") }
    }

    fn refused(errcode: i64) -> WeixinError {
        WeixinError::Refused { errcode, errmsg: String::new() }
    }

    #[tokio::test]
    async fn a_short_lived_token_is_fetched_again() {
        let cache = TokenCache::default();
        let fetched = AtomicUsize::new(0);
        for lives in [150, 7200, 7200] {
            let fetch = || async {
                let n = fetched.fetch_add(1, Ordering::SeqCst);
                Ok(Fresh {
                    access_token: Secret::new(format!("t{n}")),
                    expires_in: lives,
                    refresh_token: Secret::default(),
                })
            };
            cache.with_token(key(), fetch, |_| async { Ok(()) }).await.unwrap();
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn those_who_wait_share_a_failure() {
        let cache = TokenCache::default();
        let fetched = AtomicUsize::new(0);
        let fetch = || async {
            fetched.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err(WeixinError::Unreachable("down".to_owned()))
        };
        let call = |_| async { Ok(()) };
        let both = tokio::join!(cache.with_token(key(), fetch, call), cache.with_token(key(), fetch, call));
        assert!(both.0.is_err() && both.1.is_err());
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
        cache.with_token(key(), fetch, call).await.unwrap_err();
        assert_eq!(fetched.load(Ordering::SeqCst), 2, "who comes later tries again");
    }

    #[tokio::test]
    async fn one_retry_on_a_refused_token_only() {
        let cache = TokenCache::default();
        for (errcode, calls_made) in [(40001, 2), (40014, 2), (42001, 2), (45009, 1)] {
            let calls = AtomicUsize::new(0);
            let fetch = || async {
                Ok(Fresh { access_token: Secret::from("t"), expires_in: 7200, refresh_token: Secret::default() })
            };
            let call = |_| async {
                calls.fetch_add(1, Ordering::SeqCst);
                Err::<(), _>(refused(errcode))
            };
            assert_eq!(cache.with_token(key(), fetch, call).await, Err(refused(errcode)));
            assert_eq!(calls.load(Ordering::SeqCst), calls_made);
        }
    }
}
