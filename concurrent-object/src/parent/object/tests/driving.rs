//! Tests a driver that is about to sleep while other threads receive the replies.

use std::sync::{Arc, mpsc};
use std::task::{Wake, Waker};
use std::thread;
use std::time::Duration;

use super::player::{Player, SLOTS, SOON};
use crate::clock::Moment;
use crate::error::CallError;
use crate::parent::calls::key::WaitKey;
use crate::parent::calls::timing::Limits;
use crate::transport::Bell;
use crate::transport::ring::{Consumer, cells_for};

/// Returns the position of the next reply.
fn position(player: &Player) -> Consumer {
    player.object.poll().calls.slots.reply_position()
}

/// Serves a call, and takes its outcome.
fn serve_and_take(player: &mut Player) {
    let call = player.call(1);
    player.serve();
    assert_eq!(player.outcome::<u64>(call).expect("served"), 2);
}

/// Whether a driver that polled at `seen` before, and sleeps now, returns in time.
fn returns_in_time(player: &Player, seen: Consumer) -> bool {
    let (object, (done, finished)) = (player.object.clone(), mpsc::channel());
    thread::spawn(move || {
        let instance = object.lock().backend().cloned();
        done.send(object.await_reply(seen, instance.as_ref(), None, None))
    });
    finished.recv_timeout(SOON).is_ok()
}

#[test]
fn driver_does_not_sleep_while_a_reply_is_one_lap_ahead() {
    let mut player = Player::ready();
    let seen = position(&player);
    for _ in 0..cells_for(SLOTS) {
        serve_and_take(&mut player);
    }
    let waiting = player.call(1);
    player.serve();
    assert!(returns_in_time(&player, seen), "it sleeps, and the reply is there");
    assert_eq!(player.outcome::<u64>(waiting).expect("served"), 2);
}

#[test]
fn overtaken_driver_polls_again_before_it_sleeps() {
    for replies in 1..=2 * cells_for(SLOTS) {
        let mut player = Player::ready();
        let seen = position(&player);
        for _ in 0..replies {
            serve_and_take(&mut player);
        }
        assert!(returns_in_time(&player, seen), "it sleeps after {replies} replies that other threads received");
    }
}

/// The supervisor thread leaves an end to the driver. The driver may be woken by something else at
/// that moment, and not wait again.
#[test]
fn leaving_driver_finishes_an_end_that_was_left_to_it() {
    let player = Player::ready();
    let object = player.object.clone();
    let driver = thread::spawn(move || {
        let mut polls = 0;
        object.wait_until(WaitKey::State, None, |_| {
            polls += 1;
            (polls > 1).then_some(())
        })
    });
    let began = Moment::now();
    while !player.object.lock().calls.waiters.is_driven() {
        assert!(began.elapsed() < SOON, "no thread drives");
        thread::yield_now();
    }
    let mut state = player.object.lock();
    // The driver sees the doorbell first, and not the end of the child.
    player.object.channel.reply_bell.ring();
    player.child.kill();
    state.phase.running_mut().expect("it runs").end_is_known = true;
    drop(state);
    driver.join().expect("no panic");
    assert!(player.object.lock().phase.has_ended(), "no other thread would finish it");
}

#[test]
fn late_notice_of_an_end_does_not_finish_another_process() {
    let player = Player::ready();
    player.child.kill();
    player.object.notice_end_of(1);
    assert!(player.object.lock().backend().is_some(), "the notice was for another process");
    player.object.watch_first().expect("watched");
    let began = Moment::now();
    while player.object.lock().backend().is_some() {
        assert!(began.elapsed() < SOON, "the end was not noticed");
        thread::yield_now();
    }
}

#[test]
fn panicking_waker_does_not_stop_the_supervisor_thread() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a waker's panic");
        }
    }
    let limits = Limits { timeout: Some(Duration::from_millis(10)), ..Limits::default() };
    let mut player = Player::limited(limits.clone());
    let call = player.call(1);
    player.start_next();
    player.object.lock().calls.register_task(WaitKey::Call(call), None, Waker::from(Arc::new(Panics)));
    let began = Moment::now();
    // This thread does not wait on the object, or it could be the thread that settles the call.
    while !player.object.lock().calls.table.is_settled(call) {
        assert!(began.elapsed() < SOON, "the limit is not enforced");
        thread::yield_now();
    }
    let mut other = Player::limited(limits);
    let call = other.call(1);
    other.start_next();
    assert!(matches!(other.outcome::<u64>(call), Err(CallError::TimedOut { .. })));
}
