//! The atomics that two processes share: those of `std`, or loom's models of them under
//! `cfg(loom)`.
//!
//! Knows nothing else. Code that a model checks takes its atomics from here.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering, fence};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicU64, Ordering, fence};
