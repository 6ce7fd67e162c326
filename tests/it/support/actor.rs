//! The people who call the server, signing as the documents say.

use std::time::{SystemTime, UNIX_EPOCH};

use md5::{Digest, Md5};

use super::{
    api::{Api, Reply},
    form::Form,
};

/// Whose `user_id` a signature carries. The same number is another person in each family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Admin,
    Staff,
    Customer,
    Anonymous,
}

/// Somebody with a server to talk to.
#[derive(Debug, Clone)]
pub struct Actor {
    pub api: Api,
    pub family: Family,
    pub user_id: i64,
    pub token: String,
}

/// Query parameters, to be signed or not.
pub type Query = Vec<(String, String)>;

impl Actor {
    pub fn new(api: &Api, family: Family, user_id: i64, token: &str) -> Self {
        Self { api: api.clone(), family, user_id, token: token.to_owned() }
    }

    pub fn anonymous(api: &Api) -> Self {
        Self::new(api, Family::Anonymous, 0, "")
    }

    /// `user_id`, `timestamp` and `rand_str` of this moment; nothing for the anonymous.
    pub fn signature(&self) -> Query {
        if self.family == Family::Anonymous { Vec::new() } else { self.signature_at(now_ms()) }
    }

    pub fn signature_at(&self, millis: i64) -> Query {
        let timestamp = millis.to_string();
        let rand_str = md5_hex(&format!("{timestamp}{}", self.token));
        pairs(&[("user_id", &self.user_id.to_string()), ("timestamp", &timestamp), ("rand_str", &rand_str)])
    }

    /// As some documents print it: `rand_str` without a timestamp.
    pub fn signature_without_timestamp(&self) -> Query {
        pairs(&[("user_id", &self.user_id.to_string()), ("rand_str", &md5_hex(&self.token))])
    }

    pub fn get(&self, path: &str, query: &[(&str, &str)]) -> Reply {
        self.api.get(path, &self.signed(query))
    }

    pub fn post(&self, path: &str, form: &Form) -> Reply {
        self.api.post(path, &self.signature(), form)
    }

    /// The query with the signature behind it.
    pub fn signed(&self, query: &[(&str, &str)]) -> Query {
        let mut all = pairs(query);
        all.extend(self.signature());
        all
    }
}

pub fn pairs(pairs: &[(&str, &str)]) -> Query {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub fn md5_hex(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since.as_millis()).expect("a clock before the year 292 million")
}
