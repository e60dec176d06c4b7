//! What is known of an object's end before it has come.

use super::limits::Why;
use super::outcomes::Ticket;
use crate::error::CallId;

/// What was asked for or found out on the way to the end.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// No new calls; those that were accepted are served.
    pub(super) closing: bool,
    /// The child was told to stop.
    pub(super) asked: bool,
    /// The last call was accepted that there will be: the child ends of itself when it has answered it.
    pub(super) last_call: Option<Ticket>,
    /// The child was killed by us on request.
    pub(super) killed: bool,
    /// What made no sense; the child was killed for it.
    pub(super) broken: Option<&'static str>,
    /// The child was killed because its constructor took too long.
    pub(super) is_too_slow: bool,
    /// The child was killed because this call did not end when it was told to.
    pub(super) given_up: Option<(&'static str, CallId, Why)>,
}

impl Ending {
    pub(super) fn takes_no_calls(&self) -> bool {
        self.asked || self.closing || self.killed || self.last_call.is_some()
    }

    /// The next process has not been told anything.
    pub(super) fn begin_anew(&mut self) {
        (self.is_too_slow, self.given_up) = (false, None);
    }

    /// Whether the child was sent SIGKILL.
    pub(super) fn is_killed(&self) -> bool {
        self.killed || self.is_too_slow || self.given_up.is_some() || self.broken.is_some()
    }
}
