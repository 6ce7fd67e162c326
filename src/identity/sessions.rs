//! Who may sign with which token, kept in memory between requests.
//!
//! A commit by anybody, also by another process, empties the copy within a second; changes of this process to accounts
//! empty it at once ([`Sessions::clear`] after the commit).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::store;
use crate::{
    db::Db,
    error::Result,
    ids::{AdminId, CompanyId, CustomerId, RoleId, StaffId},
    time::{Day, Millis},
};

/// Which table a signature's `user_id` is looked up in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    Admin,
    Staff,
    Customer,
}

#[derive(Debug, Clone)]
pub enum Who {
    /// `rights` are the `url_path`s of the rules that the role has.
    Admin {
        id: AdminId,
        role: RoleId,
        rights: Vec<String>,
    },
    Staff {
        id: StaffId,
        role: RoleId,
    },
    Customer {
        id: CustomerId,
    },
}

/// An account as far as signing goes.
#[derive(Debug, Clone)]
pub struct Session {
    pub who: Who,
    pub company: CompanyId,
    pub enabled: bool,
    pub token: String,
    /// Tokens that end by themselves.
    pub grants: Vec<(String, Millis)>,
    /// First day on which the company is expired.
    pub expiry: Option<Day>,
}

impl Session {
    /// The tokens that sign for this account at this moment.
    pub fn tokens(&self, now: Millis) -> impl Iterator<Item = &str> {
        let grants = self.grants.iter().filter(move |(_, until)| *until > now).map(|(token, _)| token.as_str());
        std::iter::once(self.token.as_str()).chain(grants)
    }

    /// Customers go on reading and chatting after the company's expiry; super-administrators have to renew it.
    pub fn is_expired(&self, today: Day) -> bool {
        let concerned = match &self.who {
            Who::Admin { role, .. } => *role != RoleId::SUPER,
            Who::Staff { .. } => true,
            Who::Customer { .. } => false,
        };
        concerned && self.expiry.is_some_and(|expiry| today >= expiry)
    }
}

/// Sessions kept at most; beyond that the copy starts anew.
const MOST: usize = 50_000;

#[derive(Default)]
struct Kept {
    sessions: HashMap<(Family, i64), Arc<Session>>,
    /// Counts the clearings, so that a look-up begun before one is not kept after it.
    age: u64,
}

#[derive(Default)]
pub struct Sessions(Mutex<Kept>);

impl Sessions {
    pub async fn find(&self, db: &Db, family: Family, id: i64) -> Result<Option<Arc<Session>>> {
        let age = {
            let kept = self.lock();
            if let Some(session) = kept.sessions.get(&(family, id)) {
                return Ok(Some(Arc::clone(session)));
            }
            kept.age
        };
        let Some(found) = db.read(move |conn| store::session(conn, family, id)).await? else { return Ok(None) };
        let found = Arc::new(found);
        let mut kept = self.lock();
        if kept.age == age {
            if kept.sessions.len() >= MOST {
                kept.sessions.clear();
            }
            kept.sessions.insert((family, id), Arc::clone(&found));
        }
        Ok(Some(found))
    }

    /// Forgets everything; to be called after a commit that changed an account, a role or a company.
    pub fn clear(&self) {
        let mut kept = self.lock();
        kept.sessions.clear();
        kept.age += 1;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
