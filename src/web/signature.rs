//! The signature of a request: `rand_str = md5(timestamp + token)`, with `user_id` and `timestamp` beside it.
//!
//! This module reads and checks it; whose token it is, the caller's family decides (`identity::caller`).

use md5::{Digest, Md5};
use poem::Request;
use subtle::ConstantTimeEq;

use super::body::query_pairs;
use crate::{
    error::{Error, Result},
    settings::Tolerance,
    time::{HOUR, MINUTE, Millis},
};

/// What a caller signed with. Nothing is checked yet but its shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub user_id: i64,
    timestamp: Option<String>,
    rand_str: String,
}

impl Signature {
    /// From the three parameters as sent. Anything missing or misshapen is simply a bad signature.
    pub fn new(user_id: Option<&str>, timestamp: Option<&str>, rand_str: Option<&str>) -> Result<Self> {
        fn given(text: Option<&str>) -> Option<&str> {
            text.map(str::trim).filter(|text| !text.is_empty() && *text != "undefined")
        }
        let user_id = given(user_id).and_then(|id| id.parse().ok()).ok_or(Error::Forged)?;
        let rand_str = given(rand_str).ok_or(Error::Forged)?.to_owned();
        Ok(Self { user_id, timestamp: given(timestamp).map(ToOwned::to_owned), rand_str })
    }

    /// From a request's query. Of a parameter given twice the last counts.
    pub fn of(request: &Request) -> Result<Self> {
        let pairs = query_pairs(request);
        let last = |name: &str| pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        Self::new(last("user_id"), last("timestamp"), last("rand_str"))
    }

    /// Whether this was made with `token`, recently enough. `unstamped` is for the endpoints that a document signs
    /// without a timestamp.
    pub fn check(&self, token: &str, now: Millis, tolerance: Tolerance, unstamped: bool) -> Result<()> {
        match &self.timestamp {
            Some(stamp) => {
                let at: i64 = stamp.parse().map_err(|_| Error::Forged)?;
                let oldest = now.plus(-tolerance.max_age_hours.saturating_mul(HOUR));
                let newest = now.plus(tolerance.future_minutes.saturating_mul(MINUTE));
                if at < oldest.0 || at > newest.0 {
                    return Err(Error::Forged);
                }
            }
            None if unstamped && tolerance.allow_unstamped => {}
            None => return Err(Error::Forged),
        }
        if self.is_of(token) { Ok(()) } else { Err(Error::Forged) }
    }

    /// Whether this was made with `token`, at whatever time.
    pub fn is_of(&self, token: &str) -> bool {
        let expected = sign(self.timestamp.as_deref().unwrap_or_default(), token);
        let equal = expected.as_bytes().ct_eq(self.rand_str.as_bytes());
        !token.is_empty() && bool::from(equal)
    }
}

/// `md5(timestamp + token)` in lower-case hex.
pub fn sign(timestamp: &str, token: &str) -> String {
    hex(&Md5::new_with_prefix(timestamp).chain_update(token).finalize())
}

/// A new token: 128 random bits in hex.
pub fn new_token() -> Result<String> {
    let mut bits = [0_u8; 16];
    getrandom::fill(&mut bits).map_err(|error| Error::internal(error.to_string()))?;
    Ok(hex(&bits))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use std::fmt::Write;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_528_871_213_546);

    fn signed(at: &str, token: &str) -> Signature {
        Signature::new(Some("1"), Some(at), Some(&sign(at, token))).unwrap()
    }

    fn holds(signature: &Signature, unstamped: bool) -> bool {
        signature.check("secret", NOW, Tolerance::default(), unstamped).is_ok()
    }

    #[test]
    fn is_the_md5_of_timestamp_and_token() {
        // echo -n 1528871213546abc | md5sum
        assert_eq!(sign("1528871213546", "abc"), "2ab967262b2edba94cadf850be1ec008");
    }

    #[test]
    fn holds_for_a_day_and_five_minutes_ahead() {
        let at = |millis: i64| (NOW.0 + millis).to_string();
        assert!(holds(&signed(&at(0), "secret"), false));
        assert!(holds(&signed(&at(-24 * HOUR), "secret"), false));
        assert!(!holds(&signed(&at(-24 * HOUR - 1), "secret"), false));
        assert!(holds(&signed(&at(5 * MINUTE), "secret"), false));
        assert!(!holds(&signed(&at(5 * MINUTE + 1), "secret"), false));
    }

    #[test]
    fn another_token_or_an_empty_one_does_not_sign() {
        let at = NOW.0.to_string();
        assert!(!holds(&signed(&at, "guess"), false));
        let empty = signed(&at, "");
        assert!(empty.check("", NOW, Tolerance::default(), false).is_err());
    }

    #[test]
    fn without_a_timestamp_only_where_documented_and_allowed() {
        let unstamped = Signature::new(Some("1"), None, Some(&sign("", "secret"))).unwrap();
        assert!(holds(&unstamped, true));
        assert!(!holds(&unstamped, false));
        let strict = Tolerance { allow_unstamped: false, ..Tolerance::default() };
        assert!(unstamped.check("secret", NOW, strict, true).is_err());
    }

    #[test]
    fn misshapen_parameters_are_bad_signatures() {
        assert!(Signature::new(None, Some("1"), Some("x")).is_err());
        assert!(Signature::new(Some("one"), Some("1"), Some("x")).is_err());
        assert!(Signature::new(Some("1"), Some("1"), Some("")).is_err());
        let odd = Signature::new(Some("1"), Some("soon"), Some("x")).unwrap();
        assert!(!holds(&odd, true));
    }
}
