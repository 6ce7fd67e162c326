//! Everything that needs no browser, against the real server: it is started as a user starts it, on a free port with a
//! temporary data directory, and spoken to over HTTP and WebSocket. WeChat is the built-in sandbox.
//!
//! - `support`: servers, actors, sockets.
//! - `contract`: every documented endpoint, driven by `tests/contract`.
//! - `wire`: what holds for all requests alike: paths, bodies, signatures, limits, starting and stopping.
//! - `stopping`: what was begun is finished and kept.
//! - `story`: the main job, from an empty machine to a chat.
//! - `openapi`: the committed document is the one the program prints.

mod support;

mod contract;
mod openapi;
mod stopping;
mod story;
mod wire;
