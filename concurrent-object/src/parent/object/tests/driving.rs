//! A driver that is about to sleep while others take in the replies.

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

/// Where the next reply will be.
fn position(player: &Player) -> Consumer {
    player.object.poll().calls.slots.reply_position()
}

/// Serves a call, and takes its outcome.
fn serve_and_take(player: &mut Player) {
    let call = player.call(1);
    player.serve();
    assert_eq!(player.outcome::<u64>(call).expect("served"), 2);
}

/// Whether somebody who looked here before, and goes to sleep now, comes back in time.
fn comes_back(player: &Player, seen: Consumer) -> bool {
    let (object, (done, finished)) = (player.object.clone(), mpsc::channel());
    thread::spawn(move || {
        let instance = object.lock().backend().cloned();
        done.send(object.await_reply(seen, instance.as_ref(), None, None))
    });
    finished.recv_timeout(SOON).is_ok()
}

#[test]
fn driver_does_not_sleep_on_a_reply_that_lies_a_lap_further() {
    let mut player = Player::ready();
    let seen = position(&player);
    for _ in 0..cells_for(SLOTS) {
        serve_and_take(&mut player);
    }
    let waiting = player.call(1);
    player.serve();
    assert!(comes_back(&player, seen), "it sleeps, and the reply is there");
    assert_eq!(player.outcome::<u64>(waiting).expect("served"), 2);
}

#[test]
fn driver_that_others_overtook_looks_again_before_it_sleeps() {
    for replies in 1..=2 * cells_for(SLOTS) {
        let mut player = Player::ready();
        let seen = position(&player);
        for _ in 0..replies {
            serve_and_take(&mut player);
        }
        assert!(comes_back(&player, seen), "it sleeps after {replies} replies that others took in");
    }
}

/// The supervising thread leaves an end to whoever drives, who may just be woken by something else, and not come back.
#[test]
fn driver_that_leaves_deals_with_the_end_that_was_left_to_it() {
    let player = Player::ready();
    let object = player.object.clone();
    let driver = thread::spawn(move || {
        let mut looks = 0;
        object.wait_until(WaitKey::State, None, |_| {
            looks += 1;
            (looks > 1).then_some(())
        })
    });
    let began = Moment::now();
    while !player.object.lock().calls.waiters.is_driven() {
        assert!(began.elapsed() < SOON, "nobody drives");
        thread::yield_now();
    }
    let mut state = player.object.lock();
    // Whatever else there is, the bell is what it sees.
    player.object.channel.reply_bell.ring();
    player.child.kill();
    state.phase.running_mut().expect("it runs").end_is_known = true;
    drop(state);
    driver.join().expect("no panic");
    assert!(player.object.lock().phase.has_ended(), "nobody will look any more");
}

#[test]
fn an_end_of_which_is_told_late_is_not_taken_for_that_of_another_process() {
    let player = Player::ready();
    player.child.kill();
    player.object.notice_end_of(1);
    assert!(player.object.lock().backend().is_some(), "what was told is not of this process");
    player.object.watch_first().expect("watched");
    let began = Moment::now();
    while player.object.lock().backend().is_some() {
        assert!(began.elapsed() < SOON, "nobody is told");
        thread::yield_now();
    }
}

#[test]
fn a_waker_that_panics_on_the_supervisor_thread_ends_no_limits() {
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
    player.object.lock().calls.register(WaitKey::Call(call), Waker::from(Arc::new(Panics)));
    let began = Moment::now();
    // Not by a wait: then this thread could be the one that settles the call.
    while !player.object.lock().calls.table.is_settled(call) {
        assert!(began.elapsed() < SOON, "the limit is not enforced");
        thread::yield_now();
    }
    let mut other = Player::limited(limits);
    let call = other.call(1);
    other.start_next();
    assert!(matches!(other.outcome::<u64>(call), Err(CallError::TimedOut { .. })));
}
