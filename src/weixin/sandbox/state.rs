//! What the sandbox remembers, and the pieces of text it makes up.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::Call;
use super::accounts::{AUTHORISED, CORPS, Corp};
use super::faults::Faults;
use super::official::Official;
use super::pay::Trades;
use super::release::MiniCode;
use super::tokens::Tokens;

/// Calls and messages that are kept for reading; older ones are forgotten.
const KEPT: usize = 5000;

pub(super) struct State {
    pub corps: Vec<CorpState>,
    pub tokens: Tokens,
    pub faults: Faults,
    /// (app id or corp id, code) of every code that was exchanged.
    pub used_codes: HashSet<(String, String)>,
    /// `user_ticket` → company and userid.
    pub user_tickets: HashMap<String, (usize, String)>,
    /// (app id, openid) → the last session key.
    pub session_keys: HashMap<(String, String), String>,
    /// App id of an authorised account → its refresh token that is good now.
    pub refresh_tokens: HashMap<&'static str, String>,
    /// Code of an authorisation → app id of the account; gone once exchanged.
    pub auth_codes: HashMap<String, &'static str>,
    /// App id of a mini-program → its code.
    pub codes: HashMap<&'static str, MiniCode>,
    /// App id of an official account → the message templates it took.
    pub message_templates: HashMap<&'static str, Vec<String>>,
    /// The next `api_authorizer_token` replaces the refresh token.
    pub rotate_refresh_token: bool,
    /// Orders of WeChat Pay.
    pub trades: Trades,
    /// What refunds are said to be; empty: `SUCCESS`.
    pub refund_status: String,
    pub official: Official,
    pub messages: VecDeque<Value>,
    pub log: VecDeque<Value>,
}

/// A company's contacts as they are now.
pub(super) struct CorpState {
    pub account: &'static Corp,
    pub departments: BTreeMap<i64, Department>,
    pub members: BTreeMap<String, Member>,
}

#[derive(Clone)]
pub(super) struct Department {
    pub name: String,
    pub parent: i64,
    pub order: i64,
}

#[derive(Clone, Default)]
pub(super) struct Member {
    pub name: String,
    pub department: Vec<i64>,
    pub position: String,
    pub mobile: String,
    pub gender: i64,
    pub email: String,
}

impl Default for State {
    fn default() -> Self {
        Self {
            corps: CORPS.into_iter().map(CorpState::new).collect(),
            tokens: Tokens::default(),
            faults: Faults::default(),
            used_codes: HashSet::new(),
            user_tickets: HashMap::new(),
            session_keys: HashMap::new(),
            refresh_tokens: AUTHORISED.map(|account| (account.app_id, account.refresh_token.to_owned())).into(),
            auth_codes: HashMap::new(),
            codes: super::release::of_the_demo(),
            message_templates: HashMap::new(),
            rotate_refresh_token: false,
            trades: Trades::new(),
            refund_status: String::new(),
            official: Official::default(),
            messages: VecDeque::new(),
            log: VecDeque::new(),
        }
    }
}

impl State {
    /// Writes a received call into the log.
    pub fn note(&mut self, call: &Call) {
        let entry = json!({
            "method": call.method.as_str(), "server": call.server, "path": call.path,
            "query": call.query, "body": call.shown(), "at": now_ms(),
        });
        push(&mut self.log, entry);
    }

    /// Keeps a delivered message.
    pub fn deliver(&mut self, message: Value) {
        push(&mut self.messages, message);
    }

    /// Uses a code up; false when it was used before.
    pub fn use_code(&mut self, account: &str, code: &str) -> bool {
        self.used_codes.insert((account.to_owned(), code.to_owned()))
    }
}

impl CorpState {
    fn new(account: &'static Corp) -> Self {
        let departments = account.departments.iter().map(|department| {
            let row = Department {
                name: department.name.to_owned(),
                parent: department.parent_id,
                order: 1000 - department.id,
            };
            (department.id, row)
        });
        let members = account.members.iter().map(|member| {
            let row = Member {
                name: member.name.to_owned(),
                department: member.department.to_vec(),
                position: member.position.to_owned(),
                mobile: member.mobile.to_owned(),
                gender: member.gender,
                email: member.email.to_owned(),
            };
            (member.userid.to_owned(), row)
        });
        Self { account, departments: departments.collect(), members: members.collect() }
    }
}

fn push(list: &mut VecDeque<Value>, entry: Value) {
    if list.len() == KEPT {
        list.pop_front();
    }
    list.push_back(entry);
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A text that nobody has seen before and nobody can guess.
pub(super) fn random_text(kind: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut noise = [0; 32];
    // Without the system's noise the count still makes it unique: enough for a sandbox.
    let _ = getrandom::fill(&mut noise);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("sandbox_{kind}_{count}_{}", URL_SAFE_NO_PAD.encode(noise))
}

/// The person's id in an app: `o` and 27 characters, always the same.
pub(super) fn openid(app_id: &str, person: &str) -> String {
    format!("o{}", letters("openid", app_id, person))
}

/// The person's id over all apps of the platform: `u` and 27 characters, always the same.
pub(super) fn unionid(person: &str) -> String {
    format!("u{}", letters("unionid", "", person))
}

/// 16 bytes in Base64, always the same for a person and a code.
pub(super) fn session_key(openid: &str, code: &str) -> String {
    STANDARD.encode(hash("session_key", openid, code))
}

fn letters(kind: &str, a: &str, b: &str) -> String {
    let long = [hash(kind, a, b), hash(kind, b, a)].concat();
    let mut text = URL_SAFE_NO_PAD.encode(long);
    text.truncate(27);
    text
}

fn hash(kind: &str, a: &str, b: &str) -> [u8; 16] {
    Md5::digest(format!("{kind}\n{a}\n{b}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_texts_have_wechats_shapes() {
        let id = openid("wx1", "xiaoming");
        assert_eq!((id.len(), id.as_bytes()[0]), (28, b'o'));
        assert_eq!(id, openid("wx1", "xiaoming"));
        assert_ne!(id, openid("wx2", "xiaoming"));
        assert_ne!(id, openid("wx1", "xiaohong"));
        assert_eq!(STANDARD.decode(session_key(&id, "xiaoming.1")).unwrap().len(), 16);
        assert_ne!(session_key(&id, "xiaoming.1"), session_key(&id, "xiaoming.2"));
        assert_ne!(random_text("token"), random_text("token"));
    }
}
