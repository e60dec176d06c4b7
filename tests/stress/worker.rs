//! One of the threads that call, push, pull, wait, lend and end, all on the same objects.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{CallError, Error, Shared, StartError, Started, block_on};
use fastrand::Rng;

use crate::answer::Answer;
use crate::calls::{Caller, Form};
use crate::copies;
use crate::endings;
use crate::held_calls::{Kept, Outstanding};
use crate::keepsakes::{self, Keeping};
use crate::ledger::Seen;
use crate::life::Life;
use crate::object::VictimProxy;
use crate::plan::{Step, Work};
use crate::report::{differs, must};
use crate::scenes;
use crate::seats::Seats;
use crate::watchdog::Watch;

/// The most calls that a worker keeps. It settles one before it keeps another.
const MAX_KEPT: usize = 60;

/// A bound for late outcomes. It is wide, since earlier calls have limits too, and a process may be
/// stopped for seconds.
pub const MAX_LATE: Duration = Duration::from_secs(20);

pub struct Worker<'s> {
    pub seats: &'s Seats,
    pub rng: Rng,
    pub watch: Watch,
    /// The worker waits for each call at once, and keeps none.
    pub waits_at_once: bool,
    kept: Vec<Box<dyn Outstanding>>,
    pub tables: Vec<Shared<[u64]>>,
    pub keepsakes: Vec<Keeping>,
    /// The number of the last outcome that this worker pulled, for each object.
    pulled: HashMap<String, u64>,
}

impl<'s> Worker<'s> {
    pub fn new(seats: &'s Seats, seed: u64, watch: Watch) -> Self {
        let rng = Rng::with_seed(seed);
        Self {
            seats,
            rng,
            watch,
            waits_at_once: false,
            kept: Vec::new(),
            tables: Vec::new(),
            keepsakes: Vec::new(),
            pulled: HashMap::new(),
        }
    }

    /// Works until the time is over. Then settles everything that was kept.
    pub fn run(mut self) {
        while !self.seats.is_over() {
            let life = self.watch.clone().during("finding an object", "any", || self.seats.any(&mut self.rng));
            let Some(proxy) = life.proxy() else { continue };
            let step = Step::choose(&mut self.rng);
            self.step(step, &life, proxy);
            if self.pulled.len() > 1000 {
                self.pulled.clear();
            }
        }
        self.settle_all();
    }

    pub fn settle_all(&mut self) {
        self.keepsakes.clear();
        let kept = std::mem::take(&mut self.kept).into_iter().chain(self.seats.pool.take_all());
        kept.for_each(|kept| kept.wait(self));
    }

    fn step(&mut self, step: Step, life: &Arc<Life>, proxy: Arc<VictimProxy>) {
        match step {
            Step::Hold => drop(self.call(life, &proxy, Form::Held)),
            Step::Push(count) => {
                // It does not matter how many were refused.
                let _room = (0..count).all(|_| self.call(life, &proxy, Form::Pushed));
            }
            Step::Pull => self.pull(life, &proxy),
            Step::Settle => self.settle_one(),
            Step::Loan(len) => self.lend(life, &proxy, len),
            Step::Trim => match proxy.handle().trim() {
                Ok(_) => self.seats.tally.count("trims"),
                Err(Error::Call(error)) => self.judge(life, &error),
                Err(error) => differs(&format!("{}: not trimmed: {error:?}", life.name)),
            },
            Step::Look => {
                let (status, statistics) = (proxy.status(), proxy.handle().statistics());
                drop((status, statistics, format!("{proxy:?}")));
            }
            Step::Keepsakes => keepsakes::play(self, life, &proxy),
            Step::Ready => self.await_ready(life, &proxy),
            Step::Copy => copies::fork_parent(self, life, &proxy),
            Step::Scene => scenes::play(self),
            Step::Spin => {
                let mut caller = Caller { worker: self, life, proxy: &proxy, form: Form::Pushed, hangs: false };
                life.disturbed.store(true, Ordering::SeqCst);
                caller.spin();
                thread::sleep(Duration::from_micros(self.rng.u64(..20_000)));
                endings::stop(self, life, &proxy);
            }
            // Objects with a restart policy stay longer, so that they restart several times.
            Step::Replace if life.birth.limits.restarts.is_some() && self.rng.u32(..4) != 0 => {}
            Step::Replace => {
                drop(proxy);
                endings::replace(self, life);
            }
        }
    }

    fn call(&mut self, life: &Arc<Life>, proxy: &VictimProxy, form: Form) -> bool {
        let mut work = Work::choose(&mut self.rng);
        if form == Form::Pushed && matches!(work, Work::Grow(_) | Work::Stream(_)) {
            work = Work::Nothing;
        }
        Caller { worker: self, life, proxy, form, hangs: false }.make(work)
    }

    /// Decides what happens to a held call.
    pub fn hold<T: Answer + Send + 'static>(&mut self, mut kept: Kept<T>) {
        self.seats.tally.count("calls held");
        match self.rng.u32(..10) {
            _ if self.waits_at_once => Box::new(kept).wait(self),
            0..4 => Box::new(kept).wait(self),
            4 => Box::new(kept).drop_untaken(self),
            5 => {
                let timeout = Duration::from_micros(self.rng.u64(..2000));
                let life = kept.life.clone();
                let watch = self.watch.clone();
                if !watch.during("a wait with a limit", &life.name, || kept.look(self, Some(timeout))) {
                    self.kept.push(Box::new(kept));
                }
            }
            _ => self.kept.push(Box::new(kept)),
        }
        while self.kept.len() > MAX_KEPT {
            self.settle_one();
        }
    }

    fn settle_one(&mut self) {
        if self.kept.is_empty() {
            return;
        }
        let kept = self.kept.swap_remove(self.rng.usize(..self.kept.len()));
        let kept = if self.rng.u32(..3) == 0 { self.seats.pool.exchange(&mut self.rng, kept) } else { Some(kept) };
        let Some(mut kept) = kept else { return };
        if self.rng.u32(..30) == 0 {
            kept.cancel(self);
        }
        if self.rng.bool() {
            kept.wait(self);
        } else if !kept.look(self, None) {
            self.kept.push(kept);
            if self.kept.len() > MAX_KEPT {
                let oldest = self.kept.swap_remove(0);
                oldest.wait(self);
            }
        }
    }

    /// Waits for an outcome, possibly for long. For an error, records how long after a kill it
    /// came.
    pub fn wait<T>(
        &mut self,
        what: &'static str,
        life: &Life,
        wait: impl FnOnce() -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let began = Instant::now();
        let outcome = self.watch.during(what, &life.name, wait);
        if let Err(CallError::TimedOut { .. } | CallError::Cancelled { .. }) = &outcome {
            must!(
                began.elapsed() < MAX_LATE,
                "{}: the call ended late, after {:?} of waiting: {life:?}",
                life.name,
                began.elapsed()
            );
            self.seats.tally.time("longest wait for a call that ended early", began.elapsed());
        }
        if let Err(CallError::Died { .. }) = &outcome
            && let Some(took) = life.since_kill(began)
        {
            self.seats.tally.time("longest from a kill to the error of a waiter", took);
        }
        outcome
    }

    pub fn settle<T: Answer>(&mut self, life: &Arc<Life>, id: u64, outcome: Result<T, CallError>) {
        match outcome {
            Ok(answer) => self.answered(life, answer.id_and_digest(), Some(id)),
            Err(error) => {
                self.check_not_too_early(life, id, &error);
                let seen = self.judged(life, &error);
                self.saw(life, id, seen);
            }
        }
    }

    /// Checks that a call which exceeded a limit ran for at least that long.
    fn check_not_too_early(&self, life: &Life, id: u64, error: &CallError) {
        let CallError::TimedOut { ran_for, .. } = error else { return };
        let limits = &life.birth.limits;
        let (took, limit) = match error.started() {
            Started::No => (life.ledger.age(id), limits.queue_timeout),
            // Calls of this object may have limits of their own.
            _ if limits.of_calls => return,
            _ => (Some(*ran_for), limits.timeout),
        };
        must!(limit.is_some() && took >= limit, "{}: call {id} ended after {took:?}: {error:?}", life.name);
    }

    fn await_ready(&mut self, life: &Life, proxy: &VictimProxy) {
        let timeout = Duration::from_micros(self.rng.u64(..5000));
        let watch = self.watch.clone();
        let outcome = watch.during("waiting until ready", &life.name, || proxy.wait_until_ready_timeout(timeout));
        match outcome {
            Ok(()) => must!(life.birth.way.succeeds(), "{}: it is ready, but its constructor fails", life.name),
            Err(StartError::NotReady { .. }) => {}
            Err(error) => must!(life.may_fail_so(&error), "{}: not ready: {error:?}: {life:?}", life.name),
        }
    }

    fn answered(&self, life: &Life, (id, digest): (u64, u64), of: Option<u64>) {
        must!(of.is_none_or(|of| of == id), "{}: call {of:?} got the answer of call {id}", life.name);
        life.check_result((id, digest)).unwrap_or_else(|wrong| differs(&format!("{}: {wrong}", life.name)));
        self.seats.tally.count("outcome: a result");
    }

    pub fn saw(&self, life: &Life, id: u64, seen: Seen) {
        life.ledger.saw(id, seen).unwrap_or_else(|wrong| differs(&format!("{}: {wrong}", life.name)));
    }

    /// Checks an error that is not the outcome of a call.
    pub fn judge(&self, life: &Life, error: &CallError) {
        life.judge(error).unwrap_or_else(|wrong| differs(&wrong));
    }

    fn judged(&self, life: &Life, error: &CallError) -> Seen {
        let seen = life.judge(error).unwrap_or_else(|wrong| differs(&wrong));
        if let (CallError::RestartsExhausted { .. }, Some(proxy)) = (error, life.proxy()) {
            let again = proxy.handle().trim();
            let is_final = matches!(again, Err(Error::Call(CallError::RestartsExhausted { .. })));
            must!(is_final, "{}: restarts were exhausted, but then {again:?}", life.name);
        }
        let killed = if matches!(seen, Seen::Early { killed: true, .. }) { ", killed" } else { "" };
        let kind = error.kind();
        self.seats.tally.count(&format!("outcome: {kind:?}{killed}, started: {:?}", error.started()));
        seen
    }

    fn pull(&mut self, life: &Arc<Life>, proxy: &VictimProxy) {
        let times = self.rng.usize(1..12);
        for _ in 0..times {
            let pulled = match self.rng.u32(..10) {
                0..4 => proxy.pull(),
                4..6 => self.wait("a pull with a limit", life, || proxy.wait_pull_timeout(Duration::from_millis(3))),
                6..8 => proxy.drain().next().transpose(),
                8 => self.wait("a pull", life, || proxy.wait_pull()),
                _ => self.wait("an awaited pull", life, || block_on(proxy.futures().pull())),
            };
            match pulled {
                Ok(None) => return,
                Ok(Some(output)) => self.answered(life, output.id_and_digest(), None),
                Err(error) if error.call().is_none() => {
                    self.judge(life, &error);
                    return endings::replace(self, life);
                }
                Err(error) => {
                    let (call, seen) =
                        (error.call().map_or(0, concurrent_object::CallId::get), self.judged(life, &error));
                    let last = self.pulled.insert(life.name.clone(), call);
                    must!(last.is_none_or(|last| last < call), "{}: {call} was pulled after {last:?}", life.name);
                    life.ledger.pulled(call, seen);
                }
            }
        }
    }
}
