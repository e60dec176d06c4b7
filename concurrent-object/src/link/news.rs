//! What whoever traces is told of an object's life.
//!
//! Knows tracing. Invariant: nothing is told while the lock is held, because a subscriber is code of the user.

use super::Link;
use super::report::Ended;
use crate::error::StartError;

/// Something happened in the object's life.
pub(super) enum News {
    Ready,
    AskedToEnd,
    /// This call of this method was told to end.
    ToldToEnd(&'static str, u64),
    Broken(&'static str),
    /// It has died, and will be made anew.
    Restarts,
    /// Its next process could not be made.
    NotMade(StartError),
    /// Its next process was made.
    Restarted,
    Ended(Ended),
}

impl Link {
    pub(super) fn tell(&self, news: &News) {
        let (name, pid) = (&*self.identity.name, self.pid());
        match news {
            News::Ready => tracing::debug!(target: "concurrent_object", name, pid, "object is ready"),
            News::AskedToEnd => tracing::debug!(target: "concurrent_object", name, pid, "asked to end"),
            News::ToldToEnd(method, call) => {
                tracing::debug!(target: "concurrent_object", name, pid, method, call, "call told to end");
            }
            News::Broken(reason) => tracing::error!(target: "concurrent_object", name, pid, reason, "protocol broken"),
            News::Restarts => tracing::warn!(target: "concurrent_object", name, pid, "object will be restarted"),
            News::NotMade(error) => {
                tracing::error!(target: "concurrent_object", name, pid, "the object's next process could not be made: {error}");
            }
            News::Restarted => {
                let incarnation = self.incarnation();
                tracing::info!(target: "concurrent_object", name, pid, incarnation, "object restarted");
            }
            News::Ended(ended) => self.tell_ended(ended),
        }
    }
}
