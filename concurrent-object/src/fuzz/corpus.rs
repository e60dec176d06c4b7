//! Inputs that have found something once, or that reach a rare outcome, with their targets.

/// The target, and the input in hexadecimal digits.
pub(crate) const CORPUS: &[(&str, &str)] = &[];
