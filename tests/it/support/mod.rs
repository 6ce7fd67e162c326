//! What the tests tell their stories with: a [`Server`], the [`Actor`]s that talk to it, and their [`Ws`] sockets.

mod actor;
mod api;
mod audited;
mod data;
mod form;
mod people;
pub mod raw;
pub mod sandbox;
mod server;
mod socket;
mod until;

pub use actor::{Actor, Family, Query, now_ms};
pub use api::{Api, Reply};
pub use audited::audited_action;
pub use data::{database, select};
pub use form::{Encoding, Form, text};
pub use server::{Builder, Server, free_address};
pub use socket::Ws;
pub use until::{soon, within};
