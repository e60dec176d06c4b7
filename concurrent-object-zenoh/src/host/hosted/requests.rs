//! What a proxy asks about calls that were sent: their early end, and whether they are there.
//!
//! Knows which calls are open, were taken, or have an outcome that is kept. Invariant: a call that is said
//! not to be there never runs, unless the proxy sends it again.

use std::time::{Duration, Instant};

use super::{Held, Hosted};
use crate::control::Missing;

impl Hosted {
    /// Ends a call early. Cancellations overtake calls, so it may not be here yet, or not all of it.
    pub(super) fn cancel(&self, held: &dyn Held, id: u128, grace: Option<Duration>) {
        let (mut state, call) = (self.lock(), id as u64);
        if state.assembly.take_if(|assembly| assembly.header().id == id).is_some() {
            state.open.remove(&call);
            return self.give_back(&mut state, call);
        }
        if !state.served.has(id) {
            if state.cancelled.len() >= self.terms.window {
                state.cancelled.pop_front();
            }
            return state.cancelled.push_back(id);
        }
        drop(state);
        held.cancel(call, grace);
    }

    /// Says which of these calls are not here, and sends the outcomes that are kept.
    pub(super) fn answer_probe(&self, calls: &[u64], repeatable: &[u64]) {
        // Until the end: what was answered before leaves before.
        let mut state = self.lock();
        let id = |call: u64| u128::from(self.terms.session) << 64 | u128::from(call);
        if let Some(assembly) = state.assembly.take_if(|assembly| calls.contains(&(assembly.header().id as u64))) {
            // It was sent whole, and messages keep their order. So a piece of it is lost.
            let id = assembly.header().id;
            state.open.remove(&(id as u64));
            state.served.give_back(id);
        }
        let mut missing = Missing { absent: Vec::new(), gone: Vec::new() };
        for &call in calls.iter().filter(|call| !state.open.contains(call)).collect::<Vec<_>>() {
            match state.outcomes.of(call) {
                Some(outcome) => self.replies.again(outcome),
                None if state.served.has(id(call)) => missing.gone.push(call),
                None if repeatable.contains(&call) => missing.absent.push(call),
                None => {
                    // If it comes late, it does not run any more.
                    state.served.admit(id(call), Instant::now());
                    self.refuse(&mut state, call, "it has not arrived at the host".to_owned());
                }
            }
        }
        self.replies.missing(&missing);
    }
}
