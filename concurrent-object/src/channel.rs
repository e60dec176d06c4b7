//! How bytes and small words move between the two processes.
//!
//! Knows memory files, rings, slot states and doorbells; knows no methods, no encoding and no processes.
//! Both ends map the same two files. The parent maps the input file for writing and the child for reading only;
//! the control and output file is writable by both, and the parent distrusts all of it.

pub(crate) mod cancel;
#[cfg(not(loom))]
pub(crate) mod doorbell;
pub(crate) mod head;
pub(crate) mod last_words;
#[cfg(not(loom))]
pub(crate) mod layout;
#[cfg(not(loom))]
pub(crate) mod mapped;
#[cfg(loom)]
#[path = "channel/models/mapped.rs"]
pub(crate) mod mapped;
pub(crate) mod notice;
#[cfg(not(loom))]
pub(crate) mod pages;
pub(crate) mod ring;
pub(crate) mod sleep;
pub(crate) mod state;
pub(crate) mod steps;
#[cfg(not(loom))]
pub(crate) mod wait;

#[cfg(all(test, loom))]
mod models;
