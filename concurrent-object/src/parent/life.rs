//! The life of an object: passive state and its transitions.

pub(crate) mod backend;
pub(crate) mod end;
pub(crate) mod events;
pub(crate) mod instance;
pub(crate) mod phase;
pub(crate) mod report;
pub(crate) mod restart_policy;
pub(crate) mod shared_files;
pub(crate) mod shutdown;
pub(crate) mod snapshot_files;
pub(crate) mod unsaved;
