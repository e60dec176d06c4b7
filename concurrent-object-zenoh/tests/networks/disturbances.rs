//! Kills hosts, stops them, and takes links down, until the run is over.

use std::time::{Duration, Instant};

use fastrand::Rng;

use super::network::Network;

/// Disturbs one host after the other, or both. All is well again when it returns.
pub fn make(network: &Network, mut random: Rng, end: Instant) {
    let mut counts = [0; 3];
    while Instant::now() < end {
        std::thread::sleep(Duration::from_millis(random.u64(100..1500)));
        // Half of them shorter than the lease, and half longer.
        let mut pause =
            || Duration::from_millis(if random.bool() { random.u64(50..800) } else { random.u64(800..3500) });
        let (first, second) = (pause(), pause());
        let at = random.usize(..network.spaces.len());
        let kinds = [random.usize(..3), random.usize(..3)];
        std::thread::scope(|scope| {
            let mut disturb = |at: usize, kind: usize, pause| {
                counts[kind] += 1;
                let space = &network.spaces[at % network.spaces.len()];
                scope.spawn(move || match kind {
                    0 => space.kill(pause),
                    1 => space.stop(pause),
                    _ => space.cut(pause),
                });
            };
            disturb(at, kinds[0], first);
            if random.u8(..4) == 0 {
                disturb(at + 1, kinds[1], second);
            }
        });
    }
    println!("hosts were killed {} times, stopped {} times, cut off {} times", counts[0], counts[1], counts[2]);
}
