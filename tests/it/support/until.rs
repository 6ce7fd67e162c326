//! Waiting for what comes by itself, but not longer than it needs.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Asks again and again until there is an answer, at most this long.
#[track_caller]
pub fn within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < patience, "not within {patience:?}: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// What another process changed must be followed within two seconds; one more for a busy machine.
#[track_caller]
pub fn soon<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(Duration::from_secs(3), what, look)
}
