//! A forked copy of the parent inherits proxies. Their operations fail in the copy, and dropping
//! them has no effect.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use concurrent_object::{
    CallError, ChildStdio, Error, PushErrorKind, RestartPolicy, Shared, StartError, Started, State,
};
use concurrent_object_tests::census::is_running;
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::fate::Fate;
use concurrent_object_tests::forked::{check, forked, in_forked_copy, with_linker_locked};
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::mortal::{MortalOutput, MortalProxy};

concurrent_object::init_before_main!();

fn is_forked_copy<T>(outcome: &Result<T, CallError>) -> bool {
    outcome.as_ref().is_err_and(|error| {
        matches!(error, CallError::ForkedCopy { .. }) && error.started() == Started::No && error.object_gone()
    })
}

/// Checks every operation of a proxy.
fn check_operations(object: &MortalProxy) -> Result<(), &'static str> {
    let status = object.status();
    check((status.can_push, status.can_pull, status.state) == (true, false, State::Ended), "status")?;
    check(is_forked_copy(&object.add(1).wait()), "a call")?;
    check(is_forked_copy(&object.pull()), "pull")?;
    check(is_forked_copy(&object.wait_pull()), "wait_pull")?;
    check(object.drain().next().is_none(), "drain")?;
    check(matches!(object.wait_until_ready(), Err(StartError::ForkedCopy)), "wait_until_ready")?;
    let refused = object.push_add(7).map_err(|refused| {
        let gone = matches!(refused.kind(), PushErrorKind::Gone(CallError::ForkedCopy { .. }));
        gone && refused.into_args() == (7,)
    });
    check(refused == Err(true), "push")?;
    for ended in [object.terminate(), object.close(), object.kill()] {
        check(matches!(ended, Err(Error::Call(CallError::ForkedCopy { .. }))), "an end")?;
    }
    let handle = object.handle();
    check(!handle.is_alive() && handle.pid() > 0 && handle.name() == "forked", "handle")?;
    check(handle.statistics().accepted == 0, "statistics")
}

fn start() -> MortalProxy {
    MortalProxy::builder("forked").start().expect("start")
}

#[test]
fn operations_of_a_forked_copy_fail_and_do_not_affect_the_object() {
    within(SOON, || {
        let object = start();
        object.push_add(1).expect("push");

        in_forked_copy(|| check_operations(&object));

        assert!(matches!(object.wait_pull(), Ok(Some(MortalOutput::Add(1)))));
        assert_eq!(object.add(41).wait().expect("alive"), 42);
        assert_eq!(object.handle().statistics().accepted, 2, "nothing of the copy was accepted");
    });
}

#[test]
fn calls_in_flight_belong_to_the_parent_and_fail_in_the_forked_copy() {
    within(SOON, || {
        let gate = Gate::new();
        let object = start();
        object.push_add(1).expect("push");
        let mut running = Some(object.add_after(gate.path(), 1));
        let mut queued = Some(object.add(1));
        gate.wait_until_reached();

        in_forked_copy(|| {
            let mut running = running.take().ok_or("no call")?;
            check(running.try_wait().is_some_and(|outcome| is_forked_copy(&outcome)), "try_wait")?;
            check(running.wait_timeout(SOON).is_some_and(|outcome| is_forked_copy(&outcome)), "wait_timeout")?;
            check(is_forked_copy(&running.wait()), "wait")?;
            check(is_forked_copy(&queued.take().ok_or("no call")?.wait()), "wait of a queued call")?;
            check(is_forked_copy(&object.pull()), "pull")
        });

        gate.open();
        assert!(matches!(object.wait_pull(), Ok(Some(MortalOutput::Add(1)))));
        assert_eq!(running.take().expect("the parent's own").wait().expect("alive"), 2);
        assert_eq!(queued.take().expect("the parent's own").wait().expect("alive"), 3);
    });
}

#[test]
fn dropping_everything_in_a_forked_copy_does_nothing() {
    within(SOON, || {
        let gate = Gate::new();
        let mut object = Some(start());
        let pid = object.as_ref().expect("started").handle().pid();
        let mut call = object.as_ref().map(|object| object.add_after(gate.path(), 42));
        let mut answered = object.as_ref().map(|object| object.add(0));
        gate.wait_until_reached();

        in_forked_copy(|| {
            drop(call.take());
            drop(object.take());
            drop(answered.take());
            check(is_running(pid), "the object still runs")
        });

        gate.open();
        assert_eq!(call.take().expect("the parent's own").wait().expect("alive"), 42);
        assert_eq!(answered.take().expect("the parent's own").wait().expect("alive"), 42);
        object.take().expect("the parent's own").terminate().expect("it ends");
        assert!(!is_running(pid));
    });
}

#[test]
fn forked_copy_can_start_objects() {
    within(SOON, || {
        let object = start();

        in_forked_copy(|| {
            let own = MortalProxy::builder("copy's own").start().map_err(|_| "start")?;
            check(matches!(own.add(42).wait(), Ok(42)), "a call")?;
            check_operations(&object)?;
            own.terminate().map_err(|_| "terminate")?;
            check(!is_running(own.handle().pid()), "its end")
        });

        assert_eq!(object.add(1).wait().expect("alive"), 1);
    });
}

#[test]
fn end_of_a_forked_copy_ends_only_the_objects_of_the_copy() {
    within(SOON, || {
        let (gate, object) = (Gate::new(), start());

        in_forked_copy(|| {
            let own = MortalProxy::builder("copy's own").start().map_err(|_| "start")?;
            own.push_spin(gate.path()).map_err(|_| "push")?;
            gate.wait_until_reached();
            std::fs::write(gate.path().join("pid"), own.handle().pid().to_string()).map_err(|_| "write")?;
            std::mem::forget(own);
            Ok(())
        });

        let pid = std::fs::read_to_string(gate.path().join("pid")).expect("written").parse().expect("a number");
        concurrent_object_tests::deadline::wait_for("the copy's object is gone", || !is_running(pid));
        assert_eq!(object.add(1).wait().expect("alive"), 1);
    });
}

/// The reader thread does not exist in the copy, and the set of pipes belongs to the parent.
#[test]
fn output_of_an_object_is_still_read_after_a_forked_copy_drops_it() {
    within(SOON, || {
        let captured = || MortalProxy::builder("forked").stderr(ChildStdio::Lines).env("RUST_BACKTRACE", "0");
        let mut object = Some(captured().start().expect("start"));
        in_forked_copy(|| {
            let object = object.take().ok_or("no object")?;
            check_operations(&object)?;
            drop(object);
            Ok(())
        });

        let object = object.take().expect("the parent's own");
        let gate = Gate::new();
        gate.open();
        // More than a pipe holds, so the child would block for ever if no thread read it.
        assert!(object.panic(&"survived in the child, ".repeat(20_000)).wait().is_err());
        let error = object.die(gate.path(), Fate::Abort).wait().expect_err("it dies");
        let CallError::Died { death, .. } = &error else { panic!("{error}") };
        assert!(death.stderr_tail.contains("survived in the child"), "{}", death.stderr_tail);
    });
}

/// A copy can start objects, and then has a reader thread of its own for them.
#[test]
fn a_forked_copy_reads_the_output_of_its_own_objects() {
    within(SOON, || {
        let captured = || MortalProxy::builder("forked").stderr(ChildStdio::Lines).env("RUST_BACKTRACE", "0");
        let parents = captured().start().expect("start");
        let gate = Gate::new();
        gate.open();
        in_forked_copy(|| {
            let own = captured().start().map_err(|_| "a start")?;
            // More than a pipe holds.
            check(own.panic(&"the copy's own, ".repeat(20_000)).wait().is_err(), "a call")?;
            let tail = match own.die(gate.path(), Fate::Abort).wait() {
                Err(CallError::Died { death, .. }) => death.stderr_tail.clone(),
                _ => return Err("a death"),
            };
            check(tail.contains("the copy's own"), "the tail")
        });
        assert_eq!(parents.add(1).wait().expect("alive"), 1);
    });
}

/// The C library does not make the lock usable again in the copy.
#[test]
fn a_copy_that_inherits_the_linkers_lock_starts_objects() {
    within(SOON, || {
        let copy = with_linker_locked(|| {
            forked(|| {
                let object = MortalProxy::builder("copy's own").start().map_err(|_| "a start")?;
                check(object.add(1).wait().is_ok_and(|sum| sum == 1), "a call")?;
                object.kill().map_err(|_| "an end")
            })
        });
        copy.check();
    });
}

/// Forks copies while other threads of the parent are in different parts of the library.
#[test]
fn copies_of_a_busy_program_can_use_the_library() {
    const COPIES: usize = 400;
    const WITH_OBJECTS: usize = 25;
    // Shorter lists are kept without a shared file.
    const MORE_THAN_A_FEW: usize = 10_000;
    within(2 * SOON, || {
        let done = Arc::new(AtomicBool::new(false));
        let start_and_end = || {
            let builder = MortalProxy::builder("busy").timeout(SOON).restart(RestartPolicy::on_death());
            let object = builder.stderr(ChildStdio::Lines).start().map_err(|_| "a start")?;
            let shared = Shared::<[u8]>::filled(5000, |bytes| bytes.fill(1)).map_err(|_| "shared memory")?;
            check(object.repeat_sum(&shared, 1).wait().is_ok_and(|sums| sums == [5000]), "a call")?;
            object.kill().map_err(|_| "an end")
        };
        let mut threads = vec![thread::spawn({
            let done = done.clone();
            move || {
                while !done.load(Relaxed) {
                    start_and_end().expect("it works in the parent")
                }
            }
        })];
        threads.extend((0..3).map(|_| {
            let done = done.clone();
            thread::spawn(move || {
                while !done.load(Relaxed) {
                    drop(Shared::<[u8]>::filled(MORE_THAN_A_FEW, |_| {}).expect("room"));
                }
            })
        }));
        // The standard library locks a mutex of its own while one of its threads begins or ends.
        threads.push(thread::spawn({
            let done = done.clone();
            move || {
                while !done.load(Relaxed) {
                    thread::spawn(|| {}).join().expect("no panic")
                }
            }
        }));
        let inherited = Shared::<[u8]>::filled(5000, |bytes| bytes.fill(2)).expect("room");
        for number in 0..COPIES {
            in_forked_copy(|| {
                Shared::<[u8]>::filled(MORE_THAN_A_FEW, |_| {}).map_err(|_| "shared memory of the copy")?;
                if !number.is_multiple_of(COPIES / WITH_OBJECTS) {
                    return Ok(());
                }
                start_and_end()?;
                let object = MortalProxy::builder("copy's own").start().map_err(|_| "a start")?;
                let sums = object.repeat_sum(&inherited, 1).wait();
                check(sums.is_ok_and(|sums| sums == [10_000]), "a call with memory that the copy inherited")?;
                object.kill().map_err(|_| "an end")
            });
        }
        done.store(true, Relaxed);
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    });
}
