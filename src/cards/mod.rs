//! Business cards of salespeople.

mod api;

pub use api::api;
