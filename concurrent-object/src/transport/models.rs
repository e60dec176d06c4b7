//! Models of the operations of both processes on shared words, checked by loom.
//!
//! A test sees one interleaving and the memory model of one processor. Loom runs a model in every
//! interleaving (up to `PREEMPTIONS` switches), with every value that the memory model lets a load
//! return. `RUSTFLAGS="--cfg loom" cargo test -p concurrent-object --lib --release` runs the
//! models.
//!
//! Knows the protocol between parent and child. Knows no mapped files and no processes: both run as
//! loom threads. Invariant: regions are loom's cells, so the model fails on every race. It is a
//! race if a thread reads a message before it is published, or writes a message that another thread
//! reads.

pub(crate) mod abandoned;
pub(crate) mod arming;
pub(crate) mod cancelling;
mod channel;
pub(crate) mod child;
pub(crate) mod full;
pub(crate) mod items;
pub(crate) mod lives;
pub(crate) mod moving;
pub(crate) mod parent;
pub(crate) mod replaced;
pub(crate) mod rings;
pub(crate) mod sleeping;
pub(crate) mod states;

use loom::cell::UnsafeCell;
use loom::thread;

use super::ring::{CELL_WORDS, Consumer, Entry, InlinePayload};
use crate::sync::AtomicU64;

/// The largest number of preemptions in a checked execution: switches away from a thread that could
/// continue.
const PREEMPTIONS: usize = 3;

fn check(model: impl Fn() + Sync + Send + 'static) {
    check_up_to(PREEMPTIONS, model);
}

/// Checks a model with many threads, which takes too long with more preemptions.
fn check_up_to(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 20_000;
    builder.check(model);
}

/// Shared words, zero as in a fresh file.
fn words(count: usize) -> Vec<AtomicU64> {
    (0..count).map(|_| AtomicU64::new(0)).collect()
}

/// A ring of this many cells.
fn ring(cells: usize) -> Vec<AtomicU64> {
    words(cells * CELL_WORDS)
}

/// Waits for the next entry, and consumes it.
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

/// A slot's region: plain memory, which one thread must not read while the other writes.
#[derive(Debug, Default)]
pub(crate) struct Message(UnsafeCell<u64>);

#[allow(unsafe_code)]
impl Message {
    fn write(&self, value: u64) {
        // SAFETY: loom runs one thread at a time, and fails the model if another access races.
        self.0.with_mut(|cell| unsafe { *cell = value });
    }

    fn read(&self) -> u64 {
        // SAFETY: loom runs one thread at a time, and fails the model if a write races.
        self.0.with(|cell| unsafe { *cell })
    }
}

// SAFETY: loom checks every access, and fails the model on a race.
#[allow(unsafe_code)]
unsafe impl Sync for Message {}
