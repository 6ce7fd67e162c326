//! Which customers are in which conversation at this moment: they need not be told elsewhere that somebody wrote.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::Pair;
use crate::ids::{CustomerId, StaffId};

type Here = HashMap<(StaffId, CustomerId), usize>;

/// The conversations that customers have a socket in; cheap to clone.
#[derive(Clone, Default)]
pub struct Presence(Arc<Mutex<Here>>);

/// A socket in a conversation. Dropping it leaves.
pub struct Visit {
    presence: Presence,
    key: (StaffId, CustomerId),
}

impl Presence {
    /// A customer's socket comes in.
    pub fn enter(&self, pair: Pair) -> Visit {
        let key = (pair.staff, pair.customer);
        *self.lock().entry(key).or_default() += 1;
        Visit { presence: self.clone(), key }
    }

    /// Whether the customer has a socket in this conversation.
    pub fn is_here(&self, pair: Pair) -> bool {
        self.lock().contains_key(&(pair.staff, pair.customer))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Here> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut here = self.presence.lock();
        if let Some(count) = here.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                here.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::CompanyId;

    #[test]
    fn who_has_two_windows_is_here_until_both_are_closed() {
        let presence = Presence::default();
        let pair = Pair { company: CompanyId(1), staff: StaffId(2), customer: CustomerId(3) };
        let (one, two) = (presence.enter(pair), presence.enter(pair));
        drop(one);
        assert!(presence.is_here(pair));
        assert!(!presence.is_here(Pair { staff: StaffId(9), ..pair }));
        drop(two);
        assert!(!presence.is_here(pair));
    }
}
