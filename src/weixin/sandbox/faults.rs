//! Bad days on demand: refusals, outages and delays for the next calls.

use std::time::Duration;

use serde::Deserialize;

use super::Call;

/// What happens to a call, in this order.
pub(super) enum Fault {
    Delay(Duration),
    Down,
    Refuse(i64, String),
}

/// `{"path", "errcode", "errmsg", "times"}`; `times` is 1 when not given, here and below.
#[derive(Deserialize)]
pub(super) struct Fail {
    path: String,
    errcode: i64,
    #[serde(default)]
    errmsg: String,
    #[serde(default = "once")]
    times: u64,
}

/// `{"path_prefix", "times"}`
#[derive(Deserialize)]
pub(super) struct Down {
    path_prefix: String,
    #[serde(default = "once")]
    times: u64,
}

/// `{"path", "ms", "times"}`
#[derive(Deserialize)]
pub(super) struct Delay {
    path: String,
    ms: u64,
    #[serde(default = "once")]
    times: u64,
}

fn once() -> u64 {
    1
}

#[derive(Default)]
pub(super) struct Faults {
    pub fail: Vec<Fail>,
    pub down: Vec<Down>,
    pub delay: Vec<Delay>,
}

impl Faults {
    /// What this call meets. A fault's count goes down for every call it fits. Paths are given as
    /// WeChat documents them or with `/work` or `/weixin` before.
    pub fn of(&mut self, call: &Call) -> Vec<Fault> {
        let long = format!("/{}{}", call.server, call.path);
        let mut met = Vec::new();
        let is = |path: &str| path == call.path || path == long;
        if let Some(delay) = self.delay.iter_mut().find(|delay| delay.times > 0 && is(&delay.path)) {
            delay.times -= 1;
            met.push(Fault::Delay(Duration::from_millis(delay.ms)));
        }
        let starts = |prefix: &str| call.path.starts_with(prefix) || long.starts_with(prefix);
        if let Some(down) = self.down.iter_mut().find(|down| down.times > 0 && starts(&down.path_prefix)) {
            down.times -= 1;
            met.push(Fault::Down);
            return met;
        }
        if let Some(fail) = self.fail.iter_mut().find(|fail| fail.times > 0 && is(&fail.path)) {
            fail.times -= 1;
            met.push(Fault::Refuse(fail.errcode, fail.errmsg.clone()));
        }
        met
    }
}
