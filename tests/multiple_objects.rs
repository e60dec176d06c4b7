//! Many objects of one parent: started by any thread, and independent of each other.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use concurrent_object::{CallError, Started};
use concurrent_object_tests::census::is_running;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::home::process_of;
use concurrent_object_tests::mortal::MortalProxy;
use concurrent_object_tests::processes::{descriptors, is_asleep};

concurrent_object::init_before_main!();

const OBJECTS: usize = 50;
const THREADS: usize = 16;

/// Starts objects from as many threads at once. The threads have ended when this returns.
fn start_all() -> Vec<MortalProxy> {
    let start_some = |thread: usize| {
        let numbers = (0..OBJECTS).filter(move |number| number % THREADS == thread);
        numbers.map(|number| MortalProxy::builder(format!("sibling {number}")).slots(4).start().expect("start"))
    };
    let started: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..THREADS).map(|thread| scope.spawn(move || start_some(thread).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(started.len(), OBJECTS);
    started
}

#[test]
fn child_holds_no_descriptor_of_another_object() {
    within(SOON, || {
        let objects = start_all();
        objects.iter().for_each(|object| object.wait_until_ready().expect("ready"));
        let pids: Vec<_> = objects.iter().map(|object| process_of(&object.handle())).collect();
        for &pid in &pids {
            wait_for("it is idle and sleeps", || is_asleep(pid, pid));
        }

        let held: Vec<_> = pids.iter().map(|&pid| descriptors(pid)).collect();

        let kinds = |held: &[(String, u64)]| {
            let mut kinds: Vec<_> = held.iter().map(|(kind, _)| kind.clone()).collect();
            kinds.sort();
            kinds
        };
        for descriptors in &held {
            assert!(!descriptors.is_empty(), "a child has its bell at least");
            assert_eq!(kinds(descriptors), kinds(&held[0]), "each has the same as the others");
        }
        // All anonymous inodes (eventfds, process descriptors) share one inode number. Memory files
        // and sockets do not.
        let mut holders: BTreeMap<(String, u64), usize> = BTreeMap::new();
        // A child may hold something of its own by two descriptors, such as its socket.
        let held_once = held.iter().flat_map(|held| held.iter().collect::<BTreeSet<_>>());
        let named = held_once.filter(|(kind, _)| !kind.starts_with("anon_inode"));
        named.for_each(|descriptor| *holders.entry(descriptor.clone()).or_default() += 1);
        let inherited = descriptors(std::process::id());
        for (descriptor, count) in holders {
            assert!(count == 1 || inherited.contains(&descriptor), "{count} children hold {descriptor:?}");
        }
        let counters: usize = pids.iter().map(|&pid| event_counters(pid).len()).sum();
        let mut distinct: Vec<_> = pids.iter().flat_map(|&pid| event_counters(pid)).collect();
        distinct.sort();
        distinct.dedup();
        assert_eq!((distinct.len(), counters), (OBJECTS, OBJECTS), "one doorbell each, shared with no other object");
    });
}

/// Returns the kernel's ids of the eventfds that a process holds.
fn event_counters(pid: u32) -> Vec<String> {
    let infos = concurrent_object_tests::census::entries(format!("/proc/{pid}/fdinfo")).into_iter();
    let texts = infos.filter_map(|number| std::fs::read_to_string(format!("/proc/{pid}/fdinfo/{number}")).ok());
    texts.filter_map(|text| text.lines().find(|line| line.starts_with("eventfd-id")).map(str::to_owned)).collect()
}

#[test]
fn death_of_one_object_is_noticed_and_the_others_serve_on() {
    within(SOON, || {
        let gate = Gate::new();
        let objects = start_all();
        let mut standing: Vec<_> = objects.iter().map(|object| object.add_after(gate.path(), 1)).collect();
        gate.wait_until_reached();
        let (victim, killed) = (OBJECTS / 2, objects[OBJECTS / 2].handle());
        objects[victim].wait_until_ready().expect("ready");

        send(process_of(&killed), libc::SIGKILL);

        let error = standing.swap_remove(victim).wait().expect_err("killed");
        assert!(matches!(error, CallError::Died { .. }) && error.started() != Started::Unknown, "{error}");
        assert!(!is_running(process_of(&killed)));
        gate.open();
        for (number, object) in objects.iter().enumerate().filter(|&(number, _)| number != victim) {
            assert_eq!(object.add(41).wait().expect("alive"), 42, "object {number}");
        }
    });
}

#[test]
fn object_outlives_the_thread_that_started_it() {
    within(SOON, || {
        let start = || MortalProxy::builder("orphan of a thread").start().expect("start");
        // One object that became ready on that thread, and one that it only started.
        let ready = thread::spawn(move || {
            let object = start();
            object.wait_until_ready().expect("ready");
            object
        });
        let fresh = thread::spawn(start);
        for starter in [ready, fresh] {
            let object = starter.join().expect("no panic");
            let pid = process_of(&object.handle());
            assert_eq!(object.add(1).wait().expect("alive"), 1);
            wait_for("it is idle and sleeps", || is_asleep(pid, pid));
            let sum = thread::scope(|scope| scope.spawn(|| object.add(41).wait()).join()).expect("no panic");
            assert_eq!(sum.expect("alive"), 42);
            assert!(is_running(pid));
        }
    });
}
