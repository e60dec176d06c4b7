//! In the models, one object's channel: words of loom's instead of mapped files, doorbells that loom follows, and a child that
//! may die at any step.
//!
//! Has the names of the real one, so what works on a `Channel` there is compiled here as it is.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use loom::sync::{Condvar, Mutex};

use crate::channel::cancel::CancelWord;
use crate::channel::last_words::LastWords;
use crate::channel::ring::CELL_WORDS;
use crate::channel::sleep::SleepFlag;
use crate::channel::state::StateWord;
use crate::sync::{AtomicU64, Ordering};

/// The right to write one slot's area.
#[derive(Debug)]
pub(crate) struct Lease(u16);

impl Lease {
    pub(crate) fn slot(&self) -> u16 {
        self.0
    }
}

/// What both ends have mapped.
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
    last_words: Vec<AtomicU64>,
    /// Not zero when the child was sent SIGKILL: it dies at any later step.
    killed: AtomicU64,
}

#[derive(Debug)]
struct SlotWords {
    state: AtomicU64,
    started_at: AtomicU64,
    answer: Vec<AtomicU64>,
}

/// How the child ends where it dies: it unwinds from whatever it was about to do, which was something with these words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Died {
    BeforeReplying,
    Elsewhere,
}

/// When a child dies.
#[derive(Debug)]
pub(crate) enum Fate {
    /// At no time.
    Immortal,
    /// After so many steps, each a look at some words or a change of them.
    After(Cell<u32>),
    /// At any step after it was killed.
    WhenKilled,
}

/// One end's view.
#[derive(Debug)]
pub(crate) struct Channel {
    words: Arc<Words>,
    fate: Fate,
    pub(crate) request_bell: Doorbell,
    pub(crate) reply_bell: Doorbell,
}

impl Channel {
    /// The parent's end, with the leases of all slots, the first slot's last.
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
            last_words: words(3),
            killed: AtomicU64::new(0),
        };
        let (request_bell, reply_bell) = (Doorbell::default(), Doorbell::default());
        let channel = Self { words: Arc::new(all), fate: Fate::Immortal, request_bell, reply_bell };
        (channel, (0..slots).rev().map(Lease).collect())
    }

    /// A child's end.
    pub(crate) fn attach(&self, fate: Fate) -> Self {
        let (request_bell, reply_bell) = (self.request_bell.other_end(), self.reply_bell.other_end());
        Self { words: self.words.clone(), fate, request_bell, reply_bell }
    }

    /// Parent: sends the child SIGKILL.
    pub(crate) fn kill(&self) {
        self.words.killed.store(1, Ordering::Relaxed);
    }

    pub(crate) fn requests(&self) -> &[AtomicU64] {
        &self.step().requests
    }

    pub(crate) fn replies(&self) -> &[AtomicU64] {
        &self.step_at(Died::BeforeReplying).replies
    }

    pub(crate) fn parent_sleep(&self) -> SleepFlag<'_> {
        SleepFlag(&self.step().parent_sleep)
    }

    pub(crate) fn child_sleep(&self) -> SleepFlag<'_> {
        SleepFlag(&self.step().child_sleep)
    }

    pub(crate) fn stop(&self) -> &AtomicU64 {
        &self.step().stop
    }

    pub(crate) fn cancel(&self) -> CancelWord<'_> {
        CancelWord(&self.step().cancel)
    }

    pub(crate) fn acknowledged(&self) -> &AtomicU64 {
        &self.step().acknowledged
    }

    pub(crate) fn last_words(&self) -> LastWords<'_> {
        LastWords(&self.step().last_words)
    }

    pub(crate) fn state(&self, slot: u16) -> StateWord<'_> {
        StateWord(&self.step().slots[usize::from(slot)].state)
    }

    pub(crate) fn started_at(&self, slot: u16) -> &AtomicU64 {
        &self.step().slots[usize::from(slot)].started_at
    }

    pub(crate) fn answer(&self, slot: u16) -> &[AtomicU64] {
        &self.step().slots[usize::from(slot)].answer
    }

    fn step(&self) -> &Words {
        self.step_at(Died::Elsewhere)
    }

    /// The words, if this end still lives.
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

/// As an eventfd: a ring that nobody awaited ends the next wait at once, and so does one that was not silenced.
#[derive(Debug, Default)]
pub(crate) struct Doorbell {
    bell: Arc<(Mutex<bool>, Condvar)>,
    /// Not loom's: whoever waits does so alone.
    heard: AtomicBool,
}

impl Doorbell {
    pub(crate) fn other_end(&self) -> Self {
        Self { bell: self.bell.clone(), heard: AtomicBool::new(false) }
    }

    pub(crate) fn ring(&self) {
        let (rung, condition) = &*self.bell;
        *rung.lock().expect("no panic") = true;
        condition.notify_one();
    }

    pub(crate) fn wait(&self) {
        let (rung, condition) = &*self.bell;
        let mut rung = rung.lock().expect("no panic");
        while !*rung {
            rung = condition.wait(rung).expect("no panic");
        }
        self.heard.store(true, Ordering::Relaxed);
    }

    pub(crate) fn silence(&self) {
        if self.heard.swap(false, Ordering::Relaxed) {
            *self.bell.0.lock().expect("no panic") = false;
        }
    }
}
