//! The descriptor of a handle, in a main loop on `poll`.

use std::sync::Arc;
use std::thread;

use concurrent_object::{Handle, RestartPolicy};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::Fate;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::mortal::MortalProxy;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::start;

fn is_readable(handle: &Handle, millis: i64) -> bool {
    let mut fds = [PollFd::new(handle, PollFlags::IN)];
    let timeout = Timespec { tv_sec: millis / 1000, tv_nsec: millis % 1000 * 1_000_000 };
    poll(&mut fds, Some(&timeout)).expect("polled") == 1
}

#[test]
fn a_descriptor_is_readable_when_something_has_come_and_not_after_a_look() {
    within(SOON, || {
        let worker = start();
        worker.wait_until_ready().expect("ready");
        let (handle, gate) = (worker.handle(), Gate::new());
        while is_readable(&handle, 0) {
            let _look = worker.status();
        }
        worker.push_hold(gate.path()).expect("room");
        assert!(!is_readable(&handle, 20));
        gate.open();
        assert!(is_readable(&handle, 60_000));
        while worker.pull().expect("served").is_none() {
            assert!(is_readable(&handle, 60_000), "nothing would wake the loop");
        }
        assert!(worker.pull().expect("nothing more").is_none());
        assert!(!is_readable(&handle, 20), "a look has shown that there is nothing");
        worker.kill().expect("ends");
        assert!(is_readable(&handle, 60_000));
        let _look = worker.status();
        assert!(is_readable(&handle, 0), "an object that has ended is readable for ever");
    });
}

/// A main loop: 20,000 outcomes of two objects, by `poll`. A lost wake-up is a hang.
#[test]
fn a_main_loop_on_poll_misses_no_outcome() {
    within(SOON, || {
        let objects = [start(), start()];
        let handles = objects.each_ref().map(|object| object.handle());
        let (mut pushed, mut pulled) = ([0_u64; 2], [0_u64; 2]);
        while pulled != [5000, 5000] {
            for (at, object) in objects.iter().enumerate() {
                while pushed[at] < 5000 && object.push_rest(pushed[at] % 7).is_ok() {
                    pushed[at] += 1;
                }
                while object.pull().expect("served").is_some() {
                    pulled[at] += 1;
                }
            }
            let unfinished: Vec<_> = (0..2).filter(|&at| pulled[at] < 5000).collect();
            let has_more = unfinished.iter().any(|&at| pushed[at] == pulled[at]);
            if !unfinished.is_empty() && !has_more {
                let mut fds: Vec<_> = unfinished.iter().map(|&at| PollFd::new(&handles[at], PollFlags::IN)).collect();
                assert!(poll(&mut fds, None).expect("polled") > 0);
            }
        }
    });
}

/// Another thread drives the object meanwhile, and clears the flag that makes the child ring.
#[test]
fn a_main_loop_misses_no_outcome_while_other_threads_wait() {
    within(SOON, || {
        let worker = Arc::new(start());
        let handle = worker.handle();
        let other = thread::spawn({
            let worker = worker.clone();
            move || (0..2000_u64).for_each(|n| assert_eq!(worker.rest(n % 90).wait().expect("served"), n % 90))
        });
        for _ in 0..2000 {
            while worker.push_double(1).is_err() {
                thread::yield_now();
            }
            while worker.pull().expect("served").is_none() {
                assert!(is_readable(&handle, 60_000), "nothing would wake the loop");
            }
        }
        other.join().expect("no panic");
    });
}

#[test]
fn a_death_makes_a_descriptor_readable() {
    within(SOON, || {
        for restarts in [false, true] {
            let gate = Gate::new();
            let builder = MortalProxy::builder("mortal");
            let policy = RestartPolicy::on_death().max(0);
            let mortal = if restarts { builder.restart(policy) } else { builder }.start().expect("starts");
            let handle = mortal.handle();
            let call = mortal.die(gate.path(), Fate::Kill);
            while is_readable(&handle, 10) {
                let _look = mortal.status();
            }
            gate.open();
            wait_for("a loop that looks and polls sees the end", || is_readable(&handle, 60_000) && !handle.is_alive());
            assert!(call.wait().is_err());
        }
    });
}
