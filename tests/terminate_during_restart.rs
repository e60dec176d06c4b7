//! Objects that are ended at any moment of a restart leave no process. In a test binary of its own,
//! because it counts the children.
#![allow(missing_docs)]

use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{RestartPolicy, State};
use concurrent_object_tests::census::children_of;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::mortal::MortalProxy;
use concurrent_object_tests::random::Random;

concurrent_object::init_before_main!();

#[test]
fn object_that_is_ended_while_its_next_process_is_spawned_leaves_none() {
    within(3 * SOON, || {
        let mut random = Random::new();
        let at_once = RestartPolicy::on_death().max(10_000).backoff(Duration::ZERO..Duration::ZERO);
        let (mut between, start) = (0, Instant::now());
        for turn in 0.. {
            let object = MortalProxy::builder("mortal").restart(at_once.clone()).start().expect("starts");
            object.wait_until_ready().expect("ready");
            let handle = object.handle();
            send(handle.pid(), libc::SIGKILL);
            wait_for("the death is noticed", || handle.state() == State::Starting || handle.incarnation() == 2);
            thread::sleep(Duration::from_micros(random.below(1500) as u64));
            between += u32::from(handle.incarnation() == 1);
            let waiting = object.add(1);
            match turn % 3 {
                0 => object.kill().expect("it ends"),
                1 => object.terminate().expect("it ends"),
                _ => drop(object),
            }
            assert_eq!(children_of(std::process::id()), [0; 0], "in turn {turn}");
            drop(waiting.wait());
            if turn >= 100 && (between >= 20 || start.elapsed() > SOON) {
                break;
            }
        }
        assert!(between > 0, "no object was ended before its next process was there");
    });
}
