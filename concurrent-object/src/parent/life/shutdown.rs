//! What the user asked for on the way to an object's end.
//!
//! Knows no process. Invariant: a request is only replaced by a stronger one.

use crate::parent::calls::key::CallKey;

/// What was asked for, the strongest last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EndRequest {
    /// Nothing: the object serves calls.
    #[default]
    None,
    /// Take no new calls, and serve those that were accepted.
    Close,
    /// End after the running method.
    Stop,
    /// End at once.
    Kill,
}

/// The way to the end, as far as the user has set it.
#[derive(Debug, Default)]
pub(crate) struct Shutdown {
    request: EndRequest,
    /// The call that takes the object by value: the child ends of itself when it has answered it.
    pub(crate) last_call: Option<CallKey>,
}

impl Shutdown {
    /// Asks for this, unless more was asked for before. Whether that is new.
    pub(crate) fn ask(&mut self, request: EndRequest) -> bool {
        let is_new = request > self.request;
        if is_new {
            self.request = request;
        }
        is_new
    }

    /// Whether the child was asked to end, or killed for the user.
    pub(crate) fn is_stopping(&self) -> bool {
        self.request >= EndRequest::Stop
    }

    /// Whether the user had the child killed.
    pub(crate) fn is_killed(&self) -> bool {
        self.request == EndRequest::Kill
    }

    pub(crate) fn takes_no_calls(&self) -> bool {
        self.request != EndRequest::None || self.last_call.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_is_only_replaced_by_a_stronger_one() {
        let mut shutdown = Shutdown::default();
        assert!(!shutdown.takes_no_calls());
        assert!(shutdown.ask(EndRequest::Close) && shutdown.takes_no_calls() && !shutdown.is_stopping());
        assert!(shutdown.ask(EndRequest::Kill) && shutdown.is_stopping() && shutdown.is_killed());
        assert!(!shutdown.ask(EndRequest::Stop) && shutdown.is_killed());
    }
}
