//! A lane of a map: one member of the pool, and the calls that the map has submitted to it.
//!
//! Knows one member. Invariant: the member serves the calls in their order here, unless one was
//! cancelled or has moved.

use std::collections::VecDeque;
use std::sync::Arc;

use super::member::{Member, Seated};
use crate::parent::calls::key::WaitKey;
use crate::parent::object::Object;
use crate::parent::object::crew::Awaited;
use crate::proxy::call::Call;

/// One member, and the calls that it was given, oldest first, each with its item's number.
pub(super) struct Lane<P, T, Q> {
    pub(super) member: Arc<Seated<P>>,
    pub(super) object: Arc<Object>,
    /// Whether it gets calls. A member that was replaced gets none.
    pub(super) is_seated: bool,
    pub(super) calls: VecDeque<(u64, Call<T, Q>)>,
}

impl<P: Member, T, Q> Lane<P, T, Q> {
    pub(super) fn of(member: Arc<Seated<P>>) -> Self {
        let object = member.object().clone();
        Self { member, object, is_seated: true, calls: VecDeque::new() }
    }

    pub(super) fn is_half_empty(&self) -> bool {
        self.is_seated && self.calls.len() * 2 < self.object.slots()
    }

    /// Returns what to wait for: its oldest call, until half of what it has is served.
    pub(super) fn awaited(&self) -> Option<Awaited> {
        let (object, key) = self.calls.front()?.1.pending.place()?;
        let replies = (self.calls.len().min(self.object.slots()) / 2).max(1) as u64;
        Some(Awaited { object, key: WaitKey::Call(key), replies })
    }
}
