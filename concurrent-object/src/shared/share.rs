//! How many of this process's descriptors shared memory from other processes may take.
//!
//! A file that comes over a control socket takes a descriptor of the receiver, without the consent of the receiver's other code.
//! If the last free ones went to such files, opening a file or accepting a connection would fail anywhere in the program. So a
//! file that arrives when few are free is closed again, and the call that it belongs to fails.
//!
//! Knows descriptors and their limit. A descriptor's number says how many there are: the kernel gives the lowest free one.

use std::os::fd::{AsFd, AsRawFd};

use crate::memory::limits;

/// The part of the limit that is left to other code, as a fraction of it.
const FRACTION_LEFT: u64 = 4;

/// No more descriptors than this are left to other code, however high the limit is.
const MOST_LEFT: u64 = 1024;

/// Why a file that arrived was not kept.
pub(crate) const REFUSED: &str = "its shared memory was lost: this process has too many open descriptors (it keeps a quarter of \
    its limit for other code); raise the limit, `ulimit -n`, or drop handles of `Shared`";

/// Whether a file that came from another process, and has just got this descriptor, may be kept.
pub(crate) fn may_keep(received: impl AsFd) -> bool {
    let number = u64::from(received.as_fd().as_raw_fd().unsigned_abs());
    limits::descriptors().is_none_or(|limit| number < limit - left_of(limit))
}

/// How many descriptors of so many are left to other code.
fn left_of(limit: u64) -> u64 {
    (limit / FRACTION_LEFT).min(MOST_LEFT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_left_and_of_many_a_thousand() {
        assert_eq!([0, 3, 256, 1024, 4096, 1 << 20].map(left_of), [0, 0, 64, 256, 1024, 1024]);
    }
}
