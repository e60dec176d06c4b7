//! A thread-local buffer for the structured part of a message, reused from call to call.

use std::cell::Cell;
use std::mem;

/// The thread's buffer, taken for one message. Nested use (a `Serialize` that makes a call) gets a
/// fresh buffer.
pub(crate) struct Scratch(pub(crate) Vec<u8>);

thread_local!(static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) });

/// A buffer with a larger capacity, in bytes, is dropped, not kept.
const KEPT_SCRATCH_SIZE: usize = 1 << 20;

impl Scratch {
    pub(crate) fn take() -> Self {
        let mut buffer = SCRATCH.try_with(Cell::take).unwrap_or_default();
        buffer.clear();
        Self(buffer)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.0.capacity() <= KEPT_SCRATCH_SIZE {
            let buffer = mem::take(&mut self.0);
            // This fails while the thread's TLS is being destroyed. The buffer is then dropped.
            let _not_kept = SCRATCH.try_with(|kept| kept.set(buffer));
        }
    }
}
