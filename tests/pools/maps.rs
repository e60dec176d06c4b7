//! Maps over pools.

use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;
use std::task::{Context, Waker};

use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::Gate;
use smol::stream::StreamExt as _;
use tempfile::NamedTempFile;

use super::worker::{WorkerProxy, pool_of};

#[test]
fn results_come_in_the_order_of_the_items() {
    within(SOON, || {
        let pool = pool_of(3);
        let rests = (0..200).map(|number| if number % 25 == 0 { 3000 } else { number % 7 });
        let expected: Vec<u64> = rests.clone().collect();
        let results: Result<Vec<u64>, _> = pool.map(rests, |worker, micros| worker.rest(micros)).collect();
        assert_eq!(results.expect("all served"), expected);
    });
}

#[test]
fn unordered_results_are_the_same_ones() {
    within(SOON, || {
        let pool = pool_of(3);
        let outcomes = pool.map(0..500, |worker, number| worker.double(number)).unordered();
        let results: HashSet<u64> = outcomes.map(|outcome| outcome.expect("served")).collect();
        assert_eq!(results, (0..500).map(|number| 2 * number).collect());
    });
}

#[test]
fn map_that_becomes_unordered_half_way_loses_nothing() {
    within(SOON, || {
        let pool = pool_of(2);
        let mut outcomes = pool.map(0..100, |worker, number| worker.double(number));
        let mut results: HashSet<u64> = (0..10).map(|_| outcomes.next().expect("more").expect("served")).collect();
        results.extend(outcomes.unordered().map(|outcome| outcome.expect("served")));
        assert_eq!(results.len(), 100);
    });
}

#[test]
fn items_are_pulled_lazily_and_need_not_be_send() {
    within(SOON, || {
        let pool = pool_of(2);
        let pulled = Rc::new(Cell::new(0));
        let items = (0_u64..).inspect(|_| pulled.set(pulled.get() + 1)).map(Rc::new);
        let mut outcomes = pool.map(items, |worker, number| worker.double(*number)).ahead(10);
        assert_eq!(pulled.get(), 0, "before the first outcome is asked for");
        for given in 1..=50 {
            outcomes.next().expect("endless").expect("served");
            assert!(pulled.get() <= given + 10, "{} pulled, {given} given", pulled.get());
        }
    });
}

#[test]
fn look_ahead_of_zero_counts_as_one() {
    within(SOON, || {
        let pool = pool_of(2);
        let outcomes = pool.map(0..5, |worker, number| worker.double(number)).ahead(0);
        assert_eq!(outcomes.filter_map(Result::ok).collect::<Vec<_>>(), [0, 2, 4, 6, 8]);
    });
}

#[test]
fn size_is_that_of_the_items() {
    within(SOON, || {
        let pool = pool_of(2);
        let mut outcomes = pool.map(0..20, |worker, number| worker.double(number));
        for left in (0..20).rev() {
            outcomes.next().expect("more").expect("served");
            assert_eq!(outcomes.size_hint(), (left, Some(left)));
        }
        assert!(outcomes.next().is_none());
        assert!(outcomes.next().is_none(), "it stays at its end");
        assert_eq!(pool.map(Vec::<u64>::new(), |worker, number| worker.double(number)).count(), 0);
    });
}

#[test]
fn dropped_map_withdraws_what_has_not_begun() {
    within(SOON, || {
        let (file, gate) = (NamedTempFile::new().expect("a file"), Gate::new());
        let pool = pool_of(1);
        let held = pool.call(|worker| worker.hold(gate.path()));
        gate.wait_until_reached();
        // One poll submits as many calls as there are slots, behind the one that is held.
        let mut outcomes = pool.map(0..100, |worker, number| worker.mark(file.path(), number)).into_stream();
        assert!(outcomes.poll_next(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(pool.statistics().outstanding > 1, "{:?}", pool.statistics());
        drop(outcomes);
        gate.open();
        held.wait().expect("it was running");
        pool.call(WorkerProxy::identity).wait().expect("it is behind all of them");
        assert_eq!(std::fs::read_to_string(file.path()).expect("reads"), "", "no further method begins");
    });
}

#[test]
fn dropped_map_lets_what_runs_go_on() {
    within(SOON, || {
        let file = NamedTempFile::new().expect("a file");
        let pool = pool_of(2);
        let mut outcomes = pool.map(0..10_000, |worker, number| worker.mark(file.path(), number));
        for _ in 0..10 {
            outcomes.next().expect("more").expect("served");
        }
        drop(outcomes);
        pool.close().expect("ends");
        let begun = std::fs::read_to_string(file.path()).expect("reads").lines().count();
        assert!((10..10_000).contains(&begun), "{begun}");
    });
}

#[test]
fn map_can_be_a_stream() {
    within(SOON, || {
        let pool = pool_of(2);
        let outcomes = pool.map(0..300, |worker, number| worker.rest(number)).into_stream();
        let results = pollster::block_on(outcomes.map(|outcome| outcome.expect("served")).collect::<Vec<u64>>());
        assert_eq!(results, (0..300).collect::<Vec<_>>());
    });
}

#[test]
fn two_maps_and_single_calls_share_a_pool() {
    within(SOON, || {
        let pool = pool_of(3);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let sums: u64 =
                        pool.map(0..2000, |worker, number| worker.double(number)).map(|it| it.expect("served")).sum();
                    assert_eq!(sums, 2000 * 1999);
                });
            }
            scope.spawn(|| {
                for number in 0..500 {
                    assert_eq!(pool.call(|worker| worker.double(number)).wait().expect("served"), 2 * number);
                }
            });
            scope.spawn(|| {
                for member in pool.members() {
                    assert_eq!(member.double(21).wait().expect("served"), 42);
                }
            });
        });
        assert_eq!(pool.statistics().accepted, 4503);
    });
}

#[test]
fn large_arguments_move_whole() {
    within(SOON, || {
        let pool = pool_of(2);
        let frames: Vec<Vec<u8>> = (0..60).map(|number| vec![number; 200_000 + usize::from(number)]).collect();
        let sums = pool.map(&frames, |worker, frame| worker.sum(frame));
        let sums: Vec<u64> = sums.map(|sum| sum.expect("served")).collect();
        let expected: Vec<u64> = frames.iter().map(|frame| frame.iter().map(|&byte| u64::from(byte)).sum()).collect();
        assert_eq!(sums, expected);
    });
}
