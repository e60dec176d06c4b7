//! The titles of comparisons that are also drawn.
//!
//! Sections write these titles; the plots read them.

/// The round trip of a small call.
pub(crate) const LATENCY: &str = "round trip of add(u64, u64)";
