//! Models of entries and their messages, over more than one lap of the rings.
//!
//! Knows rings and regions only. Invariant that they check: a consumer that sees an entry also sees
//! its payload and its message.

use loom::sync::Arc;
use loom::thread;

use super::{Message, check, ring, take};
use crate::sync::AtomicU64;
use crate::transport::ring::{CELL_WORDS, Consumer, Entry, Producer};

const CELLS: usize = 2;

#[derive(Debug)]
struct Shared {
    requests: Vec<AtomicU64>,
    replies: Vec<AtomicU64>,
    input: [Message; CELLS],
    output: [Message; CELLS],
}

fn shared() -> Arc<Shared> {
    let [input, output] = [(); 2].map(|()| std::array::from_fn(|_| Message::default()));
    Arc::new(Shared { requests: ring(CELLS), replies: ring(CELLS), input, output })
}

/// The child's part: serves this many calls, and answers each with its input plus one.
fn serve(shared: &Shared, calls: u64) {
    let (mut requests, mut replies) = (Consumer::default(), Producer::default());
    for call in 1..=calls {
        let (entry, payload) = take(&mut requests, &shared.requests);
        assert_eq!(entry.call, call);
        assert_eq!(payload, [10 * call; CELL_WORDS - 1]);
        let slot = usize::from(entry.slot);
        let argument = shared.input[slot].read();
        shared.output[slot].write(argument + 1);
        replies.prepare(&shared.replies, &[20 * call; CELL_WORDS - 1]);
        replies.publish(&shared.replies, entry);
    }
}

fn send(shared: &Shared, requests: &mut Producer, entry: Entry) {
    shared.input[usize::from(entry.slot)].write(100 * entry.call);
    requests.prepare(&shared.requests, &[10 * entry.call; CELL_WORDS - 1]);
    requests.publish(&shared.requests, entry);
}

fn receive(shared: &Shared, replies: &mut Consumer, expected: Entry) {
    let (entry, payload) = take(replies, &shared.replies);
    assert_eq!(entry, expected);
    assert_eq!(payload, [20 * entry.call; CELL_WORDS - 1]);
    assert_eq!(shared.output[usize::from(entry.slot)].read(), 100 * entry.call + 1);
}

#[test]
fn message_is_visible_with_its_entry_and_slot_and_cell_can_be_used_again() {
    check(|| {
        let shared = shared();
        let childs = shared.clone();
        let child = thread::spawn(move || serve(&childs, 3));
        let (mut requests, mut replies) = (Producer::default(), Consumer::default());
        for call in 1..=3 {
            let entry = Entry { slot: 0, call };
            send(&shared, &mut requests, entry);
            receive(&shared, &mut replies, entry);
        }
        child.join().expect("the child's part");
    });
}

#[test]
fn two_calls_in_flight_keep_their_order_and_their_messages() {
    check(|| {
        let shared = shared();
        let childs = shared.clone();
        let child = thread::spawn(move || serve(&childs, 3));
        let (mut requests, mut replies) = (Producer::default(), Consumer::default());
        let entries = [(0, 1), (1, 2), (0, 3)].map(|(slot, call)| Entry { slot, call });
        send(&shared, &mut requests, entries[0]);
        send(&shared, &mut requests, entries[1]);
        receive(&shared, &mut replies, entries[0]);
        send(&shared, &mut requests, entries[2]);
        receive(&shared, &mut replies, entries[1]);
        receive(&shared, &mut replies, entries[2]);
        child.join().expect("the child's part");
    });
}
