//! A model of a ring that the producer replaces while the consumer may be anywhere in it.
//!
//! Knows two rings. Invariant that it checks: the consumer continues in the second ring at the next
//! position, and takes no copied entry for a new one.

use loom::sync::Arc;
use loom::thread;

use super::{check, ring, take};
use crate::sync::AtomicU64;
use crate::transport::ring::{CELL_WORDS, Consumer, Entry, Producer};

const CELLS: usize = 2;

/// The call that sends the consumer to the next ring.
const LAST: u64 = 2;

/// The consumer's part: reads this many calls with their payloads, from the ring that is current.
fn serve(rings: &[Vec<AtomicU64>; 2], seen: &AtomicU64, calls: u64) {
    let mut requests = Consumer::default();
    let mut current = &rings[0];
    for call in 1..=calls {
        let (entry, payload) = take(&mut requests, current);
        assert_eq!((entry.call, payload), (call, [10 * call; CELL_WORDS - 1]));
        if call == LAST {
            current = &rings[1];
        }
        // Release pairs with the Acquire in `wait_until_seen`, after which the producer reuses the
        // cell.
        seen.store(call, crate::sync::Ordering::Release);
    }
}

fn wait_until_seen(seen: &AtomicU64, call: u64) {
    while seen.load(crate::sync::Ordering::Acquire) < call {
        thread::yield_now();
    }
}

#[test]
fn consumer_continues_in_the_other_ring_and_sees_no_old_entry() {
    check(|| {
        let rings = Arc::new([ring(CELLS), ring(CELLS)]);
        let seen = Arc::new(AtomicU64::new(0));
        let (childs, childs_seen) = (rings.clone(), seen.clone());
        let child = thread::spawn(move || serve(&childs, &childs_seen, 5));
        let mut requests = Producer::default();
        for call in 1..=5_u64 {
            // Keeps one call less in flight than the ring has cells.
            wait_until_seen(&seen, call.saturating_sub(CELLS as u64 - 1));
            let (entry, payload) = (Entry { slot: 0, call }, [10 * call; CELL_WORDS - 1]);
            if call == LAST {
                requests.move_on(&rings[0], &rings[1], &payload, entry);
            } else {
                let current = &rings[usize::from(call > LAST)];
                requests.prepare(current, &payload);
                requests.publish(current, entry);
            }
        }
        child.join().expect("the child's part");
    });
}
