//! All calls of one object: table, slots, backlog and waiters together.
//!
//! Invariant: each transition leaves the four in agreement.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;

use super::backlog::Backlog;
use super::effects::{CallEffects, MemberNews};
use super::key::{CallKey, WaitKey};
use super::moved::MovedTo;
use super::slots::SlotTable;
use super::streams::OpenStreams;
use super::table::{CallTable, Settled, Stage};
use super::waiter::Waiter;
use super::waiters::{WaiterNumber, Waiters};
use crate::parent::threads::parker::Parker;
use crate::protocol::method::is_internal;
use crate::transport::mapped::Lease;
use crate::transport::ring::{Entry, InlinePayload};

/// Where a parked thread is registered.
pub(crate) enum ThreadPlace {
    /// With its call, in place of this task.
    WithCall(Option<Waiter>),
    /// In the list of its key.
    Listed(WaiterNumber),
}

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
    pub(crate) streams: OpenStreams,
    /// Whether the parent must know which results were dropped unread.
    pub(crate) notes_unread: bool,
    /// Whether the object is a member of a pool, which must know when it is idle.
    pub(crate) is_pooled: bool,
    /// Whether the pool must know when the child has nothing to do, because calls wait elsewhere.
    pub(crate) waits_for_idle: bool,
    /// The requests of calls that were asked back for another member of the pool. Their cells in
    /// the ring may serve other calls by then.
    pub(crate) recalled: BTreeMap<u64, InlinePayload>,
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
            streams: OpenStreams::default(),
            notes_unread: false,
            is_pooled: false,
            waits_for_idle: false,
            recalled: BTreeMap::new(),
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

    /// Settles a call, and collects the threads and tasks that wait for it.
    pub(crate) fn settle(&mut self, index: u32, stage: Stage) {
        let Settled { wakes, references, waiter, is_detached, is_last } = self.table.settle(index, stage);
        // Dropped after the lock is released: dropping the last reference to a loan frees its slot,
        // which locks the object.
        self.effects.references.extend(references);
        self.wake_registered(waiter);
        match wakes {
            Some(key) => self.wake(key),
            None => debug_assert!(is_detached),
        }
        if is_detached {
            self.discard(index);
        }
        if is_last {
            self.wake(WaitKey::State);
            self.effects.tell_pool(self.is_pooled, MemberNews::Idle);
        }
    }

    /// Has the pool learn this, if the object is a member of one.
    pub(crate) fn tell_pool(&mut self, news: MemberNews) {
        self.effects.tell_pool(self.is_pooled, news);
    }

    /// Notes that another object has a call. What waits for the call is woken, to wait there.
    pub(crate) fn move_away(&mut self, index: u32, to: MovedTo) {
        let key = CallKey::new(index, self.table.call_of(index));
        let (waiter, is_last) = self.table.set_moved(index, to);
        self.wake_registered(waiter);
        self.wake(WaitKey::Call(key));
        if is_last {
            self.wake(WaitKey::State);
        }
    }

    /// Whether another member of the pool has this call.
    pub(crate) fn has_moved(&self, key: CallKey) -> bool {
        self.is_pooled && self.table.moved_to(key).is_some()
    }

    #[inline]
    fn wake_registered(&mut self, waiter: Option<Waiter>) {
        if let Some(waiter) = waiter {
            self.waiters.count_task(false, waiter.is_task());
            self.effects.wake.push(waiter);
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
        let stage = self.table.close(index);
        if !self.streams.is_empty() {
            self.release_items(index);
        }
        if let Stage::Answered(_, slot, _) = stage {
            self.free_slot(slot);
        }
    }

    /// Detaches a call whose `Call` was dropped. The child runs the call all the same.
    pub(crate) fn detach(&mut self, key: CallKey) {
        self.replace_waiter(key, None);
        if self.table.detach(key) {
            self.discard(key.index());
        } else if self.notes_unread {
            // `discard` notes the call again when it is settled: another process may run it by
            // then. Noted now too, so that the child drops a view in the result before it serves
            // the next call, which may change the object that the view borrows.
            self.effects.unread.push(key.call);
        }
    }

    /// Frees the slot of a call that is settled, unless unread items are in it.
    pub(crate) fn free_slot_of(&mut self, index: u32, slot: u16) {
        if !self.streams.has(index) {
            self.free_slot(slot);
        }
    }

    /// Frees the slot of a settled call whose items are not read any more. If its process was
    /// killed and is not dead yet, the slot becomes free with its death.
    pub(crate) fn release_items(&mut self, index: u32) {
        let Some(open) = self.streams.remove(index) else { return };
        let Some(slot) = open.source.slot() else { return };
        open.source.set_slot(None);
        if self.slots.call_in(slot) != Some(index) {
            return;
        }
        match open.is_abandoned {
            true => self.slots.leave_to_child(Entry { slot, call: open.key.call }),
            false => self.free_slot(slot),
        }
    }

    /// Wakes what waits for a call, because the call has items.
    pub(crate) fn wake_for_items(&mut self, key: CallKey) {
        if self.table.is_settled(key) {
            return;
        }
        if let Some(waiter) = self.table.replace_waiter(key, None) {
            self.waiters.count_task(false, waiter.is_task());
            self.effects.wake.push(waiter);
        }
        self.wake(WaitKey::Call(key));
    }

    pub(crate) fn free_slot(&mut self, slot: u16) {
        if let Some(lease) = self.slots.vacate(slot) {
            self.slots.release(lease);
        }
    }

    /// Sets what waits for a call. What waited for it before is dropped after the lock is released.
    fn replace_waiter(&mut self, key: CallKey, waiter: Option<Waiter>) {
        let is_task = waiter.as_ref().is_some_and(Waiter::is_task);
        let before = self.table.replace_waiter(key, waiter);
        self.waiters.count_task(is_task, before.as_ref().is_some_and(Waiter::is_task));
        self.effects.discard(before);
    }

    /// Registers a parked thread. It is woken once, when `key` has happened, whichever thread
    /// notices. Returns what `unregister_thread` needs.
    pub(crate) fn register_thread(&mut self, key: WaitKey, parker: Arc<Parker>) -> ThreadPlace {
        let waiter = Waiter::Thread(parker);
        match key {
            // A task that polled the call is registered again if the thread stops waiting.
            WaitKey::Call(key) => ThreadPlace::WithCall(self.table.replace_waiter(key, Some(waiter))),
            key => ThreadPlace::Listed(self.waiters.register(key, waiter)),
        }
    }

    pub(crate) fn unregister_thread(&mut self, key: WaitKey, registered: ThreadPlace) {
        match (key, registered) {
            (WaitKey::Call(key), ThreadPlace::WithCall(task)) => {
                // No thread or task is woken for a call that is settled already.
                let (task, settled) = if self.table.is_settled(key) { (None, task) } else { (task, None) };
                self.table.replace_waiter(key, task);
                self.waiters.count_task(false, settled.as_ref().is_some_and(Waiter::is_task));
                self.effects.discard(settled);
            }
            (key, ThreadPlace::Listed(number)) => drop(self.waiters.unregister(key, number)),
            (_, ThreadPlace::WithCall(_)) => unreachable!("registered with another key"),
        }
    }

    /// Whether this task is registered for `key`, under this number if it is not for a call.
    pub(crate) fn has_task(&mut self, key: WaitKey, number: Option<WaiterNumber>, waker: &Waker) -> bool {
        match (key, number) {
            (WaitKey::Call(key), _) => self.table.waiter(key).is_some_and(|waiter| waiter.will_wake(waker)),
            (key, Some(number)) => self.waiters.has_task(key, number, waker),
            (_, None) => false,
        }
    }

    /// Registers a task in place of the one that was registered under this number or with the call.
    /// It is woken once. Returns its number, if it has one.
    pub(crate) fn register_task(
        &mut self,
        key: WaitKey,
        before: Option<WaiterNumber>,
        waker: Waker,
    ) -> Option<WaiterNumber> {
        if let WaitKey::Call(key) = key {
            self.replace_waiter(key, Some(Waiter::Task(waker)));
            return None;
        }
        self.unregister_task(key, before);
        Some(self.waiters.register(key, Waiter::Task(waker)))
    }

    /// Removes the task that was registered for a pull or a state under this number.
    pub(crate) fn unregister_task(&mut self, key: WaitKey, number: Option<WaiterNumber>) {
        let before = number.and_then(|number| self.waiters.unregister(key, number));
        self.effects.discard(before);
    }

    /// Collects the threads and tasks that wait for `key`. (`settle` collects a call's own waiter.)
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

    /// Wakes one parked thread to become the driver, if there is no driver. Returns true if tasks
    /// wait, and no thread drives or will.
    #[inline]
    pub(crate) fn hand_over(&mut self) -> bool {
        if self.waiters.is_driven() {
            return false;
        }
        let next = self.waiters.next_driver();
        let is_none = next.is_none();
        self.effects.wake.extend(next);
        is_none && (self.waiters.has_tasks() || self.waits_for_idle)
    }

    /// Notes that the oldest call in the backlog waits for room in the control socket. The driver
    /// sleeps on the socket too. If it sleeps already, its doorbell is rung so that it polls again.
    pub(crate) fn wait_for_socket(&mut self) {
        self.socket_is_full = true;
        self.effects.ring_driver |= self.waiters.is_driven();
    }
}
