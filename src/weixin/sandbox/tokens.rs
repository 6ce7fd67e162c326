//! The sandbox's access tokens: 7200 s each, the last two of a secret are good.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::{Refusal, refuse, state};

/// What WeChat tells.
pub(super) const EXPIRES_IN: u64 = 7200;
const KEPT: usize = 2;

/// Which secret a token was fetched with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// The contacts of a company, by its place in the list.
    Contacts(usize),
    /// The radar application of a company.
    Radar(usize),
    /// A mini-program or an official account, by its own secret or through the platform.
    Account(&'static str),
    /// A third-party platform.
    Platform(&'static str),
}

struct Token {
    owner: Owner,
    issued: Instant,
    expired: bool,
    superseded: bool,
}

#[derive(Default)]
pub(super) struct Tokens {
    all: HashMap<String, Token>,
    recent: HashMap<Owner, VecDeque<String>>,
}

impl Tokens {
    /// A new token; the one before the last is superseded by it.
    pub fn issue(&mut self, owner: Owner) -> String {
        let text = state::random_text("token");
        let recent = self.recent.entry(owner.clone()).or_default();
        recent.push_back(text.clone());
        if recent.len() > KEPT
            && let Some(old) = recent.pop_front()
            && let Some(old) = self.all.get_mut(&old)
        {
            old.superseded = true;
        }
        self.all.insert(text.clone(), Token { owner, issued: Instant::now(), expired: false, superseded: false });
        text
    }

    /// Whose token it is.
    pub fn check(&self, text: &str) -> Result<Owner, Refusal> {
        if text.is_empty() {
            return refuse(41001, "access_token missing");
        }
        match self.all.get(text) {
            None => refuse(40014, "invalid access_token"),
            Some(token) if token.superseded => {
                refuse(40001, "invalid credential, access_token is invalid or not latest")
            }
            Some(token) if token.expired || token.issued.elapsed() > Duration::from_secs(EXPIRES_IN) => {
                refuse(42001, "access_token expired")
            }
            Some(token) => Ok(token.owner.clone()),
        }
    }

    /// Ends all tokens that were issued until now.
    pub fn expire(&mut self) {
        for token in self.all.values_mut() {
            token.expired = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(tokens: &Tokens, text: &str) -> i64 {
        tokens.check(text).map_or_else(|Refusal(errcode, _)| errcode, |_| 0)
    }

    #[test]
    fn the_last_two_are_good() {
        let mut tokens = Tokens::default();
        let issued: Vec<String> = (0..3).map(|_| tokens.issue(Owner::Radar(0))).collect();
        let other = tokens.issue(Owner::Radar(1));
        assert_eq!(issued.iter().map(|text| code(&tokens, text)).collect::<Vec<_>>(), [40001, 0, 0]);
        tokens.expire();
        assert_eq!((code(&tokens, &other), code(&tokens, "x"), code(&tokens, "")), (42001, 40014, 41001));
    }
}
