//! The judge: what a sound child may do, said without the parent's tables.
//!
//! Knows each call, its slot, and the value that was written for it. Does not know how the parent
//! checks anything.

use std::collections::{BTreeMap, VecDeque};

use crate::parent::calls::key::CallKey;
use crate::parent::object::tests::player::SLOTS;
use crate::protocol::notice::FULL;
use crate::protocol::tag::{FAILURE, LACKING, SKIPPED, VALUE};
use crate::transport::header::INLINE_SIZE;
use crate::transport::ring::{Entry, InlinePayload, NOTICE};

/// Whether the child may do so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Verdict {
    Sound,
    Broken,
}

/// The outcome that a settled call must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The value.
    Value(u64),
    /// An error, since the bytes are no value or no shared memory. The object ends then.
    Undecodable,
    /// An error. The object may end, if the bytes are no failure.
    Failure,
    /// An error, since the caller cancelled it.
    Cancelled,
}

/// A call of the parent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) key: CallKey,
    /// The slot, once the child has seen the request.
    pub(crate) slot: Option<u16>,
    pub(crate) outcome: Option<Expected>,
    is_cancelled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Free,
    Call(u64),
    /// A cancelled call that the child has not skipped.
    Cancelled(u64),
}

/// A message with a file, on its way to the parent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SentFile {
    pub(crate) call: u64,
    pub(crate) position: u64,
    pub(crate) has_file: bool,
    pub(crate) is_sealed: bool,
}

/// What is known of the memory when a reply is published.
pub(crate) struct Scene<'s> {
    /// The state word of the slot.
    pub(crate) state: u64,
    pub(crate) region_size: usize,
    /// Eight bytes of the slot's output region.
    pub(crate) value_at: &'s dyn Fn(usize) -> u64,
}

pub(crate) struct Judge {
    pub(crate) calls: BTreeMap<u64, Asked>,
    slots: [Holder; SLOTS],
    pub(crate) files: VecDeque<SentFile>,
    /// How many of them the parent has in its own memory.
    emptied: usize,
    /// The call of the last message, and the position that follows.
    next: Option<(u64, u64)>,
    /// How often in a row the socket was said to be full and was empty.
    times_empty: u32,
    newest: u64,
}

impl Judge {
    pub(crate) fn new() -> Self {
        Self {
            calls: BTreeMap::new(),
            slots: [Holder::Free; SLOTS],
            files: VecDeque::new(),
            emptied: 0,
            next: None,
            times_empty: 0,
            newest: 0,
        }
    }

    /// The parent has accepted a call.
    pub(crate) fn ask(&mut self, key: CallKey) {
        self.newest = key.call;
        self.calls.insert(key.call, Asked { key, slot: None, outcome: None, is_cancelled: false });
    }

    /// The child has seen the request of a call.
    pub(crate) fn note_request(&mut self, entry: Entry) {
        self.slots[usize::from(entry.slot)] = Holder::Call(entry.call);
        self.calls.get_mut(&entry.call).expect("it was asked for").slot = Some(entry.slot);
    }

    /// The caller has taken the outcome.
    pub(crate) fn take(&mut self, call: u64) -> Option<Expected> {
        let asked = self.calls.remove(&call)?;
        let holder = asked.slot.map(|slot| &mut self.slots[usize::from(slot)]);
        holder.filter(|holder| **holder == Holder::Call(call)).into_iter().for_each(|holder| *holder = Holder::Free);
        asked.outcome
    }

    /// The caller cancels a call. `state` is the state word of its slot.
    pub(crate) fn cancel(&mut self, call: u64, state: u64) -> Verdict {
        let asked = self.calls.get_mut(&call).expect("it is known");
        if asked.outcome.is_some() || asked.is_cancelled {
            return Verdict::Sound;
        }
        let Some(slot) = asked.slot else {
            asked.outcome = Some(Expected::Cancelled);
            return Verdict::Sound;
        };
        if state >> 3 < call {
            asked.outcome = Some(Expected::Cancelled);
            self.slots[usize::from(slot)] = Holder::Cancelled(call);
            return Verdict::Sound;
        }
        asked.is_cancelled = true;
        let may_be = state >> 3 == call && state & 7 <= 2;
        if may_be { Verdict::Sound } else { Verdict::Broken }
    }

    /// The child has published an entry.
    pub(crate) fn publish(&mut self, entry: Entry, words: &InlinePayload, scene: &Scene<'_>) -> Verdict {
        if entry.slot == NOTICE {
            return if entry.call == FULL { self.empty_socket() } else { Verdict::Broken };
        }
        match self.slots.get(usize::from(entry.slot)) {
            Some(&Holder::Call(call)) if call == entry.call => self.answer(entry, words, scene),
            Some(&Holder::Cancelled(call)) if call == entry.call && words[0] as u32 == SKIPPED => {
                self.slots[usize::from(entry.slot)] = Holder::Free;
                Verdict::Sound
            }
            _ => Verdict::Broken,
        }
    }

    fn answer(&mut self, entry: Entry, words: &InlinePayload, scene: &Scene<'_>) -> Verdict {
        let is_answered = self.calls[&entry.call].outcome.is_some();
        let Some(mut outcome) = read(words, scene).filter(|_| !is_answered) else { return Verdict::Broken };
        match self.take_files(entry.call, words[0] >> 48) {
            None => return Verdict::Broken,
            Some(false) if matches!(outcome, Expected::Value(_)) => outcome = Expected::Undecodable,
            Some(_) => {}
        }
        let asked = self.calls.get_mut(&entry.call).expect("it is known");
        if asked.is_cancelled {
            asked.outcome = Some(Expected::Cancelled);
            self.slots[usize::from(entry.slot)] = Holder::Free;
            return Verdict::Sound;
        }
        if words[0] >> 32 & 0xffff != 0 {
            self.slots[usize::from(entry.slot)] = Holder::Free;
        } else if scene.state != entry.call << 3 | 2 {
            return Verdict::Broken;
        }
        self.calls.get_mut(&entry.call).expect("it is known").outcome = Some(outcome);
        Verdict::Sound
    }

    /// The parent empties the socket, since the child says that it is full.
    fn empty_socket(&mut self) -> Verdict {
        let is_empty = self.emptied == self.files.len();
        self.times_empty = if is_empty { self.times_empty + 1 } else { 0 };
        while let Some(&file) = self.files.get(self.emptied) {
            if !self.may_come(file) {
                return Verdict::Broken;
            }
            self.emptied += 1;
        }
        let is_known = self.next.is_none_or(|(call, _)| call <= self.newest);
        if is_known && self.times_empty <= 16 { Verdict::Sound } else { Verdict::Broken }
    }

    /// Whether a message may follow the one before it: as the next of its reply, or as the first of
    /// a later reply.
    fn may_come(&mut self, file: SentFile) -> bool {
        if !file.has_file {
            return false;
        }
        let before = self.next.replace((file.call, file.position + 1));
        match before {
            Some((call, position)) if call == file.call => position == file.position,
            before => before.is_none_or(|(call, _)| file.call > call) && file.position == 0,
        }
    }

    /// Takes the next message, out of the parent's memory or the socket. `None` if it must not
    /// come.
    fn take_file(&mut self) -> Option<SentFile> {
        let file = self.files.pop_front()?;
        if self.emptied > 0 {
            self.emptied -= 1;
            return Some(file);
        }
        self.may_come(file).then_some(file)
    }

    /// Takes the files of a reply. Returns whether all are sealed, or `None` if one is missing.
    fn take_files(&mut self, call: u64, count: u64) -> Option<bool> {
        if count > 0 {
            self.times_empty = 0;
        }
        let mut are_sealed = true;
        for position in 0..count {
            let file = loop {
                let file = self.take_file()?;
                if file.call >= call {
                    break file;
                }
            };
            if (file.call, file.position) != (call, position) {
                return None;
            }
            are_sealed &= file.is_sealed;
        }
        Some(are_sealed)
    }
}

/// What a header and the message behind it say. `None` if no sound child writes it.
pub(crate) fn read(words: &InlinePayload, scene: &Scene<'_>) -> Option<Expected> {
    let len = words[0] >> 32 & 0xffff;
    let value = if len > 0 {
        if len > INLINE_SIZE as u64 + 1 {
            return None;
        }
        (len == 9).then_some(words[1])
    } else {
        let end = words[1].checked_add(words[2]).filter(|&end| end <= scene.region_size as u64)?;
        (words[2] == 8).then(|| (scene.value_at)(end as usize - 8))
    };
    match words[0] as u32 {
        VALUE => Some(value.map_or(Expected::Undecodable, Expected::Value)),
        FAILURE | LACKING => Some(Expected::Failure),
        _ => None,
    }
}
