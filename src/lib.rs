//! Leida (雷达): a self-hosted WeChat sales radar, one executable and one SQLite file.
//!
//! Start at [`cli`] (commands), [`app`] (what a handler may use, all routes), then any feature's folder: `mod.rs` holds
//! its types and rules, `store.rs` its SQL, `api.rs` or `api/` its endpoints. A request passes `web` → `api` → rules →
//! `store` → `db`, once each.

pub mod app;
pub mod clean;
pub mod cli;
pub mod config;
pub mod db;
pub mod error;
pub mod events;
pub mod ids;
pub mod realtime;
pub mod settings;
pub mod time;
pub mod vault;
pub mod web;
pub mod weixin;

pub mod articles;
pub mod cards;
pub mod cases;
pub mod chat;
pub mod checks;
pub mod customers;
pub mod demo;
pub mod identity;
pub mod mall;
pub mod office;
pub mod official;
pub mod ops;
pub mod orders;
pub mod outbox;
pub mod platform;
pub mod plugins;
pub mod products;
pub mod radar;
pub mod scripts;
pub mod stats;
pub mod uploads;
pub mod website;

#[cfg(test)]
mod query_plans;
