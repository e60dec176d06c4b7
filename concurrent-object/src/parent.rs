//! The parent's side of an object: its calls, its life, its threads, and the `Object` that joins
//! them.
//!
//! `calls` and `life` are passive state, `threads` knows an object only through a trait, and
//! `object` uses all three.

pub(crate) mod calls;
#[cfg(not(loom))]
pub(crate) mod handle_names;
#[cfg(not(loom))]
pub(crate) mod life;
#[cfg(not(loom))]
pub(crate) mod object;
#[cfg(not(loom))]
pub(crate) mod pauses;
#[cfg(not(loom))]
pub(crate) mod threads;
