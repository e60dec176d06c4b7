//! The target for items: a ring with any heads, and any written position.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::choices::Choices;
use super::runner::{Outcomes, Target, run};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::item_chunk::{ItemChunk, ItemParts};
use crate::parent::calls::item_source::ItemSource;
use crate::parent::calls::table::Owner;
use crate::parent::object::items::ItemsTaken;
use crate::parent::object::tests::player::{OUTPUT_LIMIT, Player};
use crate::transport::ring::Entry;

const ITEMS: Target = Target {
    name: "items",
    share: 30,
    seeds,
    play: |input, outcomes| STREAM.with_borrow_mut(|stream| stream.play(input, outcomes)),
};

const RING: usize = OUTPUT_LIMIT;

/// The offset of the ring in an output region.
const RING_START: usize = 128;

/// A head whose structured part has this length marks the end of the ring.
const MARKER: u64 = u32::MAX as u64;

thread_local! {
    static STREAM: RefCell<Stream> = RefCell::new(Stream::start());
}

fn seeds() -> Vec<Vec<u8>> {
    // Items of 8 bytes; one with a raw part; one at the end of the ring, and a marker before it.
    vec![
        vec![0, 2, 0, 8, 0, 0, 0, 8, 0, 0, 3, 0],
        vec![0, 2, 0, 8, 0, 64, 0, 0, 0, 0, 3, 0],
        vec![1, 2, 0, 8, 0, 0, 9, 0, 0, 0, 3, 0],
        vec![1, 3, 0, 8, 9, 0, 0, 0, 8, 0, 0, 3, 8],
    ]
}

#[test]
fn items_are_read_within_the_ring_or_refused() {
    run(&ITEMS);
}

/// A running call of a method that streams.
struct Stream {
    player: Player,
    source: Arc<ItemSource>,
    entry: Entry,
    /// What the ring holds: words at offsets. The rest is zero.
    ring: Vec<u8>,
}

impl Stream {
    fn start() -> Self {
        let mut player = Player::ready();
        let put = |writer: &mut ArgumentWriter<'_>| writer.put("argument", &1_u64);
        let key = player.object.submit(0, Owner::Items, put).expect("accepted");
        let source = player.object.item_source(key).expect("it is open");
        let (entry, _) = player.start_next();
        Self { player, source, entry, ring: vec![0; RING] }
    }

    fn play(&mut self, input: &[u8], outcomes: &mut Outcomes) {
        let mut choices = Choices::new(input);
        // At the start, or shortly before the end of the ring.
        let begin = if choices.flag() { (RING - 16 - 8 * choices.below(8)) as u64 } else { 0 };
        let mut at = begin;
        let mut changed = Vec::new();
        for _ in 0..choices.below(8) {
            let head = self.choose_head(&mut choices, at);
            let place = at as usize % RING;
            self.put(place, head);
            changed.push(place);
            let from_start = at - place as u64;
            at = from_start + if head & 0xffff_ffff == MARKER { RING as u64 } else { end_of(place, head) as u64 };
        }
        let written = choices.number(at);
        self.source.set_read(begin);
        self.player.channel.item_lines(self.entry.slot).0[0].store(written, Ordering::Relaxed);
        let (expected, found) = (judged(&self.ring, begin, written), self.take_all());
        outcomes.note((expected.0.len().min(5), expected.1, found.1));
        assert_eq!((&found.0, found.1.is_ok()), (&expected.0, expected.1), "from {begin} to {written}: {:?}", found.1);
        for place in changed {
            self.put(place, 0);
        }
    }

    /// A head that may be sound at this position, or lie across a limit.
    fn choose_head(&self, choices: &mut Choices<'_>, at: u64) -> u64 {
        let rest = (RING - at as usize % RING) as u64;
        match choices.byte() % 16 {
            9 => MARKER,
            10 => choices.number(rest - 8),
            11 => choices.number(rest - 8) << 32 | choices.number(0),
            12 => choices.word(),
            13 => 20_000,
            14 => 20_000 << 32,
            lengths => (u64::from(lengths) * 3) | (u64::from(choices.byte() % 100) << 32),
        }
    }

    fn put(&mut self, at: usize, word: u64) {
        let bytes = word.to_ne_bytes();
        self.ring[at..at + 8].copy_from_slice(&bytes);
        self.player.write_output_at(self.entry.slot, RING_START + at, &bytes);
    }

    fn take_all(&self) -> (Vec<Vec<u8>>, Result<(), &'static str>) {
        let mut items = Vec::new();
        loop {
            let mut chunk = ItemChunk::default();
            let large = |parts: ItemParts<'_>| items.push(parts.structured.to_vec());
            match self.player.object.take_items(&self.source, &mut chunk, large) {
                Ok(ItemsTaken::Nothing) => return (items, Ok(())),
                Err(reason) => return (items, Err(reason)),
                Ok(ItemsTaken::Chunk | ItemsTaken::Large) => {}
            }
            while let Some(parts) = chunk.next() {
                items.push(parts.structured.to_vec());
            }
            assert!(items.len() <= RING / 8, "a ring holds no more items");
        }
    }
}

/// The structured parts of the sound items between two positions, and whether all are sound.
fn judged(ring: &[u8], begin: u64, written: u64) -> (Vec<Vec<u8>>, bool) {
    let (mut items, mut position) = (Vec::new(), begin);
    let mut is_after_marker = false;
    while position != written {
        let there = written.wrapping_sub(position);
        if there > RING as u64 || !written.is_multiple_of(8) {
            return (items, false);
        }
        let at = position as usize % RING;
        let room = (there as usize).min(RING - at);
        let lengths = u64::from_ne_bytes(ring[at..at + 8].try_into().expect("a word"));
        let structured = lengths as u32 as usize;
        if structured as u64 == MARKER {
            if there < (RING - at) as u64 {
                return (items, false);
            }
            position += (RING - at) as u64;
            is_after_marker = true;
            continue;
        }
        is_after_marker = false;
        let (begins, end) = (begin_of(at, lengths), end_of(at, lengths));
        if end - at > room {
            return (items, false);
        }
        items.push(ring[begins..begins + structured].to_vec());
        position += (end - at) as u64;
    }
    (items, !is_after_marker)
}

/// Where the structured part of an item begins whose head lies there.
fn begin_of(at: usize, head: u64) -> usize {
    let raw = (head >> 32) as usize;
    if raw == 0 { at + 8 } else { (at + 8).next_multiple_of(64) + raw }
}

/// Where the next item begins.
fn end_of(at: usize, head: u64) -> usize {
    (begin_of(at, head) + head as u32 as usize).next_multiple_of(8)
}
