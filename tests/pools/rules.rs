//! Recycling, growth and idle members.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use concurrent_object::{Pool, StartError};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;

use super::worker::{WorkerProxy, identities_of, pool_of, start};

#[test]
fn members_are_recycled_after_some_calls_without_a_failure() {
    within(SOON, || {
        let pool = pool_of(2).recycle_after(25);
        let outcomes = pool.map(0..600, |worker, number| worker.rest(number % 400));
        assert_eq!(outcomes.filter(Result::is_ok).count(), 600);
        wait_for("a recycled member", || pool.statistics().recycled >= 2);
        assert_eq!(pool.statistics().replaced, 0, "that is no death");
        wait_for("the old ones to end", || pool.statistics().members == 2);
        assert_eq!(pool.statistics().accepted, 600);
    });
}

#[test]
fn old_member_serves_until_the_next_one_is_ready() {
    within(SOON, || {
        let make = |_| WorkerProxy::builder("worker").start_after(100);
        let pool = Pool::new(1, make).expect("starts").recycle_after(1);
        pool.wait_until_ready().expect("ready");
        let first = pool.call(WorkerProxy::identity).wait().expect("served");
        // While the next one is constructed, there is no gap.
        let served: Vec<u32> = (0..10).map(|_| pool.call(WorkerProxy::identity).wait().expect("served")).collect();
        assert!(served.contains(&first));
        wait_for("the next member", || identities_of(&pool)[0] != first);
    });
}

#[test]
fn member_that_uses_too_much_memory_is_recycled() {
    within(SOON, || {
        let pool = pool_of(1).recycle_above("256 MiB").expect("a size");
        let first = pool.call(|worker| worker.grow(400 << 20)).wait().expect("served");
        wait_for("the next member", || pool.call(WorkerProxy::identity).wait().expect("served") != first);
        assert_eq!(pool.statistics().recycled, 1);
    });
}

#[test]
fn size_that_is_none_is_an_error() {
    within(SOON, || {
        let error = pool_of(1).recycle_above("a lot").expect_err("no size");
        assert!(matches!(error, StartError::InvalidSize { option: "recycle_above", .. }), "{error}");
    });
}

#[test]
fn pool_grows_under_load_and_shrinks_when_idle() {
    within(SOON, || {
        let pool = Pool::new(1, start).expect("starts").grow_to(3, Duration::from_millis(300));
        pool.wait_until_ready().expect("ready");
        let gates: Vec<Gate> = (0..3).map(|_| Gate::new()).collect();
        let calls: Vec<_> = gates.iter().map(|gate| pool.call(|worker| worker.hold(gate.path()))).collect();
        // Each of them runs only if there are three members.
        for gate in &gates {
            let _more = pool.call(WorkerProxy::identity);
            gate.wait_until_reached();
        }
        gates.iter().for_each(Gate::open);
        let served: HashSet<u32> = calls.into_iter().map(|call| call.wait().expect("served")).collect();
        assert_eq!(served.len(), 3);
        wait_for("the idle members to end", || pool.statistics().members == 1);
        pool.call(WorkerProxy::identity).wait().expect("served");
    });
}

#[test]
fn next_member_that_cannot_be_made_is_not_tried_in_a_loop() {
    within(SOON, || {
        let made = Arc::new(AtomicUsize::new(0));
        let count = made.clone();
        let make = move |index| match count.fetch_add(1, Ordering::SeqCst) {
            0 => start(index),
            // Every other one fails at once, or in its constructor.
            number if number % 2 == 0 => WorkerProxy::builder("worker").slots(0).start(),
            _ => WorkerProxy::builder("worker").start_failing(),
        };
        let pool = Pool::new(1, make).expect("starts").recycle_after(1);
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(1200) {
            pool.call(WorkerProxy::identity).wait().expect("the present member goes on");
        }
        // The pauses grow: half a second, a second, and so on.
        let made = made.load(Ordering::SeqCst);
        assert!((2..=5).contains(&made), "{made}");
    });
}

#[test]
fn pool_grows_for_a_map_too() {
    within(SOON, || {
        let pool = Pool::new(1, start).expect("starts").grow_to(3, Duration::from_secs(60));
        let outcomes = pool.map(0..400, |worker, _| worker.rest(2000));
        assert_eq!(outcomes.filter(Result::is_ok).count(), 400);
        assert_eq!(pool.statistics().members, 3);
        // The new members have served some of it.
        let members: Vec<_> = pool.members().map(|member| member.handle().statistics().accepted).collect();
        assert!(members.iter().all(|&accepted| accepted > 10), "{members:?}");
    });
}
