//! What is known of an object's end before it has come.

use crate::error::CallId;
use crate::parent::calls::key::CallKey;
use crate::parent::calls::timing::CancelReason;

/// What was asked for or found out on the way to the end.
#[derive(Debug, Default)]
pub(crate) struct Shutdown {
    /// No new calls; those that were accepted are served.
    pub(crate) closing: bool,
    /// The child was told to stop.
    pub(crate) asked: bool,
    /// The last call was accepted that there will be: the child ends of itself when it has answered it.
    pub(crate) last_call: Option<CallKey>,
    /// The child was killed by us on request.
    pub(crate) killed: bool,
    /// What made no sense; the child was killed for it.
    pub(crate) broken: Option<&'static str>,
    /// The child was killed because its constructor took too long.
    pub(crate) is_too_slow: bool,
    /// The child was killed because this call did not end when it was told to.
    pub(crate) abandoned: Option<(&'static str, CallId, CancelReason)>,
}

impl Shutdown {
    pub(crate) fn takes_no_calls(&self) -> bool {
        self.asked || self.closing || self.killed || self.last_call.is_some()
    }

    /// The next process has not been told anything.
    pub(crate) fn reset(&mut self) {
        (self.is_too_slow, self.abandoned) = (false, None);
    }

    /// Whether the child was sent SIGKILL.
    pub(crate) fn is_killed(&self) -> bool {
        self.killed || self.is_too_slow || self.abandoned.is_some() || self.broken.is_some()
    }
}
