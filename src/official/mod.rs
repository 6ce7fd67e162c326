//! The official account (公众号) towards its readers: logging in from a link, the signature for WeChat's own functions in
//! our pages, and what people write to the account.
//!
//! Wire names: `relate` is what a link says about who shares (`articles::Share`), `state` how WeChat asked the reader:
//! silently or for the profile.

mod api;
mod inbox;
mod login;
mod media;
mod sign;
mod store;

pub use api::api;
pub use media::fetch as fetch_media;
