//! Maps items over a pool: makes a call for each, and yields the outcomes.
//!
//! Problem: a caller that waits for each outcome in turn is woken for each, and one that submits
//! all items at once needs memory for all. Way here: as many calls are under way as the members
//! have slots, and the thread that consumes the outcomes sleeps until a member has served half of
//! what it has (`crew`). So an item costs less than a microsecond, and the memory that is needed
//! does not grow with the number of items. Members without work take over what waits in others
//! (`team`). So a slow item holds up no other one.
//!
//! Knows the order of items; knows nothing of slots and rings. Invariants: an item is pulled only
//! if its call is made at once. Each pulled item has exactly one outcome.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use super::lanes::Lane;
use super::member::{Member, Seated};
use super::results::Results;
use super::seats::Seats;
use crate::error::CallError;
use crate::parent::object::crew::wait_once;
use crate::proxy::call::Call;

/// The look-ahead for each member, unless `ahead` sets another one.
const AHEAD: usize = 64;

/// The outcomes of calls that a [`Pool`](super::Pool) makes for the items of an iterator:
/// [`Pool::map`](super::Pool::map) returns it.
///
/// It pulls an item only when an outcome is asked for, and at most the [look-ahead](Self::ahead)
/// before the outcome is given. `next` blocks until the next outcome is there. A call that fails is
/// an item with its error, and the others go on.
///
/// Dropping it withdraws the calls that have not begun. Those that run go on, and their outcomes
/// are discarded.
///
/// # Examples
/// ```
/// # use concurrent_object::concurrent_object;
/// use concurrent_object::Pool;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let pool = Pool::new(2, |_| DividerProxy::builder("divider").start())?;
///     // An endless iterator: only the items that are needed are pulled.
///     let quotients = pool.map(1.., |divider, n| divider.divide(60, n)).ahead(10);
///     let first: Result<Vec<u64>, _> = quotients.take(3).collect();
///     assert_eq!(first?, [60, 30, 20]);
///     Ok(())
/// }
/// ```
#[must_use = "a map makes calls only when its outcomes are asked for"]
pub struct Map<'p, P: Member, I, T, F, Q = ()> {
    seats: &'p Seats<P>,
    items: Option<I>,
    call: F,
    pub(super) lanes: Vec<Lane<P, T, Q>>,
    /// The members and the moves as of the last look.
    version: Option<u64>,
    moves: u64,
    results: Results<T>,
    ahead: Option<usize>,
    pulled: u64,
    given: u64,
}

/// What a look at the members has come to.
pub(super) enum MapProgress<T> {
    Ready(Option<Result<T, CallError>>),
    /// Outcomes are under way.
    Waits,
}

impl<'p, P: Member, I: Iterator, T, Q, F: FnMut(&P, I::Item) -> Call<T, Q>> Map<'p, P, I, T, F, Q> {
    pub(super) fn new(seats: &'p Seats<P>, items: I, call: F) -> Self {
        let results = Results::Ordered(VecDeque::new());
        let (lanes, items) = (Vec::new(), Some(items));
        Self { seats, items, call, lanes, version: None, moves: 0, results, ahead: None, pulled: 0, given: 0 }
    }

    /// Yields outcomes in the order in which they come.
    pub fn unordered(mut self) -> Self {
        if let Results::Ordered(done) = &mut self.results {
            self.results = Results::Unordered(done.drain(..).flatten().collect());
        }
        self
    }

    /// Sets the look-ahead: how many items are pulled at most before the outcome of the first of
    /// them is given. 64 for each member by default; 0 counts as 1. In order, a short look-ahead
    /// leaves members idle behind a slow item.
    pub fn ahead(mut self, items: usize) -> Self {
        self.ahead = Some(items.max(1));
        self
    }

    /// Takes the next outcome if it is there, and makes further calls.
    pub(super) fn advance(&mut self) -> MapProgress<T> {
        loop {
            if let Some(ready) = self.results.next() {
                self.given += 1;
                if self.lanes.iter().any(Lane::is_half_empty) {
                    self.refill();
                }
                return MapProgress::Ready(Some(ready));
            }
            self.refill();
            if self.given == self.pulled {
                return MapProgress::Ready(None);
            }
            if !self.harvest() {
                return MapProgress::Waits;
            }
        }
    }

    /// Makes calls for as many items as may be under way.
    fn refill(&mut self) {
        self.see_members();
        let seated = self.lanes.iter().filter(|lane| lane.is_seated).count();
        let ahead = self.ahead.unwrap_or(AHEAD * seated.max(1)) as u64;
        while self.pulled - self.given < ahead {
            let Some(at) = self.least_filled() else { return };
            let Some(item) = self.items.as_mut().and_then(Iterator::next) else {
                // An iterator may yield items again after it has ended.
                self.items = None;
                return;
            };
            self.submit(at, item);
        }
    }

    /// Returns the lane with the fewest calls, unless all have as many as slots.
    fn least_filled(&self) -> Option<usize> {
        let lanes = self.lanes.iter().enumerate().filter(|(_, lane)| lane.is_seated);
        let (at, lane) = lanes.min_by_key(|(_, lane)| lane.calls.len())?;
        (lane.calls.len() < lane.object.slots()).then_some(at)
    }

    fn submit(&mut self, at: usize, item: I::Item) {
        let Self { seats, call, lanes, .. } = self;
        let lane = &mut lanes[at];
        let waits = !lane.calls.is_empty();
        let made = seats.call_of(&lane.member, waits, |proxy| call(proxy, item));
        lane.calls.push_back((self.pulled, made));
        self.pulled += 1;
        if let Results::Ordered(done) = &mut self.results {
            done.push_back(None);
        }
    }

    /// Takes the outcomes that are there. Returns whether there was one.
    fn harvest(&mut self) -> bool {
        self.see_moves();
        let mut has_any = false;
        for lane in &mut self.lanes {
            while let Some((number, call)) = lane.calls.front_mut() {
                let Some(outcome) = call.try_wait() else { break };
                self.results.put(*number, self.given, outcome);
                lane.calls.pop_front();
                has_any = true;
            }
        }
        has_any
    }

    /// Notes members that are new or gone.
    fn see_members(&mut self) {
        if self.version == Some(self.seats.version()) {
            return;
        }
        self.version = Some(self.seats.version());
        let members = self.seats.members();
        let is_seated = |member: &Arc<Seated<P>>| members.iter().any(|other| Arc::ptr_eq(member, other));
        self.lanes.iter_mut().for_each(|lane| lane.is_seated = is_seated(&lane.member));
        self.lanes.retain(|lane| lane.is_seated || !lane.calls.is_empty());
        for member in &*members {
            if !self.lanes.iter().any(|lane| Arc::ptr_eq(&lane.member, member)) {
                self.lanes.push(Lane::of(member.clone()));
            }
        }
    }

    /// Puts each call that has moved into the lane of the member that it moved to.
    fn see_moves(&mut self) {
        let moves = self.seats.team.moves();
        if std::mem::replace(&mut self.moves, moves) == moves {
            return;
        }
        self.see_members();
        let mut moved = Vec::new();
        for lane in &mut self.lanes {
            for (number, mut call) in std::mem::take(&mut lane.calls) {
                call.pending.follow_moves();
                if call.pending.is_at(&lane.object) {
                    lane.calls.push_back((number, call));
                } else {
                    moved.push((number, call));
                }
            }
        }
        // Each member serves in the order of its own numbers.
        moved.sort_by_key(|(_, call)| call.id());
        for (number, call) in moved {
            match self.lanes.iter_mut().find(|lane| call.pending.is_at(&lane.object)) {
                Some(lane) => lane.calls.push_back((number, call)),
                // It has moved to a member that is not seated yet; that one's lane comes with it.
                None => self.lanes[0].calls.push_back((number, call)),
            }
        }
    }

    /// Blocks until something may have come.
    fn sleep(&self) {
        let awaited = self.lanes.iter().filter_map(Lane::awaited).collect::<Vec<_>>();
        wait_once(&awaited, None, || self.has_seen_moves());
    }
}

impl<P: Member, I, T, F, Q> Map<'_, P, I, T, F, Q> {
    /// Whether no call has moved since the lanes were sorted.
    pub(super) fn has_seen_moves(&self) -> bool {
        self.seats.team.moves() == self.moves
    }
}

impl<P: Member, I: Iterator, T, Q, F: FnMut(&P, I::Item) -> Call<T, Q>> Iterator for Map<'_, P, I, T, F, Q> {
    type Item = Result<T, CallError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.advance() {
                MapProgress::Ready(outcome) => return outcome,
                MapProgress::Waits => self.sleep(),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let pulled = usize::try_from(self.pulled - self.given).unwrap_or(usize::MAX);
        let (least, most) = self.items.as_ref().map_or((0, Some(0)), Iterator::size_hint);
        (least.saturating_add(pulled), most.and_then(|most| most.checked_add(pulled)))
    }
}

impl<P: Member, I, T, F, Q> Drop for Map<'_, P, I, T, F, Q> {
    fn drop(&mut self) {
        // The newest first, so that none begins meanwhile that could be withdrawn.
        let calls = self.lanes.iter().flat_map(|lane| lane.calls.iter().rev());
        calls.for_each(|(_, call)| call.pending.withdraw());
    }
}

impl<P: Member, I, T, F, Q> fmt::Debug for Map<'_, P, I, T, F, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map").field("pulled", &self.pulled).field("given", &self.given).finish_non_exhaustive()
    }
}
