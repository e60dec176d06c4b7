//! The threads that the library runs in the parent, and what the caller's threads sleep on.
//!
//! Knows objects only through the traits in `supervised`.

pub(crate) mod parker;
pub(crate) mod poller;
pub(crate) mod reactor;
pub(crate) mod reactor_set;
pub(crate) mod reporter;
pub(crate) mod spawner;
pub(crate) mod supervised;
pub(crate) mod supervisor;
