//! An object whose lane is blocked in a send.
//!
//! Knows since when the lane sends, and when the link has carried something. Invariant: an object is lost
//! only if both are too long ago: on a slow link, a large message of another object may take its time.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::{Activity, Life, Placement, Stage};

impl Life {
    /// Sends a message, which may block.
    pub(in crate::near) fn sending<T>(&self, send: impl FnOnce() -> T) -> T {
        let mut state = self.state();
        state.sending = Some(Instant::now());
        let was_idle = state.open.is_empty();
        drop(state);
        if was_idle {
            // Else the guard looks already. The end of an idle object may be blocked too.
            self.guard.wake();
        }
        let sent = send();
        self.state().sending = None;
        self.link().carry();
        sent
    }

    /// Whether something is awaited from the host.
    pub(in crate::near) fn awaits(&self) -> bool {
        let state = self.state();
        match state.stage {
            Stage::Asked(_) => true,
            Stage::Taken => !state.open.is_empty() || state.sending.is_some(),
            Stage::Ended => false,
        }
    }

    /// Gives the object up if its lane is blocked, and the link has carried nothing for too long.
    pub(in crate::near) fn look_blocked(&self, now: Instant) {
        let limit = self.limits.lease + Duration::from_secs(1);
        let is_long = |since: Instant| now.saturating_duration_since(since) >= limit;
        let is_blocked = self.state().sending.is_some_and(is_long);
        if is_blocked && is_long(self.link().carried()) {
            self.lost(format!("the connection to the host has carried nothing for {limit:?}"));
        }
    }

    /// Another host is asked for the object, which none has taken yet.
    pub(in crate::near) fn move_to(&self, placement: Placement, link: Arc<Activity>) {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = link;
        let mut state = self.state();
        (state.placement, state.heard, state.asked_at) = (Some(placement), Instant::now(), None);
    }

    /// The activity of the link to the host.
    pub(super) fn link(&self) -> Arc<Activity> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
