//! Makes calls of all kinds, and waits for each no longer than it may take.

use std::time::{Duration, Instant};

use concurrent_object::{Call, CallError, RestartPolicy};
use concurrent_object_zenoh::Site;
use fastrand::Rng;

use super::SOON;
use super::ledger::{Ledger, Seen};
use super::witness::WitnessProxy;

/// For calls that may wait for a next life, on a host that may be disturbed as well.
const RESTART_LIMIT: Duration = Duration::from_secs(60);

/// Starts objects and calls them, until the run is over. An object that is gone is replaced.
pub fn call(site: &Site, ledger: &Ledger, number: u64, mut random: Rng, end: Instant, patience: Duration) {
    while Instant::now() < end {
        // With no host there, a start fails at once.
        if site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).is_err() {
            panic!("no host is back");
        }
        let name = format!("witness {number}");
        let mut builder = WitnessProxy::builder(name).on(site.anywhere()).slots(random.usize(1..=16));
        let restarts = random.u8(..4) == 0;
        if restarts {
            builder = builder.restart(RestartPolicy::on_death());
        }
        let patience = if restarts { RESTART_LIMIT } else { patience };
        let begin = Instant::now();
        let Ok(witness) = builder.start(ledger.log().to_str().expect("text")) else { continue };
        if random.bool() && witness.wait_until_ready().is_err() {
            ledger.took(begin.elapsed());
            continue;
        }
        ledger.took(begin.elapsed());
        for _ in 0..random.u32(1..20) {
            if Instant::now() >= end || !some_calls(&witness, ledger, &mut random, patience) {
                break;
            }
        }
        let begin = Instant::now();
        drop(witness);
        ledger.took(begin.elapsed());
    }
}

/// Makes some calls at once. Returns whether the object is still there.
fn some_calls(witness: &WitnessProxy, ledger: &Ledger, random: &mut Rng, patience: Duration) -> bool {
    let (begin, mut limit) = (Instant::now(), patience);
    let mut calls = Vec::new();
    for _ in 0..random.u32(1..40) {
        let number = ledger.number();
        let milliseconds = random.u64(0..40);
        limit += Duration::from_millis(milliseconds);
        match random.u32(..200) {
            0 => calls.push((number, Made::Number(witness.crash(number)))),
            1..20 => {
                let bytes = vec![number as u8; random.usize(0..2_000_000)];
                calls.push((number, Made::Bytes(witness.carry(number, &bytes), bytes)));
            }
            20..30 => {
                drop(witness.work(number, milliseconds));
                ledger.enter(number, Seen::Dropped);
            }
            30..40 => {
                let call = witness.work(number, milliseconds);
                call.cancel();
                calls.push((number, Made::Number(call)));
            }
            _ => calls.push((number, Made::Number(witness.work(number, milliseconds)))),
        }
    }
    let mut is_there = true;
    for (number, call) in calls {
        let (seen, is_gone) = call.settle(number, begin, limit);
        ledger.enter(number, seen);
        is_there &= !is_gone;
    }
    if patience < RESTART_LIMIT {
        ledger.took(begin.elapsed().saturating_sub(limit.saturating_sub(patience)));
    }
    is_there
}

enum Made {
    Number(Call<u64>),
    Bytes(Call<Vec<u8>>, Vec<u8>),
}

impl Made {
    /// What came of the call, and whether its object is gone.
    fn settle(self, number: u64, begin: Instant, limit: Duration) -> (Seen, bool) {
        let outcome = match self {
            Self::Number(call) => in_time(call, number, begin, limit).map(|value| assert_eq!(value, !number)),
            Self::Bytes(call, bytes) => in_time(call, number, begin, limit).map(|changed| {
                assert!(changed.len() == bytes.len() && changed.iter().all(|byte| *byte == !(number as u8)));
            }),
        };
        match outcome {
            Ok(()) => (Seen::Done, false),
            Err(error) => (Seen::Failed(error.started()), error.object_gone()),
        }
    }
}

/// Waits for an outcome. A cut that is shorter than the lease delays it, and a longer one ends it.
fn in_time<T>(mut call: Call<T>, number: u64, begin: Instant, limit: Duration) -> Result<T, CallError> {
    let outcome = call.wait_timeout(limit.saturating_sub(begin.elapsed()));
    outcome.unwrap_or_else(|| panic!("call {number} has no outcome after {limit:?}: {:?}", call))
}
