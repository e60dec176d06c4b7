//! Streams that end early: by a panic, a death, a limit, a cancellation, or because they are
//! dropped.

use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, RestartPolicy, Started};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;

use super::{SourceProxy, all, start, until_error};

#[test]
fn a_panic_in_the_iterator_is_the_error_after_the_items() {
    within(SOON, || {
        let source = start();
        for after in [0, 1, 500] {
            let (items, error) = until_error(source.panicking(after));
            assert_eq!(items, (0..after).collect::<Vec<_>>());
            assert!(
                matches!(&error, CallError::Panicked { panic, .. } if panic.message.contains("out of items")),
                "{error:?}"
            );
            assert_eq!(error.started(), Started::Yes);
        }
        assert_eq!(all(source.count(3)), [1, 2, 3]);
    });
}

#[test]
fn a_death_yields_what_was_written_and_then_the_error() {
    within(SOON, || {
        for after in [0, 1, 500] {
            let (items, error) = until_error(start().dying(after));
            assert_eq!(items, (0..after).collect::<Vec<_>>());
            assert!(matches!(error, CallError::Died { .. }), "{error:?}");
            assert_eq!(error.started(), Started::Yes);
        }
    });
}

#[test]
fn a_restarted_object_streams_again() {
    within(SOON, || {
        let source = SourceProxy::builder("source").restart(RestartPolicy::on_death()).start();
        let source = source.expect("starts");
        let dying = source.dying(100);
        let after = source.count(5);
        assert_eq!(all(after), [1, 2, 3, 4, 5], "the next process serves it");
        let (items, error) = until_error(dying);
        assert_eq!(items, (0..100).collect::<Vec<_>>(), "the items of the dead process are there");
        assert!(matches!(error, CallError::Died { .. }), "{error:?}");
    });
}

#[test]
fn a_time_limit_ends_the_items_with_its_error() {
    within(SOON, || {
        let source = start();
        let (items, error) = until_error(source.slow());
        assert_eq!(items, (0..items.len() as u32).collect::<Vec<_>>());
        assert!(matches!(error, CallError::TimedOut { killed: false, .. }), "{error:?}");
        let (_, error) = until_error(source.endless().with_timeout(Duration::from_millis(20)));
        assert!(matches!(error, CallError::TimedOut { killed: false, .. }), "{error:?}");
        assert_eq!(all(source.count(1)), [1]);
    });
}

#[test]
fn a_time_limit_ends_a_method_that_waits_for_its_consumer() {
    within(SOON, || {
        let source = start();
        let mut items = source.endless().with_timeout(Duration::from_millis(30));
        assert_eq!(items.next().expect("an item").expect("no error"), 1);
        thread::sleep(Duration::from_millis(50));
        source.made().wait().expect("the object is free again");
        let (rest, error) = until_error(items);
        assert!(matches!(error, CallError::TimedOut { killed: false, .. }), "{error:?}");
        assert_eq!(rest, (2..rest.len() as u64 + 2).collect::<Vec<_>>(), "what was written comes first");
    });
}

#[test]
fn a_cancelled_stream_ends_with_an_error() {
    within(SOON, || {
        let source = start();
        let mut items = source.endless();
        items.next().expect("an item").expect("no error");
        items.cancel();
        let (_, error) = until_error(items);
        assert!(matches!(error, CallError::Cancelled { killed: false, .. }), "{error:?}");
        let items = source.endless();
        let canceller = items.canceller();
        let reading = thread::spawn(move || until_error(items).1);
        canceller.cancel();
        assert!(matches!(reading.join().expect("no panic"), CallError::Cancelled { .. }));
        assert_eq!(all(source.count(1)), [1]);
    });
}

#[test]
fn a_stream_that_is_cancelled_before_its_start_never_runs() {
    within(SOON, || {
        let (source, gate) = (start(), Gate::new());
        let held = source.halting(gate.path());
        let (cancelled, dropped) = (source.endless(), source.endless());
        cancelled.cancel();
        let (items, error) = until_error(cancelled);
        assert!(items.is_empty() && error.started() == Started::No, "{error:?}");
        drop(dropped);
        gate.open();
        assert_eq!(all(held), [0, 1, 2, 3]);
        assert_eq!(source.made().wait().expect("served"), 0);
    });
}

#[test]
fn a_stream_that_is_dropped_half_way_frees_the_object() {
    within(SOON, || {
        let source = start();
        for taken in [0, 1, 10, 5000] {
            let mut items = source.endless();
            for _ in 0..taken {
                items.next().expect("an item").expect("no error");
            }
            drop(items);
            assert_eq!(all(source.count(2)), [1, 2], "after {taken}");
        }
    });
}

/// The method waits for room when its consumer goes.
#[test]
fn dropping_wakes_a_method_that_waits_for_room() {
    within(SOON, || {
        let source = start();
        for _ in 0..20 {
            let mut items = source.endless();
            items.next().expect("an item").expect("no error");
            // Time to fill the ring.
            thread::sleep(Duration::from_millis(20));
            drop(items);
            assert!(source.made().wait().expect("served") > 1);
        }
    });
}

#[test]
fn a_method_that_never_yields_again_is_killed_by_its_limit() {
    within(SOON, || {
        let source = SourceProxy::builder("source").cancel_grace(Duration::from_millis(20)).start().expect("starts");
        let items = source.stuck().with_timeout(Duration::from_millis(20));
        let (items, error) = until_error(items);
        assert_eq!(items, [0, 1, 2]);
        assert!(matches!(error, CallError::TimedOut { killed: true, .. }), "{error:?}");
    });
}

#[test]
fn an_object_ends_while_its_stream_is_open() {
    within(SOON, || {
        let source = SourceProxy::builder("source").grace(Duration::from_millis(50)).start().expect("starts");
        let mut items = source.endless();
        items.next().expect("an item").expect("no error");
        source.kill().expect("ends");
        let (_, error) = until_error(items);
        assert!(error.object_gone(), "{error:?}");
        let source = SourceProxy::builder("source").grace(Duration::from_millis(50)).start().expect("starts");
        let items = source.endless();
        drop(source);
        let (_, error) = until_error(items);
        assert!(error.object_gone(), "{error:?}");
    });
}

#[test]
fn a_call_that_is_refused_is_a_stream_of_one_error() {
    within(SOON, || {
        let source = start();
        source.kill().expect("ends");
        let mut items = source.count(3);
        assert!(matches!(items.try_next(), Some(Some(Err(_)))));
        assert!(matches!(items.try_next(), Some(None)));
        assert!(items.next().is_none());
        wait_for("the end is final", || source.count(3).next().is_some_and(|item| item.is_err()));
    });
}
