//! The thread of a pool: it replaces members that have died, and adds and ends members by the
//! rules.
//!
//! Problem: a new member is made by code of the user, which may take long, and a death is noticed
//! by any thread, also by one that must not wait. Way here: each pool has one thread for this. It
//! sleeps until a member has died, or until the pool wants a change. A call that finds no member
//! does the same work itself.
//!
//! Knows seats and rules. Invariants: one thread at a time makes members. A member that is replaced
//! goes on until it has served its calls, and is dropped when it has ended.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::member::{Member, Seated};
use super::rules::pause_after;
use super::seats::{MEMORY_INTERVAL, Make, NOTHING_DUE, PoolSeat, Seats, UNTIL_READY, UNTIL_SERVED};
use crate::clock::Moment;
use crate::error::StartError;
use crate::memory::fork::Origin;
use crate::parent::object::team::Team;
use crate::process::background;
use crate::process::memory::resident_size;
use crate::process::thread::Thread;

/// In bytes; the user's code runs on the thread.
const STACK_SIZE: usize = 2 * 1024 * 1024;

thread_local! {
    /// Whether this thread makes members now. The code that does so may call the pool.
    static MAKES: Cell<bool> = const { Cell::new(false) };
}

/// The handle of the thread.
#[derive(Debug)]
pub(crate) struct Keeper {
    thread: Option<Thread>,
    team: Arc<Team>,
    ends: Arc<AtomicBool>,
    origin: Origin,
}

impl Keeper {
    /// Starts the thread.
    pub(super) fn begin<P: Member>(seats: &Arc<Seats<P>>) -> Result<Self, StartError> {
        let (own, ends) = (seats.clone(), Arc::<AtomicBool>::default());
        let has_ended = ends.clone();
        let work = move || {
            while !has_ended.load(Ordering::Acquire) {
                // A panic of the user's code must not end the thread. Its payload may panic when it
                // is dropped, so it is leaked.
                let tended = catch_unwind(AssertUnwindSafe(|| own.tend()));
                let pause = tended.unwrap_or_else(|payload| {
                    std::mem::forget(payload);
                    MEMORY_INTERVAL
                });
                own.team.wait_wanted(pause);
            }
        };
        let thread = background::spawn_with_stack(c"object-pool", STACK_SIZE, work);
        let thread = thread.map_err(StartError::system("creating the thread of the pool"))?;
        Ok(Self { thread: Some(thread), team: seats.team.clone(), ends, origin: seats.origin() })
    }

    /// Ends the thread, and waits for it.
    pub(super) fn end(&mut self) {
        let thread = self.thread.take();
        if !self.origin.is_here() {
            // A forked copy does not have the thread, so it cannot be joined.
            return std::mem::forget(thread);
        }
        self.ends.store(true, Ordering::Release);
        self.team.want();
        if let Some(thread) = thread.filter(|thread| !thread.is_current()) {
            thread.join();
        }
    }
}

impl<P: Member> Seats<P> {
    /// Replaces, adds and ends members, as far as that is due. Returns when to look again.
    pub(super) fn tend(&self) -> Duration {
        if !self.is_ours() || MAKES.replace(true) {
            return NOTHING_DUE;
        }
        let _made = Made;
        let mut make = self.maker.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pause = NOTHING_DUE;
        // What a dead member kept moves to the others, before there is none to ask.
        self.team.balance();
        for member in &*self.members() {
            pause = pause.min(self.tend_seat(&mut make, member));
        }
        pause = pause.min(self.grow(&mut make)).min(self.shrink());
        if self.list().1.rules.recycle_above.is_some() {
            pause = pause.min(MEMORY_INTERVAL);
        }
        drop(make);
        self.team.balance();
        pause.min(self.release_retired())
    }

    /// Looks after the seat of this member.
    fn tend_seat(&self, make: &mut Make<P>, member: &Arc<Seated<P>>) -> Duration {
        let load = member.object().load_now();
        if load.has_ended {
            return self.replace_dead(make, member);
        }
        if load.is_ready {
            self.change_seat(member, |seat| seat.failures = 0);
        }
        match self.find_seat(member, |seat| seat.next.clone()).flatten() {
            Some(next) => self.promote(member, &next),
            None if load.is_ready && self.is_used_up(member) => self.make_next(make, member),
            None => NOTHING_DUE,
        }
    }

    /// Makes another member in place of one that has ended.
    fn replace_dead(&self, make: &mut Make<P>, dead: &Arc<Seated<P>>) -> Duration {
        let is_new_failure = !dead.object().was_ready();
        let due = self.change_seat(dead, |seat| {
            if is_new_failure && seat.retry_at.is_none() {
                seat.note_failure();
            }
            let left = seat.retry_at.map_or(Duration::ZERO, Moment::left);
            (left, seat.next.take())
        });
        let Some((left, next)) = due else {
            // The pool is closed.
            dead.object().give_up_kept();
            return NOTHING_DUE;
        };
        if !left.is_zero() {
            self.give_up_kept_of(dead);
            return left;
        }
        match next.map_or_else(|| make(dead.index).map(|proxy| Seated::new(proxy, dead.index)), Ok) {
            Ok(new) => {
                self.install(dead, new, true);
                NOTHING_DUE
            }
            Err(error) => {
                tracing::warn!(
                    target: "concurrent_object::life", index = dead.index, %error,
                    "the pool could not replace a member that has ended"
                );
                self.give_up_kept_of(dead);
                self.change_seat(dead, PoolSeat::note_failure).unwrap_or(NOTHING_DUE)
            }
        }
    }

    /// Whether a member has served what it should, by the rules.
    fn is_used_up(&self, member: &Arc<Seated<P>>) -> bool {
        let (rules, may_read) = {
            let (_forks, mut list) = self.list();
            let rules = list.rules;
            let seat = list.occupied.iter_mut().find(|seat| Arc::ptr_eq(&seat.member, member));
            let Some(seat) = seat.filter(|seat| seat.next_retry_at.is_none_or(Moment::has_come)) else { return false };
            (rules, seat.has_new_calls(MEMORY_INTERVAL))
        };
        let has_calls = rules.recycle_after.is_some_and(|most| member.count_of_calls() >= most);
        has_calls || (may_read && rules.recycle_above.is_some_and(|most| memory_of(member) > most))
    }

    /// Starts the member that takes this one's seat.
    fn make_next(&self, make: &mut Make<P>, member: &Arc<Seated<P>>) -> Duration {
        match make(member.index) {
            Ok(proxy) => {
                let next = Seated::new(proxy, member.index);
                self.team.add(next.object());
                self.change_seat(member, |seat| seat.next = Some(next));
                UNTIL_READY
            }
            Err(error) => {
                tracing::warn!(
                    target: "concurrent_object::life", index = member.index, %error,
                    "the pool could not make the next member; the present one goes on"
                );
                self.change_seat(member, PoolSeat::note_failed_next).unwrap_or(NOTHING_DUE)
            }
        }
    }

    /// Gives the seat to the next member, if that is ready.
    fn promote(&self, member: &Arc<Seated<P>>, next: &Arc<Seated<P>>) -> Duration {
        let load = next.object().load_now();
        if load.has_ended {
            self.team.remove(next.object());
            self.change_seat(member, |seat| {
                seat.next = None;
                seat.note_failed_next()
            });
            return UNTIL_SERVED;
        }
        if !load.is_ready {
            return UNTIL_READY;
        }
        self.change_seat(member, |seat| seat.next = None);
        member.object().retire();
        self.install(member, next.clone(), false);
        NOTHING_DUE
    }

    /// Gives the seat of `old` to `new`. If the pool was closed meanwhile, `new` is dropped.
    fn install(&self, old: &Arc<Seated<P>>, new: Arc<Seated<P>>, is_dead: bool) {
        self.team.add(new.object());
        let (forks, mut list) = self.list();
        let at = list.occupied.iter().position(|seat| Arc::ptr_eq(&seat.member, old)).filter(|_| !list.is_closed);
        let Some(at) = at else {
            drop((list, forks));
            self.team.remove(new.object());
            return;
        };
        let failures = list.occupied[at].failures;
        list.occupied[at] = PoolSeat { failures, ..PoolSeat::by(new) };
        list.retired.push(old.clone());
        list.counts.replaced += u64::from(is_dead);
        list.counts.recycled += u64::from(!is_dead);
        self.note_change(&mut list);
    }

    /// Changes the seat of a member, if it has one, and if the pool is open.
    fn change_seat<T>(&self, member: &Arc<Seated<P>>, change: impl FnOnce(&mut PoolSeat<P>) -> T) -> Option<T> {
        let (_forks, mut list) = self.list();
        if list.is_closed {
            return None;
        }
        list.occupied.iter_mut().find(|seat| Arc::ptr_eq(&seat.member, member)).map(change)
    }

    fn find_seat<T>(&self, member: &Arc<Seated<P>>, find: impl FnOnce(&PoolSeat<P>) -> T) -> Option<T> {
        self.change_seat(member, |seat| find(seat))
    }
}

impl<P: Member> PoolSeat<P> {
    /// Notes that a member could not be made. Returns when to try again.
    fn note_failure(&mut self) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let pause = pause_after(self.failures);
        self.retry_at = Some(Moment::after(pause));
        pause
    }

    /// Notes that the next member could not be made. There is no hurry: the present one goes on.
    fn note_failed_next(&mut self) -> Duration {
        self.next_failures = self.next_failures.saturating_add(1);
        let pause = pause_after(self.next_failures.saturating_add(1));
        self.next_retry_at = Some(Moment::after(pause));
        pause
    }

    /// Whether there were calls since this was last true, which was at least an interval ago.
    fn has_new_calls(&mut self, interval: Duration) -> bool {
        let calls = self.member.count_of_calls();
        let is_due = self.memory_read.1.elapsed() >= interval && self.memory_read.0 != calls;
        if is_due {
            self.memory_read = (calls, Moment::now());
        }
        is_due
    }
}

/// While it exists, this thread makes members.
struct Made;

impl Drop for Made {
    fn drop(&mut self) {
        MAKES.set(false);
    }
}

/// Returns the memory of a member's process in bytes; 0 if it has no process of its own.
fn memory_of<P: Member>(member: &Seated<P>) -> usize {
    let object = member.object();
    if object.lives_in_thread() { 0 } else { resident_size(object.pid()).unwrap_or(0) }
}
