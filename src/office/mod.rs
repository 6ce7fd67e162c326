//! The installation as the back office sees it: its settings, and what runs here.

mod about;
mod api;
mod settings;
mod store;

pub use about::Disk;
pub use api::api;
