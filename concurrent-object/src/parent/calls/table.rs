//! What became of each call: where it is, who owns it, and its reply once there is one.
//!
//! Knows replies as bytes, never as values. Invariant: a record is freed exactly once, when its outcome is taken or when
//! an abandoned call is settled; a key names record and call, so a stale one is noticed.

use std::collections::VecDeque;
use std::mem;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::task::Waker;

use super::key::{CallKey, WaitKey};
use super::received::ReceivedFiles;
use super::references::References;
use super::timing::Timing;
use crate::error::{CallError, Started};
use crate::shared::file::SharedFile;
use crate::transport::header::Header;

/// Who gets the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A `pull`.
    Pushed,
    /// A `Call`.
    Call,
    /// A `Call` that is the last of its object, which ends with it. Recorded as held.
    Last,
    /// Nobody any more.
    Detached,
}

/// Where a call is.
pub(crate) enum Stage {
    /// Its record is free.
    Free,
    /// Its bytes wait in the parent.
    Backlogged,
    /// In a slot, not yet answered.
    Sent,
    /// Answered by the process of this id, with the result in its slot.
    Answered(u32, u16, Header),
    /// Answered, with the result here: it was short, or it was copied out because the slot was needed.
    Kept(u32, Header, Vec<u8>),
    /// There will be no reply.
    Failed(CallError),
}

struct CallRecord {
    call: u64,
    method: u32,
    owner: Owner,
    stage: Stage,
    waker: Option<Waker>,
    /// What the call's arguments refer to.
    references: References,
    /// What came with its reply.
    received: ReceivedFiles,
    timing: Option<Box<Timing>>,
}

/// All calls of one object that have an outcome to come or to be taken.
#[derive(Default)]
pub(crate) struct CallTable {
    records: Vec<CallRecord>,
    free: Vec<u32>,
    /// Pushed calls in their order, until pulled.
    pushes: VecDeque<CallKey>,
    last_call: u64,
    unsettled: usize,
}

impl CallTable {
    /// Gives a call its number and its record.
    pub(crate) fn open(&mut self, method: u32, owner: Owner, stage: Stage, references: References) -> CallKey {
        self.last_call += 1;
        self.unsettled += 1;
        let call = self.last_call;
        let index = match self.free.pop() {
            Some(index) => {
                // Not replaced as a whole, which would look for what to drop: a free record has nothing.
                let record = &mut self.records[index as usize];
                debug_assert!(
                    record.waker.is_none() && record.references.is_empty() && record.timing.is_none(),
                    "it was settled"
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
                    waker: None,
                    references,
                    received: None,
                    timing: None,
                });
                u32::try_from(self.records.len() - 1).expect("fewer calls under way than u32 counts")
            }
        };
        let key = CallKey { index, call };
        if owner == Owner::Pushed {
            self.pushes.push_back(key);
        }
        key
    }

    /// How many calls there were.
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

    /// The shared files that the call's arguments refer to.
    pub(crate) fn files_of(&self, index: u32) -> &[Arc<SharedFile>] {
        self.records[index as usize].references.files()
    }

    /// What the call's arguments refer to, for whoever holds it longer than the call.
    pub(crate) fn take_references(&mut self, index: u32) -> References {
        mem::take(&mut self.records[index as usize].references)
    }

    /// What is remembered of the call's time.
    pub(crate) fn timing_of(&self, index: u32) -> Timing {
        self.records[index as usize].timing.as_deref().copied().unwrap_or_default()
    }

    pub(crate) fn timing_mut(&mut self, index: u32) -> &mut Timing {
        self.records[index as usize].timing.get_or_insert_default()
    }

    /// Whether the call has begun, if that is how far it has come in this life: one that runs again has begun before.
    pub(crate) fn had_begun(&self, index: u32, in_this_life: Started) -> Started {
        if self.timing_of(index).is_second { Started::Yes } else { in_this_life }
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

    /// Pushed calls whose outcomes were not pulled.
    pub(crate) fn unpulled(&self) -> usize {
        self.pushes.len()
    }

    /// Calls whose outcome is not known yet.
    pub(crate) fn unsettled(&self) -> usize {
        self.unsettled
    }

    pub(crate) fn can_pull(&self) -> bool {
        self.pushes.front().is_some_and(|&key| self.is_settled(key))
    }

    /// The oldest pushed call, settled or not.
    #[inline]
    pub(crate) fn front(&self) -> Option<CallKey> {
        self.pushes.front().copied()
    }

    #[inline]
    pub(crate) fn is_settled(&self, key: CallKey) -> bool {
        let record = self.record(key);
        matches!(record.stage, Stage::Answered(..) | Stage::Kept(..) | Stage::Failed(_))
    }

    /// What came with the reply to a call.
    pub(crate) fn set_received(&mut self, index: u32, files: Vec<OwnedFd>) {
        self.records[index as usize].received = Some(files.into());
    }

    pub(crate) fn take_received(&mut self, index: u32) -> ReceivedFiles {
        self.records[index as usize].received.take()
    }

    /// Copies a reply out of its slot, which somebody else needs.
    pub(crate) fn keep(&mut self, index: u32, copy: impl FnOnce(Header) -> Vec<u8>) {
        let stage = &mut self.records[index as usize].stage;
        if let Stage::Answered(pid, _, header) = *stage {
            *stage = Stage::Kept(pid, header, copy(header));
        }
    }

    /// The oldest pushed call is taken.
    pub(crate) fn pop_front(&mut self) {
        self.pushes.pop_front();
    }

    pub(crate) fn set_waker(&mut self, key: CallKey, waker: Option<Waker>) {
        self.records[key.index as usize].waker = waker;
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
        let (wakes, waker) = match record.owner {
            Owner::Call | Owner::Last => (Some(WaitKey::Call(key)), record.waker.take()),
            Owner::Pushed => (Some(WaitKey::Pull), None),
            Owner::Detached => (None, None),
        };
        Settled { wakes, waker, references, is_detached: wakes.is_none(), is_last: self.unsettled == 0 }
    }

    /// No one will take the outcome of this call. True if it is settled already, so that its record can be freed.
    pub(crate) fn detach(&mut self, key: CallKey) -> bool {
        let is_settled = self.is_settled(key);
        if !is_settled {
            let record = &mut self.records[key.index as usize];
            record.owner = Owner::Detached;
            record.waker = None;
        }
        is_settled
    }
}

/// What settling a call leaves to be done.
pub(crate) struct Settled {
    /// What happened, for the threads and tasks that wait for it; nothing if the call was abandoned.
    pub(crate) wakes: Option<WaitKey>,
    /// The waker of the call itself.
    pub(crate) waker: Option<Waker>,
    /// What the call's arguments referred to.
    pub(crate) references: Option<References>,
    /// No one will take the outcome: the record is to be freed.
    pub(crate) is_detached: bool,
    /// No call of the object is unsettled any more.
    pub(crate) is_last: bool,
}
