//! Calls of an object whose state is saved after each. Three sizes of the state, beside an object
//! that saves nothing, and beside one copy of such a state.

use std::hint::black_box;
use std::time::Duration;

use concurrent_object::{RestartPolicy, SnapshotPolicy, concurrent_object};

use crate::measure::{Contender, Effort, compare};
use crate::outcome::Outcome;
use crate::report::Findings;
use crate::work::MIB;

/// The sizes of the state in bytes.
const SIZES: [(&str, usize); 3] = [("64 B", 64), ("64 KiB", 64 << 10), ("16 MiB", 16 * MIB)];

/// An object with a state of this size.
#[derive(Debug)]
pub(crate) struct Keeper {
    state: Vec<u64>,
}

#[concurrent_object]
impl Keeper {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { state: vec![1; bytes / size_of::<u64>()] }
    }

    #[concurrent_object(restore)]
    fn load(state: Vec<u64>, _bytes: usize) -> Self {
        Self { state }
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> &[u64] {
        &self.state
    }

    pub(crate) fn add(&mut self, n: u64) -> u64 {
        self.state[0] = self.state[0].wrapping_add(n);
        self.state[0]
    }
}

fn start(bytes: usize, when: SnapshotPolicy) -> Outcome<KeeperProxy> {
    let keeper = KeeperProxy::builder("keeper").restart(RestartPolicy::on_death()).snapshots(when).start(bytes)?;
    keeper.wait_until_ready()?;
    Ok(keeper)
}

fn called(name: &str, keeper: KeeperProxy) -> Contender<'static> {
    Contender::new(name, move || {
        black_box(keeper.add(1).wait()?);
        Ok(())
    })
}

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let mut all = Findings::default();
    for (size, bytes) in SIZES {
        let state = vec![1_u64; bytes / size_of::<u64>()];
        let mut copy = state.clone();
        let limit = move || {
            copy.copy_from_slice(black_box(&state));
            black_box(&copy);
            Ok(())
        };
        let mut contenders = [
            Contender::new("limit: the state copied once", limit),
            called("saves nothing", start(bytes, SnapshotPolicy::never())?),
            called("saves every second", start(bytes, SnapshotPolicy::every(Duration::from_secs(1)))?),
            called("saves after each call", start(bytes, SnapshotPolicy::after_calls(1))?),
        ];
        all.add(Findings::of(
            compare(format!("a call of an object with a state of {size}"), effort, &mut contenders)?,
            [],
        ));
    }
    Ok(all)
}
