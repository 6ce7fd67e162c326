//! Everything between the wire and a feature's endpoint functions: the door, bodies and parameters, the envelope, the
//! signature, the OpenAPI document and embedded files. Knows no feature.

mod accept;
mod assets;
mod body;
mod coerce;
mod date;
mod docs;
mod door;
mod envelope;
mod navigation;
mod page;
mod reply;
mod sheet;
pub mod signature;
mod socket;
mod statics;
mod tags;
mod xml;

pub use accept::{Doorway, Limits, bind};
pub use assets::Assets;
pub use body::{Body, BodyOnly, File, Params, Upload, query_pairs};
pub use date::Date;
pub use docs::{Docs, document};
pub use door::{Caller as RemoteCaller, Served, caller as remote_caller, door};
pub use envelope::{Answer, Empty, NewId, Page};
pub use navigation::{JsonOrPage, error_page, navigates};
pub use page::Paging;
pub use reply::{error_response, render};
pub use sheet::{Cell, Column, Download, Sheet};
pub use socket::{Reply, Socket, Upgrade};
pub use statics::Statics;
pub use tags::Tag;
pub use xml::{XmlAnswer, XmlBody};
