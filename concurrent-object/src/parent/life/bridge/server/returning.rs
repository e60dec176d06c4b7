//! Calls that come back from the other program.
//!
//! Knows the channel and the calls under way. Invariant: a call that comes back has not begun.

use super::super::ending::Ending;
use super::{Bridge, KILLED, UnderWay, Unsound, short};
use crate::error::Exit;
use crate::protocol::tag::{FAILURE, SKIPPED};
use crate::transport::Transport;
use crate::transport::ring::Entry;
use crate::transport::steps::Steps;

impl Bridge<'_> {
    /// Takes back the calls that have not begun in an object whose end was reported: they never
    /// will. If the connection was lost, that is not known.
    pub(super) fn conclude(&mut self, ending: Ending) -> Ending {
        if let Ending::Exited(_) = ending {
            let has_not_begun =
                |&(call, under_way): &(&u64, &UnderWay)| self.channel.state(under_way.slot).is_passed_on(*call);
            let calls: Vec<u64> = self.under_way.iter().filter(has_not_begun).map(|(&call, _)| call).collect();
            for call in calls {
                // It is under way and passed on, so it can be taken back.
                let _taken = self.take_back(call);
            }
        }
        if self.killed_until.is_some() { Ending::Exited(Exit::signal(KILLED, false)) } else { ending }
    }

    /// Passes on that a call is not to begin any more.
    pub(super) fn withdraw(&mut self, call: u64) {
        if let Some(under_way) = self.under_way.get_mut(&call) {
            under_way.is_withdrawn = true;
            self.carrier.cancel(call, None);
        }
    }

    /// Takes back a call that has not begun. If the parent waits for its outcome, publishes that.
    pub(super) fn take_back(&mut self, call: u64) -> Result<(), Unsound> {
        let UnderWay { slot, is_cancelled, is_withdrawn, .. } = self.under_way.remove(&call).ok_or(Unsound)?;
        let state = self.channel.state(slot);
        if !is_cancelled && !is_withdrawn && !self.is_stopping {
            return if state.give_back(call) { Ok(()) } else { Err(Unsound) };
        }
        if !state.cancel_passed_on(call) {
            return Err(Unsound);
        }
        // The parent discards a reply to a call whose cancellation it has requested.
        let tag = if is_cancelled { FAILURE } else { SKIPPED };
        self.channel.publish(&mut self.replies, Entry { slot, call }, &short(tag).to_words());
        Ok(())
    }
}
