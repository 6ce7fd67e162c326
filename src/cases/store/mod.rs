//! SQL of cases and diaries, a file a subject. The counters follow their rows by triggers.

pub mod cases;
pub mod comments;
pub mod diaries;
pub mod tags;
