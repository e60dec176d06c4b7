//! Processes: how the parent spawns, greets, watches, kills and reaps a child, and how a child sets
//! itself up.
//!
//! Knows processes, sockets and signals. Knows nothing of methods, shared memory or encoding.

pub(crate) mod allocator;
pub(crate) mod close_on_exec;
pub(crate) mod coarse_clock;
pub(crate) mod fd_socket;
pub(crate) mod output;
pub(crate) mod parent_death_pipe;
pub(crate) mod parent_watch;
pub(crate) mod posix_spawn;
pub(crate) mod signals;
pub(crate) mod spawn_context;
pub(crate) mod stopped;

pub(crate) mod background;
pub(crate) mod child;
pub(crate) mod executable;
pub(crate) mod function_pointer;
pub(crate) mod handshake;
pub(crate) mod inherited;
pub(crate) mod oom;
pub(crate) mod privilege;
pub(crate) mod program;
pub(crate) mod reap;
pub(crate) mod signal_mask;
pub(crate) mod spawn;
pub(crate) mod thread;
pub(crate) mod wait_status;
