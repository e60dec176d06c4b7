//! Models of publishers, a sleeper and a doorbell, and of a driver that other threads notify.
//!
//! Knows the sleep flag and the doorbell. Invariant that they check: no wake-up is lost. A lost one
//! leaves the sleeper asleep, which loom reports as a deadlock.

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

/// Publishes one entry. Rings after it has released the lock, as the parent does.
fn publish(shared: &Shared, call: u64) {
    let mut producer = shared.producer.lock().expect("no panic");
    producer.publish(&shared.ring, Entry { slot: 0, call });
    let must_ring = SleepFlag(&shared.asleep).must_ring();
    drop(producer);
    if must_ring {
        shared.bell.ring();
    }
}

/// The sleeper's loop, as in parent and child. It never polls here, so a publisher must wake it.
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

/// Publishes entries for a sleeper that may wait for a later position, and then has nothing more to
/// publish.
fn publish_all(shared: &Shared, count: u64) {
    let mut producer = shared.producer.lock().expect("no panic");
    let flag = SleepFlag(&shared.asleep);
    for call in 1..=count {
        producer.publish(&shared.ring, Entry { slot: 0, call });
        if flag.must_ring_at(producer.position()) {
            shared.bell.ring();
        }
    }
    if flag.must_ring_before_sleep() {
        shared.bell.ring();
    }
}

/// A sleeper that wants to be woken when `batch` more entries are there.
fn await_in_batches(shared: &Shared, count: usize, batch: u64) {
    let (mut consumer, mut seen) = (Consumer::default(), 0);
    let flag = SleepFlag(&shared.asleep);
    while seen < count {
        if consumer.peek(&shared.ring).is_some() {
            consumer.advance();
            seen += 1;
            continue;
        }
        shared.bell.clear();
        flag.announce_until(consumer.position() + batch);
        if !consumer.watch(&shared.ring).has_come() {
            shared.bell.wait();
        }
        flag.clear();
    }
}

#[test]
fn sleeper_with_a_position_is_woken_there_or_when_nothing_more_comes() {
    for (count, batch) in [(1, 1), (2, 2), (3, 2), (2, 8)] {
        check(move || {
            let shared = shared();
            let publishers = shared.clone();
            let publisher = thread::spawn(move || publish_all(&publishers, count));
            await_in_batches(&shared, count as usize, batch);
            publisher.join().expect("the publisher's part");
        });
    }
}

#[test]
fn sleeper_is_woken_by_whichever_of_two_publishers_must_ring() {
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

/// The state under the parent's lock for which a driver waits, beside replies. A thread that
/// changes it rings after it has released the lock.
#[derive(Debug, Default)]
struct State {
    changes: u32,
    driving: bool,
}

fn change(state: &Mutex<State>, bell: &Doorbell) {
    let mut guard = state.lock().expect("no panic");
    guard.changes += 1;
    let must_ring = guard.driving;
    drop(guard);
    if must_ring {
        bell.ring();
    }
}

/// The driver's loop. It clears the doorbell under the lock, right after it has seen every change
/// for which another thread rang before.
fn await_changes(state: &Mutex<State>, bell: &Doorbell, count: u32) {
    loop {
        let mut guard = state.lock().expect("no panic");
        guard.driving = false;
        if guard.changes == count {
            return;
        }
        guard.driving = true;
        bell.clear();
        drop(guard);
        bell.wait();
    }
}

#[test]
fn driver_sees_every_change_of_other_threads() {
    check(|| {
        let shared = Arc::new((Mutex::new(State::default()), Doorbell::default()));
        let others: Vec<_> = (0..2)
            .map(|_| {
                let shared = shared.clone();
                thread::spawn(move || change(&shared.0, &shared.1))
            })
            .collect();
        await_changes(&shared.0, &shared.1, 2);
        others.into_iter().for_each(|other| other.join().expect("the other thread's part"));
    });
}
