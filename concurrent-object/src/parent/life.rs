//! The life of an object: its phase, its process, its end, and what outlives a process.
//!
//! Mostly passive state and its transitions. `parent::object` decides when a transition happens.

pub(crate) mod arrived_files;
pub(crate) mod backend;
pub(crate) mod background_end;
#[cfg_attr(not(feature = "bridge"), allow(dead_code, unreachable_pub))]
pub(crate) mod bridge;
pub(crate) mod end;
pub(crate) mod events;
pub(crate) mod idle_rings;
#[cfg_attr(not(feature = "bridge"), allow(dead_code, unreachable_pub))]
pub(crate) mod inbox;
pub(crate) mod instance;
pub(crate) mod object_thread;
pub(crate) mod on_drop;
pub(crate) mod phase;
pub(crate) mod report;
pub(crate) mod restart_policy;
pub(crate) mod shared_files;
pub(crate) mod shutdown;
pub(crate) mod snapshot_files;
pub(crate) mod spawn_spec;
pub(crate) mod unsaved;
