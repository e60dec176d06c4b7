//! Calls in flight, from acceptance until their outcome is taken: passive state and its
//! transitions.
//!
//! Knows slots, rings and wakers. Knows no process, no thread and no user type. Nothing here
//! performs I/O or runs user code. A transition collects such work in [`effects::CallEffects`]; the
//! object performs it after it has released its lock.
//!
//! Invariant: every accepted call is in exactly one place: backlog, slot, or settled.

#[cfg(not(loom))]
pub(crate) mod arguments;
#[cfg(not(loom))]
pub(crate) mod backlog;
#[cfg(not(loom))]
pub(crate) mod effects;
#[cfg(not(loom))]
pub(crate) mod front;
#[cfg(not(loom))]
pub(crate) mod in_flight;
#[cfg(not(loom))]
pub(crate) mod item_chunk;
#[cfg(not(loom))]
pub(crate) mod item_source;
#[cfg(not(loom))]
pub(crate) mod key;
#[cfg(not(loom))]
pub(crate) mod moved;
#[cfg(not(loom))]
pub(crate) mod received;
#[cfg(not(loom))]
pub(crate) mod references;
#[cfg(not(loom))]
pub(crate) mod scratch;
#[cfg(not(loom))]
pub(crate) mod short;
pub(crate) mod slots;
#[cfg(not(loom))]
pub(crate) mod streams;
#[cfg(not(loom))]
pub(crate) mod table;
#[cfg(all(test, not(loom)))]
mod tests;
#[cfg(not(loom))]
pub(crate) mod times;
#[cfg(not(loom))]
pub(crate) mod timing;
#[cfg(not(loom))]
pub(crate) mod waiter;
#[cfg(not(loom))]
pub(crate) mod waiters;

#[cfg(not(loom))]
pub(crate) use self::in_flight::Calls;
