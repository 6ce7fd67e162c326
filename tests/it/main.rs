//! Everything that needs no browser, against the real server: it is started as a user starts it, on a free port with a
//! temporary data directory, and spoken to over HTTP and WebSocket. WeChat is the built-in sandbox.
//!
//! - `support`: servers, actors, sockets.
//! - `articles`: from the back office through readers' hands to the ranking.
//! - `audit`: what is done in the back office is noted, with who, when and from where.
//! - `contract`: every documented endpoint, driven by `tests/contract`.
//! - `wire`: what holds for all requests alike: paths, bodies, signatures, limits, starting and stopping.
//! - `stopping`: what was begun is finished and kept.
//! - `customers`: tags, follow-ups, notes, the score, deleting.
//! - `story`: the main job, from an empty machine to a chat.
//! - `cases`: a case from the back office to the radar.
//! - `durability`: what was answered survives a `kill -9`.
//! - `sockets`: who is shown what over WebSockets, and who is shut out.
//! - `scoping`: nobody sees or touches another company's.
//! - `staff_management`: roles 1 and 2 manage from the staff's side; one's own card; feedback.
//! - `scripts`: scripts are grouped, found, sent and counted.
//! - `settings`: what is changed beside a running server.
//! - `official`: the official account: its readers come in, write, and are written to.
//! - `weixin`: WeChat's good and bad days.
//! - `expiry`: a company expires while its people are connected.
//! - `front_end`: the files of the back office, as a browser gets them.
//! - `uploads`: pictures and videos in slices, and how they are served.
//! - `website`: edited in the back office, seen by customers.
//! - `mall`: the small mall, from the back office to the radar.
//! - `payments`: orders of the mall, paid, lost, doubled, forged and refunded.
//! - `posters`: the pictures of cards, drawn and kept.
//! - `office`: the radar, the conversations and the settings as the back office sees them.
//! - `newcomers`: from an invitation to a working salesperson, and out.
//! - `readme`: the story of the README works as pasted.
//! - `platform`: accounts are authorised to the third-party platforms, code is released.
//! - `permissions`: who may call which operation of the back office.
//! - `openapi`: the committed document is the one the program prints.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why")]
#![allow(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "plain to read, and tests need not be quick here"
)]

mod support;

mod articles;
mod audit;
mod cases;
mod checks;
mod contract;
mod customers;
mod durability;
mod expiry;
mod front_end;
mod handover;
mod mall;
mod newcomers;
mod office;
mod official;
mod openapi;
mod payments;
mod permissions;
mod platform;
mod posters;
mod readme;
mod scoping;
mod scripts;
mod settings;
mod sockets;
mod staff_management;
mod stopping;
mod story;
mod uploads;
mod website;
mod weixin;
mod wire;
