//! Every interleaving, and every value that a load may see, of what the two processes do to shared words: checked by loom.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p concurrent-object --lib --release` runs them. Messages are loom's cells, so a
//! message that is looked at before it is there, or written while it is read, fails the model.

pub(crate) mod abandoned;
pub(crate) mod cancelling;
mod channel;
pub(crate) mod child;
pub(crate) mod full;
pub(crate) mod lives;
pub(crate) mod parent;
pub(crate) mod replaced;
pub(crate) mod rings;
pub(crate) mod sleeping;
pub(crate) mod states;

use loom::cell::UnsafeCell;
use loom::thread;

use super::ring::{CELL_WORDS, Consumer, Entry, InlinePayload};
use crate::sync::AtomicU64;

/// Checks every execution with at most this many switches away from a thread that could go on.
const PREEMPTIONS: usize = 3;

fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.max_branches = 20_000;
    builder.check(model);
}

/// Shared words as a fresh file has them.
fn words(count: usize) -> Vec<AtomicU64> {
    (0..count).map(|_| AtomicU64::new(0)).collect()
}

/// A ring of so many cells.
fn ring(cells: usize) -> Vec<AtomicU64> {
    words(cells * CELL_WORDS)
}

/// Waits for the next entry and passes over it.
fn take(consumer: &mut Consumer, ring: &[AtomicU64]) -> (Entry, InlinePayload) {
    loop {
        if let Some(entry) = consumer.peek(ring) {
            let payload = consumer.payload(ring);
            consumer.advance();
            return (entry, payload);
        }
        thread::yield_now();
    }
}

/// A slot's area: plain memory, which only one side may look at while the other does not write it.
#[derive(Debug, Default)]
pub(crate) struct Message(UnsafeCell<u64>);

#[allow(unsafe_code)]
impl Message {
    fn write(&self, value: u64) {
        // SAFETY: loom checks that nobody else looks meanwhile, and runs one thread at a time.
        self.0.with_mut(|cell| unsafe { *cell = value });
    }

    fn read(&self) -> u64 {
        // SAFETY: loom checks that nobody writes meanwhile, and runs one thread at a time.
        self.0.with(|cell| unsafe { *cell })
    }
}

// SAFETY: every access is checked by loom, and one that races fails the model.
#[allow(unsafe_code)]
unsafe impl Sync for Message {}
