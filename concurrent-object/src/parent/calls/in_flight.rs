//! All calls of one object together, and who waits for them.
//!
//! Knows the table, the slots, the backlog and the waiters; each transition leaves all of them in agreement.

use std::task::Waker;

use super::backlog::Backlog;
use super::effects::CallEffects;
use super::key::{CallKey, WaitKey};
use super::slots::SlotTable;
use super::table::{CallTable, Settled, Stage};
use super::waiters::Waiters;
use crate::transport::mapped::Lease;

/// All calls of one object, and the threads and tasks that wait for them.
pub(crate) struct Calls {
    pub(crate) slots: SlotTable<Lease>,
    pub(crate) table: CallTable,
    pub(crate) backlog: Backlog,
    pub(crate) waiters: Waiters,
    /// The oldest waiting call refers to files that the child's socket has no room for yet.
    pub(crate) socket_is_full: bool,
    pub(crate) effects: CallEffects,
}

impl Calls {
    pub(crate) fn new(leases: Vec<Lease>) -> Self {
        Self {
            slots: SlotTable::new(leases),
            table: CallTable::default(),
            backlog: Backlog::default(),
            waiters: Waiters::default(),
            socket_is_full: false,
            effects: CallEffects::default(),
        }
    }

    /// Whether a push would find a slot.
    pub(crate) fn can_push(&self, slots: usize) -> bool {
        self.table.unpulled() < slots && self.backlog.is_empty() && self.slots.has_room(&self.table)
    }

    /// The calls in slots that the child has not answered, with their slots and records.
    pub(crate) fn sent(&self) -> Vec<(u16, u32)> {
        self.slots.occupied().filter(|&(_, index)| self.table.is_sent(index)).collect()
    }

    /// The call has its outcome.
    pub(crate) fn settle(&mut self, index: u32, stage: Stage) {
        let Settled { wakes, references, waker, is_detached, is_last } = self.table.settle(index, stage);
        // Dropped without the lock: the last reference to a loan gives its slot back.
        self.effects.references.extend(references);
        self.effects.wake.extend(waker);
        match wakes {
            Some(key) => self.wake(key),
            None => debug_assert!(is_detached),
        }
        if is_detached {
            self.discard(index);
        }
        if is_last {
            self.wake(WaitKey::State);
        }
    }

    /// Frees the record of a settled call, and the slot that its reply is in.
    fn discard(&mut self, index: u32) {
        // Dropped without the lock: closing the last descriptor of a large file takes time.
        self.effects.received.extend(self.table.take_received(index));
        if let Stage::Answered(_, slot, _) = self.table.close(index) {
            self.free_slot(slot);
        }
    }

    /// The caller dropped its `Call`. The call itself runs all the same.
    pub(crate) fn detach(&mut self, key: CallKey) {
        if self.table.detach(key) {
            self.discard(key.index());
        }
    }

    pub(crate) fn free_slot(&mut self, slot: u16) {
        if let Some(lease) = self.slots.vacate(slot) {
            self.slots.release(lease);
        }
    }

    /// Registers `waker`, to be woken once when `key` has happened, whichever thread notices.
    pub(crate) fn register(&mut self, key: WaitKey, waker: Waker) {
        match key {
            WaitKey::Call(key) => self.table.set_waker(key, Some(waker)),
            WaitKey::Pull | WaitKey::State => self.waiters.register(key, waker),
        }
    }

    pub(crate) fn unregister(&mut self, key: WaitKey, waker: &Waker) {
        match key {
            WaitKey::Call(key) => self.table.set_waker(key, None),
            WaitKey::Pull | WaitKey::State => self.waiters.unregister(key, waker),
        }
    }

    /// Wakes the threads and tasks that wait for `key`. (A call's own waker is woken where the call is settled.)
    #[inline]
    pub(crate) fn wake(&mut self, key: WaitKey) {
        if self.waiters.is_awaited() {
            self.effects.ring_driver |= self.waiters.wake(key, &mut self.effects.wake);
        }
    }

    /// The object has ended, or the driver must look at something new: every waiting thread looks again.
    pub(crate) fn wake_all(&mut self) {
        self.wake(WaitKey::Pull);
        self.wake(WaitKey::State);
        self.effects.ring_driver |= self.waiters.is_driven();
    }

    /// If no thread drives, one of the parked threads takes over.
    pub(crate) fn hand_over(&mut self) {
        if !self.waiters.is_driven() {
            self.effects.wake.extend(self.waiters.next_driver());
        }
    }

    /// The oldest waiting call needs the socket. The driver waits for the socket too; one that already sleeps looks again.
    pub(crate) fn wait_for_socket(&mut self) {
        self.socket_is_full = true;
        self.effects.ring_driver |= self.waiters.is_driven();
    }
}
