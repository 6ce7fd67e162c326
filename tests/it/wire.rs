//! What holds for all requests alike, and for the program as a whole.
//!
//! - `addresses`: paths, methods, the envelope.
//! - `bodies`: the three media types, odd spellings, naming every bad field.
//! - `signatures`: who is let in.
//! - `limits`: what is shut out while others are served.
//! - `program`: starting, refusing to start, stopping.
//! - `pages`: the documentation, which works without the internet.

mod addresses;
mod bodies;
mod limits;
mod pages;
mod program;
mod signatures;
