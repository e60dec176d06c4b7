//! The end of a pool: all members end at the same time.
//!
//! Knows members and their ends. Invariants: after a pool was closed, no member is made. The
//! proxies are dropped without a lock.

use std::sync::Arc;

use super::member::{Member, Seated};
use super::seats::Seats;
use crate::error::Error;

impl<P: Member> Seats<P> {
    /// Takes no more calls, and makes no more members. Returns those that there are.
    fn shut(&self) -> Vec<Arc<Seated<P>>> {
        let (forks, mut list) = self.list();
        list.is_closed = true;
        let next = list.occupied.iter_mut().filter_map(|seat| seat.next.take()).collect::<Vec<_>>();
        let present = list.occupied.iter().map(|seat| seat.member.clone()).chain(list.retired.iter().cloned());
        let all: Vec<_> = present.chain(next).collect();
        drop((list, forks));
        all.iter().for_each(|member| member.object().end_retirement());
        all
    }

    fn check_ours(&self) -> Result<(), Error> {
        self.members()[0].object().check_ours()
    }

    /// Has new calls refused. Returns the members, which serve what they have.
    pub(super) fn begin_close(&self) -> Result<Vec<Arc<Seated<P>>>, Error> {
        self.check_ours()?;
        let members = self.shut();
        members.iter().for_each(|member| member.object().take_no_calls());
        Ok(members)
    }

    /// Asks all members to end. Returns them.
    pub(super) fn begin_terminate(&self) -> Result<Vec<Arc<Seated<P>>>, Error> {
        self.check_ours()?;
        let members = self.shut();
        members.iter().for_each(|member| member.object().ask_to_stop());
        Ok(members)
    }

    pub(super) fn close(&self) -> Result<(), Error> {
        let members = self.begin_close()?;
        let ends: Vec<_> = members.iter().map(|member| member.object().close()).collect();
        self.team.give_up_kept();
        ends.into_iter().collect()
    }

    pub(super) fn terminate(&self) -> Result<(), Error> {
        let members = self.begin_terminate()?;
        let ends: Vec<_> = members.iter().map(|member| member.object().terminate()).collect();
        self.team.give_up_kept();
        ends.into_iter().collect()
    }

    /// Asks all members to end, so that they do so at the same time.
    pub(super) fn begin_end(&self) {
        if self.is_ours() {
            self.shut().iter().for_each(|member| member.object().ask_to_stop());
        }
    }

    /// Drops all members. Their proxies wait for their end.
    pub(super) fn vacate(&self) {
        let (forks, mut list) = self.list();
        let (occupied, retired) = (std::mem::take(&mut list.occupied), std::mem::take(&mut list.retired));
        let members = std::mem::replace(&mut list.members, Arc::new([]));
        drop((list, forks));
        drop((members, occupied, retired));
        if self.is_ours() {
            self.team.give_up_kept();
            self.team.clear();
        }
    }
}
