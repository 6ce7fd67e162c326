//! `leida_action`.

use poem::endpoint::BoxEndpoint;

pub fn sockets() -> Vec<(&'static str, BoxEndpoint<'static>)> {
    Vec::new()
}
