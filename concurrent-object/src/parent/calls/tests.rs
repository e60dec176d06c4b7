//! Random histories of calls, without a process, a descriptor or a thread. Each call has one
//! outcome, which is taken once, and each waker is woken once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

use proptest::collection::vec;
use proptest::prelude::*;

use super::Calls;
use super::backlog::Packet;
use super::key::{CallKey, WaitKey};
use super::references::References;
use super::table::{Owner, Stage};
use super::waiter::Waiter;
use crate::error::{CallError, CallInfo, Started};

/// What can happen to calls. A number picks one of the calls that qualify.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Submitted(Owner),
    Settled(usize),
    Taken(usize),
    Pulled,
    Detached(usize),
    Awaited(usize),
    AwaitedPull,
}

fn happens() -> impl Strategy<Value = Happens> {
    let any = || 0..16_usize;
    prop_oneof![
        4 => prop_oneof![Just(Owner::Call), Just(Owner::Pushed)].prop_map(Happens::Submitted),
        4 => any().prop_map(Happens::Settled),
        2 => any().prop_map(Happens::Taken),
        2 => Just(Happens::Pulled),
        1 => any().prop_map(Happens::Detached),
        1 => any().prop_map(Happens::Awaited),
        1 => Just(Happens::AwaitedPull),
    ]
}

/// Counts how often it is woken.
#[derive(Debug, Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The model of a call.
#[derive(Debug)]
struct ModelCall {
    key: CallKey,
    owner: Owner,
    is_settled: bool,
    is_gone: bool,
    waker: Option<Arc<Count>>,
}

struct Machine {
    calls: Calls,
    model: Vec<ModelCall>,
    /// Wakers of pulls that no outcome has woken yet.
    pulls: Vec<Arc<Count>>,
}

impl Machine {
    fn new() -> Self {
        Self { calls: Calls::new(Vec::new()), model: Vec::new(), pulls: Vec::new() }
    }

    fn apply(&mut self, event: Happens) {
        match event {
            Happens::Submitted(owner) => self.submit(owner),
            Happens::Settled(which) => self.settle(which),
            Happens::Taken(which) => self.take(which),
            Happens::Pulled => self.pull(),
            Happens::Detached(which) => self.detach(which),
            Happens::Awaited(which) => self.await_call(which),
            Happens::AwaitedPull => {
                let count = Arc::new(Count::default());
                self.calls.register_task(WaitKey::Pull, None, Waker::from(count.clone()));
                self.pulls.push(count);
            }
        }
    }

    /// Picks one of the calls for which `holds` is true.
    fn pick(&self, which: usize, holds: impl Fn(&ModelCall) -> bool) -> Option<usize> {
        let found: Vec<_> = (0..self.model.len()).filter(|&at| holds(&self.model[at])).collect();
        found.get(which % found.len().max(1)).copied()
    }

    fn submit(&mut self, owner: Owner) {
        let key = self.calls.table.open(0, owner, Stage::Backlogged, References::default());
        let packet = Packet {
            method: 0,
            structured: Vec::new(),
            raw: Vec::new().into(),
            files: 0,
            references: References::default(),
        };
        self.calls.backlog.push(key.index(), key.call, packet);
        self.model.push(ModelCall { key, owner, is_settled: false, is_gone: false, waker: None });
    }

    fn settle(&mut self, which: usize) {
        let Some(at) = self.pick(which, |call| !call.is_settled) else { return };
        let ModelCall { key, owner, .. } = self.model[at];
        self.calls.backlog.remove(key.call);
        let info = CallInfo {
            name: "it".into(),
            pid: 1,
            method: None,
            call: None,
            started: Started::No,
            lives_on: false,
            is_left_behind: false,
        };
        self.calls.settle(key.index(), Stage::Failed(CallError::Ended { info: Box::new(info) }));
        self.wake();
        let call = &mut self.model[at];
        (call.is_settled, call.is_gone) = (true, owner == Owner::Detached);
        if owner == Owner::Call {
            let woken = call.waker.take().map(|count| count.0.load(Ordering::Relaxed));
            assert!(woken.is_none_or(|count| count == 1), "{key:?} was woken {woken:?} times");
        }
        if owner == Owner::Pushed {
            let counts: Vec<_> = self.pulls.drain(..).map(|count| count.0.load(Ordering::Relaxed)).collect();
            assert!(counts.iter().all(|&count| count == 1), "{counts:?}");
        }
    }

    /// What the object does after unlocking.
    fn wake(&mut self) {
        for waiter in std::mem::take(&mut self.calls.effects).wake {
            match waiter {
                Waiter::Task(waker) => waker.wake(),
                Waiter::Discarded(waker) => drop(waker),
                Waiter::Thread(_) => unreachable!("no thread waits here"),
            }
        }
    }

    fn take(&mut self, which: usize) {
        let Some(at) = self.pick(which, |call| call.is_settled && !call.is_gone && call.owner == Owner::Call) else {
            return;
        };
        assert!(
            matches!(self.calls.table.close(self.model[at].key.index()), Stage::Failed(_)),
            "the outcome is there once"
        );
        self.model[at].is_gone = true;
    }

    fn pull(&mut self) {
        let oldest = self.pick(0, |call| call.owner == Owner::Pushed && !call.is_gone);
        assert_eq!(self.calls.table.front(), oldest.map(|at| self.model[at].key), "pushed calls come in their order");
        let Some(at) = oldest.filter(|&at| self.model[at].is_settled) else { return };
        assert!(self.calls.table.can_pull());
        self.calls.table.pop_front();
        assert!(
            matches!(self.calls.table.close(self.model[at].key.index()), Stage::Failed(_)),
            "the outcome is there once"
        );
        self.model[at].is_gone = true;
    }

    fn detach(&mut self, which: usize) {
        let Some(at) = self.pick(which, |call| call.owner == Owner::Call && !call.is_gone) else { return };
        self.calls.detach(self.model[at].key);
        let call = &mut self.model[at];
        (call.owner, call.is_gone) = (Owner::Detached, call.is_settled);
        let never_woken = call.waker.take().is_none_or(|count| count.0.load(Ordering::Relaxed) == 0);
        assert!(never_woken, "nothing has happened yet");
    }

    fn await_call(&mut self, which: usize) {
        let Some(at) = self.pick(which, |call| call.owner == Owner::Call && !call.is_settled) else { return };
        let count = Arc::new(Count::default());
        self.calls.register_task(WaitKey::Call(self.model[at].key), None, Waker::from(count.clone()));
        self.model[at].waker = Some(count);
    }

    fn check(&self) {
        let unsettled = self.model.iter().filter(|call| !call.is_settled);
        assert_eq!(self.calls.table.unsettled(), unsettled.clone().count());
        assert_eq!(self.calls.backlog.len(), unsettled.clone().count(), "each unsettled call waits, and no other");
        assert_eq!(
            self.calls.backlog.front(),
            unsettled.clone().next().map(|call| call.key.index()),
            "the oldest is in front"
        );
        assert_eq!(self.calls.table.accepted(), self.model.len() as u64);
        let alive = || self.model.iter().filter(|call| !call.is_gone);
        assert!(alive().all(|call| self.calls.table.is_settled(call.key) == call.is_settled));
        let mut records: Vec<_> = alive().map(|call| call.key.index()).collect();
        records.sort_unstable();
        records.dedup();
        assert_eq!(records.len(), alive().count(), "no two calls share a record");
    }
}

proptest! {
    #[test]
    fn each_call_has_one_outcome_whatever_happens_in_whatever_order(events in vec(happens(), 0..120)) {
        let mut machine = Machine::new();
        for event in events {
            machine.apply(event);
            machine.check();
        }
    }
}
