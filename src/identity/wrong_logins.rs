//! Brakes on guessing passwords: wrong logins are counted by account and by address, right ones are not.
//!
//! The rate-limit libraries count every attempt when it is made; here the outcome decides, hence these few lines.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::error::{Error, Result};

const WINDOW: Duration = Duration::from_mins(1);
const PER_ACCOUNT: usize = 5;
const PER_ADDRESS: usize = 20;
/// Keys remembered at most; whoever is idle is forgotten first.
const KEYS: usize = 10_000;

#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

#[derive(Default)]
pub struct WrongLogins(Mutex<HashMap<Key, VecDeque<Instant>>>);

impl WrongLogins {
    /// 429 when this account or this address has tried too often within the last minute.
    pub fn check(&self, account: &str, address: IpAddr) -> Result<()> {
        let now = Instant::now();
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut recent = |key: &Key| match failures.get_mut(key) {
            Some(times) => {
                times.retain(|at| now.duration_since(*at) < WINDOW);
                times.len()
            }
            None => 0,
        };
        let blocked =
            recent(&Key::Account(account.to_owned())) >= PER_ACCOUNT || recent(&Key::Address(address)) >= PER_ADDRESS;
        if blocked { Err(Error::TooOften) } else { Ok(()) }
    }

    /// Notes a wrong login.
    pub fn note(&self, account: &str, address: IpAddr) {
        let now = Instant::now();
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= KEYS {
            failures.retain(|_, times| times.back().is_some_and(|at| now.duration_since(*at) < WINDOW));
        }
        for key in [Key::Account(account.to_owned()), Key::Address(address)] {
            failures.entry(key).or_default().push_back(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_logins_close_the_account_but_not_the_others() {
        let wrong = WrongLogins::default();
        let here = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..PER_ACCOUNT {
            assert!(wrong.check("admin", here).is_ok());
            wrong.note("admin", here);
        }
        assert!(wrong.check("admin", here).is_err());
        assert!(wrong.check("other", here).is_ok());
        for n in 0..PER_ADDRESS {
            wrong.note(&format!("user{n}"), here);
        }
        assert!(wrong.check("other", here).is_err());
        assert!(wrong.check("other", IpAddr::from([192, 0, 2, 2])).is_ok());
    }
}
