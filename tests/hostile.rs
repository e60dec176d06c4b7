//! A child that attacks its parent: the parent's calls have their errors in time, `status`, `push`
//! and `kill` do not block, and other objects keep their limits.
#![allow(missing_docs, missing_debug_implementations, unsafe_code)]

#[path = "hostile/rogue.rs"]
mod rogue;

use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, RestartPolicy};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use rogue::{RogueProxy, RogueProxyBuilder};

concurrent_object::init_before_main!();

const SHORT: Duration = Duration::from_millis(50);

fn started(options: impl FnOnce(RogueProxyBuilder) -> RogueProxyBuilder) -> RogueProxy {
    let object = options(RogueProxy::builder("rogue")).start().expect("start");
    object.wait_until_ready().expect("ready");
    object
}

/// Checks that an object's limit is enforced, which the same thread does for all objects.
#[track_caller]
fn assert_limits_hold() {
    let other = started(|builder| builder.timeout(SHORT).cancel_grace(SHORT));
    let error = other.sleep(Duration::MAX).wait().expect_err("it is too slow");
    assert!(matches!(error, CallError::TimedOut { .. }), "{error}");
}

#[track_caller]
fn assert_protocol_error(error: &CallError, expected: &str) {
    let CallError::Protocol { reason, .. } = error else { panic!("another error: {error}") };
    assert_eq!(reason, expected);
}

/// Calls a method that takes so long that both sides sleep, and does not wait long for it.
fn call_for_a_while(object: &RogueProxy) {
    for _ in 0..50 {
        let mut call = object.sleep(Duration::from_millis(2));
        // The child may have been killed, or keep its reply.
        let _outcome = call.wait_timeout(Duration::from_millis(50));
        let _status = object.status();
        if object.push_count().is_ok() {
            let _pulled = object.pull();
        }
    }
}

#[test]
fn full_doorbells_block_neither_calls_nor_the_kill() {
    within(SOON, || {
        let object = started(|builder| builder);
        assert!(object.fill_bells().wait().expect("alive") > 0);
        thread::scope(|scope| {
            // Threads that wait for different calls wake each other through a doorbell.
            (0..4).for_each(|_| drop(scope.spawn(|| call_for_a_while(&object))));
        });
        object.kill().expect("it ends");
    });
}

#[test]
fn a_full_doorbell_does_not_delay_the_end_of_a_busy_child() {
    within(SOON, || {
        let object = started(|builder| builder.grace(SHORT));
        assert!(object.fill_bells().wait().expect("alive") > 0);
        let busy = object.sleep(Duration::MAX);
        object.terminate().expect("it is killed when its grace period is over");
        busy.wait().expect_err("it was killed");
    });
}

#[test]
fn rings_that_are_taken_away_block_neither_calls_nor_the_kill() {
    within(SOON, || {
        let object = started(|builder| builder);
        object.steal_rings().wait().expect("alive");
        call_for_a_while(&object);
        object.kill().expect("it ends");
    });
}

#[test]
fn a_child_that_rings_without_end_is_killed() {
    within(SOON, || {
        let object = started(|builder| builder);
        let error = object.ring().wait().expect_err("it never returns");
        assert_protocol_error(&error, "a doorbell that rings for nothing");
    });
}

#[test]
fn a_child_that_rings_a_task_without_end_is_killed() {
    within(SOON, || {
        let object = started(|builder| builder);
        let error = pollster::block_on(object.ring()).expect_err("it never returns");
        assert_protocol_error(&error, "a doorbell that rings for nothing");
    });
}

#[test]
fn sockets_that_linger_block_neither_calls_nor_limits() {
    within(SOON, || {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let object = started(|builder| builder);
        let error = object.send_lingering(port, 1).wait().expect_err("no result is invented");
        assert_protocol_error(&error, "a reply without the shared memory that it refers to");
        assert!(!object.handle().is_alive());
        assert_limits_hold();
    });
}

#[test]
fn a_control_socket_with_a_lingering_socket_in_it_is_closed_without_blocking() {
    within(SOON, || {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let object = started(|builder| builder.restart(RestartPolicy::on_death()));
        for _process in 0..2 {
            object.leave_lingering(port).wait().expect("alive");
            send(object.handle().pid(), libc::SIGKILL);
            wait_for("the next process serves", || object.count().wait().is_ok());
        }
        object.leave_lingering(port).wait().expect("alive");
        object.kill().expect("it ends");
        drop(object);
        assert_limits_hold();
    });
}

#[test]
fn a_byte_in_its_pipes_kills_no_other_object() {
    within(SOON, || {
        let (other, object) = (started(|builder| builder), started(|builder| builder));
        drop(object.write_into_pipes().wait());
        assert_eq!(other.count().wait().expect("alive"), 1);
        thread::sleep(SHORT);
        assert_eq!(other.count().wait().expect("alive"), 2);
    });
}

#[test]
fn a_child_has_no_descriptor_of_files_on_a_disk() {
    within(SOON, || {
        let directory = tempfile::tempdir().expect("a directory");
        let object =
            started(|builder| builder.backing_dir(directory.path()).max_input_size("64 KB").max_output_size("64 KB"));
        let path = directory.path().to_str().expect("text").to_owned();
        assert_eq!(object.open_files_of(&path).wait().expect("alive"), 0);
    });
}

#[test]
fn a_saved_state_of_holes_is_no_saved_state() {
    within(SOON, || {
        let object = started(|builder| builder.restart(RestartPolicy::on_death()));
        assert_eq!(object.count().wait().expect("alive"), 1);
        object.claim_holes(1 << 45).wait().expect_err("it dies");
        assert_eq!(object.count().wait().expect("the next process begins with the constructor"), 1);
    });
}
