//! Awaited calls whose object dies, restarts, exceeds a limit, or was started by another process.

use std::time::Duration;

use concurrent_object::{CallError, RestartPolicy};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::fate::{Fate, send};
use concurrent_object_tests::forked::{check, in_forked_copy};
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::home::process_of;
use concurrent_object_tests::mortal::MortalProxy;

use super::{poll_once, start};

#[test]
fn a_death_is_the_outcome_of_awaited_calls() {
    within(SOON, || {
        let mortal = MortalProxy::builder("mortal").start().expect("starts");
        let gate = Gate::new();
        let (dying, waiting) = (mortal.die(gate.path(), Fate::Kill), mortal.add(1));
        gate.open();
        let (dying, waiting) = pollster::block_on(async { (dying.await, waiting.await) });
        assert!(matches!(dying, Err(CallError::Died { .. })), "{dying:?}");
        assert!(matches!(waiting, Err(CallError::Died { .. })), "{waiting:?}");
    });
}

#[test]
fn a_death_in_idleness_is_the_outcome_of_the_next_awaited_call() {
    within(SOON, || {
        for _ in 0..20 {
            let mortal = MortalProxy::builder("mortal").start().expect("starts");
            pollster::block_on(mortal.add(1)).expect("served");
            send(process_of(&mortal.handle()), libc::SIGKILL);
            let outcome = pollster::block_on(mortal.add(1));
            assert!(matches!(outcome, Err(CallError::Died { .. })), "{outcome:?}");
        }
    });
}

#[test]
fn awaited_calls_survive_restarts() {
    within(SOON, || {
        let mortal = MortalProxy::builder("mortal")
            .restart(RestartPolicy::on_death().max(30).backoff(Duration::ZERO..Duration::ZERO))
            .start()
            .expect("starts");
        let gate = Gate::new();
        gate.open();
        for _ in 0..20 {
            let (dying, first, second) = (mortal.die(gate.path(), Fate::Kill), mortal.add(1), mortal.add(1));
            let (dying, first, second) = pollster::block_on(async { (dying.await, first.await, second.await) });
            assert!(matches!(dying, Err(CallError::Died { .. })), "{dying:?}");
            assert_eq!((first.expect("served"), second.expect("served")), (1, 2), "a new process served them");
        }
    });
}

#[test]
fn a_time_limit_is_the_outcome_of_an_awaited_call() {
    within(SOON, || {
        let mortal = MortalProxy::builder("mortal").cancel_grace(Duration::ZERO).start().expect("starts");
        let gate = Gate::new();
        let call = mortal.add_after(gate.path(), 1).with_timeout(Duration::from_millis(30));
        let outcome = pollster::block_on(call);
        assert!(matches!(outcome, Err(CallError::TimedOut { .. })), "{outcome:?}");
    });
}

#[test]
fn a_forked_copy_gets_an_error_when_it_awaits_and_harms_nobody() {
    within(SOON, || {
        let (adder, gate) = (start(), Gate::new());
        let mut call = adder.hold(gate.path());
        assert!(poll_once(&mut call).is_pending());
        in_forked_copy(|| {
            let outcome = pollster::block_on(&mut call);
            check(matches!(outcome, Err(CallError::ForkedCopy { .. })), "no error in the copy\n")?;
            // The copy has a reactor thread of its own.
            let own = start();
            check(pollster::block_on(own.double(2)).ok() == Some(4), "the copy's own object does not answer\n")?;
            check(pollster::block_on(own.rest(3000)).ok() == Some(3000), "the copy's own reactor does not wake\n")?;
            drop(own);
            Ok(())
        });
        gate.open();
        assert_eq!(pollster::block_on(call).expect("served"), 7);
    });
}
