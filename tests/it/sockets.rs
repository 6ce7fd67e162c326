//! The WebSockets: who is shown what, who is let in, and how they end.

mod delivery;
mod ending;
mod gate;

use serde_json::{Value, json};

use crate::support::{Actor, Family, Server, Ws};

const PHONE: &str = "/zhugeleida/public/websocket/xiaochengxu";
const DESK: &str = "/zhugeleida/qiyeweixin/websocket/leida_chat";
const COUNTS: &str = "/zhugeleida/qiyeweixin/websocket/leida_query_info_num";
const CONTACTS: &str = "/zhugeleida/qiyeweixin/websocket/leida_query_contact_list";
const RADAR: &str = "/zhugeleida/qiyeweixin/websocket/leida_action";

/// The sockets of a salesperson.
const OF_STAFF: [&str; 4] = [DESK, COUNTS, CONTACTS, RADAR];

/// Li Na and a customer of hers who has read everything.
fn a_pair(server: &Server, name: &str) -> (Actor, Actor) {
    let staff = server.staff("lina");
    let customer = server.customer(&staff, name);
    customer.history(&staff);
    (staff, customer)
}

/// A frame of one side of the conversation.
fn frame(own: &Actor, other: &Actor, kind: &str) -> Value {
    let other_name = if own.family == Family::Customer { "u_id" } else { "customer_id" };
    let mut frame = json!({ "type": kind, "user_id": own.user_id });
    frame[other_name] = other.user_id.into();
    frame
}

/// A socket inside the chat page of the two.
#[track_caller]
fn enter(server: &Server, own: &Actor, other: &Actor) -> Ws {
    let path = if own.family == Family::Customer { PHONE } else { DESK };
    let mut socket = Ws::open(server, path, &own.signature());
    socket.send(&frame(own, other, "register"));
    if own.family == Family::Staff {
        assert_eq!(socket.recv()["code"], 199);
    }
    socket
}

/// The texts of all messages in these frames; notices have none.
fn texts(frames: &[Value]) -> Vec<String> {
    let rows = frames.iter().filter_map(|frame| frame["data"]["ret_data"].as_array()).flatten();
    rows.map(|row| row["msg"].as_str().unwrap_or_default().to_owned()).collect()
}
