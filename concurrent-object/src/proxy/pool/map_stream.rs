//! A map over a pool as a stream, for any executor.
//!
//! It is a type of its own: a type that is an iterator and a stream has two methods `next`, and a
//! program that imports an extension trait of streams could call neither.
//!
//! Knows lanes and wakers. Invariant: a poll that returns `Pending` has registered the waker with
//! the oldest call of each member, or has called it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::map::{Map, MapProgress};
use super::member::Member;
use crate::error::CallError;
use crate::proxy::call::Call;

/// The outcomes of a [`Map`] as a stream: [`Map::into_stream`] returns it. A poll never blocks.
/// Dropping it withdraws the calls that have not begun.
#[must_use = "a stream makes calls only when it is polled"]
pub struct MapStream<'p, P: Member, I, T, F, Q = ()>(pub(super) Map<'p, P, I, T, F, Q>);

impl<'p, P: Member, I: Iterator, T, Q, F: FnMut(&P, I::Item) -> Call<T, Q>> Map<'p, P, I, T, F, Q> {
    /// Turns it into a stream, for async code. Nothing is lost that was received already.
    pub fn into_stream(self) -> MapStream<'p, P, I, T, F, Q> {
        MapStream(self)
    }
}

/// Nothing in it is pinned.
impl<P: Member, I, T, F, Q> Unpin for MapStream<'_, P, I, T, F, Q> {}

impl<P: Member, I, T, F, Q> Stream for MapStream<'_, P, I, T, F, Q>
where
    I: Iterator,
    F: FnMut(&P, I::Item) -> Call<T, Q>,
{
    type Item = Result<T, CallError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let map = &mut self.get_mut().0;
        loop {
            if let MapProgress::Ready(outcome) = map.advance() {
                return Poll::Ready(outcome);
            }
            let fronts = map.lanes.iter_mut().filter_map(|lane| lane.calls.front_mut());
            // All of them are polled, so that the first that comes wakes the task.
            let polls = fronts.map(|(_, call)| call.pending.poll_settled(context));
            let ready = polls.filter(Poll::is_ready).count();
            if ready == 0 && map.has_seen_moves() {
                return Poll::Pending;
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        Iterator::size_hint(&self.0)
    }
}

impl<P: Member, I, T, F, Q> fmt::Debug for MapStream<'_, P, I, T, F, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MapStream").field(&self.0).finish()
    }
}
