//! Limits in time and cancelling, where deaths and restarts come between.

use std::time::Duration;

use concurrent_object::CallError;
use concurrent_object_tests::deadline::{SOON, within};

use crate::LONG;
use crate::fragile::Watched;

#[test]
fn each_hang_gives_its_slot_back() {
    let short = Duration::from_millis(5);
    let watched = Watched::new(|builder| builder.slots(1).timeout(short).cancel_grace(short));
    within(SOON, move || {
        for number in 0..3 {
            let (hang, next) = (watched.fragile.nap(LONG), watched.fragile.add(number));
            assert!(matches!(hang.wait(), Err(CallError::TimedOut { killed: true, .. })));
            assert_eq!(next.wait().expect("served by the next one, in the same slot"), number);
        }
    });
}
