//! Saved states of objects in another program: the next life begins with the newest one.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use concurrent_object::bridge::{Carrier, Event, Events, Message, Registry, Relayed, Remote, RemoteStart};
use concurrent_object::{CallError, RestartPolicy, SnapshotPolicy, StartError, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

use super::ends::at_once;
use super::loopback::Loopback;

/// Sums, and saves the sum. Saving fails above a million.
pub struct Ledger {
    sum: u64,
    entries: Vec<u64>,
}

#[concurrent_object]
impl Ledger {
    pub fn new(first: u64) -> Self {
        Self { sum: first, entries: vec![first] }
    }

    #[concurrent_object(restore)]
    fn load((sum, entries): (u64, Vec<u64>), first: u64) -> Result<Self, String> {
        if entries.first() == Some(&first) { Ok(Self { sum, entries }) } else { Err("another ledger".into()) }
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> Result<(u64, Vec<u64>), String> {
        if self.sum > 1_000_000 { Err("too large".into()) } else { Ok((self.sum, self.entries.clone())) }
    }

    pub fn add(&mut self, amount: u64) -> u64 {
        self.sum += amount;
        self.entries.push(amount);
        self.sum
    }

    pub fn count(&self) -> usize {
        self.entries.len()
    }

    pub fn crash(&self) {
        std::process::abort()
    }
}

/// A loopback that notes the starts and counts the saved states that arrive.
struct Noted {
    loopback: Arc<Loopback>,
    starts: Arc<Mutex<Vec<RemoteStart>>>,
    saved: Arc<Mutex<usize>>,
}

impl Noted {
    fn new() -> Arc<Self> {
        let mut registry = Registry::new();
        registry.register::<Ledger, LedgerOutput>();
        Arc::new(Self { loopback: Loopback::new(registry), starts: Arc::default(), saved: Arc::default() })
    }

    fn builder(self: &Arc<Self>, restart: RestartPolicy) -> LedgerProxyBuilder {
        LedgerProxy::builder("ledger").on(self.clone() as Arc<dyn Remote>).restart(restart)
    }

    fn starts(&self) -> Vec<RemoteStart> {
        self.starts.lock().expect("no panic").clone()
    }
}

impl fmt::Debug for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Noted").finish_non_exhaustive()
    }
}

impl Remote for Noted {
    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError> {
        self.starts.lock().expect("no panic").push(start.clone());
        let saved = self.saved.clone();
        let counting = Events::new(move |event| {
            *saved.lock().expect("no panic") += usize::from(matches!(event, Event::Saved(_)));
            events.put(event);
        });
        self.loopback.start(start, counting)
    }
}

#[test]
fn the_life_after_a_lost_one_begins_with_the_newest_state() {
    within(SOON, || {
        let remote = Noted::new();
        let ledger = remote.builder(at_once()).start(7).expect("starts");
        assert_eq!([ledger.add(1), ledger.add(10)].map(|sum| sum.wait().expect("added")), [8, 18]);
        remote.loopback.cut();
        wait_for("it is noticed", || ledger.handle().incarnation() == 2);
        assert_eq!(ledger.add(100).wait().expect("added"), 118);
        assert!(ledger.crash().wait().is_err());
        assert_eq!(ledger.add(1000).wait().expect("added by the third life"), 1118);
        assert_eq!(ledger.count().wait().expect("counted"), 5);
        let starts = remote.starts();
        assert_eq!(starts.iter().map(|start| start.life).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(starts.iter().map(|start| start.state.is_some()).collect::<Vec<_>>(), [false, true, true]);
        assert!(starts.iter().all(|start| start.arguments == starts[0].arguments), "the constructor's are kept");
    });
}

#[test]
fn a_state_that_is_saved_while_the_object_is_idle_arrives() {
    within(SOON, || {
        let remote = Noted::new();
        let snapshots = SnapshotPolicy::every(Duration::from_millis(20));
        let ledger = remote.builder(at_once()).snapshots(snapshots).start(0).expect("starts");
        assert_eq!(ledger.add(5).wait().expect("added"), 5);
        wait_for("the state arrives", || *remote.saved.lock().expect("no panic") > 0);
        remote.loopback.cut();
        wait_for("it is noticed", || ledger.handle().incarnation() == 2);
        assert_eq!(ledger.add(1).wait().expect("added"), 6);
    });
}

#[test]
fn without_a_restart_or_a_policy_no_state_travels() {
    within(SOON, || {
        let remote = Noted::new();
        let never = [
            remote.builder(RestartPolicy::never()).start(0).expect("starts"),
            remote.builder(at_once()).snapshots(SnapshotPolicy::never()).start(0).expect("starts"),
        ];
        for ledger in never {
            assert_eq!(ledger.add(5).wait().expect("added"), 5);
            ledger.close().expect("ends");
        }
        assert_eq!(*remote.saved.lock().expect("no panic"), 0);
        assert!(remote.starts().iter().all(|start| start.snapshots.is_none()));
    });
}

#[test]
fn a_state_that_is_not_saved_fails_the_call_if_it_shall() {
    within(SOON, || {
        let remote = Noted::new();
        let snapshots = SnapshotPolicy::after_calls(1).or_fail();
        let ledger = remote.builder(at_once()).snapshots(snapshots).start(0).expect("starts");
        assert_eq!(ledger.add(1).wait().expect("added"), 1);
        match ledger.add(2_000_000).wait() {
            Err(CallError::NotSaved { reason, .. }) => assert!(reason.contains("too large"), "{reason}"),
            other => panic!("{other:?}"),
        }
        assert!(ledger.crash().wait().is_err());
        assert_eq!(ledger.add(1).wait().expect("added"), 2, "the last state that was saved");
    });
}

#[test]
fn a_state_from_a_stranger_is_an_error_of_the_constructor() {
    within(SOON, || {
        let remote = Noted::new();
        let ledger = remote.builder(at_once()).start(3).expect("starts");
        assert_eq!(ledger.add(1).wait().expect("added"), 4);
        let sound = remote.starts().remove(0);
        let states = [Message::default(), Message::new(0, 9, vec![0xc1; 9], Vec::new())];
        for state in states {
            let mut start = sound.clone();
            start.state = Some(state);
            assert!(matches!(end_of(&remote.loopback, start), Event::Died(_)));
        }
    });
}

fn end_of(loopback: &Loopback, start: RemoteStart) -> Event {
    let (events, reported) = std::sync::mpsc::channel();
    let events = Mutex::new(events);
    let report = move |event| drop(events.lock().expect("no panic").send(event));
    let _relayed: Relayed = loopback.registry.start(start, |options| options, report).expect("begins");
    reported.iter().find(|event| matches!(event, Event::Died(_) | Event::Ended | Event::Ready { .. })).expect("an end")
}
