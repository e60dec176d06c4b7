//! One object's channel in the models: loom's atomics for the mapped files, and doorbells that loom
//! checks.
//!
//! Implements `Transport`, so the models compile the real steps and the real slot table. Knows when
//! a child dies. Invariant: every access to a shared word is a step at which the child may die.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use loom::sync::{Condvar, Mutex};

use crate::sync::{AtomicU64, Ordering};
use crate::transport::call_state::StateWord;
use crate::transport::cancel::CancelWord;
use crate::transport::crash_note::CrashNote;
use crate::transport::ring::CELL_WORDS;
use crate::transport::sleep_flag::SleepFlag;
use crate::transport::{Bell, SlotLease, Transport};

/// The right to write one slot's region.
#[derive(Debug)]
pub(crate) struct Lease(u16);

impl SlotLease for Lease {
    fn slot(&self) -> u16 {
        self.0
    }
}

/// The words that both sides share.
#[derive(Debug)]
struct Words {
    requests: Vec<AtomicU64>,
    replies: Vec<AtomicU64>,
    slots: Vec<SlotWords>,
    parent_sleep: AtomicU64,
    child_sleep: AtomicU64,
    stop: AtomicU64,
    cancel: AtomicU64,
    acknowledged: AtomicU64,
    crash_note: Vec<AtomicU64>,
    /// Not zero once the parent has sent SIGKILL: the child dies at any later step.
    killed: AtomicU64,
}

#[derive(Debug)]
struct SlotWords {
    state: AtomicU64,
    started_at: AtomicU64,
    answer: Vec<AtomicU64>,
}

/// The payload with which a dying child unwinds. It says which words the child was about to access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Died {
    BeforeReplying,
    ExternalRef,
}

/// The time at which a child dies.
#[derive(Debug)]
pub(crate) enum Fate {
    /// Never.
    Immortal,
    /// After this many steps. Each access to shared words is one step.
    After(Cell<u32>),
    /// At any step after the parent killed it.
    WhenKilled,
}

/// One side's view of the channel.
#[derive(Debug)]
pub(crate) struct Channel {
    words: Arc<Words>,
    fate: Fate,
    pub(crate) request_bell: Doorbell,
    pub(crate) reply_bell: Doorbell,
}

impl Channel {
    /// Creates the parent's side. The returned leases of all slots are in descending order: the
    /// first slot's lease is the last.
    pub(crate) fn create(slots: u16, cells: usize) -> (Self, Vec<Lease>) {
        let words = |count| (0..count).map(|_| AtomicU64::new(0)).collect::<Vec<_>>();
        let slot =
            |_| SlotWords { state: AtomicU64::new(0), started_at: AtomicU64::new(0), answer: words(CELL_WORDS - 1) };
        let all = Words {
            requests: words(cells * CELL_WORDS),
            replies: words(cells * CELL_WORDS),
            slots: (0..slots).map(slot).collect(),
            parent_sleep: AtomicU64::new(0),
            child_sleep: AtomicU64::new(0),
            stop: AtomicU64::new(0),
            cancel: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            crash_note: words(3),
            killed: AtomicU64::new(0),
        };
        let (request_bell, reply_bell) = (Doorbell::default(), Doorbell::default());
        let channel = Self { words: Arc::new(all), fate: Fate::Immortal, request_bell, reply_bell };
        (channel, (0..slots).rev().map(Lease).collect())
    }

    /// Creates a child's side.
    pub(crate) fn attach(&self, fate: Fate) -> Self {
        let (request_bell, reply_bell) = (self.request_bell.other_end(), self.reply_bell.other_end());
        Self { words: self.words.clone(), fate, request_bell, reply_bell }
    }

    /// Parent: sends the child SIGKILL.
    pub(crate) fn kill(&self) {
        self.words.killed.store(1, Ordering::Relaxed);
    }

    fn step(&self) -> &Words {
        self.step_at(Died::ExternalRef)
    }

    /// Returns the words, or unwinds if this side dies here.
    fn step_at(&self, place: Died) -> &Words {
        let dies = match &self.fate {
            Fate::Immortal => false,
            Fate::After(steps) => steps.replace(steps.get().saturating_sub(1)) == 0,
            Fate::WhenKilled => self.words.killed.load(Ordering::Relaxed) != 0,
        };
        if dies {
            resume_unwind(Box::new(place));
        }
        &self.words
    }
}

impl Transport for Channel {
    type Lease = Lease;
    type RequestBell<'c> = &'c Doorbell;
    type ReplyBell = Doorbell;

    fn requests(&self) -> &[AtomicU64] {
        &self.step().requests
    }

    fn replies(&self) -> &[AtomicU64] {
        &self.step_at(Died::BeforeReplying).replies
    }

    fn parent_sleep(&self) -> SleepFlag<'_> {
        SleepFlag(&self.step().parent_sleep)
    }

    fn child_sleep(&self) -> SleepFlag<'_> {
        SleepFlag(&self.step().child_sleep)
    }

    fn stop(&self) -> &AtomicU64 {
        &self.step().stop
    }

    fn cancel(&self) -> CancelWord<'_> {
        CancelWord(&self.step().cancel)
    }

    fn acknowledged(&self) -> &AtomicU64 {
        &self.step().acknowledged
    }

    fn crash_note(&self) -> CrashNote<'_> {
        CrashNote(&self.step().crash_note)
    }

    fn state(&self, slot: u16) -> StateWord<'_> {
        StateWord(&self.step().slots[usize::from(slot)].state)
    }

    fn started_at(&self, slot: u16) -> &AtomicU64 {
        &self.step().slots[usize::from(slot)].started_at
    }

    fn answer(&self, slot: u16) -> &[AtomicU64] {
        &self.step().slots[usize::from(slot)].answer
    }

    fn request_bell(&self) -> &Doorbell {
        &self.request_bell
    }

    fn reply_bell(&self) -> &Doorbell {
        &self.reply_bell
    }
}

/// A doorbell like an eventfd. If it rings while no thread waits, or was not cleared, the next wait
/// ends at once.
#[derive(Debug, Default)]
pub(crate) struct Doorbell {
    bell: Arc<(Mutex<bool>, Condvar)>,
    /// Not one of loom's atomics, because only one thread waits at a time.
    was_rung: AtomicBool,
}

impl Doorbell {
    pub(crate) fn other_end(&self) -> Self {
        Self { bell: self.bell.clone(), was_rung: AtomicBool::new(false) }
    }

    pub(crate) fn wait(&self) {
        let (rung, condition) = &*self.bell;
        let mut rung = rung.lock().expect("no panic");
        while !*rung {
            rung = condition.wait(rung).expect("no panic");
        }
        self.was_rung.store(true, Ordering::Relaxed);
    }
}

impl Bell for &Doorbell {
    fn ring(&self) {
        (**self).ring();
    }

    fn clear(&self) {
        (**self).clear();
    }
}

impl Bell for Doorbell {
    fn ring(&self) {
        let (rung, condition) = &*self.bell;
        *rung.lock().expect("no panic") = true;
        condition.notify_one();
    }

    fn clear(&self) {
        if self.was_rung.swap(false, Ordering::Relaxed) {
            *self.bell.0.lock().expect("no panic") = false;
        }
    }
}
