//! The steps of waiting before sleep: a short spin, then giving way to others for a while.
//!
//! Knows only a condition. On idle cores an answer comes within the spin; on busy ones giving way lets the other side
//! run; sleeping is the caller's, because only the caller knows what may end its sleep.

use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

/// Rounds of the short spin: a few microseconds.
const SPINS: u32 = 100;

/// How long to give way before sleep. Sleeping and waking cost tens of microseconds, so much less is not worth it.
const YIELD_FOR: Duration = Duration::from_micros(100);

/// Waits a little for the condition; false if it is time to sleep.
#[inline]
pub(crate) fn wait_briefly(ready: impl Fn() -> bool + Copy) -> bool {
    spin(ready) || give_way(ready)
}

/// The first step alone.
#[inline]
pub(crate) fn spin(ready: impl Fn() -> bool) -> bool {
    let rounds = if several_cores() { SPINS } else { 1 };
    for _ in 0..rounds {
        if ready() {
            return true;
        }
        std::hint::spin_loop();
    }
    false
}

fn give_way(ready: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < YIELD_FOR {
        if ready() {
            return true;
        }
        thread::yield_now();
    }
    ready()
}

/// With one core, spinning only keeps the other side from running.
fn several_cores() -> bool {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    // Not `available_parallelism`, which reads half a dozen files of the control groups first.
    *SEVERAL.get_or_init(|| rustix::thread::sched_getaffinity(None).is_ok_and(|cores| cores.count() > 1))
}
