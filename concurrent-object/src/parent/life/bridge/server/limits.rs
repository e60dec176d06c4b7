//! The limits of calls on their way to another program, and the calls that were over them there.
//!
//! Knows durations, and no clock: the parent and the other program have the clocks. Invariant: a
//! call that was over its limit is answered once, as any other call is.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Bridge, Unsound};
use crate::protocol::remote::CallLimits;
use crate::protocol::tag::TIMED_OUT;
use crate::transport::Transport;
use crate::transport::header::{Body, Header, Inline};
use crate::transport::ring::Entry;
use crate::transport::steps::Steps;

impl Bridge<'_> {
    /// Passes the limits of calls on that were passed on before, and keeps those of the others.
    pub(super) fn note_limits(&mut self, limits: BTreeMap<u64, CallLimits>) {
        for (call, limits) in limits {
            if self.under_way.contains_key(&call) {
                self.carrier.limit(call, limits);
            } else {
                self.limits.insert(call, limits);
            }
        }
    }

    /// Returns the limits of a call that is about to be passed on.
    pub(super) fn limits_of(&mut self, call: u64) -> CallLimits {
        let known = self.limits.remove(&call);
        // Calls are passed on in the order of their numbers, so those of earlier calls are out of
        // date.
        self.limits.retain(|&other, _| other > call);
        self.ends.inbox.take_limits(call).or(known).unwrap_or_default()
    }

    /// Publishes that a call was over its limit.
    pub(super) fn time_out(
        &mut self,
        call: u64,
        ran_for: Duration,
        has_begun: bool,
        was_killed: bool,
    ) -> Result<(), Unsound> {
        let slot = self.under_way.remove(&call).filter(|_| self.is_ready).ok_or(Unsound)?.slot;
        self.is_dying |= was_killed;
        let ran_for = u64::try_from(ran_for.as_nanos()).unwrap_or(u64::MAX).to_le_bytes();
        let facts = [&ran_for[..], &[u8::from(was_killed)]].concat();
        let body = Body::Inline(Inline::new(&facts).expect("nine bytes fit inline"));
        let (entry, words) = (Entry { slot, call }, Header { tag: TIMED_OUT, files: 0, body }.to_words());
        if has_begun {
            self.begin(entry);
            self.channel.conclude(&mut self.replies, entry, &words);
        } else if self.channel.state(slot).cancel_passed_on(call) {
            self.channel.publish(&mut self.replies, entry, &words);
        } else {
            // It has begun, as the other program said before.
            return Err(Unsound);
        }
        Ok(())
    }
}
