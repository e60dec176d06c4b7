//! Tests a child that sends, publishes and rings without end, or makes the parent's descriptors
//! block.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use rustix::fs::{OFlags, fcntl_setfl};

use super::attached::sealed;
use super::player::{Player, SOON, short};
use crate::descriptor::AsFd;
use crate::error::CallError;
use crate::parent::calls::key::WaitKey;
use crate::parent::life::phase::Summary;
use crate::process::fd_socket;
use crate::protocol::notice::FULL;
use crate::protocol::tag::VALUE;
use crate::transport::Bell;
use crate::transport::ring::Entry;

/// Runs `work`, and fails if it blocks.
#[track_caller]
fn unblocked<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, finished) = mpsc::channel();
    thread::spawn(move || done.send(work()));
    finished.recv_timeout(SOON).expect("it does not block")
}

/// The child does `flood`, then says that the socket is full, again and again.
#[track_caller]
fn assert_breaks_off(reason: &str, flood: impl Fn(&Player, Entry, u64)) {
    let mut player = Player::ready();
    let call = player.call(1);
    let (running, _) = player.start_next();
    for position in 0..1 << 17 {
        flood(&player, running, position);
        player.notice(FULL);
        let _polled = player.object.statistics();
        if player.child.has_ended() {
            break;
        }
    }
    let error = player.outcome::<u64>(call).expect_err("no result is invented");
    let CallError::Protocol { reason: found, .. } = &error else { panic!("another error: {error}") };
    assert_eq!(found, reason);
}

#[test]
fn files_that_no_reply_may_refer_to_break_off() {
    let invalid = "an invalid message over the control socket";
    let send = |player: &Player, words, file: &dyn AsFd| {
        let _full_or_gone = fd_socket::send(&player.socket, words, Some(file.as_fd()));
    };
    assert_breaks_off(invalid, |player, running, _| {
        let _full_or_gone = fd_socket::send(&player.socket, [running.call, 0], None);
    });
    assert_breaks_off(invalid, |player, running, _| send(player, [running.call, 0], &sealed()));
    assert_breaks_off(invalid, |player, running, position| send(player, [running.call, position], &player.socket));
    assert_breaks_off(invalid, |player, running, position| send(player, [running.call, position + 1], &sealed()));
    let file = sealed();
    assert_breaks_off(invalid, |player, running, position| send(player, [running.call, position], &file));
    assert_breaks_off("shared memory for a call that was not sent", |player, running, position| {
        send(player, [running.call + position, 0], &file);
    });
}

#[test]
fn notices_of_a_full_socket_that_is_empty_break_off() {
    assert_breaks_off("a notice of a full socket that is empty", |_, _, _| {});
}

struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn child_that_rings_without_end_breaks_off() {
    let player = Player::ready();
    let call = player.call(1);
    let (is_over, bell) = (AtomicBool::new(false), &player.channel.reply_bell);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                bell.ring()
            }
        });
        // Also after a panic, so that the scope ends.
        let _over = Over(&is_over);
        let error = player.outcome::<u64>(call).expect_err("no result is invented");
        assert!(error.to_string().contains("a doorbell that rings for nothing"), "{error}");
    });
}

#[test]
fn child_that_rings_the_reactor_thread_without_end_breaks_off() {
    let player = Player::ready();
    for _ in 0..5000 {
        // What this process rings for itself does not count.
        player.object.channel.reply_bell.ring();
        player.object.react_to_ring();
    }
    assert!(player.object.lock().phase.broken().is_none());
    let call = player.call(1);
    for _ in 0..5000 {
        player.channel.reply_bell.ring();
        player.object.react_to_ring();
    }
    let error = player.outcome::<u64>(call).expect_err("no result is invented");
    assert!(error.to_string().contains("a doorbell that rings for nothing"), "{error}");
}

#[test]
fn rings_of_this_process_are_not_counted_while_a_thread_drives() {
    let player = Player::ready();
    player.object.lock().calls.waiters.begin_driving(WaitKey::State);
    for _ in 0..5000 {
        player.object.channel.reply_bell.ring();
        player.object.react_to_ring();
        assert!(!player.object.channel.reply_bell.was_rung());
    }
    player.object.lock().calls.waiters.stop_driving();
}

#[test]
fn child_that_rings_a_descriptor_without_end_breaks_off() {
    let player = Player::ready();
    let _descriptor = player.object.descriptor().expect("a descriptor");
    for _ in 0..5000 {
        player.channel.reply_bell.ring();
        let _status = player.object.status();
    }
    player.wait_for_state("the end", |phase| matches!(phase, Summary::Ended(_)));
}

#[test]
fn rings_beside_replies_are_not_counted() {
    let mut player = Player::ready();
    for n in 0..3000 {
        let call = player.call(n);
        player.serve();
        player.channel.reply_bell.ring();
        player.object.react_to_ring();
        player.channel.reply_bell.ring();
        assert_eq!(player.outcome::<u64>(call).expect("served"), 2 * n);
    }
}

#[test]
fn doorbell_that_the_child_makes_block_blocks_no_thread() {
    let mut player = Player::ready();
    let call = player.call(1);
    let bell = player.channel.reply_bell.as_fd().try_clone_to_owned().expect("a descriptor");
    fcntl_setfl(&bell, OFlags::empty()).expect("flags");
    rustix::io::write(&bell, &(u64::MAX - 1).to_ne_bytes()).expect("it is full");
    player.serve_without_ring();
    assert_eq!(player.outcome::<u64>(call).expect("served"), 2);

    // The child takes its rings away while the parent is about to.
    let is_over = Arc::new(AtomicBool::new(false));
    let taker = thread::spawn({
        let is_over = is_over.clone();
        move || {
            fcntl_setfl(&bell, OFlags::NONBLOCK).expect("flags");
            while !is_over.load(Ordering::Relaxed) {
                let _none = rustix::io::read(&bell, &mut [0; 8]);
                fcntl_setfl(&bell, OFlags::empty()).expect("flags");
                rustix::io::write(&bell, &1_u64.to_ne_bytes()).expect("it is not full");
                fcntl_setfl(&bell, OFlags::NONBLOCK).expect("flags");
            }
        }
    });
    let call = player.call(1);
    let object = player.object.clone();
    let killed = unblocked(move || {
        for _ in 0..200 {
            let _status = object.status();
            object.react_to_ring();
        }
        object.kill()
    });
    is_over.store(true, Ordering::Relaxed);
    taker.join().expect("no panic");
    killed.expect("it ends");
    player.outcome::<u64>(call).expect_err("it was killed");
}

impl Player {
    /// Child: serves the next request, and leaves the doorbell alone.
    fn serve_without_ring(&mut self) {
        let (entry, argument) = self.start_next();
        let words = short(VALUE, &(argument * 2).to_ne_bytes());
        self.answer_unpublished(entry, words);
        self.prepare(words);
        self.publish_silently(entry);
    }
}
