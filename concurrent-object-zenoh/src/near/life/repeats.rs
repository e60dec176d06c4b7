//! Calls that may run twice, kept so that they can be sent again while the object lives.
//!
//! A message can be lost although the link lives: a router drops it. The host then says that it has not
//! the call, or has sent its outcome. Knows bytes. Invariant: a call is sent again only if its method is
//! idempotent, and a few times at most.

use std::collections::BTreeMap;
use std::time::Instant;

use concurrent_object::bridge::Message;

use super::{Life, LifeState};
use crate::control::Missing;

/// How many times a call is sent again.
const MOST: u8 = 3;

/// The calls that may be sent again.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// The numbers of the methods that may run twice.
    idempotent: Vec<u32>,
    kept: BTreeMap<u64, Repeat>,
}

/// A call that was sent.
#[derive(Debug)]
struct Repeat {
    /// Its arguments may lie in a slot, and are then shared with the lane.
    request: Request,
    times: u8,
}

/// The id and the bytes of a call.
pub(in crate::near) type Request = (u128, Message);

impl Repeats {
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    /// A call, if it may be sent again.
    fn take(&mut self, call: u64) -> Option<Request> {
        let repeat = self.kept.get_mut(&call).filter(|repeat| repeat.times < MOST)?;
        repeat.times += 1;
        Some(repeat.request.clone())
    }
}

impl LifeState {
    /// The call has an outcome. False if it had one before.
    pub(super) fn conclude(&mut self, call: u64) -> bool {
        self.repeats.kept.remove(&call);
        self.open.remove(&call).is_some()
    }
}

impl Life {
    /// With the numbers of the methods that may run twice.
    pub(in crate::near) fn repeating(self, idempotent: &[u32]) -> Self {
        self.state().repeats.idempotent = idempotent.to_vec();
        self
    }

    /// Keeps a call that is about to be sent, if its method may run twice.
    pub(in crate::near) fn keep(&self, call: u64, id: u128, message: &Message) {
        let mut state = self.state();
        if state.repeats.idempotent.contains(&message.tag) && state.open.contains_key(&call) {
            state.repeats.kept.insert(call, Repeat { request: (id, message.clone()), times: 0 });
        }
    }

    /// Those of the calls that can be sent again.
    pub(in crate::near) fn repeatable(&self, calls: &[u64]) -> Vec<u64> {
        let state = self.state();
        calls.iter().copied().filter(|call| state.repeats.kept.contains_key(call)).collect()
    }

    /// The host has not these calls. What it has answered arrived before this. Returns what is to be sent
    /// again.
    pub(in crate::near) fn missing(&self, missing: &Missing) -> Vec<Request> {
        let mut again = Vec::new();
        for &call in missing.absent.iter().chain(&missing.gone) {
            let mut state = self.state();
            if !state.open.contains_key(&call) {
                continue;
            }
            let Some(request) = state.repeats.take(call) else {
                drop(state);
                self.lost(format!("call {call} has not arrived at the host, or its answer has not arrived here"));
                return Vec::new();
            };
            state.sent = Instant::now();
            again.push(request);
        }
        again
    }
}
