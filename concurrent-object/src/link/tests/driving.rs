//! A driver that is about to sleep while others take in the replies.

use std::sync::mpsc;
use std::thread;

use super::player::{Player, SLOTS, SOON};
use crate::channel::ring::{Consumer, cells_for};

/// Where the next reply will be.
fn position(player: &Player) -> Consumer {
    player.link.touch().slots.reply_position()
}

/// Serves a call, and takes its outcome.
fn serve_and_take(player: &mut Player) {
    let call = player.call(1);
    player.serve();
    assert_eq!(player.outcome::<u64>(call).expect("served"), 2);
}

/// Whether somebody who looked here before, and goes to sleep now, comes back in time.
fn comes_back(player: &Player, seen: Consumer) -> bool {
    let (link, (done, finished)) = (player.link.clone(), mpsc::channel());
    thread::spawn(move || {
        let body = link.lock().body.clone();
        done.send(link.await_reply(seen, body.as_deref(), None, None))
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
