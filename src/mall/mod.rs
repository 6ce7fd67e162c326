//! The small mall: its settings.

mod api;
pub mod store;

pub use api::api;
