//! The titles of comparisons that are also drawn, and the numbers in them.
//!
//! Sections write these titles; the plots read them.

/// The round trip of a small call.
pub(crate) const LATENCY: &str = "round trip of add(u64, u64)";
/// The sum of an array. The size in MiB follows.
pub(crate) const ARRAYS: &str = "sum(&[f64]) of ";
/// The round trip of a small call while many objects are alive. Their number follows.
pub(crate) const MANY: &str = "round trip with so many objects alive: ";

/// Returns the size in a title of [`ARRAYS`].
pub(crate) fn mib_of(title: &str) -> Option<usize> {
    title.strip_prefix(ARRAYS)?.split(' ').next()?.parse().ok()
}

/// Returns the number of objects in a title of [`MANY`].
pub(crate) fn objects_of(title: &str) -> Option<usize> {
    title.strip_prefix(MANY)?.parse().ok()
}
