//! Products.

mod api;

pub use api::api;
