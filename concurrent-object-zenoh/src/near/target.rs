//! Which host an object is to live on, until one has taken it.
//!
//! Problem: a host refuses a start, because it has become full meanwhile, and another one has room. The
//! calls that wait for the object know its key, and that has the host's name. Way here: they ask for the
//! key when they leave. Invariant: the host does not change after one has taken the start.

use std::sync::{Mutex, PoisonError};

use crate::keys::Keys;

/// The host of one object, and the keys there.
#[derive(Debug)]
pub struct Target {
    keys: Keys,
    pub(super) instance: u128,
    host: Mutex<String>,
}

impl Target {
    pub(super) fn new(keys: Keys, instance: u128, host: String) -> Self {
        Self { keys, instance, host: Mutex::new(host) }
    }

    /// The name of the host.
    pub(super) fn host(&self) -> String {
        self.host.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The key of the object's calls.
    pub(super) fn object(&self) -> String {
        self.keys.object(&self.host(), self.instance)
    }

    /// The key of starts at the host.
    pub(super) fn start(&self) -> String {
        self.keys.start(&self.host())
    }

    pub(super) fn move_to(&self, host: String) {
        *self.host.lock().unwrap_or_else(PoisonError::into_inner) = host;
    }
}
