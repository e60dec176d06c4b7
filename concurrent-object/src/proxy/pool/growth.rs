//! Adds members to a pool that has too much to do, and ends them when they have nothing to do.
//!
//! Knows the limits that the user has set. Invariants: at most one new member is constructed at a
//! time. The members that the pool began with are never ended here.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::member::{Member, Seated};
use super::seats::{MEMORY_INTERVAL, Make, NOTHING_DUE, PoolSeat, Seats, UNTIL_READY, UNTIL_SERVED};
use crate::clock::Moment;

impl<P: Member> Seats<P> {
    /// Adds a member if a call has waited, and all have work.
    pub(super) fn grow(&self, make: &mut Make<P>) -> Duration {
        let Some((most, _)) = self.list().1.rules.grow_to else { return NOTHING_DUE };
        if !self.has_waited.swap(false, Ordering::Relaxed) {
            return NOTHING_DUE;
        }
        let members = self.members();
        if members.len() >= most || self.list().1.is_closed {
            return NOTHING_DUE;
        }
        let loads: Vec<_> = members.iter().map(|member| member.object().load_now()).collect();
        if loads.iter().any(|load| !load.is_ready && !load.has_ended) {
            // The last one that was added may suffice. It is looked at again when it is ready.
            self.has_waited.store(true, Ordering::Relaxed);
            return UNTIL_READY;
        }
        let is_idle = loads.iter().any(|load| load.outstanding == 0);
        if is_idle && loads.iter().any(|load| load.is_recalling) {
            // The idle member is about to get calls, which may leave others that wait.
            self.has_waited.store(true, Ordering::Relaxed);
            return UNTIL_READY;
        }
        if is_idle {
            return NOTHING_DUE;
        }
        let index = (0..).find(|index| members.iter().all(|member| member.index != *index)).unwrap_or(members.len());
        match make(index) {
            Ok(proxy) => {
                let new = Seated::new(proxy, index);
                self.team.add(new.object());
                let (_forks, mut list) = self.list();
                if list.is_closed {
                    list.retired.push(new);
                } else {
                    list.occupied.push(PoolSeat::by(new));
                    self.note_change(&mut list);
                }
            }
            Err(error) => {
                tracing::warn!(target: "concurrent_object::life", index, %error, "the pool could not grow");
            }
        }
        NOTHING_DUE
    }

    /// Ends the additional members that have had nothing to do for long enough.
    pub(super) fn shrink(&self) -> Duration {
        let Some((_, idle)) = self.list().1.rules.grow_to else { return NOTHING_DUE };
        let working: Vec<_> = self.members().iter().filter(|member| member.object().has_work()).cloned().collect();
        let mut ended = Vec::new();
        let (forks, mut list) = self.list();
        let base = list.base;
        if list.occupied.len() == base || list.is_closed {
            return NOTHING_DUE;
        }
        for at in (base..list.occupied.len()).rev() {
            let has_work = working.iter().any(|member| Arc::ptr_eq(member, &list.occupied[at].member));
            if list.occupied[at].is_idle_for(idle, has_work) {
                ended.push(list.occupied.remove(at).member);
            }
        }
        list.retired.extend(ended.iter().cloned());
        self.note_change(&mut list);
        drop((list, forks));
        ended.iter().for_each(|member| member.object().retire());
        (idle / 4).clamp(UNTIL_SERVED, MEMORY_INTERVAL)
    }
}

impl<P: Member> PoolSeat<P> {
    /// Whether it has had nothing to do for this time.
    fn is_idle_for(&mut self, time: Duration, has_work: bool) -> bool {
        let calls = self.member.count_of_calls();
        if has_work || calls != self.idle_since.0 {
            self.idle_since = (calls, Moment::now());
        }
        self.idle_since.1.elapsed() >= time
    }
}
