//! A ring that is replaced by another one while the reader may be anywhere in it.

use loom::sync::Arc;
use loom::thread;

use super::{check, ring, take};
use crate::sync::AtomicU64;
use crate::transport::ring::{CELL_WORDS, Consumer, Entry, Producer};

const CELLS: usize = 2;

/// This call sends the reader to the next ring.
const LAST: u64 = 2;

/// Reads so many calls, each with what it carries, from whichever ring it was sent to.
fn serve(rings: &[Vec<AtomicU64>; 2], seen: &AtomicU64, calls: u64) {
    let mut requests = Consumer::default();
    let mut current = &rings[0];
    for call in 1..=calls {
        let (entry, payload) = take(&mut requests, current);
        assert_eq!((entry.call, payload), (call, [10 * call; CELL_WORDS - 1]));
        if call == LAST {
            current = &rings[1];
        }
        // Release pairs with the Acquire of the writer, who then uses the cell again.
        seen.store(call, crate::sync::Ordering::Release);
    }
}

fn wait_until_seen(seen: &AtomicU64, call: u64) {
    while seen.load(crate::sync::Ordering::Acquire) < call {
        thread::yield_now();
    }
}

#[test]
fn reader_goes_on_in_the_other_ring_and_sees_no_old_entry() {
    check(|| {
        let rings = Arc::new([ring(CELLS), ring(CELLS)]);
        let seen = Arc::new(AtomicU64::new(0));
        let (childs, childs_seen) = (rings.clone(), seen.clone());
        let child = thread::spawn(move || serve(&childs, &childs_seen, 5));
        let mut requests = Producer::default();
        for call in 1..=5_u64 {
            // Never more under way than there are cells, less one.
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
