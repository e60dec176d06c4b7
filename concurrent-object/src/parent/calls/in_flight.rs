//! All calls of one object: table, slots, backlog and waiters together.
//!
//! Invariant: each transition leaves the four in agreement.

use std::task::Waker;

use super::backlog::Backlog;
use super::effects::CallEffects;
use super::key::{CallKey, WaitKey};
use super::slots::SlotTable;
use super::table::{CallTable, Settled, Stage};
use super::waiters::Waiters;
use crate::protocol::method::is_internal;
use crate::transport::mapped::Lease;

/// All calls of one object, and the threads and tasks that wait for them.
pub(crate) struct Calls {
    pub(crate) slots: SlotTable<Lease>,
    pub(crate) table: CallTable,
    pub(crate) backlog: Backlog,
    pub(crate) waiters: Waiters,
    /// Whether the oldest call in the backlog refers to files for which the control socket has no
    /// room yet.
    pub(crate) socket_is_full: bool,
    pub(crate) effects: CallEffects,
    /// Whether the parent must know which results were dropped unread.
    pub(crate) notes_unread: bool,
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
            notes_unread: false,
        }
    }

    /// Whether a pushed call would get a slot at once.
    pub(crate) fn can_push(&self, slots: usize) -> bool {
        self.table.unpulled() < slots && self.backlog.is_empty() && self.slots.has_room(&self.table)
    }

    /// Returns the calls that the child has not answered, as pairs of slot and record.
    pub(crate) fn sent(&self) -> Vec<(u16, u32)> {
        self.slots.occupied().filter(|&(_, index)| self.table.is_sent(index)).collect()
    }

    /// Settles a call, and collects the wakers of the threads and tasks that wait for it.
    pub(crate) fn settle(&mut self, index: u32, stage: Stage) {
        let Settled { wakes, references, waker, is_detached, is_last } = self.table.settle(index, stage);
        // Dropped after the lock is released: dropping the last reference to a loan frees its slot,
        // which locks the object.
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

    /// Frees the record of a settled call, and the slot that holds its reply.
    fn discard(&mut self, index: u32) {
        // Closed after the lock is released: closing the last descriptor of a large file takes
        // time.
        self.effects.received.extend(self.table.take_received(index));
        // The release of handles has a result too, which names none.
        if self.notes_unread && !is_internal(self.table.method_of(index)) {
            self.effects.unread.push(self.table.call_of(index));
        }
        if let Stage::Answered(_, slot, _) = self.table.close(index) {
            self.free_slot(slot);
        }
    }

    /// Detaches a call whose `Call` was dropped. The child runs the call all the same.
    pub(crate) fn detach(&mut self, key: CallKey) {
        if self.table.detach(key) {
            self.discard(key.index());
        } else if self.notes_unread {
            // `discard` notes the call again when it is settled: another process may run it by
            // then. Noted now too, so that the child drops a view in the result before it serves
            // the next call, which may change the object that the view borrows.
            self.effects.unread.push(key.call);
        }
    }

    pub(crate) fn free_slot(&mut self, slot: u16) {
        if let Some(lease) = self.slots.vacate(slot) {
            self.slots.release(lease);
        }
    }

    /// Registers `waker`. It is woken once, when `key` has happened, whichever thread notices.
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

    /// Collects the wakers of the threads and tasks that wait for `key`. (`settle` collects a
    /// call's own waker.)
    #[inline]
    pub(crate) fn wake(&mut self, key: WaitKey) {
        if self.waiters.is_awaited() {
            self.effects.ring_driver |= self.waiters.wake(key, &mut self.effects.wake);
        }
    }

    /// Wakes every thread and task that waits for a pull or a state, and the driver, so that each
    /// checks again. Used when the object has ended, or when the driver must poll something new.
    pub(crate) fn wake_all(&mut self) {
        self.wake(WaitKey::Pull);
        self.wake(WaitKey::State);
        self.effects.ring_driver |= self.waiters.is_driven();
    }

    /// Wakes one parked thread to become the driver, if there is no driver.
    pub(crate) fn hand_over(&mut self) {
        if !self.waiters.is_driven() {
            self.effects.wake.extend(self.waiters.next_driver());
        }
    }

    /// Notes that the oldest call in the backlog waits for room in the control socket. The driver
    /// sleeps on the socket too. If it sleeps already, its doorbell is rung so that it polls again.
    pub(crate) fn wait_for_socket(&mut self) {
        self.socket_is_full = true;
        self.effects.ring_driver |= self.waiters.is_driven();
    }
}
