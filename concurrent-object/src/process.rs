//! Who is alive: how a child is made, greeted, watched and ended.
//!
//! Knows processes, sockets and signals; knows no methods, no shared memory and no encoding.

pub(crate) mod background;
pub(crate) mod child;
mod direct;
pub(crate) mod executable;
pub(crate) mod halt;
pub(crate) mod handshake;
pub(crate) mod heap;
mod inheritance;
pub(crate) mod inherited;
pub(crate) mod interrupts;
pub(crate) mod lifeline;
pub(crate) mod oom;
pub(crate) mod post;
pub(crate) mod privilege;
pub(crate) mod reap;
mod signal_mask;
pub(crate) mod spawn;
pub(crate) mod stream;
pub(crate) mod surroundings;
pub(crate) mod tick;
pub(crate) mod watch;
