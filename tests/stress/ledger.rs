//! The ledger of one object: its calls, their outcomes, and the notes of its methods.
//!
//! Knows numbers and notes; knows no calls. It checks these invariants:
//!
//! - each call has exactly one outcome;
//! - a call with a result ran once to its end;
//! - a call that has not started left no note;
//! - calls ran in the order in which they were made;
//! - a call ran twice only if that is allowed and its object died.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use concurrent_object::Started;

use crate::nested;
use crate::object::{BEGAN, ENDED};

/// The expected outcome of a call, if its object does not die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A result with this digest.
    Result(u64),
    /// A result with this digest from the nested object, or the report that the nested object died.
    Relayed(u64),
    /// A result with this digest, from an object behind a handle. Another call may have given that
    /// object away.
    OfKeepsake(u64),
    Panic,
    /// Its arguments are larger than the limit.
    TooLarge,
    /// It never returns, or kills its process.
    NoResult,
}

impl Expected {
    fn is_result(self) -> bool {
        matches!(self, Self::Result(_) | Self::Relayed(_) | Self::OfKeepsake(_))
    }
}

/// The outcome that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Result,
    /// The nested object died during the call.
    InnerDied,
    Panicked,
    TooLarge,
    /// A handle in its arguments named no object any more.
    NoKeepsake,
    /// The object had ended.
    Gone(Started),
    /// It was cancelled, or exceeded a limit.
    Early {
        started: Started,
        killed: bool,
    },
    /// The push was refused.
    Refused,
    /// The call was dropped before its outcome was taken.
    Dropped,
    /// A stream was dropped half-way. Unlike a call, it does not run if it had not begun, and ends
    /// early if it had.
    StreamDropped,
}

#[derive(Debug)]
struct Made {
    at: Instant,
    expected: Expected,
    /// The library's number; 0 if the call was not accepted.
    call: u64,
    /// It may run a second time, if the object died meanwhile.
    twice: bool,
    seen: Option<Seen>,
}

#[derive(Debug, Default)]
struct Entries {
    made: HashMap<u64, Made>,
    /// Errors that were pulled. They carry only the library's number.
    pulled: Vec<(u64, Seen)>,
}

#[derive(Debug, Default)]
pub struct Ledger(Mutex<Entries>);

/// The facts about an object's end that the checks need.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// Its proxy was dropped, so outcomes of pushes were lost with it.
    pub unpulled: bool,
    /// It was closed and not disturbed otherwise, so all accepted calls were served.
    pub served_all: bool,
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a call before it is made.
    pub fn announce(&self, id: u64, expected: Expected, twice: bool) {
        self.lock().made.insert(id, Made { at: Instant::now(), expected, call: 0, twice, seen: None });
    }

    /// Records the library's number of an accepted call.
    pub fn accepted(&self, id: u64, call: u64) {
        if let Some(made) = self.lock().made.get_mut(&id) {
            made.call = call;
        }
    }

    /// Records the outcome of a call. Returns the expected outcome, or an error if the call had an
    /// outcome already.
    pub fn saw(&self, id: u64, seen: Seen) -> Result<Expected, String> {
        let mut entries = self.lock();
        let made = entries.made.get_mut(&id).ok_or_else(|| format!("an outcome of a call {id} that was never made"))?;
        match made.seen.replace(seen) {
            Some(before) => Err(format!("call {id} ({}) has two outcomes: {before:?}, {seen:?}", made.call)),
            None => Ok(made.expected),
        }
    }

    /// Records the result of a call, and checks its digest.
    pub fn check_result(&self, (id, digest): (u64, u64)) -> Result<(), String> {
        let inner_died = digest == nested::DIED;
        let expected = self.saw(id, if inner_died { Seen::InnerDied } else { Seen::Result })?;
        let is_right = match expected {
            Expected::Relayed(expected) => expected == digest || inner_died,
            other => matches!(other, Expected::Result(right) | Expected::OfKeepsake(right) if right == digest),
        };
        if is_right { Ok(()) } else { Err(format!("call {id}: {digest} is not {expected:?}")) }
    }

    /// Returns the time since the call was announced.
    pub fn age(&self, id: u64) -> Option<Duration> {
        self.lock().made.get(&id).map(|made| made.at.elapsed())
    }

    /// Returns the number of accepted calls.
    pub fn count_accepted(&self) -> usize {
        self.lock().made.values().filter(|made| made.call != 0).count()
    }

    /// Records an error that was pulled.
    pub fn pulled(&self, call: u64, seen: Seen) {
        self.lock().pulled.push((call, seen));
    }

    /// Compares all entries with the notes, after the object has ended.
    pub fn check(&self, notes: &Path, inner: Option<&Path>, end: End) -> Result<(), String> {
        self.match_pulled()?;
        let entries = self.lock();
        let notes = Notes::read(notes)?;
        let inner = inner.map(Notes::read).transpose()?.unwrap_or_default();
        notes.check_order(|id| entries.made.get(&id).map(|made| (made.call, made.twice)))?;
        for (id, made) in &entries.made {
            let ran = (notes.count(*id, BEGAN), notes.count(*id, ENDED));
            let inner_ran = (inner.count(*id, BEGAN), inner.count(*id, ENDED));
            let describe = |wrong| {
                format!(
                    "call {id}: {wrong}; its notes: {ran:?}, those of the nested object: {inner_ran:?}; {made:?}; {end:?}"
                )
            };
            made.check(ran, end).and_then(|()| made.check_inner(ran, inner_ran)).map_err(describe)?;
        }
        Ok(())
    }

    fn match_pulled(&self) -> Result<(), String> {
        let pulled = std::mem::take(&mut self.lock().pulled);
        let ids: HashMap<u64, u64> = self.lock().made.iter().map(|(id, made)| (made.call, *id)).collect();
        for (call, seen) in pulled {
            let id = ids.get(&call).filter(|_| call != 0);
            self.saw(*id.ok_or_else(|| format!("{seen:?} was pulled for a call {call} that was never made"))?, seen)?;
        }
        Ok(())
    }
}

impl Made {
    fn check(&self, ran: (usize, usize), end: End) -> Result<(), &'static str> {
        let most = if self.twice { 2 } else { 1 };
        let at_most = ran.0 <= most && ran.1 <= ran.0;
        let to_its_end = at_most && ran.1 >= 1;
        let fits = match self.seen {
            None if !end.unpulled => return Err("it has no outcome"),
            None | Some(Seen::Dropped) => at_most,
            Some(Seen::StreamDropped) => at_most && (ran.0 == ran.1 || !end.served_all),
            Some(Seen::Result) => to_its_end && self.expected.is_result(),
            Some(Seen::NoKeepsake) => ran == (0, 0) && matches!(self.expected, Expected::OfKeepsake(_)),
            Some(Seen::InnerDied) => to_its_end && matches!(self.expected, Expected::Relayed(_)),
            Some(Seen::Panicked) => ran == (1, 0) && self.expected == Expected::Panic,
            Some(Seen::TooLarge) => ran == (0, 0) && self.expected == Expected::TooLarge,
            Some(Seen::Refused | Seen::Gone(Started::No) | Seen::Early { started: Started::No, .. }) => ran == (0, 0),
            // A call that was not killed has answered, unless it was cancelled while it waited to
            // run a second time.
            Some(Seen::Early { killed: false, started: Started::Yes }) => at_most && (self.twice || ran.0 == 1),
            Some(Seen::Gone(Started::Yes) | Seen::Early { started: Started::Yes, .. }) => at_most,
            Some(Seen::Gone(Started::Unknown) | Seen::Early { started: Started::Unknown, .. }) => {
                return Err("an error does not say whether it started");
            }
        };
        let served = match self.expected {
            // A dropped call has no outcome that says whether its handle was stale.
            Expected::OfKeepsake(_) if matches!(self.seen, Some(Seen::NoKeepsake | Seen::Dropped)) => true,
            Expected::Result(_) if self.seen == Some(Seen::StreamDropped) => true,
            Expected::Result(_) | Expected::Relayed(_) | Expected::OfKeepsake(_) => to_its_end,
            Expected::Panic => ran == (1, 0),
            Expected::TooLarge | Expected::NoResult => true,
        };
        match (fits, served || !end.served_all || self.call == 0) {
            (true, true) => Ok(()),
            (false, _) => Err("its notes do not match its outcome"),
            (_, false) => Err("it was accepted and not served, though the object was closed"),
        }
    }

    /// Checks what the nested object did for this call.
    fn check_inner(&self, ran: (usize, usize), inner: (usize, usize)) -> Result<(), &'static str> {
        let at_most = inner.0 <= ran.0.min(1) && inner.1 <= inner.0;
        let fits = match (self.expected, self.seen) {
            (Expected::Relayed(_), Some(Seen::Result)) => inner == (1, 1),
            (Expected::Relayed(_), _) => at_most,
            _ => inner == (0, 0),
        };
        if fits { Ok(()) } else { Err("the notes of the nested object do not match the outcome") }
    }
}

/// The notes of the methods, in their order.
#[derive(Default)]
struct Notes {
    began: Vec<u64>,
    counts: HashMap<(u64, u64), usize>,
}

impl Notes {
    fn read(path: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(path).map_err(|error| format!("the side file cannot be read: {error}"))?;
        let (words, rest) = bytes.as_chunks::<8>();
        let words: Vec<_> = words.iter().map(|&word| u64::from_ne_bytes(word)).collect();
        let (records, odd) = words.as_chunks::<2>();
        if !rest.is_empty() || !odd.is_empty() {
            return Err(format!("{} bytes of notes are not whole records", bytes.len()));
        }
        let mut counts = HashMap::new();
        records.iter().for_each(|&[id, what]| *counts.entry((id, what)).or_default() += 1);
        let began = records.iter().filter(|[_, what]| *what == BEGAN).map(|[id, _]| *id).collect();
        Ok(Self { began, counts })
    }

    fn count(&self, id: u64, what: u64) -> usize {
        self.counts.get(&(id, what)).copied().unwrap_or_default()
    }

    fn check_order(&self, call_of: impl Fn(u64) -> Option<(u64, bool)>) -> Result<(), String> {
        let mut last = 0;
        for &id in &self.began {
            let (call, twice) =
                call_of(id).ok_or_else(|| format!("a method ran for a call {id} that was never made"))?;
            if call < last || (call == last && !twice) {
                return Err(format!("call {call} ({id}) ran after call {last}"));
            }
            last = call;
        }
        Ok(())
    }
}
