//! Makes one call in one of its forms, and announces the expected outcome before.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use concurrent_object::{Call, CallId, PushError, PushErrorKind};
use concurrent_object_tests::fate::Fate;

use crate::answer::Answer;
use crate::content::{self, Content, Record};
use crate::held_calls::Kept;
use crate::ledger::{Expected, Seen};
use crate::life::{Life, MAX_SIZE};
use crate::nested;
use crate::object::{IDEMPOTENT, VictimProxy};
use crate::plan::{Way, Work};
use crate::report::{differs, must};
use crate::worker::Worker;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Held,
    Pushed,
}

/// The target of a call, and the worker that makes it.
pub struct Caller<'c, 's> {
    pub worker: &'c mut Worker<'s>,
    pub life: &'c Arc<Life>,
    pub proxy: &'c VictimProxy,
    pub form: Form,
    /// The call does not end unless it is cancelled or killed.
    pub hangs: bool,
}

/// Makes a call in the chosen form. Evaluates to whether the call was accepted, as far as that is
/// known.
macro_rules! send {
    ($caller:ident, $expected:expr, $call:ident, $push:ident $(, $argument:expr)*) => {{
        let id = $caller.announce($expected, IDEMPOTENT.contains(&stringify!($call)));
        match $caller.form {
            Form::Held => {
                let call = $caller.proxy.$call(id $(, $argument)*);
                $caller.held(id, call)
            }
            Form::Pushed => {
                let outcome = $caller.proxy.$push(id $(, $argument)*);
                $caller.pushed(id, outcome)
            }
        }
    }};
}

impl Caller<'_, '_> {
    /// Makes a call. Returns false if no more pushes fit, or if the object is gone.
    pub fn make(&mut self, work: Work) -> bool {
        let seed = self.worker.rng.u64(..);
        match work {
            Work::Nothing => send!(self, Expected::Result, nothing, push_nothing),
            Work::Digest(len) => {
                let bytes = content::bytes(seed, len);
                send!(self, |_| Expected::Result(bytes.digest()), digest, push_digest, &bytes)
            }
            Work::Turn(len) => {
                let values = content::words(seed, len);
                let turned: Vec<_> = values.iter().rev().copied().collect();
                send!(self, |_| Expected::Result(turned.digest()), turn, push_turn, values)
            }
            Work::Record(len) => {
                let record = Record::new(seed, len);
                send!(self, |_| Expected::Result(record.digest()), record, push_record, record)
            }
            Work::Produce(len) => {
                let expected = Expected::Result(content::bytes(seed, len).digest());
                send!(self, |_| expected, produce, push_produce, seed, len)
            }
            Work::Table => {
                let table = self.worker.any_table();
                send!(self, |_| Expected::Result(table.digest()), table, push_table, table)
            }
            Work::MakeTable(len) => {
                let expected = Expected::Result(content::words(seed, len).digest());
                send!(self, |_| expected, make_table, push_make_table, seed, len)
            }
            Work::MakeTables(count) => {
                let expected = Expected::Result(content::tables(seed, count).digest());
                send!(self, |_| expected, make_tables, push_make_tables, seed, count)
            }
            Work::Grow(len) => self.grow(seed, len),
            other => self.make_strange(other),
        }
    }

    fn make_strange(&mut self, work: Work) -> bool {
        match work {
            Work::Keep(len) => {
                let (seed, words) = (self.worker.rng.u64(..), |seed| content::words(seed, len));
                send!(self, |_| Expected::Result(words(seed).digest()), keep, push_keep, seed, len)
            }
            Work::Pause(pause) => send!(self, Expected::Result, pause, push_pause, pause),
            Work::Refuse => send!(self, |id: u64| Expected::Result(!id), refuse, push_refuse),
            Work::Panic => {
                self.life.panics.store(true, Ordering::SeqCst);
                self.life.disturbed.fetch_or(self.life.birth.ends_on_panic, Ordering::SeqCst);
                send!(self, |_| Expected::Panic, panic, push_panic)
            }
            Work::Stream(streaming) => self.stream(streaming),
            Work::Relay(len) => self.relay(len),
            Work::Fork(stay) => send!(self, Expected::Result, fork, push_fork, stay),
            Work::Run(sleep) => send!(self, Expected::Result, run, push_run, sleep),
            Work::TooLarge => {
                let bytes = vec![0; MAX_SIZE + 100_000];
                send!(self, |_| Expected::TooLarge, digest, push_digest, &bytes)
            }
            Work::Die(fate) => self.die(fate),
            Work::Hang { obeys } => self.hang(obeys),
            other => differs(&format!("{other:?} is made elsewhere")),
        }
    }

    fn relay(&mut self, len: usize) -> bool {
        let bytes = content::bytes(self.worker.rng.u64(..), len);
        let nests = matches!(self.life.birth.way, Way::Nesting);
        let expected = if nests { Expected::Relayed(bytes.digest()) } else { Expected::Result(nested::NONE) };
        send!(self, |_| expected, relay, push_relay, &bytes)
    }

    fn die(&mut self, fate: Fate) -> bool {
        self.life.will_die(fate);
        send!(self, |_| Expected::NoResult, die, push_die, fate)
    }

    /// Skips the call if neither a limit nor a cancellation would end it.
    fn hang(&mut self, obeys: bool) -> bool {
        let limits = &self.life.birth.limits;
        self.hangs = self.form == Form::Held && limits.of_calls;
        if !self.hangs && limits.timeout.is_none() {
            return true;
        }
        self.worker.seats.tally.count(if obeys { "hangs until cancelled" } else { "hangs for good" });
        if obeys {
            send!(self, |_| Expected::NoResult, obey, push_obey)
        } else {
            send!(self, |_| Expected::NoResult, defy, push_defy)
        }
    }

    pub fn spin(&mut self) -> bool {
        send!(self, |_| Expected::NoResult, spin, push_spin)
    }

    pub fn digest_of(&mut self, bytes: &[u8]) -> bool {
        send!(self, |_| Expected::Result(bytes.digest()), digest, push_digest, bytes)
    }

    /// Makes a call with a `&mut` argument, and checks that it changed only if the call succeeded.
    fn grow(&mut self, seed: u64, len: usize) -> bool {
        let before = content::words(seed, len);
        let mut after: Vec<_> = before.iter().map(|word| !word).collect();
        after.push(len as u64);
        let id = self.announce(|_| Expected::Result(after.digest()), false);
        let mut values = before.clone();
        let call = self.proxy.grow(id, &mut values);
        self.life.ledger.accepted(id, call.id().map_or(0, concurrent_object::CallId::get));
        let outcome = self.worker.wait("a call with a changed argument", self.life, || call.wait());
        must!(values == if outcome.is_ok() { after } else { before }, "call {id} changed its argument wrongly");
        self.worker.settle(self.life, id, outcome);
        true
    }

    /// Announces a call, whose expected outcome may depend on its number, and returns the number.
    pub fn announce(&self, expected: impl FnOnce(u64) -> Expected, is_idempotent: bool) -> u64 {
        let id = self.worker.seats.next_call();
        let twice = is_idempotent && self.life.birth.limits.repeats();
        self.life.ledger.announce(id, expected(id), twice);
        id
    }

    pub fn held<T: Answer + Send + 'static>(&mut self, id: u64, call: Call<T>) -> bool {
        self.life.ledger.accepted(id, call.id().map_or(0, concurrent_object::CallId::get));
        let call = self.limit(call);
        self.worker.hold(Kept { call, id, life: self.life.clone() });
        true
    }

    /// Gives this call a limit of its own, or cancels it at a random moment, or both.
    fn limit<T: Answer>(&mut self, mut call: Call<T>) -> Call<T> {
        if !self.life.birth.limits.of_calls {
            return call;
        }
        let rng = &mut self.worker.rng;
        let chance = if self.hangs { rng.u32(..3) } else { rng.u32(..20) };
        if chance < 2 {
            call = call.with_timeout(Duration::from_micros(rng.u64(..20_000)));
        }
        if chance == 1 || chance == 2 {
            let pause = Duration::from_micros(if rng.bool() { 0 } else { rng.u64(..3000) });
            if rng.u32(..4) == 0 {
                thread::scope(|scope| {
                    scope.spawn(|| {
                        thread::sleep(pause);
                        call.cancel();
                    });
                });
            } else {
                thread::sleep(pause);
                call.cancel();
            }
        }
        call
    }

    fn pushed<A>(&mut self, id: u64, outcome: Result<CallId, PushError<A>>) -> bool {
        let kind = match outcome {
            Ok(call) => {
                self.life.ledger.accepted(id, call.get());
                self.worker.seats.tally.count("pushes accepted");
                return true;
            }
            Err(refused) => refused.into_kind(),
        };
        let seen = match kind {
            PushErrorKind::Full => Seen::Refused,
            PushErrorKind::TooLarge { .. } => Seen::TooLarge,
            PushErrorKind::Gone(error) | PushErrorKind::Restarting(error) => {
                self.worker.judge(self.life, &error);
                Seen::Refused
            }
            other => differs(&format!("call {id} was refused: {other}")),
        };
        self.worker.saw(self.life, id, seen);
        self.worker.seats.tally.count("pushes refused");
        seen == Seen::TooLarge
    }
}
