//! Limits how many of this process's descriptors shared memory from other processes may take.
//!
//! A file that arrives over a control socket takes a descriptor of the receiver, and the receiver's
//! other code has no say in it. If such files took the last free descriptors, opening a file or
//! accepting a connection would fail anywhere in the program. So a file that arrives when few
//! descriptors are free is closed again, and the call that it belongs to fails.
//!
//! Knows descriptors and their limit; must not know files or calls. The kernel gives a new
//! descriptor the lowest free number. All lower numbers are in use then, so the number tells how
//! many descriptors are open.

use crate::descriptor::{AsFd, number_of};
use crate::memory::limits;

/// The divisor of the limit: this fraction of all descriptors is reserved for other code.
const RESERVED_FRACTION: u64 = 4;

/// The most descriptors that are reserved for other code, however high the limit is.
const MAX_RESERVED: u64 = 1024;

/// The error text for a file that arrived and was not kept.
pub(crate) const REFUSED: &str = "its shared memory was lost: this process has too many open descriptors (it keeps a quarter of \
    its limit for other code); raise the limit, `ulimit -n`, or drop handles of `Shared`";

/// Whether a file that came from another process, and was just received as this descriptor, may be
/// kept.
pub(crate) fn may_keep(received: impl AsFd) -> bool {
    let number = number_of(received);
    limits::descriptors().is_none_or(|limit| number < limit - reserved_of(limit))
}

/// Returns how many descriptors of `limit` are reserved for other code.
fn reserved_of(limit: u64) -> u64 {
    (limit / RESERVED_FRACTION).min(MAX_RESERVED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_limit_is_reserved_but_at_most_1024() {
        assert_eq!([0, 3, 256, 1024, 4096, 1 << 20].map(reserved_of), [0, 0, 64, 256, 1024, 1024]);
    }
}
