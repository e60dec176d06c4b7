//! The atomics that two processes share: `std`'s, or loom's models of them under `cfg(loom)`.
//!
//! Knows nothing else. Whatever is checked by a model takes its atomics from here.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering, fence};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicU64, Ordering, fence};
