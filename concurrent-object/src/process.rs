//! Processes: how the parent spawns, greets, watches, kills and reaps a child, and how a child sets
//! itself up.
//!
//! Knows processes, sockets and signals. Knows nothing of methods, shared memory or encoding. On
//! targets other than Linux there are no child processes: `portable` has the parts that exist
//! there.

pub(crate) mod confinement;
pub(crate) mod function_pointer;
pub(crate) mod inherited;
pub(crate) mod streams;
pub(crate) mod surroundings;

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod allocator;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod background;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod child;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod close_on_exec;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod coarse_clock;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod cpu_time;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod executable;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod fd_socket;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod few_descriptors;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod handshake;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod memory;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod oom;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod output;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod parent_death_pipe;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod parent_watch;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod posix_spawn;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod privilege;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod program;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod reap;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod signal_mask;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod signals;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod spawn;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod spawn_context;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod stopped;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod thread;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod wait_status;

#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) mod portable;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::{
    allocator, background, child, coarse_clock, cpu_time, executable, fd_socket, handshake, memory, oom, output,
    parent_watch, reap, spawn_context, stopped, thread,
};
