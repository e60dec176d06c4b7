//! Streams of members, beside calls that wait in the pool.

use std::thread;
use std::time::Duration;

use concurrent_object::Call;
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::Gate;

use super::worker::pool_of;

#[test]
fn slow_reader_of_a_member_breaks_no_protocol_while_calls_wait_in_the_pool() {
    within(SOON, || {
        let pool = pool_of(2);
        pool.wait_until_ready().expect("ready");
        let gate = Gate::new();
        let held = pool.call(|worker| worker.hold(gate.path()));
        gate.wait_until_reached();
        // The other member writes faster than this thread reads. So it sleeps before each block.
        let mut blocks = pool.least_busy().blocks(300, 700_000);
        let waiting: Vec<_> = (0..20).map(|number| pool.call(|worker| worker.double(number))).collect();
        for _ in 0..300 {
            thread::sleep(Duration::from_millis(4));
            assert_eq!(blocks.next().expect("not the last").expect("a block").len(), 700_000);
        }
        assert!(blocks.next().is_none());
        gate.open();
        held.wait().expect("it was running");
        assert!(waiting.into_iter().map(Call::wait).all(|outcome| outcome.is_ok()));
    });
}
