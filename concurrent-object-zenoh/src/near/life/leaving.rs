//! Which calls have left for the host.
//!
//! The lane sends calls, and other threads take them back. Invariant: a call that was taken back does not
//! leave, so it never runs.

use std::time::Instant;

use concurrent_object::bridge::Event;

use super::{Life, Stage};

/// How far a call has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    Waits,
    Begun,
    Left,
}

impl Life {
    /// Notes that a call is about to be sent.
    pub(in crate::near) fn open(&self, call: u64) {
        let mut state = self.state();
        let was_idle = state.open.is_empty();
        state.open.insert(call, Leaving::Waits);
        state.sent = Instant::now();
        drop(state);
        if was_idle {
            self.guard.wake();
        }
    }

    /// A part of a call is about to be sent, or the last one. False if it shall not leave. On a slow link,
    /// a large call takes long.
    pub(in crate::near) fn leave(&self, call: u64, is_last: bool) -> bool {
        let mut state = self.state();
        if state.is_killed || matches!(state.stage, Stage::Ended) {
            return false;
        }
        state.sent = Instant::now();
        let Some(leaving) = state.open.get_mut(&call) else { return false };
        *leaving = if is_last { Leaving::Left } else { Leaving::Begun };
        true
    }

    /// Takes back a call of which nothing has left. False if something has.
    pub(in crate::near) fn take_back(&self, call: u64) -> bool {
        let state = self.state();
        let is_here = state.open.get(&call) == Some(&Leaving::Waits);
        if is_here {
            // Under the same lock: the lane would otherwise send it meanwhile, and it would run.
            self.put_under(state, Event::Returned(call));
        }
        is_here
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::{hint, thread};

    use super::super::tests::{life, taken};

    /// Each thread is at its own place in a round, so that they meet at each other's places.
    const ROUNDS: u64 = 200_000;

    /// Waits until the other thread is in this round.
    fn meet(place: &AtomicU64, round: u64) {
        let mut looks = 0_u32;
        while place.load(Ordering::Acquire) < round {
            looks += 1;
            if looks.is_multiple_of(1000) { thread::yield_now() } else { hint::spin_loop() }
        }
        (0..round % 64).for_each(|_| hint::spin_loop());
    }

    #[test]
    fn a_call_is_taken_back_or_leaves_and_never_both() {
        let (life, _seen) = life();
        taken(&life);
        let (life, opened, done) = (Arc::new(life), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (lane, is_opened, is_done) = (life.clone(), opened.clone(), done.clone());
        let leaves = thread::spawn(move || {
            let leaves = |call| {
                meet(&is_opened, call);
                let leaves = lane.leave(call, true);
                is_done.store(call, Ordering::Release);
                leaves
            };
            (1..=ROUNDS).map(leaves).collect::<Vec<_>>()
        });
        let taken_back = (1..=ROUNDS).map(|call| {
            life.open(call);
            opened.store(call, Ordering::Release);
            (0..call / 64 % 64).for_each(|_| hint::spin_loop());
            let is_taken_back = life.take_back(call);
            meet(&done, call);
            is_taken_back
        });
        let taken_back = taken_back.collect::<Vec<_>>();
        let leaves = leaves.join().expect("no panic");
        let both = leaves.iter().zip(&taken_back).filter(|(leaves, is_back)| leaves == is_back).count();
        assert_eq!(both, 0, "of {ROUNDS} calls");
    }
}
