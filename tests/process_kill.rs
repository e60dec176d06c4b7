//! A child is killed while a thread waits for it, in every way. The wait returns an error.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_object::{Call, CallError, StartError, Started, State, Status};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::mortal::{MortalOutput, MortalProxy};
use concurrent_object_tests::processes::{is_asleep, own_thread_id};
use concurrent_object_tests::{fate::send, gate::Gate, home::process_of};

concurrent_object::init_before_main!();

const LONG: Duration = Duration::from_secs(3600);

/// Kills the child as soon as the waiting thread sleeps, and returns what the wait returned.
fn kill_during<T: Send>(pid: u32, gate: &Gate, wait: impl FnOnce() -> T + Send) -> T {
    let waiter = AtomicU32::new(0);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            waiter.store(own_thread_id(), Ordering::Relaxed);
            wait()
        });
        gate.wait_until_reached();
        wait_for("the waiter sleeps", || is_asleep(std::process::id(), waiter.load(Ordering::Relaxed)));
        send(pid, libc::SIGKILL);
        waiting.join().expect("the waiter gets an error, not a panic")
    })
}

/// Waits on an object whose only method call never leaves the gate.
fn kill_during_call<T: Send + 'static>(wait: impl FnOnce(&MortalProxy, &Gate) -> T + Send + 'static) -> T {
    within(SOON, || {
        let gate = Gate::new();
        let object = MortalProxy::builder("killed").start().expect("start");
        let result = kill_during(process_of(&object.handle()), &gate, || wait(&object, &gate));
        assert_eq!(object.handle().state(), State::Ended);
        result
    })
}

fn assert_killed(error: &CallError, started: Started) {
    let CallError::Died { death, .. } = error else { panic!("{error}") };
    assert_eq!(death.exit.signal_name(), Some("SIGKILL"));
    assert_eq!(death.running.map(|(method, _)| method), Some("add_after"));
    assert_eq!(error.started(), started);
}

#[test]
fn wait_of_a_call_gets_the_error() {
    let error = kill_during_call(|object, gate| object.add_after(gate.path(), 1).wait().expect_err("killed"));
    assert_killed(&error, Started::Yes);
}

#[test]
fn wait_timeout_of_a_call_gets_the_error_long_before_its_time() {
    let outcome = kill_during_call(|object, gate| object.add_after(gate.path(), 1).wait_timeout(LONG));
    assert_killed(&outcome.expect("in time").expect_err("killed"), Started::Yes);
}

#[test]
fn wait_of_a_queued_call_gets_the_error() {
    let error = kill_during_call(|object, gate| {
        object.push_add_after(gate.path(), 1).expect("push");
        object.add(1).wait().expect_err("killed")
    });
    assert_killed(&error, Started::No);
}

#[test]
fn wait_of_a_call_that_was_never_sent_gets_the_error() {
    let error = kill_during_call(|object, gate| {
        object.push_add_after(gate.path(), 1).expect("push");
        let calls: Vec<_> = (0..40).map(|number| object.add(number)).collect();
        calls.into_iter().next_back().expect("forty").wait().expect_err("killed")
    });
    assert_killed(&error, Started::No);
}

#[test]
fn wait_pull_gets_the_error() {
    let error = kill_during_call(|object, gate| {
        object.push_add_after(gate.path(), 1).expect("push");
        object.wait_pull().expect_err("killed")
    });
    assert_killed(&error, Started::Yes);
}

#[test]
fn wait_pull_timeout_gets_the_error_long_before_its_time() {
    let error = kill_during_call(|object, gate| {
        object.push_add_after(gate.path(), 1).expect("push");
        object.wait_pull_timeout(LONG).expect_err("killed")
    });
    assert_killed(&error, Started::Yes);
}

#[test]
fn close_ends_when_the_child_is_killed() {
    let error = kill_during_call(|object, gate| {
        let call = object.add_after(gate.path(), 1);
        object.close().expect("an object that is gone is no error");
        call.wait().expect_err("killed")
    });
    assert_killed(&error, Started::Yes);
}

#[test]
fn terminate_ends_when_the_child_is_killed() {
    let error = kill_during_call(|object, gate| {
        let call = object.add_after(gate.path(), 1);
        gate.wait_until_reached();
        object.terminate().expect("an object that is gone is no error");
        call.wait().expect_err("killed")
    });
    assert_eq!(error.started(), Started::Yes);
}

fn kill_in_construction(wait: impl FnOnce(&MortalProxy) -> Result<(), StartError> + Send + 'static) {
    within(SOON, || {
        let gate = Gate::new();
        let object = MortalProxy::builder("unborn").start_late(gate.path()).expect("start");
        let error = kill_during(process_of(&object.handle()), &gate, || wait(&object)).expect_err("killed");
        let StartError::Died { death, .. } = error else { panic!("{error}") };
        assert_eq!(death.exit.signal_name(), Some("SIGKILL"));
        assert_eq!(death.running, None);
    });
}

#[test]
fn wait_until_ready_gets_the_error() {
    kill_in_construction(|object| object.wait_until_ready());
}

#[test]
fn wait_until_ready_timeout_gets_the_error_long_before_its_time() {
    kill_in_construction(|object| object.wait_until_ready_timeout(LONG));
}

#[test]
fn waiters_of_every_kind_on_one_object_all_get_the_error() {
    within(SOON, || {
        let gate = Gate::new();
        let object = MortalProxy::builder("crowded").start().expect("start");
        let running = object.push_add_after(gate.path(), 1).expect("push");
        let waiters: [AtomicU32; 6] = Default::default();
        let errors: Vec<CallError> = thread::scope(|scope| {
            let waiting: Vec<_> = waiters
                .iter()
                .enumerate()
                .map(|(number, waiter)| {
                    let object = &object;
                    scope.spawn(move || {
                        let call = object.add(1);
                        waiter.store(own_thread_id(), Ordering::Relaxed);
                        if number < 2 { object.wait_pull().map(|_| 0) } else { call.wait() }.expect_err("killed")
                    })
                })
                .collect();
            gate.wait_until_reached();
            let all_sleep =
                || waiters.iter().all(|waiter| is_asleep(std::process::id(), waiter.load(Ordering::Relaxed)));
            wait_for("all sleep", all_sleep);
            send(process_of(&object.handle()), libc::SIGKILL);
            waiting.into_iter().map(|waiter| waiter.join().expect("an error, not a panic")).collect()
        });
        // One of the two pulling threads gets the outcome. The other gets an error without a call.
        let started = errors.iter().filter(|error| error.call() == Some(running) && error.started() == Started::Yes);
        assert_eq!(started.count(), 1);
        assert_eq!(errors.iter().filter(|error| error.method() == Some("add")).count(), 4);
        assert!(errors.iter().all(|error| matches!(error, CallError::Died { .. })));
    });
}

#[test]
fn waiter_gets_the_error_after_the_driver_left() {
    within(SOON, || {
        let (first, second) = (Gate::new(), Gate::new());
        let object = MortalProxy::builder("left alone").start().expect("start");
        let (answered, killed) = (object.add_after(first.path(), 1), object.add_after(second.path(), 1));
        let waiters: [AtomicU32; 2] = Default::default();
        let asleep = |number: usize| is_asleep(std::process::id(), waiters[number].load(Ordering::Relaxed));
        thread::scope(|scope| {
            let waiting = |number: usize, call: Call<u64>| {
                let waiter = &waiters[number];
                let thread = scope.spawn(move || {
                    waiter.store(own_thread_id(), Ordering::Relaxed);
                    call.wait()
                });
                wait_for("the waiter sleeps", || asleep(number));
                thread
            };
            // The first thread drives for both, and leaves with its result.
            let (one, two) = (waiting(0, answered), waiting(1, killed));
            first.open();
            assert_eq!(one.join().expect("no panic").expect("it was answered"), 1);
            second.wait_until_reached();
            send(process_of(&object.handle()), libc::SIGKILL);

            assert_killed(&two.join().expect("no panic").expect_err("killed"), Started::Yes);
        });
    });
}

/// Runs a status loop until it ends by itself. It pushes calls that keep the child busy.
fn kill_during_loop(turn: impl Fn(&MortalProxy, &Gate) -> Result<(), CallError> + Send + Sync + 'static) -> CallError {
    within(SOON, move || {
        let gate = Gate::new();
        let object = MortalProxy::builder("looping").slots(3).start().expect("start");
        let pid = process_of(&object.handle());
        thread::scope(|scope| {
            let looping = scope.spawn(|| {
                loop {
                    if let Err(error) = turn(&object, &gate) {
                        return error;
                    }
                    thread::yield_now();
                }
            });
            gate.wait_until_reached();
            send(pid, libc::SIGKILL);
            looping.join().expect("the loop ends with an error")
        })
    })
}

#[test]
fn loop_that_pushes_and_pulls_ends() {
    let error = kill_during_loop(|object, gate| {
        let Status { can_push, can_pull, .. } = object.status();
        if can_push && let Err(refused) = object.push_add_after(gate.path(), 1) {
            let concurrent_object::PushErrorKind::Gone(error) = refused.into_kind() else { panic!("only gone") };
            return Err(error);
        }
        if can_pull { object.pull().map(|_| ()) } else { Ok(()) }
    });
    assert!(error.object_gone(), "{error}");
}

#[test]
fn loop_on_can_pull_ends_after_one_error_for_each_push() {
    within(SOON, || {
        let gate = Gate::new();
        let object = MortalProxy::builder("draining").slots(3).start().expect("start");
        for _ in 0..3 {
            object.push_add_after(gate.path(), 1).expect("push");
        }
        gate.wait_until_reached();
        send(process_of(&object.handle()), libc::SIGKILL);

        let mut errors = Vec::new();
        while object.handle().is_alive() || object.status().can_pull {
            while object.status().can_pull {
                errors.push(object.pull().expect_err("killed"));
            }
            thread::yield_now();
        }

        let started: Vec<_> = errors.iter().map(CallError::started).collect();
        assert_eq!(started, [Started::Yes, Started::No, Started::No]);
        assert_eq!(object.pull().expect_err("gone").method(), None);
    });
}

#[test]
fn try_wait_in_a_loop_gets_the_error() {
    within(SOON, || {
        let gate = Gate::new();
        let object = MortalProxy::builder("asked").start().expect("start");
        let mut call = object.add_after(gate.path(), 1);
        gate.wait_until_reached();
        assert!(call.try_wait().is_none());

        send(process_of(&object.handle()), libc::SIGKILL);

        let mut outcome = None;
        wait_for("the call has an outcome", || {
            outcome = call.try_wait();
            outcome.is_some()
        });
        assert_killed(&outcome.expect("waited for").expect_err("killed"), Started::Yes);
        assert!(matches!(call.try_wait(), Some(Err(CallError::AlreadyTaken { .. }))));
    });
}

#[test]
fn killing_one_object_does_not_affect_the_others() {
    within(SOON, || {
        let [one, two] = ["one", "two"].map(|name| MortalProxy::builder(name).start().expect("start"));
        two.push_add(1).expect("push");

        send(process_of(&one.handle()), libc::SIGKILL);

        assert!(one.add(1).wait().expect_err("killed").object_gone());
        assert!(matches!(two.wait_pull(), Ok(Some(MortalOutput::Add(1)))));
        assert_eq!(two.add(41).wait().expect("alive"), 42);
    });
}
