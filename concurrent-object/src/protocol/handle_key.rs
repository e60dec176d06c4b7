//! The names of objects that a child keeps for handles of its parent.
//!
//! Knows numbers only. Invariant: a key that was released, or that another process of the object
//! gave out, names nothing.

use serde::{Deserialize, Serialize};

/// Names one object that a child keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HandleKey {
    /// A random number of the process that keeps the object.
    pub(crate) process: u64,
    /// The position in the table of that process.
    pub(crate) index: u32,
    /// How many objects had the position before.
    pub(crate) generation: u32,
}

/// What the parent no longer needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Released {
    /// The objects whose handles were dropped.
    pub(crate) keys: Vec<HandleKey>,
    /// The calls whose results were dropped unread. Their results may have named objects.
    pub(crate) calls: Vec<u64>,
}
