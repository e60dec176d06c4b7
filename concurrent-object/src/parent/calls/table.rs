//! The table of calls: where each call is, who takes its outcome, and its reply once it is
//! answered.
//!
//! Problem: a call is looked up several times, and small calls must not allocate. A map by call
//! number would hash and allocate for each call. Way here: a *slab*, a vector of records with a
//! list of free indices. An index is used again, so a stale one would find another call. So a key
//! is a *generational index*: the record's index with the call's number, and debug builds compare
//! the two.
//!
//! Knows replies as bytes, never as values.
//!
//! Invariant: a record is freed exactly once: when its outcome is taken, or when its call is both
//! detached and settled.

mod moving;
mod replies;
mod short;

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;

use super::key::{CallKey, WaitKey};
use super::moved::MovedTo;
use super::received::ReceivedFiles;
use super::references::References;
use super::timing::Timing;
use super::waiter::Waiter;
use crate::error::CallError;
#[cfg(feature = "bridge")]
use crate::error::Started;
use crate::shared::file::SharedFile;
use crate::transport::header::Header;

/// Who takes the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A `pull`.
    Pushed,
    /// A `Call`.
    Call,
    /// An `Items`.
    Items,
    /// A `Call` that a pool submitted. Before it has started it may move to another member.
    Pooled,
    /// The `Call` of the object's last call, with which the object ends.
    Last,
    /// No owner: the `Call` was dropped, and the outcome is discarded.
    Detached,
}

/// Where a call is.
pub(crate) enum Stage {
    /// Its record is free.
    Free,
    /// Encoded, in the backlog.
    Backlogged,
    /// In a slot, not yet answered.
    Sent,
    /// Answered by the process with this id. The result is in this slot.
    Answered(u32, u16, Header),
    /// Answered by the process with this id. The result is here: it came inline, or it was copied
    /// out because the slot was needed.
    Kept(u32, Header, Vec<u8>),
    /// Failed: there is no reply.
    Failed(CallError),
    /// Another object has the call.
    Moved(MovedTo),
}

struct CallRecord {
    call: u64,
    method: u32,
    owner: Owner,
    stage: Stage,
    waiter: Option<Waiter>,
    /// The lent regions and shared files that the arguments refer to.
    references: References,
    /// The shared files that came with its reply.
    received: ReceivedFiles,
    timing: Option<Box<Timing>>,
}

/// All calls of one object that are not settled, or whose outcome is not taken.
#[derive(Default)]
pub(crate) struct CallTable {
    records: Vec<CallRecord>,
    free: Vec<u32>,
    /// Pushed calls in the order of their submission, until they are pulled.
    pushes: VecDeque<CallKey>,
    last_call: u64,
    unsettled: usize,
}

impl CallTable {
    /// Accepts a call: gives it a number and a record.
    pub(crate) fn open(&mut self, method: u32, owner: Owner, stage: Stage, references: References) -> CallKey {
        self.last_call += 1;
        self.unsettled += 1;
        let call = self.last_call;
        let index = match self.free.pop() {
            Some(index) => {
                // The fields are set one by one. Assigning a whole record would run drop checks,
                // and a free record holds nothing to drop.
                let record = &mut self.records[index as usize];
                debug_assert!(
                    record.waiter.is_none() && record.references.is_empty() && record.timing.is_none(),
                    "`settle` emptied the record"
                );
                (record.call, record.method, record.owner, record.stage) = (call, method, owner, stage);
                if !references.is_empty() {
                    record.references = references;
                }
                index
            }
            None => {
                self.records.push(CallRecord {
                    call,
                    method,
                    owner,
                    stage,
                    waiter: None,
                    references,
                    received: None,
                    timing: None,
                });
                u32::try_from(self.records.len() - 1).expect("fewer than 2^32 calls in flight")
            }
        };
        let key = CallKey { index, call };
        if owner == Owner::Pushed {
            self.pushes.push_back(key);
        }
        key
    }

    /// Returns the number of calls accepted so far.
    pub(crate) fn accepted(&self) -> u64 {
        self.last_call
    }

    #[inline]
    pub(crate) fn call_of(&self, index: u32) -> u64 {
        self.records[index as usize].call
    }

    #[inline]
    pub(crate) fn method_of(&self, index: u32) -> u32 {
        self.records[index as usize].method
    }

    /// Returns the shared files that the call's arguments refer to.
    pub(crate) fn files_of(&self, index: u32) -> &[Arc<SharedFile>] {
        self.records[index as usize].references.files()
    }

    /// Takes what the call's arguments refer to, for an owner that keeps it longer than the call.
    pub(crate) fn take_references(&mut self, index: u32) -> References {
        mem::take(&mut self.records[index as usize].references)
    }

    /// Returns the call's timing.
    pub(crate) fn timing_of(&self, index: u32) -> Timing {
        self.records[index as usize].timing.as_deref().copied().unwrap_or_default()
    }

    pub(crate) fn timing_mut(&mut self, index: u32) -> &mut Timing {
        self.records[index as usize].timing.get_or_insert_default()
    }

    pub(crate) fn is_answered(&self, index: u32) -> bool {
        matches!(self.records[index as usize].stage, Stage::Answered(..))
    }

    #[inline]
    pub(crate) fn is_sent(&self, index: u32) -> bool {
        matches!(self.records[index as usize].stage, Stage::Sent)
    }

    pub(crate) fn set_sent(&mut self, index: u32) {
        self.records[index as usize].stage = Stage::Sent;
    }

    /// Returns the number of pushed calls whose outcomes were not pulled.
    pub(crate) fn unpulled(&self) -> usize {
        self.pushes.len()
    }

    /// Returns the number of calls that are not settled.
    pub(crate) fn unsettled(&self) -> usize {
        self.unsettled
    }

    pub(crate) fn can_pull(&self) -> bool {
        self.pushes.front().is_some_and(|&key| self.is_settled(key))
    }

    /// Returns the oldest pushed call, settled or not.
    #[inline]
    pub(crate) fn front(&self) -> Option<CallKey> {
        self.pushes.front().copied()
    }

    #[inline]
    pub(crate) fn is_settled(&self, key: CallKey) -> bool {
        let record = self.record(key);
        matches!(record.stage, Stage::Answered(..) | Stage::Kept(..) | Stage::Failed(_) | Stage::Moved(_))
    }

    /// Whether this call has ended before it began.
    #[cfg(feature = "bridge")]
    pub(crate) fn has_not_begun(&self, key: CallKey) -> bool {
        matches!(&self.record(key).stage, Stage::Failed(error) if error.info().started == Started::No)
    }

    /// Whether this call has no outcome and its record is not another call's by now.
    pub(crate) fn is_open(&self, key: CallKey) -> bool {
        let record = &self.records[key.index as usize];
        let is_unsettled = matches!(record.stage, Stage::Backlogged | Stage::Sent);
        record.call == key.call && is_unsettled && record.owner != Owner::Detached
    }

    /// Removes the oldest pushed call, whose outcome is taken.
    pub(crate) fn pop_front(&mut self) {
        self.pushes.pop_front();
    }

    /// Sets what waits for a call. Returns what waited for it before.
    pub(crate) fn replace_waiter(&mut self, key: CallKey, waiter: Option<Waiter>) -> Option<Waiter> {
        mem::replace(&mut self.records[key.index as usize].waiter, waiter)
    }

    /// Returns what waits for a call.
    pub(crate) fn waiter(&self, key: CallKey) -> Option<&Waiter> {
        self.record(key).waiter.as_ref()
    }

    #[inline]
    fn record(&self, key: CallKey) -> &CallRecord {
        let record = &self.records[key.index as usize];
        debug_assert_eq!(record.call, key.call, "a key is used once");
        record
    }

    #[inline]
    pub(crate) fn close(&mut self, index: u32) -> Stage {
        self.free.push(index);
        std::mem::replace(&mut self.records[index as usize].stage, Stage::Free)
    }

    /// Records the outcome of a call.
    #[inline]
    pub(crate) fn settle(&mut self, index: u32, stage: Stage) -> Settled {
        self.unsettled -= 1;
        let record = &mut self.records[index as usize];
        record.stage = stage;
        record.timing = None;
        let references = (!record.references.is_empty()).then(|| mem::take(&mut record.references));
        let key = CallKey { index, call: record.call };
        let (wakes, waiter) = match record.owner {
            Owner::Call | Owner::Pooled | Owner::Items | Owner::Last => {
                (Some(WaitKey::Call(key)), record.waiter.take())
            }
            Owner::Pushed => (Some(WaitKey::Pull), None),
            Owner::Detached => (None, None),
        };
        Settled { wakes, waiter, references, is_detached: wakes.is_none(), is_last: self.unsettled == 0 }
    }

    /// Detaches a call: its outcome will not be taken. Returns true if it is settled already, so
    /// that the caller frees its record.
    pub(crate) fn detach(&mut self, key: CallKey) -> bool {
        let is_settled = self.is_settled(key);
        if !is_settled {
            let record = &mut self.records[key.index as usize];
            record.owner = Owner::Detached;
        }
        is_settled
    }
}

/// What the caller of `settle` has to do.
pub(crate) struct Settled {
    /// The key whose waiters are woken; `None` if the call was detached.
    pub(crate) wakes: Option<WaitKey>,
    /// What waits for the call.
    pub(crate) waiter: Option<Waiter>,
    /// What the call's arguments referred to.
    pub(crate) references: Option<References>,
    /// Whether the call was detached, so that its record is freed now.
    pub(crate) is_detached: bool,
    /// Whether this was the last unsettled call of the object.
    pub(crate) is_last: bool,
}
