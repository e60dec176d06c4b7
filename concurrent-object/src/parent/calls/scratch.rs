//! A buffer for the structured part of a message, kept by the thread from call to call.

use std::cell::Cell;
use std::mem;

/// The thread's buffer for structured parts. Nested use (a `Serialize` that makes a call) gets a fresh one.
pub(crate) struct Scratch(pub(crate) Vec<u8>);

thread_local!(static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) });

/// A buffer that grew larger than this is not kept.
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
            // While the thread is being torn down there is nothing to keep it in.
            let _not_kept = SCRATCH.try_with(|kept| kept.set(buffer));
        }
    }
}
