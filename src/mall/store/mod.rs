//! SQL of the mall.

pub mod classes;
pub mod goods;
pub mod settings;

pub use settings::{exists, put};
