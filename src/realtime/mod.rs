//! Who is connected, and pushing to one person. Knows no feature: `P` is a person, `E` what may be pushed.
//!
//! Events are published after their commit, on the writer's thread, so every socket sees them in the order of the
//! commits. Publishing never waits: a socket whose queue is full is dropped and catches up when it comes back.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::mpsc;

/// Events that may wait for one socket.
const QUEUE: usize = 256;

struct Inner<P, E> {
    connected: Mutex<HashMap<P, Vec<(u64, mpsc::Sender<E>)>>>,
    next_id: AtomicU64,
    sockets: AtomicUsize,
}

/// The list of connected people; cheap to clone.
pub struct Hub<P, E>(Arc<Inner<P, E>>);

impl<P, E> Clone for Hub<P, E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Eq + Hash + Copy, E: Clone> Default for Hub<P, E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Eq + Hash + Copy, E: Clone> Hub<P, E> {
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            connected: Mutex::new(HashMap::new()),
            next_id: AtomicU64::new(0),
            sockets: AtomicUsize::new(0),
        }))
    }

    /// Everything published to `person` from now on. One person may be subscribed to several times.
    pub fn subscribe(&self, person: P) -> Subscription<P, E> {
        let (sender, events) = mpsc::channel(QUEUE);
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        self.lock().entry(person).or_default().push((id, sender));
        self.0.sockets.fetch_add(1, Ordering::Relaxed);
        Subscription { hub: self.clone(), person, id, events }
    }

    /// Hands `event` to every socket of `person`.
    pub fn publish(&self, person: P, event: &E) {
        let mut connected = self.lock();
        let Some(sockets) = connected.get_mut(&person) else { return };
        sockets.retain(|(_, socket)| socket.try_send(event.clone()).is_ok());
        if sockets.is_empty() {
            connected.remove(&person);
        }
    }

    #[cfg(test)]
    fn is_connected(&self, person: P) -> bool {
        self.lock().contains_key(&person)
    }

    /// Ends every socket of `person`, for instance when the account is disabled.
    pub fn disconnect(&self, person: P) {
        self.lock().remove(&person);
    }

    /// Everybody who has a socket.
    pub fn people(&self) -> Vec<P> {
        self.lock().keys().copied().collect()
    }

    /// How many sockets are subscribed.
    pub fn sockets(&self) -> usize {
        self.0.sockets.load(Ordering::Relaxed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<P, Vec<(u64, mpsc::Sender<E>)>>> {
        self.0.connected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One socket's events. Dropping it unsubscribes.
pub struct Subscription<P: Eq + Hash + Copy, E: Clone> {
    hub: Hub<P, E>,
    person: P,
    id: u64,
    events: mpsc::Receiver<E>,
}

impl<P: Eq + Hash + Copy, E: Clone> Subscription<P, E> {
    /// The next event; `None` when the socket was too slow, or the person was disconnected.
    pub async fn next(&mut self) -> Option<E> {
        self.events.recv().await
    }
}

impl<P: Eq + Hash + Copy, E: Clone> Drop for Subscription<P, E> {
    fn drop(&mut self) {
        self.hub.0.sockets.fetch_sub(1, Ordering::Relaxed);
        let mut connected = self.hub.lock();
        if let Some(sockets) = connected.get_mut(&self.person) {
            sockets.retain(|(id, _)| *id != self.id);
            if sockets.is_empty() {
                connected.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_socket_of_a_person_gets_each_event_once_and_in_order() {
        let hub: Hub<i64, i64> = Hub::new();
        let mut first = hub.subscribe(1);
        let mut second = hub.subscribe(1);
        let mut other = hub.subscribe(2);
        for event in 0..10 {
            hub.publish(1, &event);
        }
        hub.publish(2, &99);
        for event in 0..10 {
            assert_eq!(first.next().await, Some(event));
            assert_eq!(second.next().await, Some(event));
        }
        assert_eq!(other.next().await, Some(99));
    }

    #[tokio::test]
    async fn a_slow_socket_is_dropped_and_the_others_go_on() {
        let hub: Hub<i64, usize> = Hub::new();
        let mut slow = hub.subscribe(1);
        for event in 0..QUEUE {
            hub.publish(1, &event);
        }
        let mut quick = hub.subscribe(1);
        hub.publish(1, &QUEUE);
        assert_eq!(quick.next().await, Some(QUEUE));
        for event in 0..QUEUE {
            assert_eq!(slow.next().await, Some(event));
        }
        assert_eq!(slow.next().await, None);
    }

    #[tokio::test]
    async fn who_is_gone_is_forgotten() {
        let hub: Hub<i64, i64> = Hub::new();
        let one = hub.subscribe(1);
        let two = hub.subscribe(1);
        assert_eq!(hub.sockets(), 2);
        drop(one);
        assert!(hub.is_connected(1));
        drop(two);
        assert!(!hub.is_connected(1));
        let mut three = hub.subscribe(1);
        hub.disconnect(1);
        assert_eq!(three.next().await, None);
    }
}
