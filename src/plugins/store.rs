//! SQL of plugins, a file each.

pub mod activities;
pub mod cards;
pub mod goods;
