//! Publishers, a sleeper and a doorbell; and a driver that is told of what others did. A wake-up that is lost leaves the
//! sleeper asleep, which loom reports as a deadlock.

use loom::sync::{Arc, Mutex};
use loom::thread;

use super::channel::Doorbell;
use super::{check, ring};
use crate::sync::AtomicU64;
use crate::transport::Bell;
use crate::transport::ring::{Consumer, Entry, Producer};
use crate::transport::sleep_flag::SleepFlag;

#[derive(Debug)]
struct Shared {
    ring: Vec<AtomicU64>,
    asleep: AtomicU64,
    bell: Doorbell,
    producer: Mutex<Producer>,
}

fn shared() -> Arc<Shared> {
    let (asleep, bell) = (AtomicU64::new(0), Doorbell::default());
    Arc::new(Shared { ring: ring(4), asleep, bell, producer: Mutex::new(Producer::default()) })
}

/// One entry; rings after the lock was released, as the parent does.
fn publish(shared: &Shared, call: u64) {
    let mut producer = shared.producer.lock().expect("no panic");
    producer.publish(&shared.ring, Entry { slot: 0, call });
    let must_ring = SleepFlag(&shared.asleep).must_ring();
    drop(producer);
    if must_ring {
        shared.bell.ring();
    }
}

/// The sleeper's loop, as both ends have it; it never spins here, so it must be woken.
fn await_entries(shared: &Shared, count: usize) -> Vec<u64> {
    let (mut consumer, mut seen) = (Consumer::default(), Vec::new());
    let flag = SleepFlag(&shared.asleep);
    while seen.len() < count {
        if let Some(entry) = consumer.peek(&shared.ring) {
            consumer.advance();
            seen.push(entry.call);
            continue;
        }
        shared.bell.clear();
        flag.announce();
        if !consumer.watch(&shared.ring).has_come() {
            shared.bell.wait();
        }
        flag.clear();
    }
    seen
}

#[test]
fn sleeper_is_woken_for_every_entry_of_one_publisher() {
    check(|| {
        let shared = shared();
        let publishers = shared.clone();
        let publisher = thread::spawn(move || (1..=3).for_each(|call| publish(&publishers, call)));
        assert_eq!(await_entries(&shared, 3), [1, 2, 3]);
        publisher.join().expect("the publisher's part");
    });
}

#[test]
fn sleeper_is_woken_whoever_of_two_publishers_is_told_to_ring() {
    check(|| {
        let shared = shared();
        let publishers: Vec<_> = (1..=2)
            .map(|call| {
                let shared = shared.clone();
                thread::spawn(move || publish(&shared, call))
            })
            .collect();
        let mut seen = await_entries(&shared, 2);
        seen.sort_unstable();
        assert_eq!(seen, [1, 2]);
        publishers.into_iter().for_each(|publisher| publisher.join().expect("a publisher's part"));
    });
}

/// What a driver waits for beside replies: it changes under the lock, and whoever changes it rings once the lock is released.
#[derive(Debug, Default)]
struct Told {
    changes: u32,
    driving: bool,
}

fn tell(told: &Mutex<Told>, bell: &Doorbell) {
    let mut core = told.lock().expect("no panic");
    core.changes += 1;
    let must_ring = core.driving;
    drop(core);
    if must_ring {
        bell.ring();
    }
}

/// The driver's loop. It silences the bell under the lock: what was rung for before, it has just seen.
fn await_changes(told: &Mutex<Told>, bell: &Doorbell, count: u32) {
    loop {
        let mut core = told.lock().expect("no panic");
        core.driving = false;
        if core.changes == count {
            return;
        }
        core.driving = true;
        bell.clear();
        drop(core);
        bell.wait();
    }
}

#[test]
fn driver_is_told_of_every_change_that_others_make() {
    check(|| {
        let shared = Arc::new((Mutex::new(Told::default()), Doorbell::default()));
        let others: Vec<_> = (0..2)
            .map(|_| {
                let shared = shared.clone();
                thread::spawn(move || tell(&shared.0, &shared.1))
            })
            .collect();
        await_changes(&shared.0, &shared.1, 2);
        others.into_iter().for_each(|other| other.join().expect("another's part"));
    });
}
