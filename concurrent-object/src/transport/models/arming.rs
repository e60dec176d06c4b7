//! Models of an object that only tasks wait on: a task that arms it, a child that rings, a reactor
//! thread that reacts, and a thread that takes over.
//!
//! Knows the sleep flag, the doorbell and the lock. Invariant that they check: each reply is
//! received, by a thread or by the reactor. A lost ring leaves the task waiting, which loom reports
//! as a deadlock.

use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

use super::channel::Doorbell;
use super::{check, check_up_to, ring};
use crate::sync::AtomicU64;
use crate::transport::Bell;
use crate::transport::ring::{Consumer, Entry, Producer};
use crate::transport::sleep_flag::SleepFlag;

/// What the object's lock protects.
#[derive(Debug, Default)]
struct State {
    consumer: Consumer,
    received: u64,
    /// How many replies the task waits for, while it is registered.
    awaited: Option<u64>,
    is_armed: bool,
    is_driven: bool,
}

#[derive(Debug)]
struct Shared {
    ring: Vec<AtomicU64>,
    asleep: AtomicU64,
    /// What a driver sleeps on.
    bell: Doorbell,
    /// The same doorbell, as the reactor's epoll set sees it: each ring is an event of its own.
    edge: Doorbell,
    state: Mutex<State>,
    /// Stands for the task's waker.
    woken: Condvar,
}

impl Shared {
    fn new() -> Arc<Self> {
        let (bell, edge) = (Doorbell::default(), Doorbell::default());
        let state = Mutex::new(State::default());
        Arc::new(Self { ring: ring(4), asleep: AtomicU64::new(0), bell, edge, state, woken: Condvar::new() })
    }

    fn flag(&self) -> SleepFlag<'_> {
        SleepFlag(&self.asleep)
    }

    fn advance(&self, state: &mut State) {
        while state.consumer.peek(&self.ring).is_some() {
            state.consumer.advance();
            state.received += 1;
        }
        if state.awaited.is_some_and(|awaited| state.received >= awaited) {
            state.awaited = None;
            self.woken.notify_all();
        }
    }

    /// As `Object::arm`.
    fn arm(&self, state: &mut State) {
        if state.is_driven || state.is_armed {
            return;
        }
        while state.awaited.is_some() {
            self.flag().announce();
            if !state.consumer.watch(&self.ring).has_come() {
                state.is_armed = true;
                return;
            }
            self.flag().clear();
            self.advance(state);
        }
    }

    fn disarm(&self, state: &mut State) {
        if std::mem::take(&mut state.is_armed) {
            self.flag().clear();
        }
    }

    /// The child publishes replies.
    fn publish(&self, replies: u64) {
        let mut producer = Producer::default();
        for call in 1..=replies {
            producer.publish(&self.ring, Entry { slot: 0, call });
            if self.flag().must_ring() {
                self.edge.ring();
                self.bell.ring();
            }
        }
    }

    /// The reactor thread reacts to rings until the task has what it waits for.
    fn react(&self, replies: u64) {
        loop {
            let mut state = self.state.lock().expect("no panic");
            if !state.is_driven {
                self.disarm(&mut state);
                self.advance(&mut state);
                self.arm(&mut state);
            }
            if state.received >= replies {
                return;
            }
            drop(state);
            self.edge.wait();
            self.edge.clear();
        }
    }

    /// The task waits for so many replies, as `Object::poll_until` does when it is left alone.
    fn await_replies(&self, replies: u64) {
        let mut state = self.state.lock().expect("no panic");
        self.advance(&mut state);
        if state.received < replies {
            state.awaited = Some(replies);
            self.arm(&mut state);
        }
        while state.received < replies {
            state = self.woken.wait(state).expect("no panic");
        }
        drop(state);
        // Lets the reactor's loop end, if nothing rang for the last reply.
        self.edge.ring();
    }

    /// A thread drives until the first reply, and hands over to the reactor.
    fn drive(&self) {
        let mut state = self.state.lock().expect("no panic");
        self.advance(&mut state);
        if state.received == 0 {
            state.is_driven = true;
            self.disarm(&mut state);
            self.bell.clear();
            let reply = state.consumer.watch(&self.ring);
            drop(state);
            self.flag().announce();
            if !reply.has_come() {
                self.bell.wait();
            }
            self.flag().clear();
            state = self.state.lock().expect("no panic");
            state.is_driven = false;
            self.advance(&mut state);
        }
        self.arm(&mut state);
    }
}

#[test]
fn a_reply_that_comes_while_its_object_is_armed_is_received() {
    check(|| {
        let shared = Shared::new();
        let (childs, reactors) = (shared.clone(), shared.clone());
        let child = thread::spawn(move || childs.publish(1));
        let reactor = thread::spawn(move || reactors.react(1));
        shared.await_replies(1);
        child.join().expect("the child's part");
        reactor.join().expect("the reactor's part");
    });
}

#[test]
fn a_thread_that_takes_over_and_leaves_loses_no_reply_of_a_task() {
    check_up_to(2, || {
        let shared = Shared::new();
        let (childs, reactors, drivers) = (shared.clone(), shared.clone(), shared.clone());
        let child = thread::spawn(move || childs.publish(2));
        let reactor = thread::spawn(move || reactors.react(2));
        let driver = thread::spawn(move || drivers.drive());
        shared.await_replies(2);
        child.join().expect("the child's part");
        reactor.join().expect("the reactor's part");
        driver.join().expect("the driver's part");
    });
}
