//! The small mall (商城): its settings, classes of goods and goods, and what customers do in it.
//!
//! Wire names: `classificationName` is a class's name, `parentClassification` the class above it or of a good;
//! `topLunBoTu` are the pictures at the top, `detailePicture` and `DetailsDescription` what stands below.

mod api;
mod classes;
mod goods;
mod price;
mod settings;
mod shop;
pub mod store;

pub use api::api;
pub use classes::Class;
pub use goods::{Draft, Filter, Good, add_at, status_text};
pub use price::yuan;
pub use shop::{consult, forward};
