//! SQL of the third-party platforms.

pub mod accounts;
pub mod releases;
