//! What the death of a member costs.

use std::collections::HashSet;

use std::time::Duration;

use concurrent_object::{CallError, Pool, RestartPolicy, Started};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;

use super::worker::{WorkerProxy, pids_of, pool_of, start};

/// Each deadly call fails, and no other one.
fn assert_only_deadly_ones_fail(pool: &Pool<WorkerProxy>, count: u64) {
    let outcomes: Vec<_> = pool.map(0..count, |worker, number| worker.deadly(number)).collect();
    assert_eq!(outcomes.len() as u64, count);
    for (number, outcome) in (0..count).zip(outcomes) {
        match outcome {
            Ok(doubled) => assert_eq!(doubled, 2 * number),
            Err(CallError::Died { info, .. }) => assert_eq!((number % 10, info.started), (3, Started::Yes), "{number}"),
            Err(error) => panic!("{number}: {error}"),
        }
    }
}

#[test]
fn deadly_call_costs_itself_if_the_pool_replaces_its_members() {
    within(SOON, || {
        for size in [1, 3] {
            let pool = pool_of(size);
            assert_only_deadly_ones_fail(&pool, 100);
            wait_for("the last replacement", || pool.statistics().replaced == 10);
        }
    });
}

#[test]
fn deadly_call_costs_itself_if_the_members_restart() {
    within(SOON, || {
        let policy = RestartPolicy::on_death().max(100).backoff(Duration::from_millis(1)..Duration::from_millis(2));
        let make = move |_| WorkerProxy::builder("worker").restart(policy.clone()).start();
        let pool = Pool::new(3, make).expect("starts");
        assert_only_deadly_ones_fail(&pool, 100);
        assert_eq!(pool.statistics().replaced, 0);
    });
}

#[test]
fn calls_that_wait_in_a_member_that_is_killed_move_on() {
    within(SOON, || {
        let pool = pool_of(2);
        pool.wait_until_ready().expect("ready");
        let gates = [Gate::new(), Gate::new()];
        let held: Vec<_> = gates.iter().map(|gate| pool.call(|worker| worker.hold(gate.path()))).collect();
        gates.iter().for_each(Gate::wait_until_reached);
        let data = vec![1; 50_000];
        let queued: Vec<_> = (0..10).map(|_| pool.call(|worker| worker.sum(&data))).collect();
        let doomed = pids_of(&pool)[0];
        concurrent_object_tests::fate::send(doomed, 9);
        gates.iter().for_each(Gate::open);
        let died = held.into_iter().filter(|_| true).map(|call| call.wait()).filter(Result::is_err).count();
        assert_eq!(died, 1, "the one that ran in the killed process");
        for call in queued {
            assert_eq!(call.wait().expect("it had not begun"), 50_000);
        }
        wait_for("a new member", || {
            let pids: HashSet<_> = pids_of(&pool).into_iter().collect();
            pids.len() == 2 && !pids.contains(&doomed)
        });
    });
}

#[test]
fn call_that_comes_after_the_death_of_the_only_member_waits_for_the_next_one() {
    within(SOON, || {
        let pool = pool_of(1);
        for number in 0..20 {
            assert!(pool.call(|worker| worker.deadly(3)).wait().is_err());
            assert_eq!(pool.call(|worker| worker.double(number)).wait().expect("a new member"), 2 * number);
        }
    });
}

#[test]
fn pool_without_a_member_fails_its_calls_with_the_reason() {
    within(SOON, || {
        let make = |index| if index == 0 { WorkerProxy::builder("worker").start_failing() } else { start(index) };
        let pool = Pool::new(1, make).expect("the constructor fails later");
        for _ in 0..3 {
            let error = pool.call(WorkerProxy::identity).wait().expect_err("no member");
            assert!(matches!(error, CallError::NotConstructed { .. }), "{error}");
            assert!(error.to_string().contains("no licence") || format!("{error:?}").contains("no licence"));
        }
        assert!(pool.wait_until_ready().is_err());
    });
}

#[test]
fn pool_whose_maker_fails_gives_up_what_waits() {
    within(SOON, || {
        let mut made = 0;
        let make = move |index| {
            made += 1;
            if made == 1 { start(index) } else { WorkerProxy::builder("worker").slots(0).start() }
        };
        let pool = Pool::new(1, make).expect("starts");
        let gate = Gate::new();
        let held = pool.call(|worker| worker.hold(gate.path()));
        gate.wait_until_reached();
        let waiting = pool.call(WorkerProxy::identity);
        concurrent_object_tests::fate::send(pids_of(&pool)[0], 9);
        assert!(matches!(held.wait(), Err(CallError::Died { .. })));
        let Err(CallError::Died { info, .. }) = waiting.wait() else { panic!("no member is left") };
        assert_eq!(info.started, Started::No);
        assert!(pool.call(WorkerProxy::identity).wait().is_err());
        drop(gate);
    });
}
