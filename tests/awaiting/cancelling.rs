//! Calls that are cancelled from elsewhere, or because their task is gone.

use std::time::Duration;

use concurrent_object::CallError;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;

use super::{AdderProxy, poll_once, start};

#[test]
fn a_canceller_cancels_its_own_call_and_no_later_one() {
    within(SOON, || {
        let (adder, gate) = (start(), Gate::new());
        let (held, waiting) = (adder.hold(gate.path()), adder.add(1));
        let canceller = waiting.canceller();
        canceller.cancel();
        let outcome = pollster::block_on(waiting);
        assert!(matches!(outcome, Err(CallError::Cancelled { .. })), "{outcome:?}");
        // The record of the cancelled call is used again.
        let later: Vec<_> = (0..5).map(|n| adder.double(n)).collect();
        canceller.clone().cancel();
        gate.open();
        assert_eq!(held.wait().expect("served"), 7);
        for (n, call) in later.into_iter().enumerate() {
            assert_eq!(call.wait().expect("not cancelled"), 2 * n as u64);
        }
        drop(adder);
        canceller.cancel();
    });
}

#[test]
fn a_request_that_is_gone_frees_its_object() {
    within(SOON, || {
        let adder = AdderProxy::builder("adder").cancel_grace(Duration::ZERO).start().expect("starts");
        let (kept, gate) = (adder.add(1).cancel_on_drop(), Gate::new());
        assert_eq!(kept.wait().expect("a call that is waited for is not cancelled"), 1);
        let (held, queued) = (adder.hold(gate.path()), adder.add(10).cancel_on_drop());
        drop(queued);
        gate.open();
        assert_eq!(held.wait().expect("served"), 7);
        assert_eq!(adder.add(1).wait().expect("served"), 2, "the dropped call never ran");
        let gate = Gate::new();
        let mut running = adder.hold(gate.path()).cancel_on_drop();
        gate.wait_until_reached();
        assert!(poll_once(&mut running).is_pending());
        drop(running);
        wait_for("its process is killed, since it does not end", || !adder.handle().is_alive());
    });
}
