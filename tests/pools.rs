//! Pools: which member gets a call, which calls move, what a death costs, and maps.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "pools/deaths.rs"]
mod deaths;
#[path = "pools/handles.rs"]
mod handles;
#[path = "pools/maps.rs"]
mod maps;
#[path = "pools/rules.rs"]
mod rules;
#[path = "pools/streams.rs"]
mod streams;
#[path = "pools/worker.rs"]
mod worker;

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use concurrent_object::{Call, CallError, Pool, Seat, StartError, Waitable, wait_any};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::forked::{check, in_forked_copy};
use concurrent_object_tests::gate::Gate;

use worker::{WorkerProxy, identities_of, pool_of, start};

concurrent_object::init_before_main!();

#[test]
fn members_get_their_index_and_calls_go_to_one_that_has_nothing_to_do() {
    within(SOON, || {
        let pool = pool_of(3);
        pool.wait_until_ready().expect("ready");
        let names: HashSet<String> = pool.members().map(|member| member.handle().name().to_owned()).collect();
        assert_eq!(names, HashSet::from(["worker-0", "worker-1", "worker-2"].map(str::to_owned)));
        let gates = [Gate::new(), Gate::new(), Gate::new()];
        let calls: Vec<_> = gates.iter().map(|gate| pool.call(|worker| worker.hold(gate.path()))).collect();
        // Each of them runs in a member of its own.
        gates.iter().for_each(Gate::wait_until_reached);
        gates.iter().for_each(Gate::open);
        let served: HashSet<u32> = calls.into_iter().map(|call| call.wait().expect("served")).collect();
        assert_eq!(served, identities_of(&pool).into_iter().collect());
    });
}

/// Holds a member that has nothing to do. Returns when it is held.
fn hold(pool: &Pool<WorkerProxy>, gate: &Gate) -> Call<u32> {
    pool.wait_until_ready().expect("ready");
    let held = pool.call(|worker| worker.hold(gate.path()));
    gate.wait_until_reached();
    held
}

#[test]
fn call_that_waits_behind_a_slow_one_moves_to_an_idle_member() {
    within(SOON, || {
        let (pool, slow, short) = (pool_of(2), Gate::new(), Gate::new());
        let (held, other) = (hold(&pool, &slow), hold(&pool, &short));
        let data = vec![7; 100_000];
        let queued: Vec<Call<u64>> = (0..20).map(|_| pool.call(|worker| worker.sum(&data))).collect();
        short.open();
        // Nothing waits on the member that is idle now: it takes over all the same.
        for call in queued {
            assert_eq!(call.wait().expect("served by the other member"), 700_000);
        }
        assert!(pool.statistics().moved > 0, "{:?}", pool.statistics());
        assert_ne!(other.wait().expect("served"), 0);
        slow.open();
        held.wait().expect("served");
        assert_eq!(pool.statistics().accepted, 22);
        assert_eq!(pool.statistics().outstanding, 0);
    });
}

/// A pool of two in which one member is held, and calls wait behind it and behind the other one.
fn with_queue(test: impl FnOnce(&Pool<WorkerProxy>, Vec<Call<u32>>, &Gate) + Send + 'static) {
    within(SOON, || {
        let (pool, slow, short) = (pool_of(2), Gate::new(), Gate::new());
        let (held, other) = (hold(&pool, &slow), hold(&pool, &short));
        let queued = (0..8).map(|_| pool.call(WorkerProxy::identity)).collect();
        drop(other);
        test(&pool, queued, &short);
        slow.open();
        held.wait().expect("served");
        assert_eq!(pool.statistics().outstanding, 0);
    });
}

#[test]
fn calls_that_moved_are_awaited_tried_waited_for_and_cancelled_like_others() {
    with_queue(|pool, mut queued, short| {
        let (first, second) = (queued.remove(0), queued.remove(0));
        let canceller = queued[0].canceller();
        let waiting = thread::spawn(move || first.wait());
        let awaiting = thread::spawn(move || pollster::block_on(second));
        short.open();
        wait_for("calls to move", || pool.statistics().moved > 0);
        waiting.join().expect("no panic").expect("served");
        awaiting.join().expect("no panic").expect("served");
        while let Some(at) = wait_any(&queued.iter().map(|call| call as &dyn Waitable).collect::<Vec<_>>(), None) {
            queued.remove(at).try_wait().expect("`wait_any` has said so").expect("served");
            if queued.is_empty() {
                break;
            }
        }
        // Its call is long over.
        canceller.cancel();
    });
}

#[test]
fn canceller_finds_a_call_that_has_moved() {
    within(SOON, || {
        let pool = pool_of(2);
        pool.wait_until_ready().expect("ready");
        let (slow, short, third) = (Gate::new(), Gate::new(), Gate::new());
        let held = pool.call(|worker| worker.hold(slow.path()));
        slow.wait_until_reached();
        // The other member has more to do, and all of that stays there.
        let is_idle = |member: &Seat<WorkerProxy>| member.handle().statistics().outstanding == 0;
        let other = pool.members().find(is_idle).expect("one is held");
        let identity = other.identity().wait().expect("served");
        let busy: Vec<_> = std::iter::once(other.hold(short.path())).chain((0..20).map(|_| other.identity())).collect();
        short.wait_until_reached();
        let mut queued: Vec<_> = (0..3).map(|_| pool.call(WorkerProxy::identity)).collect();
        let blocking = pool.call(|worker| worker.hold(third.path()));
        let moved: Vec<_> = (0..2).map(|_| pool.call(WorkerProxy::identity)).collect();
        let cancellers: Vec<_> = moved.iter().map(Call::canceller).collect();
        short.open();
        busy.into_iter().for_each(|call| assert_eq!(call.wait().expect("served"), identity));
        // It has taken over half of what waited: a short one, the blocking one, and those after it.
        third.wait_until_reached();
        assert_eq!(pool.statistics().moved, 4);
        cancellers.iter().for_each(concurrent_object::Canceller::cancel);
        for call in moved {
            assert!(matches!(call.wait(), Err(CallError::Cancelled { .. })));
        }
        third.open();
        assert_eq!(blocking.wait().expect("served"), identity);
        assert_eq!(queued.pop().expect("three").wait().expect("served"), identity);
        slow.open();
        queued.into_iter().for_each(|call| assert_ne!(call.wait().expect("served"), 0));
        held.wait().expect("served");
    });
}

#[test]
fn calls_on_a_member_itself_stay_there_in_their_order() {
    within(SOON, || {
        let pool = pool_of(2);
        pool.wait_until_ready().expect("ready");
        let member = pool.keyed("customer");
        assert_eq!(member.index(), pool.keyed("customer").index());
        let gate = Gate::new();
        let held = member.hold(gate.path());
        gate.wait_until_reached();
        let queued: Vec<_> = (0..8).map(|number| member.log(number)).collect();
        // The other member has nothing to do, and takes over none of them.
        pool.call(WorkerProxy::identity).wait().expect("served");
        gate.open();
        held.wait().expect("served");
        let logs: Vec<Vec<u64>> = queued.into_iter().map(|call| call.wait().expect("served")).collect();
        assert_eq!(logs.last().expect("eight"), &(0..8).collect::<Vec<_>>());
        assert_eq!(pool.statistics().moved, 0);
    });
}

#[test]
fn keys_are_spread_over_the_members() {
    within(SOON, || {
        let pool = pool_of(4);
        let used: HashSet<usize> = (0..100).map(|key| pool.keyed(&key).index()).collect();
        assert_eq!(used.len(), 4);
    });
}

#[test]
fn broadcast_reaches_each_member() {
    within(SOON, || {
        let pool = pool_of(3);
        let calls: Vec<_> = pool.members().map(|member| member.identity()).collect();
        let pids: HashSet<u32> = calls.into_iter().map(|call| call.wait().expect("served")).collect();
        assert_eq!(pids.len(), 3);
    });
}

#[test]
fn member_that_cannot_be_started_fails_the_pool_and_leaves_no_process() {
    within(SOON, || {
        let make = |index| if index < 2 { start(index) } else { WorkerProxy::builder("worker").slots(0).start() };
        let error = Pool::new(4, make).expect_err("no slots");
        assert!(matches!(error, StartError::InvalidLayout { .. }), "{error}");
    });
}

#[test]
fn size_of_zero_is_the_number_of_cores() {
    within(SOON, || {
        let pool = Pool::new(0, start).expect("starts");
        assert_eq!(pool.members().count(), thread::available_parallelism().map_or(1, usize::from));
    });
}

#[test]
fn closed_pool_has_served_everything_and_refuses_calls() {
    within(SOON, || {
        let pool = pool_of(2);
        let calls: Vec<_> = (0..50).map(|number| pool.call(|worker| worker.double(number))).collect();
        pool.close().expect("ends");
        for (number, call) in (0..50).zip(calls) {
            assert_eq!(call.wait().expect("served before the end"), 2 * number);
        }
        assert!(matches!(pool.call(WorkerProxy::identity).wait(), Err(CallError::Ended { .. })));
        assert_eq!(pool.statistics().members, 0);
    });
}

#[test]
fn terminated_pool_ends_after_the_running_methods() {
    within(SOON, || {
        let pool = pool_of(1);
        let gate = Gate::new();
        let held = pool.call(|worker| worker.hold(gate.path()));
        gate.wait_until_reached();
        let waiting = pool.call(WorkerProxy::identity);
        let opener = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            gate.open();
        });
        pool.terminate().expect("ends");
        held.wait().expect("it was running");
        assert!(matches!(waiting.wait(), Err(CallError::Ended { .. })));
        opener.join().expect("no panic");
    });
}

#[test]
fn pool_in_a_forked_copy_refuses_calls() {
    let pool = pool_of(2);
    pool.call(WorkerProxy::identity).wait().expect("served");
    in_forked_copy(|| {
        let outcome = pool.call(WorkerProxy::identity).wait();
        check(matches!(outcome, Err(CallError::ForkedCopy { .. })), "a call is refused")?;
        let mut outcomes = pool.map(0..2, |worker, number| worker.double(number));
        check(matches!(outcomes.next(), Some(Err(CallError::ForkedCopy { .. }))), "a map too")?;
        check(pool.close().is_err(), "it cannot be closed")
    });
    pool.call(WorkerProxy::identity).wait().expect("the parent's is unharmed");
}

#[test]
fn times_are_measured_if_wanted() {
    within(SOON, || {
        assert!(pool_of(1).statistics().waiting.is_none());
        let pool = pool_of(1).measure_times();
        pool.wait_until_ready().expect("ready");
        let calls: Vec<_> = (0..5).map(|_| pool.call(|worker| worker.rest(40_000))).collect();
        assert!(calls.into_iter().all(|call| call.wait().expect("served") == 40_000));
        let statistics = pool.statistics();
        let (waiting, running) = (statistics.waiting.expect("measured"), statistics.running.expect("measured"));
        assert_eq!((waiting.count(), running.count()), (5, 5));
        // The last one waited for the four before it. The start is exact to some milliseconds.
        assert!(waiting.max() >= Duration::from_millis(130), "{waiting:?}");
        assert!(running.quantile(0.0) >= Duration::from_millis(30), "{running:?}");
    });
}

#[test]
fn pool_is_closed_and_terminated_by_tasks() {
    within(SOON, || {
        for closes in [true, false] {
            let pool = pool_of(2);
            pollster::block_on(pool.futures().ready()).expect("ready");
            let calls: Vec<_> = (0..20).map(|number| pool.call(|worker| worker.double(number))).collect();
            let end = pool.futures();
            let ended = if closes { pollster::block_on(end.close()) } else { pollster::block_on(end.terminate()) };
            ended.expect("ends");
            let served = calls.into_iter().map(Call::wait).filter(Result::is_ok).count();
            assert!(served == 20 || !closes, "{served}");
            assert_eq!(pool.statistics().members, 0);
        }
    });
}
