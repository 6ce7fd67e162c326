//! What is pushed to connected people, and to whom.

use std::sync::Arc;

use crate::{
    chat::Message,
    ids::{CompanyId, CustomerId, StaffId},
    radar::Entry,
    realtime,
};

/// Somebody who may be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Person {
    Staff(StaffId),
    Customer(CustomerId),
    /// The back office of a company: all of its administrators who look on.
    Office(CompanyId),
}

/// Something that just became durable.
#[derive(Debug, Clone)]
pub enum Event {
    /// A message of a conversation of this person, own ones included.
    Message(Arc<Message>),
    /// The unread counts of this person changed without a new message.
    Unread,
    /// The customer has read what the staff member wrote; told to the staff member.
    ReadByCustomer(CustomerId),
    /// A customer did something; told to the staff member and to the back office.
    Radar(Arc<Entry>),
}

pub type Hub = realtime::Hub<Person, Event>;
pub type Subscription = realtime::Subscription<Person, Event>;
