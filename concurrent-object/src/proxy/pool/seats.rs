//! The seats of a pool: which members it has now, and which one gets the next call.
//!
//! Knows members and their load; `keeper` replaces them. Invariants: the list is locked only to be
//! copied or changed, never while code of the user runs, and only while no thread can fork. So a
//! forked copy finds it unlocked.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::member::{Member, Seat, Seated};
use super::rules::Rules;
use super::statistics::{PoolStatistics, SeatCounts};
use std::time::Duration;

use crate::clock::Moment;
use crate::error::StartError;
use crate::memory::fork::{Origin, hold_forks_back};
use crate::parent::object::load::Load;
use crate::parent::object::team::Team;
use crate::proxy::call::{Call, PooledCalls};

/// Starts the member with this index.
pub(super) type Make<P> = Box<dyn FnMut(usize) -> Result<P, StartError> + Send>;

/// How often to look whether a new member is ready.
pub(super) const UNTIL_READY: Duration = Duration::from_millis(2);
/// How often to look whether a replaced member has served its calls.
pub(super) const UNTIL_SERVED: Duration = Duration::from_millis(20);
/// How often to read the members' memory.
pub(super) const MEMORY_INTERVAL: Duration = Duration::from_secs(1);
/// How long to sleep if nothing is due. Every change wakes the thread.
pub(super) const NOTHING_DUE: Duration = Duration::from_secs(3600);

/// The seats of a pool, shared with the thread that looks after it.
pub(crate) struct Seats<P> {
    origin: Origin,
    pub(super) team: Arc<Team>,
    list: Mutex<SeatList<P>>,
    /// Also held by a thread that replaces members, so that two threads do not replace one twice.
    pub(super) maker: Mutex<Make<P>>,
    /// The present members. It changes as the list does.
    version: AtomicU64,
    /// As in the rules: each call compares it.
    recycle_after: AtomicU64,
    /// Whether the rules allow one more member.
    can_grow: AtomicBool,
    /// Whether a call has waited since the pool's thread last looked for that.
    pub(super) has_waited: AtomicBool,
    /// Where the search for the next member begins.
    turn: AtomicUsize,
}

/// The members, and those that have left their seats.
pub(super) struct SeatList<P> {
    pub(super) occupied: Vec<PoolSeat<P>>,
    /// The members of `occupied`, to be copied fast.
    pub(super) members: Arc<[Arc<Seated<P>>]>,
    /// The number of seats that are never given up.
    pub(super) base: usize,
    pub(super) rules: Rules,
    /// Whether the pool was closed: no member is made any more.
    pub(super) is_closed: bool,
    /// Replaced members that have not ended yet.
    pub(super) retired: Vec<Arc<Seated<P>>>,
    pub(super) counts: SeatCounts,
}

/// One seat.
pub(super) struct PoolSeat<P> {
    pub(super) member: Arc<Seated<P>>,
    /// The member that takes the seat when it is ready.
    pub(super) next: Option<Arc<Seated<P>>>,
    /// How often in a row the seat's member could not be constructed.
    pub(super) failures: u32,
    /// Before this time no other member is made.
    pub(super) retry_at: Option<Moment>,
    /// How often in a row the next member could not be made, and when to try again. A member that
    /// dies meanwhile is replaced all the same.
    pub(super) next_failures: u32,
    pub(super) next_retry_at: Option<Moment>,
    /// The number of calls when the memory was last read, and when that was.
    pub(super) memory_read: (u64, Moment),
    /// The number of calls when it last had something to do, and when that was.
    pub(super) idle_since: (u64, Moment),
}

impl<P> PoolSeat<P> {
    pub(super) fn by(member: Arc<Seated<P>>) -> Self {
        let now = (0, Moment::now());
        Self {
            member,
            next: None,
            failures: 0,
            retry_at: None,
            next_failures: 0,
            next_retry_at: None,
            memory_read: now,
            idle_since: now,
        }
    }
}

impl<P: Member> Seats<P> {
    /// Starts this many members.
    pub(super) fn fill(size: usize, mut make: Make<P>) -> Result<Self, StartError> {
        let origin = Origin::here().map_err(StartError::system("mapping the page that detects a forked copy"))?;
        let team = Arc::<Team>::default();
        let mut occupied = Vec::new();
        for index in 0..size {
            match make(index) {
                Ok(proxy) => occupied.push(PoolSeat::by(Seated::new(proxy, index))),
                Err(error) => {
                    occupied.iter().for_each(|seat| seat.member.object().ask_to_stop());
                    return Err(error);
                }
            }
        }
        occupied.iter().for_each(|seat| team.add(seat.member.object()));
        let members = occupied.iter().map(|seat| seat.member.clone()).collect();
        let (rules, counts) = (Rules::default(), SeatCounts::default());
        let list = SeatList { occupied, members, base: size, rules, is_closed: false, retired: Vec::new(), counts };
        Ok(Self {
            origin,
            team,
            list: Mutex::new(list),
            maker: Mutex::new(make),
            version: AtomicU64::new(0),
            recycle_after: AtomicU64::new(u64::MAX),
            can_grow: AtomicBool::new(false),
            has_waited: AtomicBool::new(false),
            turn: AtomicUsize::new(0),
        })
    }

    /// Whether this process is the one that started the pool.
    pub(super) fn is_ours(&self) -> bool {
        self.origin.is_here()
    }

    pub(super) fn origin(&self) -> Origin {
        self.origin
    }

    /// Locks the list. No code of the user may run while it is locked.
    pub(super) fn list(&self) -> (impl Sized + use<P>, MutexGuard<'_, SeatList<P>>) {
        (hold_forks_back(), self.list.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set_rules(&self, set: impl FnOnce(&mut Rules)) {
        let (_forks, mut list) = self.list();
        set(&mut list.rules);
        self.recycle_after.store(list.rules.recycle_after.unwrap_or(u64::MAX), Ordering::Relaxed);
        self.note_size(&list);
        drop(list);
        self.team.want();
    }

    /// Returns the present members.
    pub(super) fn members(&self) -> Arc<[Arc<Seated<P>>]> {
        self.list().1.members.clone()
    }

    /// Returns a number that changes whenever the members do.
    pub(super) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Notes that a seat of this list has another member now.
    pub(super) fn note_change(&self, list: &mut SeatList<P>) {
        self.note_size(list);
        list.members = list.occupied.iter().map(|seat| seat.member.clone()).collect();
        self.version.fetch_add(1, Ordering::Release);
    }

    pub(super) fn all(&self) -> Vec<Seat<P>> {
        self.members().iter().cloned().inspect(|member| self.count_call(member)).map(Seat).collect()
    }

    pub(super) fn by_hash(&self, hash: u64) -> Seat<P> {
        let (_forks, list) = self.list();
        let member = list.members[(hash % list.base as u64) as usize].clone();
        drop(list);
        self.count_call(&member);
        Seat(member)
    }

    pub(super) fn call<T, Q>(&self, call: impl FnOnce(&P) -> Call<T, Q>) -> Call<T, Q> {
        let (member, waits) = self.choose();
        self.call_of(&member, waits, call)
    }

    pub(super) fn least_busy(&self) -> Seat<P> {
        let (member, _) = self.choose();
        self.count_call(&member);
        Seat(member)
    }

    /// Makes a call of this member. `waits`: whether it will wait behind others.
    pub(super) fn call_of<T, Q>(
        &self,
        member: &Seated<P>,
        waits: bool,
        call: impl FnOnce(&P) -> Call<T, Q>,
    ) -> Call<T, Q> {
        // In a forked copy the call is refused, and no lock may be taken.
        let waits = waits && self.is_ours();
        if waits {
            self.team.expect_queue();
        }
        let pooled = PooledCalls::of(member.object());
        let made = call(&member.proxy);
        drop(pooled);
        if waits {
            self.team.note_queued();
            self.ask_for_growth();
        }
        self.count_call(member);
        made
    }

    fn count_call(&self, member: &Seated<P>) {
        if member.count_call() == self.recycle_after.load(Ordering::Relaxed) {
            self.team.want();
        }
    }

    /// Returns the member that has the least to do, and whether a call of it will wait.
    pub(super) fn choose(&self) -> (Arc<Seated<P>>, bool) {
        if !self.is_ours() {
            // Each call of the copy is refused.
            return (self.members()[0].clone(), false);
        }
        let (member, load) = self.least_loaded();
        if !load.accepts {
            self.team.want();
        }
        (member, load.outstanding > 0 || !load.is_ready)
    }

    fn least_loaded(&self) -> (Arc<Seated<P>>, Load) {
        let members = self.members();
        let start = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut best: Option<(&Arc<Seated<P>>, Load)> = None;
        for at in 0..members.len() {
            let member = &members[(start + at) % members.len()];
            let load = member.object().load_now();
            if load.is_idle() {
                return (member.clone(), load);
            }
            if best.is_none_or(|(_, least)| load.rank() < least.rank()) {
                best = Some((member, load));
            }
        }
        let (member, load) = best.expect("a pool has a member");
        (member.clone(), load)
    }

    fn note_size(&self, list: &SeatList<P>) {
        let can_grow = list.rules.grow_to.is_some_and(|(size, _)| list.occupied.len() < size);
        self.can_grow.store(can_grow, Ordering::Relaxed);
    }

    /// Has the pool's thread add a member, if the rules allow that. It is asked once, until it has
    /// looked.
    fn ask_for_growth(&self) {
        if self.can_grow.load(Ordering::Relaxed) && !self.has_waited.swap(true, Ordering::Relaxed) {
            self.team.want();
        }
    }

    pub(super) fn statistics(&self) -> PoolStatistics {
        let (members, counts) = {
            let (_forks, list) = self.list();
            let retired = list.retired.iter().cloned();
            (list.members.iter().cloned().chain(retired).collect::<Vec<_>>(), list.counts)
        };
        if !self.is_ours() {
            return PoolStatistics::default();
        }
        let of = members.iter().map(|member| (member.object().load_now(), member.object().statistics()));
        PoolStatistics::sum(of.collect(), counts, &self.team)
    }
}
