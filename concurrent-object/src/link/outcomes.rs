//! What became of each call: where it is, who owns it, and its reply once there is one.
//!
//! Knows replies as bytes, never as values. Invariant: a record is freed exactly once, when its outcome is taken or when
//! an abandoned call is settled; a ticket names record and call, so a stale one is noticed.

use std::collections::VecDeque;
use std::mem;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::task::Waker;

use super::held::Held;
use super::limits::Timing;
use super::taken::Received;
use super::{Core, Key};
use crate::channel::head::Head;
use crate::error::{CallError, Started};
use crate::shared::file::SharedFile;

/// A call that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    index: u32,
    pub(crate) call: u64,
}

impl Ticket {
    pub(super) fn index(self) -> u32 {
        self.index
    }
}

/// Who gets the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A `pull`.
    Pushed,
    /// A `Call`.
    Held,
    /// A `Call` that is the last of its object, which ends with it. Recorded as held.
    Last,
    /// Nobody any more.
    Abandoned,
}

/// Where a call is.
pub(super) enum Stage {
    /// Its record is free.
    Free,
    /// Its bytes wait in the parent.
    Backlogged,
    /// In a slot, not yet answered.
    Sent,
    /// Answered by the process of this id, with the result in its slot.
    Answered(u32, u16, Head),
    /// Answered, with the result here: it was short, or it was copied out because the slot was needed.
    Kept(u32, Head, Vec<u8>),
    /// There will be no reply.
    Failed(CallError),
}

struct Record {
    call: u64,
    method: u32,
    owner: Owner,
    stage: Stage,
    waker: Option<Waker>,
    /// What the call's arguments refer to.
    held: Held,
    /// What came with its reply.
    received: Received,
    timing: Option<Box<Timing>>,
}

/// All calls of one object that have an outcome to come or to be taken.
#[derive(Default)]
pub(crate) struct Outcomes {
    records: Vec<Record>,
    free: Vec<u32>,
    /// Pushed calls in their order, until pulled.
    pushes: VecDeque<Ticket>,
    last_call: u64,
    unsettled: usize,
}

impl Outcomes {
    /// Gives a call its number and its record.
    pub(super) fn open(&mut self, method: u32, owner: Owner, stage: Stage, held: Held) -> Ticket {
        self.last_call += 1;
        self.unsettled += 1;
        let call = self.last_call;
        let index = match self.free.pop() {
            Some(index) => {
                // Not replaced as a whole, which would look for what to drop: a free record has nothing.
                let record = &mut self.records[index as usize];
                debug_assert!(
                    record.waker.is_none() && record.held.is_empty() && record.timing.is_none(),
                    "it was settled"
                );
                (record.call, record.method, record.owner, record.stage) = (call, method, owner, stage);
                if !held.is_empty() {
                    record.held = held;
                }
                index
            }
            None => {
                self.records.push(Record {
                    call,
                    method,
                    owner,
                    stage,
                    waker: None,
                    held,
                    received: None,
                    timing: None,
                });
                u32::try_from(self.records.len() - 1).expect("fewer calls under way than u32 counts")
            }
        };
        let ticket = Ticket { index, call };
        if owner == Owner::Pushed {
            self.pushes.push_back(ticket);
        }
        ticket
    }

    /// How many calls there were.
    pub(super) fn accepted(&self) -> u64 {
        self.last_call
    }

    #[inline]
    pub(super) fn call_of(&self, index: u32) -> u64 {
        self.records[index as usize].call
    }

    #[inline]
    pub(super) fn method_of(&self, index: u32) -> u32 {
        self.records[index as usize].method
    }

    /// The shared files that the call's arguments refer to.
    pub(super) fn files_of(&self, index: u32) -> &[Arc<SharedFile>] {
        self.records[index as usize].held.files()
    }

    /// What the call's arguments refer to, for whoever holds it longer than the call.
    pub(super) fn take_held(&mut self, index: u32) -> Held {
        mem::take(&mut self.records[index as usize].held)
    }

    /// What is remembered of the call's time.
    pub(super) fn timing_of(&self, index: u32) -> Timing {
        self.records[index as usize].timing.as_deref().copied().unwrap_or_default()
    }

    pub(super) fn timing_mut(&mut self, index: u32) -> &mut Timing {
        self.records[index as usize].timing.get_or_insert_default()
    }

    /// Whether the call has begun, if that is how far it has come in this life: one that runs again has begun before.
    pub(super) fn had_begun(&self, index: u32, in_this_life: Started) -> Started {
        if self.timing_of(index).is_second { Started::Yes } else { in_this_life }
    }

    pub(super) fn is_answered(&self, index: u32) -> bool {
        matches!(self.records[index as usize].stage, Stage::Answered(..))
    }

    #[inline]
    pub(super) fn is_sent(&self, index: u32) -> bool {
        matches!(self.records[index as usize].stage, Stage::Sent)
    }

    pub(super) fn set_sent(&mut self, index: u32) {
        self.records[index as usize].stage = Stage::Sent;
    }

    /// Pushed calls whose outcomes were not pulled.
    pub(super) fn unpulled(&self) -> usize {
        self.pushes.len()
    }

    /// Calls whose outcome is not known yet.
    pub(super) fn unsettled(&self) -> usize {
        self.unsettled
    }

    pub(super) fn can_pull(&self) -> bool {
        self.pushes.front().is_some_and(|&ticket| self.is_settled(ticket))
    }

    /// The oldest pushed call, settled or not.
    #[inline]
    pub(crate) fn front(&self) -> Option<Ticket> {
        self.pushes.front().copied()
    }

    #[inline]
    pub(crate) fn is_settled(&self, ticket: Ticket) -> bool {
        let record = self.record(ticket);
        matches!(record.stage, Stage::Answered(..) | Stage::Kept(..) | Stage::Failed(_))
    }

    /// What came with the reply to a call.
    pub(super) fn set_received(&mut self, index: u32, files: Vec<OwnedFd>) {
        self.records[index as usize].received = Some(files.into());
    }

    pub(super) fn take_received(&mut self, index: u32) -> Received {
        self.records[index as usize].received.take()
    }

    /// Copies a reply out of its slot, which somebody else needs.
    pub(super) fn keep(&mut self, index: u32, copy: impl FnOnce(Head) -> Vec<u8>) {
        let stage = &mut self.records[index as usize].stage;
        if let Stage::Answered(pid, _, head) = *stage {
            *stage = Stage::Kept(pid, head, copy(head));
        }
    }

    /// The oldest pushed call is taken.
    pub(super) fn pop_front(&mut self) {
        self.pushes.pop_front();
    }

    pub(super) fn set_waker(&mut self, ticket: Ticket, waker: Option<Waker>) {
        self.records[ticket.index as usize].waker = waker;
    }

    #[inline]
    fn record(&self, ticket: Ticket) -> &Record {
        let record = &self.records[ticket.index as usize];
        debug_assert_eq!(record.call, ticket.call, "a ticket is used once");
        record
    }

    #[inline]
    pub(super) fn close(&mut self, index: u32) -> Stage {
        self.free.push(index);
        std::mem::replace(&mut self.records[index as usize].stage, Stage::Free)
    }
}

impl Core {
    /// The call has its outcome. Nobody owns an abandoned one, so its record is freed at once.
    pub(super) fn settle(&mut self, index: u32, stage: Stage) {
        self.outcomes.unsettled -= 1;
        let record = &mut self.outcomes.records[index as usize];
        record.stage = stage;
        record.timing = None;
        // Not dropped under the lock: the last one gives its slot back.
        if !record.held.is_empty() {
            self.after.held.push(mem::take(&mut record.held));
        }
        let ticket = Ticket { index, call: record.call };
        match record.owner {
            Owner::Held | Owner::Last => {
                self.after.wake.extend(record.waker.take());
                self.wake(Key::Call(ticket));
            }
            Owner::Pushed => self.wake(Key::Pull),
            Owner::Abandoned => self.discard(index),
        }
        if self.outcomes.unsettled == 0 {
            self.wake(Key::State);
        }
    }

    /// Frees the record of a settled call, and the slot that its reply is in.
    fn discard(&mut self, index: u32) {
        let received = self.outcomes.take_received(index);
        // Closing the last descriptor of a large file takes its time.
        self.after.received.extend(received);
        if let Stage::Answered(_, slot, _) = self.outcomes.close(index) {
            self.free_slot(slot);
        }
    }

    /// Nobody wants the outcome any more. The call itself is made all the same.
    pub(crate) fn abandon(&mut self, ticket: Ticket) {
        if self.outcomes.is_settled(ticket) {
            self.discard(ticket.index);
        } else {
            let record = &mut self.outcomes.records[ticket.index as usize];
            record.owner = Owner::Abandoned;
            record.waker = None;
        }
    }

    pub(super) fn free_slot(&mut self, slot: u16) {
        if let Some(lease) = self.slots.vacate(slot) {
            self.slots.release(lease);
        }
    }
}
