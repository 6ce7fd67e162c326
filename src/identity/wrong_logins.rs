//! Brakes on guessing passwords: wrong logins are counted by account and by address, right ones are not.
//!
//! An attempt counts from its beginning, before the password is looked at, and is taken back when it was right: many
//! guesses sent at once find the brake already on. The rate-limit libraries cannot take back, hence these few lines.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::error::{Error, Result};

const WINDOW: Duration = Duration::from_mins(1);
const PER_ACCOUNT: usize = 5;
const PER_ADDRESS: usize = 20;
/// Keys remembered at most; whoever is idle is forgotten first.
const KEYS: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

/// What one caller can choose from freely counts as one address: an IPv6 network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::from((u128::from(v6) >> 64 << 64).to_be_bytes()),
    }
}

impl Key {
    fn limit(&self) -> usize {
        match self {
            Self::Account(_) => PER_ACCOUNT,
            Self::Address(_) => PER_ADDRESS,
        }
    }
}

type Failures = HashMap<Key, VecDeque<Instant>>;

#[derive(Default)]
pub struct WrongLogins(Mutex<Failures>);

/// A login that is being tried: it stays counted as wrong unless it is forgiven.
#[must_use = "a right login is to be forgiven"]
pub struct Attempt<'a> {
    all: &'a WrongLogins,
    keys: [Key; 2],
    at: Instant,
}

impl WrongLogins {
    /// Counts an attempt; 429, uncounted, when this account or this address has failed too often within the last minute.
    pub fn attempt(&self, account: &str, address: IpAddr) -> Result<Attempt<'_>> {
        let at = Instant::now();
        let keys = [Key::Account(account.to_owned()), Key::Address(network(address))];
        let mut failures = self.lock();
        if failures.len() >= KEYS {
            failures.retain(|_, times| times.back().is_some_and(|last| at.duration_since(*last) < WINDOW));
        }
        for key in &keys {
            if let Some(times) = failures.get_mut(key) {
                times.retain(|past| at.duration_since(*past) < WINDOW);
                if times.len() >= key.limit() {
                    return Err(Error::TooOften);
                }
            }
        }
        for key in &keys {
            failures.entry(key.clone()).or_default().push_back(at);
        }
        Ok(Attempt { all: self, keys, at })
    }

    fn lock(&self) -> MutexGuard<'_, Failures> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// The password was right.
    pub fn forgive(self) {
        let mut failures = self.all.lock();
        for key in &self.keys {
            let Some(times) = failures.get_mut(key) else { continue };
            if let Some(place) = times.iter().position(|past| *past == self.at) {
                times.remove(place);
            }
            if times.is_empty() {
                failures.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn fail(wrong: &WrongLogins, account: &str) {
        drop(wrong.attempt(account, HERE).unwrap());
    }

    #[test]
    fn five_wrong_logins_close_the_account_but_not_the_others() {
        let wrong = WrongLogins::default();
        for _ in 0..PER_ACCOUNT {
            fail(&wrong, "admin");
        }
        assert!(wrong.attempt("admin", HERE).is_err());
        for number in PER_ACCOUNT..PER_ADDRESS {
            fail(&wrong, &format!("user{number}"));
        }
        assert!(wrong.attempt("other", HERE).is_err());
        assert!(wrong.attempt("other", THERE).is_ok());
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(network(HERE), network(THERE));
    }

    #[test]
    fn right_logins_leave_no_trace() {
        let wrong = WrongLogins::default();
        for _ in 0..3 * PER_ADDRESS {
            wrong.attempt("admin", HERE).unwrap().forgive();
        }
        assert!(wrong.lock().is_empty());
    }

    #[test]
    fn attempts_count_while_they_are_being_verified() {
        let wrong = WrongLogins::default();
        let mut running: Vec<_> = (0..PER_ACCOUNT).map(|_| wrong.attempt("admin", HERE).unwrap()).collect();
        assert!(wrong.attempt("admin", HERE).is_err());
        running.pop().unwrap().forgive();
        assert!(wrong.attempt("admin", HERE).is_ok());
    }
}
