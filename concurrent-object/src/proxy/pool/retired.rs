//! The members of a pool that others have replaced.
//!
//! Knows when a member has served what it had. Invariant: a member is dropped when it has ended,
//! and no lock is held then.

use std::sync::Arc;
use std::time::Duration;

use super::member::{Member, Seated};
use super::seats::{NOTHING_DUE, Seats, UNTIL_SERVED};

impl<P: Member> Seats<P> {
    /// Ends the replaced members that have served their calls, and drops those that have ended.
    pub(super) fn release_retired(&self) -> Duration {
        let retired = self.list().1.retired.clone();
        let mut ended = Vec::new();
        for member in retired {
            let load = member.object().load_now();
            if load.has_ended {
                if load.has_kept {
                    self.give_up_kept_of(&member);
                }
                ended.push((member, load.accepted));
            } else {
                // If this fails, it is tried again.
                let _asked = member.object().end_if_idle();
            }
        }
        let (forks, mut list) = self.list();
        // While another thread has a member, it may make a call of it.
        ended.retain(|(member, _)| Arc::strong_count(member) == OWN_REFERENCES);
        for (member, accepted) in &ended {
            list.retired.retain(|other| !Arc::ptr_eq(other, member));
            list.counts.accepted += accepted;
        }
        let is_left = !list.retired.is_empty();
        drop((list, forks));
        ended.iter().for_each(|(member, _)| self.team.remove(member.object()));
        if is_left { UNTIL_SERVED } else { NOTHING_DUE }
    }

    /// Settles the calls that a member has kept, unless another member takes them over.
    pub(super) fn give_up_kept_of(&self, member: &Seated<P>) {
        let takes_over = |other: &Arc<Seated<P>>| other.object().load_now().accepts;
        if self.members().iter().any(takes_over) {
            self.team.balance();
        } else {
            member.object().give_up_kept();
        }
    }
}

/// The references to a member that has left its seat: of the list, and of the look at the list.
const OWN_REFERENCES: usize = 2;
