//! The members of a pool, as their parent sees them: moves calls between them.
//!
//! A member tells its team when it has nothing to do, when it is ready, and when its process has
//! died. Then every member that has nothing to do takes over half of what waits in the fullest
//! other one. What waits in a member that has ended moves on as a whole.
//!
//! Knows objects, not their types; the pool makes new members. Invariants: all moves of a team are
//! made under its one lock, so no two threads lock two members in opposite orders. No code of the
//! user runs under that lock.

use std::cell::Cell;
use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use super::Object;
use super::guard::DeferredEffects;
use super::load::Load;
use super::moving::MovedShare;
use crate::error::Error;
use crate::parent::calls::effects::MemberNews;
use crate::parent::calls::times::{CallTimes, TimeHistogram};
use crate::parent::life::end::End;

thread_local! {
    /// The address of the team that this thread balances, or 0. Effects of that may call for more
    /// of it.
    static BALANCING: Cell<usize> = const { Cell::new(0) };
}

/// The members of one pool.
#[derive(Debug, Default)]
pub(crate) struct Team {
    members: Mutex<Vec<Arc<Object>>>,
    /// Whether a call may wait behind another one. While none does, an idle member has nothing to
    /// take over, and does not look.
    has_queue: AtomicBool,
    /// Whether the members say when they have nothing more to do.
    is_watched: AtomicBool,
    /// Whether a thread must look again.
    is_due: AtomicBool,
    /// Changes whenever calls have moved.
    moves: AtomicU64,
    /// How many calls have moved.
    moved: AtomicU64,
    /// The times of calls, if they are measured.
    times: OnceLock<Arc<CallTimes>>,
    /// Whether the pool has something to do for its members.
    wanted: Mutex<bool>,
    changed: Condvar,
}

/// One look at the members, and what is to be done after the lock is released.
struct Round<'m> {
    members: Vec<(&'m Arc<Object>, Load)>,
    effects: Vec<DeferredEffects>,
    moved: u64,
    has_resent: bool,
}

impl Team {
    /// Adds a member. From now on calls may move to it, and from it.
    pub(crate) fn add(self: &Arc<Self>, object: &Arc<Object>) {
        // An object is in one team at most, since a pool owns its proxies.
        let _first = object.team.set(Arc::downgrade(self));
        object.lock().calls.is_pooled = true;
        self.times.get().into_iter().for_each(|times| object.measure_times(times.clone()));
        let mut members = self.lock();
        if !members.iter().any(|other| Arc::ptr_eq(other, object)) {
            members.push(object.clone());
        }
    }

    /// Measures the times of later calls.
    pub(crate) fn measure_times(&self) {
        let times = self.times.get_or_init(Arc::default);
        // Without the team's lock: effects of the members may ask for it.
        let members = self.lock().clone();
        members.iter().for_each(|member| member.measure_times(times.clone()));
    }

    /// Returns how long calls waited, and how long they ran, if that is measured.
    pub(crate) fn times(&self) -> Option<[TimeHistogram; 2]> {
        self.times.get().map(|times| times.both())
    }

    /// Removes a member, which takes no more calls.
    pub(crate) fn remove(&self, object: &Arc<Object>) {
        self.lock().retain(|other| !Arc::ptr_eq(other, object));
    }

    /// Forgets all members, so that they can be dropped.
    pub(crate) fn clear(&self) {
        let members = std::mem::take(&mut *self.lock());
        drop(members);
    }

    /// Returns a number that changes whenever calls have moved.
    pub(crate) fn moves(&self) -> u64 {
        self.moves.load(Ordering::Acquire)
    }

    /// Returns how many calls have moved.
    pub(crate) fn moved(&self) -> u64 {
        self.moved.load(Ordering::Relaxed)
    }

    /// Notes that a call will wait behind others. `note_queued` follows once it is submitted.
    pub(crate) fn expect_queue(&self) {
        self.has_queue.store(true, Ordering::SeqCst);
    }

    /// Notes that a call waits behind others.
    pub(crate) fn note_queued(&self) {
        // If another thread has looked meanwhile and not seen the call, this one looks.
        if !self.has_queue.swap(true, Ordering::SeqCst) || !self.is_watched.swap(true, Ordering::SeqCst) {
            self.balance();
        }
    }

    /// Has the pool look after its members.
    pub(crate) fn want(&self) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Blocks until the pool has something to do, for this time at most.
    pub(crate) fn wait_wanted(&self, time: Duration) {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(wanted, time, |wanted| !*wanted);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }

    fn hear(&self, news: MemberNews) {
        match news {
            MemberNews::None => return,
            MemberNews::Idle if !self.has_queue.load(Ordering::SeqCst) => return,
            MemberNews::Idle => {}
            MemberNews::Phase => self.want(),
        }
        self.balance();
    }

    /// Moves calls from members that are busy or have ended to members that have nothing to do.
    pub(crate) fn balance(&self) {
        self.is_due.store(true, Ordering::SeqCst);
        let own = std::ptr::from_ref(self).addr();
        if BALANCING.get() == own {
            return;
        }
        let outer = BALANCING.replace(own);
        while self.is_due.swap(false, Ordering::SeqCst) {
            self.balance_once();
        }
        BALANCING.set(outer);
    }

    fn balance_once(&self) {
        let guard = self.lock();
        // Cloned, since the effects outlive the lock, and run code of the user.
        let members = guard.clone();
        self.has_queue.store(false, Ordering::SeqCst);
        self.is_watched.store(false, Ordering::SeqCst);
        let mut round = Round::look(&members);
        round.move_kept();
        round.move_to_idle();
        let has_queue = round.members.iter().any(|(_, load)| load.has_queue());
        if has_queue {
            self.has_queue.store(true, Ordering::SeqCst);
            self.is_watched.store(true, Ordering::SeqCst);
        }
        round.watch(has_queue);
        if round.moved > 0 || round.has_resent {
            self.moved.fetch_add(round.moved, Ordering::Relaxed);
            self.moves.fetch_add(1, Ordering::Release);
        }
        drop(guard);
        round.effects.into_iter().for_each(DeferredEffects::perform);
    }

    /// Settles the calls that no member is left for.
    pub(crate) fn give_up_kept(&self) {
        let members = self.lock().clone();
        members.iter().for_each(|member| member.give_up_kept());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Object>>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'m> Round<'m> {
    fn look(members: &'m [Arc<Object>]) -> Self {
        let mut effects = Vec::new();
        let look = |member: &'m Arc<Object>| {
            let (load, deferred) = member.load();
            effects.extend(deferred);
            (member, load)
        };
        Self { members: members.iter().map(look).collect(), effects, moved: 0, has_resent: false }
    }

    /// Moves what waits in members that have ended.
    fn move_kept(&mut self) {
        let members = self.members.clone();
        for (from, _) in members.iter().filter(|(_, load)| load.has_kept) {
            let takers = members.iter().filter(|(_, load)| load.accepts);
            if let Some((to, _)) = takers.min_by_key(|(_, load)| (!load.is_ready, load.outstanding)) {
                self.move_calls(from, to, MovedShare::All);
            }
        }
    }

    /// Has each member without work take over half of what waits in the fullest other one.
    fn move_to_idle(&mut self) {
        let members = self.members.clone();
        let mut fullest: Vec<_> = members.iter().filter(|(_, load)| !load.has_ended && load.has_queue()).collect();
        fullest.sort_by_key(|(_, load)| Reverse(load.outstanding));
        for (idle, _) in members.iter().filter(|(_, load)| load.is_idle()) {
            // What waits in the fullest one may be bound to it.
            for (from, _) in &fullest {
                if self.move_calls(from, idle, MovedShare::Half) {
                    break;
                }
            }
        }
    }

    /// Has each member say when it has nothing more to do, if calls wait.
    fn watch(&mut self, has_queue: bool) {
        for (member, load) in &self.members {
            if !load.has_ended {
                let (has_resent, effects) = member.release_returned();
                self.has_resent |= has_resent;
                self.effects.extend(member.watch_for_idle(has_queue).into_iter().chain(effects));
            }
        }
    }

    fn move_calls(&mut self, from: &'m Arc<Object>, to: &'m Arc<Object>, share: MovedShare) -> bool {
        let (moved, effects) = from.move_calls(to, share);
        self.effects.extend(effects.into_iter().flatten());
        self.moved += moved as u64;
        moved > 0
    }
}

impl Object {
    /// Tells the pool that the object is a member of.
    pub(crate) fn tell_team(&self, news: MemberNews) {
        match self.team.get().and_then(Weak::upgrade) {
            Some(team) => team.hear(news),
            None => self.give_up_kept(),
        }
    }
}

/// What a pool asks of its members.
impl Object {
    /// Whether the constructor has returned at some time.
    pub(crate) fn was_ready(&self) -> bool {
        !matches!(self.lock().phase.end(), Some(End::NotConstructed(_)))
    }

    /// Notes that the pool has another member in its place.
    pub(crate) fn retire(&self) {
        self.lock().is_retired = true;
    }

    /// Notes that the pool is closed: a call that comes late is refused, and does not move on.
    pub(crate) fn end_retirement(&self) {
        self.give_up_kept();
        self.lock().is_retired = false;
    }

    /// Ends a retired member in the background, if it has served all that it was given, and keeps
    /// no object that a handle or an outcome that was not taken refers to.
    pub(crate) fn end_if_idle(&self) -> Result<(), Error> {
        let is_idle = {
            let mut state = self.poll();
            let is_idle = state.calls.table.unsettled() == 0 && !self.may_have_handles(&state);
            if is_idle {
                self.ask_to_stop_locked(&mut state);
            }
            is_idle
        };
        if is_idle { self.terminate_in_background() } else { Ok(()) }
    }

    /// Whether a thread of this process serves the object.
    pub(crate) fn lives_in_thread(&self) -> bool {
        self.lock().backend().is_some_and(|backend| backend.own_thread().is_some())
    }

    /// Returns how many calls can be under way in the child.
    pub(crate) fn slots(&self) -> usize {
        self.channel.layout.slots
    }
}
