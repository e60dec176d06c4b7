//! How the user has asked the object to end.
//!
//! Knows no process. Invariant: a request is replaced only by a stronger one.

use crate::parent::calls::key::CallKey;

/// The requests, from the weakest to the strongest.
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

/// The user's requests so far.
#[derive(Debug, Default)]
pub(crate) struct Shutdown {
    request: EndRequest,
    /// The call that takes the object by value. The child exits by itself after it has answered
    /// this call.
    pub(crate) last_call: Option<CallKey>,
}

impl Shutdown {
    /// Records a request, unless an equal or stronger one was made before. Returns whether it was
    /// recorded.
    pub(crate) fn ask(&mut self, request: EndRequest) -> bool {
        let is_new = request > self.request;
        if is_new {
            self.request = request;
        }
        is_new
    }

    /// Whether the child was asked to end, or was killed because the user asked for it.
    pub(crate) fn is_stopping(&self) -> bool {
        self.request >= EndRequest::Stop
    }

    /// Whether the user asked to kill the child.
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
