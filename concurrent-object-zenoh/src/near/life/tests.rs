//! When a host is asked and lost, and what becomes of calls meanwhile.

use std::sync::Arc;

use concurrent_object::bridge::Message;

use super::*;
use crate::control::Missing;

const LEASE: Duration = Duration::from_secs(2);

pub(super) fn life() -> (Life, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let events = Events::new(move |event| log.lock().expect("no panic").push(format!("{event:?}")));
    (Life::new(events, SiteLimits { message: 1 << 20, lease: LEASE }, Span::none(), None), seen)
}

pub(super) fn taken(life: &Life) {
    life.state().stage = Stage::Taken;
}

#[test]
fn a_silent_host_is_asked_only_while_something_is_awaited_and_then_lost() {
    let (life, seen) = life();
    let asked_at = Instant::now() + LEASE;
    assert_eq!(life.look(asked_at), Look::Host, "the start is awaited");
    taken(&life);
    life.state().heard = asked_at + LEASE;
    assert_eq!(life.look(asked_at + LEASE), Look::Never);
    life.open(7);
    assert!(life.leave(7, true));
    life.open(8);
    assert!(matches!(life.look(asked_at + LEASE), Look::After(_)), "it was heard just now");
    let asked_at = asked_at + LEASE * 2;
    assert_eq!(life.look(asked_at), Look::Object(vec![7]), "the other call has not left");
    assert!(matches!(life.look(asked_at + LEASE / 2), Look::After(_)), "one probe at a time");
    assert!(seen.lock().expect("no panic").is_empty());
    assert_eq!(life.look(asked_at + LEASE), Look::Never);
    assert_eq!(seen.lock().expect("no panic").len(), 1, "it is lost, {seen:?}");
}

#[test]
fn a_host_that_was_heard_after_a_probe_is_not_lost() {
    let (life, seen) = life();
    taken(&life);
    life.open(7);
    assert!(life.leave(7, true));
    let asked_at = Instant::now() + LEASE;
    assert_eq!(life.look(asked_at), Look::Object(vec![7]));
    life.state().heard = asked_at + LEASE / 4;
    assert!(matches!(life.look(asked_at + LEASE / 2), Look::After(_)));
    assert_eq!(life.look(asked_at + LEASE), Look::Object(vec![7]), "and is asked again");
    assert!(seen.lock().expect("no panic").is_empty());
}

fn absent(calls: &[u64]) -> Missing {
    Missing { absent: calls.to_vec(), gone: Vec::new() }
}

#[test]
fn a_host_that_answers_other_objects_is_asked_again_and_lost_much_later() {
    let (life, seen) = life();
    taken(&life);
    life.open(7);
    assert!(life.leave(7, true));
    let begin = Instant::now() + LEASE;
    assert_eq!(life.look(begin), Look::Object(vec![7]));
    let mut now = begin + LEASE;
    let limit = LEASE + Duration::from_secs(1);
    life.link().hear_at(now);
    assert_eq!(life.look(now), Look::Object(vec![7]), "it is asked again");
    while seen.lock().expect("no panic").is_empty() {
        now += LEASE / 2;
        assert!(now - begin <= limit * (PATIENCE + 1), "it is not lost");
        life.link().hear_at(now);
        life.look(now);
    }
    assert!(now - begin >= limit * (PATIENCE - 1), "{:?}", now - begin);
}

#[test]
fn a_call_that_the_host_lacks_loses_the_object_unless_it_was_answered() {
    let (life, seen) = life();
    taken(&life);
    life.open(7);
    life.open(8);
    life.put(Event::Returned(7));
    assert!(life.missing(&absent(&[7])).is_empty());
    assert_eq!(seen.lock().expect("no panic").len(), 1);
    assert!(life.missing(&absent(&[7, 8])).is_empty());
    assert!(seen.lock().expect("no panic")[1].contains("call 8 has not arrived"), "{seen:?}");
}

#[test]
fn an_idempotent_call_that_the_host_lacks_is_sent_again_a_few_times() {
    let (life, seen) = life();
    let life = life.repeating(&[5]);
    taken(&life);
    let request = |call: u64, method| (u128::from(call) + 100, Message::new(method, 3, b"one".to_vec(), vec![]));
    for (call, method) in [(7, 5), (8, 4)] {
        life.open(call);
        let (id, message) = request(call, method);
        life.keep(call, id, &message);
    }
    assert_eq!(life.repeatable(&[7, 8, 9]), [7], "the other method is not idempotent");
    assert_eq!(life.missing(&absent(&[7])), [request(7, 5)]);
    assert_eq!(life.missing(&Missing { absent: Vec::new(), gone: vec![7] }), [request(7, 5)]);
    assert_eq!(life.missing(&absent(&[7])), [request(7, 5)]);
    assert!(seen.lock().expect("no panic").is_empty());
    assert!(life.missing(&absent(&[7])).is_empty());
    assert_eq!(seen.lock().expect("no panic").len(), 1, "it is lost, {seen:?}");
}

#[test]
fn a_call_with_an_outcome_is_kept_no_longer() {
    let (life, _seen) = life();
    let life = life.repeating(&[5]);
    taken(&life);
    life.open(7);
    let message = Message::new(5, 0, vec![], vec![]);
    life.keep(7, 107, &message);
    life.put(Event::Answered(7, message.clone()));
    assert!(life.repeatable(&[7]).is_empty());
    life.keep(7, 107, &message);
    assert!(life.repeatable(&[7]).is_empty(), "it was answered before");
}

#[test]
fn a_call_is_taken_back_until_it_leaves_and_none_leaves_after_a_kill() {
    let (life, seen) = life();
    taken(&life);
    for call in 1..=4 {
        life.open(call);
    }
    assert!(life.take_back(1) && !life.leave(1, true), "it stays here");
    assert!(life.leave(2, false) && !life.take_back(2));
    assert!(life.leave(3, true) && !life.take_back(3));
    life.kill();
    assert!(!life.leave(2, true) && !life.leave(4, true));
    assert_eq!(*seen.lock().expect("no panic"), ["Returned(1)"]);
}

#[test]
fn a_call_has_one_outcome() {
    let (life, seen) = life();
    taken(&life);
    life.open(7);
    life.put(Event::Failed(7, "one".to_owned()));
    life.put(Event::Failed(7, "two".to_owned()));
    life.put(Event::Begun(7));
    assert_eq!(seen.lock().expect("no panic").len(), 1);
}

#[test]
fn an_object_is_lost_if_its_lane_is_blocked_and_its_link_carries_nothing() {
    let (life, seen) = life();
    taken(&life);
    life.open(7);
    let late = Instant::now() + LEASE + Duration::from_secs(2);
    life.look_blocked(late);
    life.sending(|| life.look_blocked(Instant::now() + LEASE));
    assert!(seen.lock().expect("no panic").is_empty(), "{seen:?}");
    life.sending(|| life.look_blocked(late));
    assert_eq!(seen.lock().expect("no panic").len(), 1, "it is lost, {seen:?}");
}

#[test]
fn the_guard_sees_a_blocked_sender_of_an_idle_object_too() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let events = Events::new(move |event| log.lock().expect("no panic").push(format!("{event:?}")));
    let guard = Guard::begin(Duration::from_millis(10)).expect("a thread is started");
    let limits = SiteLimits { message: 1 << 20, lease: Duration::ZERO };
    let life = Arc::new(Life::new(events, limits, Span::none(), None).guarded(&guard, "far"));
    taken(&life);
    guard.watch(&life);
    // By now, the guard sleeps without a limit.
    std::thread::sleep(Duration::from_millis(100));
    let begin = Instant::now();
    life.sending(|| {
        while seen.lock().expect("no panic").is_empty() {
            assert!(begin.elapsed() < Duration::from_secs(30), "the object is not lost");
            std::thread::sleep(Duration::from_millis(5));
        }
    });
}
