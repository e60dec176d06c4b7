//! Random operations of one thread, with the expected outcome of each.

use std::collections::VecDeque;
use std::time::Duration;

use concurrent_object::{CallError, PushErrorKind, Started, State};
use concurrent_object_tests::home;
use concurrent_object_tests::random::Random;

use super::machine::{Expected, LIMIT, Machine, MachineOutput, MachineProxy, Order, Pending};

/// The most calls that are held at once.
const MAX_HELD: usize = 40;

/// The proxy, and the model's knowledge about it.
struct Run {
    random: Random,
    slots: usize,
    machine: MachineProxy,
    model: Machine,
    /// Pushed and not pulled, oldest first.
    pushed: VecDeque<(u64, Expected)>,
    held: Vec<(Box<dyn Pending>, Expected)>,
    /// The number of calls that this object accepted.
    accepted: u64,
    /// The least number that the next call can have. Each trim since the last call takes a number
    /// too.
    next_call: u64,
    trims: u64,
}

/// Performs so many operations, and compares every outcome.
pub fn run(random: Random, slots: usize, operations: u64) {
    let mut run = Run {
        random,
        slots,
        machine: start(slots),
        model: Machine { sum: 0 },
        pushed: VecDeque::new(),
        held: Vec::new(),
        accepted: 0,
        next_call: 1,
        trims: 0,
    };
    for number in 0..operations {
        let what = run.random.below(4_000);
        let _printed_on_panic = FailedOperation { number, what };
        run.operate(what);
    }
    run.close();
}

/// Prints the operation that failed.
struct FailedOperation {
    number: u64,
    what: usize,
}

impl Drop for FailedOperation {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("operation {} was of kind {}", self.number, self.what % 20);
        }
    }
}

fn start(slots: usize) -> MachineProxy {
    let builder = MachineProxy::builder("machine").slots(slots).max_input_size(LIMIT).max_output_size(LIMIT);
    // A thread has the environment of the test.
    let builder = if home::is_thread() { builder } else { home::without_backtraces(builder) };
    builder.start().expect("starts")
}

impl Run {
    fn operate(&mut self, what: usize) {
        if what == 0 {
            return self.kill();
        }
        match what % 20 {
            0..6 => self.push(),
            6..10 if self.held.len() < MAX_HELD => self.call(),
            6..8 => self.wait_for_any(),
            8 | 9 => self.drop_any(),
            10..12 => self.pull(),
            12 => self.wait_pull(),
            13 => self.wait_pull_timeout(),
            14 => self.drain(),
            15 => self.try_any(),
            16 => self.wait_for_any_for_a_while(),
            17 if what < 400 => self.trim(),
            17 => self.wait_for_any(),
            18 => self.drop_any(),
            _ => self.look(),
        }
    }

    fn push(&mut self) {
        let order = Order::any(&mut self.random);
        let announced = self.machine.status().can_push;
        assert!(!announced || self.pushed.len() < self.slots, "more could be pushed than there are slots");
        let before = self.model.sum;
        let expected = order.expect(&mut self.model);
        match (order.push(&self.machine), expected) {
            (Ok(_), Expected::ArgumentsTooLarge(size)) => panic!("{size} bytes were accepted"),
            (Ok(call), expected) => {
                assert!(self.pushed.len() < self.slots, "a push more than there are slots");
                self.count(call);
                self.pushed.push_back((call, expected));
            }
            (Err(PushErrorKind::TooLarge { needed, limit, .. }), Expected::ArgumentsTooLarge(size)) => {
                assert_eq!((needed, limit), (size, LIMIT));
            }
            (Err(PushErrorKind::Full), _) => {
                assert!(!announced, "`can_push` was true");
                self.model.sum = before;
            }
            (Err(refused), expected) => panic!("refused: {refused}; expected {expected:?}"),
        }
    }

    fn call(&mut self) {
        let order = Order::any(&mut self.random);
        let expected = order.expect(&mut self.model);
        let call = order.call(&self.machine);
        if matches!(expected, Expected::ArgumentsTooLarge(_)) {
            assert_eq!(call.id(), 0, "it was refused");
        } else {
            self.count(call.id());
        }
        self.held.push((call, expected));
    }

    fn trim(&mut self) {
        self.machine.handle().trim().expect("alive");
        self.trims += 1;
    }

    fn count(&mut self, call: u64) {
        self.accepted += 1;
        assert!((0..=self.trims).contains(&(call - self.next_call)), "calls are numbered one after the other");
        (self.next_call, self.trims) = (call + 1, 0);
    }

    fn pull(&mut self) {
        let announced = self.machine.status().can_pull;
        match self.machine.pull().transpose() {
            Some(outcome) => self.check_pulled(&outcome),
            None => assert!(!announced, "`can_pull` was true"),
        }
    }

    fn wait_pull(&mut self) {
        match self.machine.wait_pull().transpose() {
            Some(outcome) => self.check_pulled(&outcome),
            None => assert!(self.pushed.is_empty(), "an outcome is still to come"),
        }
    }

    fn wait_pull_timeout(&mut self) {
        let timeout = Duration::from_micros(self.random.below(200) as u64);
        if let Some(outcome) = self.machine.wait_pull_timeout(timeout).transpose() {
            self.check_pulled(&outcome);
        }
    }

    fn drain(&mut self) {
        let drained: Vec<_> = self.machine.drain().collect();
        drained.iter().for_each(|outcome| self.check_pulled(outcome));
    }

    fn check_pulled(&mut self, outcome: &Result<MachineOutput, CallError>) {
        let (call, expected) = self.pushed.pop_front().expect("more was pulled than was pushed");
        check(call, &expected, outcome);
    }

    fn any_held(&mut self) -> Option<usize> {
        (!self.held.is_empty()).then(|| self.random.below(self.held.len()))
    }

    fn try_any(&mut self) {
        let Some(at) = self.any_held() else { return };
        let (call, expected) = &mut self.held[at];
        let id = call.id();
        if let Some(outcome) = call.try_wait() {
            check(id, expected, &outcome);
            assert_eq!(call.id(), id);
            if id != 0 {
                let again = call.try_wait().expect("it is settled");
                assert!(matches!(again, Err(CallError::AlreadyTaken { .. })), "{again:?}");
            }
            drop(self.held.swap_remove(at));
        }
    }

    fn wait_for_any_for_a_while(&mut self) {
        let Some(at) = self.any_held() else { return };
        let timeout = Duration::from_micros(self.random.below(200) as u64);
        let (call, expected) = &mut self.held[at];
        if let Some(outcome) = call.wait_timeout(timeout) {
            check(call.id(), expected, &outcome);
            drop(self.held.swap_remove(at));
        }
    }

    fn wait_for_any(&mut self) {
        let Some(at) = self.any_held() else { return };
        let (call, expected) = self.held.swap_remove(at);
        check(call.id(), &expected, &call.wait());
    }

    fn drop_any(&mut self) {
        if let Some(at) = self.any_held() {
            drop(self.held.swap_remove(at));
        }
    }

    fn look(&mut self) {
        let status = self.machine.status();
        assert_ne!(status.state, State::Ended);
        assert!(!status.can_pull || !self.pushed.is_empty(), "nothing was pushed");
        let counts = self.machine.handle().statistics();
        assert_eq!((counts.accepted, counts.unpulled), (self.accepted, self.pushed.len()));
        assert!(counts.waiting <= counts.outstanding, "{counts:?}");
    }

    /// Checks that everything accepted is served before the object ends, and can be taken
    /// afterwards.
    fn close(mut self) {
        self.machine.close().expect("closed");
        let pulled: Vec<_> = self.machine.drain().collect();
        pulled.iter().for_each(|outcome| self.check_pulled(outcome));
        assert!(self.pushed.is_empty());
        for (call, expected) in self.held {
            check(call.id(), &expected, &call.wait());
        }
    }

    /// Kills the object, and starts another. Calls that were served before the kill have their
    /// outcomes; all calls after the first that was not have an error.
    fn kill(&mut self) {
        self.machine.kill().expect("killed");
        let mut outcomes: Vec<_> =
            self.held.drain(..).map(|(call, expected)| (call.id(), expected, call.wait())).collect();
        while self.machine.status().can_pull {
            let outcome = self.machine.pull().transpose().expect("`can_pull` was true");
            let (call, expected) = self.pushed.pop_front().expect("more was pulled than was pushed");
            outcomes.push((call, expected, outcome));
        }
        assert!(self.pushed.is_empty(), "each push has its outcome");
        check_killed(outcomes);
        assert!(self.machine.pull().expect_err("it is gone").object_gone());
        assert!(matches!(Order::Add(1).push(&self.machine), Err(PushErrorKind::Gone(CallError::Ended { .. }))));
        assert!(matches!(Order::Add(1).call(&self.machine).wait(), Err(CallError::Ended { .. })));
        (self.machine, self.model) = (start(self.slots), Machine { sum: 0 });
        (self.accepted, self.next_call, self.trims) = (0, 1, 0);
    }
}

#[track_caller]
fn check(call: u64, expected: &Expected, outcome: &Result<MachineOutput, CallError>) {
    assert!(expected.matches(outcome), "call {call}: expected {expected:?}, got {outcome:?}");
    if let Err(error) = outcome {
        assert_eq!(error.call().map_or(0, concurrent_object::CallId::get), call, "{error}");
    }
}

fn check_killed(mut outcomes: Vec<(u64, Expected, Result<MachineOutput, CallError>)>) {
    outcomes.sort_by_key(|(call, ..)| *call);
    let mut ended = false;
    for (call, expected, outcome) in outcomes {
        match &outcome {
            Err(error @ CallError::Ended { .. }) => {
                assert_eq!(error.call().map_or(0, concurrent_object::CallId::get), call);
                assert!(!ended || error.started() == Started::No, "one call runs at a time: {error}");
                ended = true;
            }
            outcome => {
                assert!(!ended, "call {call} was served after one that was not");
                check(call, &expected, outcome);
            }
        }
    }
}
