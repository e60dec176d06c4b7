//! Restarts and the last call of an object, whose method takes it by value.

use concurrent_object::{CallError, Shared, Started, State};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::Gate;

use super::at_once;
use super::fragile::FragileProxy;

#[test]
fn a_consumed_object_is_not_restarted() {
    let folder = tempfile::tempdir().expect("a folder");
    let builder = FragileProxy::builder("fragile").restart(at_once());
    let table = Shared::new(&[]).expect("nothing");
    let fragile = builder.start(&folder.path().join("ledger"), table).expect("a child starts");
    let handle = fragile.handle();
    assert!(fragile.last().wait().is_err());
    assert_eq!((handle.incarnation(), handle.state()), (1, State::Ended));
}

#[test]
fn the_next_instance_serves_earlier_calls_and_then_the_last_one() {
    for slots in [1, 8] {
        within(SOON, move || {
            let (folder, gate) = (tempfile::tempdir().expect("a folder"), Gate::new());
            let builder = FragileProxy::builder("fragile").slots(slots).restart(at_once());
            let table = Shared::new(&[]).expect("nothing");
            let fragile = builder.start(&folder.path().join("ledger"), table).expect("a child starts");
            fragile.wait_until_ready().expect("ready");
            let handle = fragile.handle();
            let died = fragile.die_after(1, gate.path());
            gate.wait_until_reached();
            let (second, third) = (fragile.add(2), fragile.add(3));
            let last = fragile.finish(4);
            gate.open();
            match died.wait() {
                Err(error @ CallError::Died { .. }) => {
                    assert_eq!((error.started(), error.object_gone()), (Started::Yes, false))
                }
                other => panic!("it died: {other:?}"),
            }
            assert_eq!((second.wait().expect("served"), third.wait().expect("served")), (2, 3));
            assert_eq!(last.wait().expect("served last"), 2);
            assert_eq!((handle.incarnation(), handle.state()), (2, State::Ended));
        });
    }
}
