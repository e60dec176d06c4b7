//! The members of a pool that others have replaced.
//!
//! Knows when a member has served what it had. Invariant: a member is dropped when it has ended,
//! and no lock is held then.

use std::sync::Arc;
use std::time::Duration;

use super::member::Member;
use super::seats::{NOTHING_DUE, Seats, UNTIL_SERVED};

impl<P: Member> Seats<P> {
    /// Ends the replaced members that have served their calls, and drops those that have ended.
    pub(super) fn release_retired(&self) -> Duration {
        let retired = self.list().1.retired.clone();
        let mut gone = Vec::new();
        for member in retired {
            let load = member.object().load_now();
            if load.has_ended {
                // What it kept has moved, or no member can serve it.
                member.object().give_up_kept();
                gone.push((member, load.accepted));
            } else {
                // If this fails, it is tried again.
                let _asked = member.object().end_if_idle();
            }
        }
        let (_forks, mut list) = self.list();
        for (member, accepted) in &gone {
            list.retired.retain(|other| !Arc::ptr_eq(other, member));
            list.counts.accepted += accepted;
        }
        let is_left = !list.retired.is_empty();
        drop(list);
        gone.iter().for_each(|(member, _)| self.team.remove(member.object()));
        if is_left { UNTIL_SERVED } else { NOTHING_DUE }
    }
}
