//! Inputs that have found something once, or that reach a rare outcome, with their targets.

/// The target, and the input in hexadecimal digits.
pub(crate) const CORPUS: &[(&str, &str)] = &[
    // A sound reply for a slot beyond the last, which lies on another slot of the same call.
    ("child", "0000050200080003000001"),
    // A reply for the call before, in the slot of the present one.
    ("child", "000005020004000102030405060708000005020108000000000400"),
];
