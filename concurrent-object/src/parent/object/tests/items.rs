//! Tests of items from a child that the test plays: a sound child, and malicious ones.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::player::{OUTPUT_LIMIT, Player, SOON, short};
use crate::clock::Moment;
use crate::error::CallError;
use crate::memory::Foreign;
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::item_chunk::ItemChunk;
use crate::parent::calls::item_source::ItemSource;
use crate::parent::calls::key::CallKey;
use crate::parent::calls::table::Owner;
use crate::parent::life::phase::Summary;
use crate::parent::object::items::{ItemNews, ItemsTaken};
use crate::protocol::item::ItemHead;
use crate::protocol::notice::{ITEMS, READY};
use crate::protocol::tag::{ENDED, FAILURE, VALUE};
use crate::transport::ring::{Entry, NOTICE};

const RING: usize = OUTPUT_LIMIT;

/// The offset of the ring of items in an output region.
const RING_START: usize = 128;

impl Player {
    /// Parent: submits a call of a method that streams.
    fn stream(&self) -> (CallKey, Arc<ItemSource>) {
        let put = |writer: &mut ArgumentWriter<'_>| writer.put("argument", &1_u64);
        let key = self.object.submit(0, Owner::Items, put).expect("accepted");
        (key, self.object.item_source(key).expect("it is open"))
    }

    /// Child: writes bytes into the ring, and publishes a position.
    fn write_items(&mut self, entry: Entry, at: usize, bytes: &[u8], written: u64) {
        let mut region = vec![0; RING_START];
        for (word, place) in self.channel.item_lines(entry.slot).0.iter().zip(region.chunks_exact_mut(8)) {
            place.copy_from_slice(&word.load(Ordering::Relaxed).to_ne_bytes());
        }
        let mut ring = Vec::new();
        self.channel.item_ring(entry.slot).append_to(&mut ring);
        ring[at..at + bytes.len()].copy_from_slice(bytes);
        region.extend(ring);
        self.write_output(entry.slot, &region);
        if self.channel.item_lines(entry.slot).publish(written) {
            self.prepare([entry.call, 0, 0, 0, 0, 0, 0]);
            self.publish(Entry { slot: NOTICE, call: ITEMS });
        }
    }

    /// Parent: takes what is there: the structured parts of small items, or the size of a large
    /// one.
    fn take(&self, source: &ItemSource) -> Result<Vec<Vec<u8>>, &'static str> {
        let (mut chunk, mut items) = (ItemChunk::default(), Vec::new());
        let taken = self.object.take_items(source, &mut chunk, |parts| items.push(parts.structured.to_vec()))?;
        assert!(taken != ItemsTaken::Nothing || items.is_empty());
        while let Some(parts) = chunk.next() {
            items.push(parts.structured.to_vec());
        }
        Ok(items)
    }
}

fn head(structured: usize, raw: usize) -> [u8; 8] {
    ItemHead::new(structured, raw).expect("it fits").to_bytes()
}

fn item(byte: u8) -> Vec<u8> {
    [&head(8, 0)[..], &[byte; 8]].concat()
}

#[test]
fn sound_items_are_read_and_the_parent_is_told() {
    let mut player = Player::ready();
    let (key, source) = player.stream();
    let (entry, _) = player.start_next();
    player.write_items(entry, 0, &[item(1), item(2)].concat(), 32);
    let news = player.object.wait_for_items(key, &source, Some(Moment::after(SOON)));
    assert_eq!(news, Some(ItemNews::Items));
    assert_eq!(player.take(&source).expect("sound"), [vec![1; 8], vec![2; 8]]);
    assert_eq!(player.channel.item_lines(entry.slot).read(), 32);
    player.answer(entry, short(ENDED, &[]));
    let news = player.object.wait_for_items(key, &source, Some(Moment::after(SOON)));
    assert_eq!(news, Some(ItemNews::Ended));
    assert!(!player.child.has_ended());
}

#[test]
fn items_continue_at_the_start_after_a_marker() {
    let mut player = Player::ready();
    let (_, source) = player.stream();
    let (entry, _) = player.start_next();
    player.write_items(entry, 0, &item(1), 16);
    assert_eq!(player.take(&source).expect("sound"), [vec![1; 8]]);
    player.write_items(entry, 16, &ItemHead::WRAP.to_bytes(), 16);
    player.write_items(entry, 0, &item(2), RING as u64 + 16);
    assert_eq!(player.take(&source).expect("sound"), [vec![2; 8]]);
}

/// What a child writes: where, which bytes, and which position it publishes.
type Forgery = (&'static str, usize, Vec<u8>, u64);

#[test]
fn positions_and_lengths_beyond_the_ring_are_refused() {
    let ring = RING as u64;
    let forgeries: [Forgery; 12] = [
        ("a position beyond the ring", 0, item(1), ring + 8),
        ("the largest position", 0, item(1), u64::MAX - 7),
        ("a position between two items", 0, item(1), 17),
        ("less than a head", 0, item(1), 4),
        ("a structured part beyond the position", 0, head(9, 0).to_vec(), 16),
        ("a structured part beyond the ring", 0, head(RING, 0).to_vec(), ring),
        ("the largest structured part", 0, head(u32::MAX as usize - 1, 0).to_vec(), ring),
        ("the largest raw part", 0, head(0, u32::MAX as usize).to_vec(), ring),
        ("both", 0, head(u32::MAX as usize - 1, u32::MAX as usize).to_vec(), ring),
        ("a raw part beyond the position", 0, head(1, 64).to_vec(), 128),
        ("a marker alone", 0, ItemHead::WRAP.to_bytes().to_vec(), ring),
        ("a marker beyond the position", 0, ItemHead::WRAP.to_bytes().to_vec(), 64),
    ];
    for (what, at, bytes, written) in forgeries {
        let mut player = Player::ready();
        let (_, source) = player.stream();
        let (entry, _) = player.start_next();
        player.write_items(entry, at, &bytes, written);
        assert!(player.take(&source).is_err(), "{what}");
    }
}

#[test]
fn a_position_that_goes_back_is_refused() {
    let mut player = Player::ready();
    let (_, source) = player.stream();
    let (entry, _) = player.start_next();
    player.write_items(entry, 0, &[item(1), item(2)].concat(), 32);
    player.take(&source).expect("sound");
    player.write_items(entry, 0, &item(3), 16);
    assert!(player.take(&source).is_err());
}

#[test]
fn stream_that_ends_before_its_reader_finds_it_keeps_its_items() {
    let mut player = Player::ready();
    let put = |writer: &mut ArgumentWriter<'_>| writer.put("argument", &1_u64);
    let key = player.object.submit(0, Owner::Items, put).expect("accepted");
    let (entry, _) = player.start_next();
    player.write_items(entry, 0, &[item(1), item(2)].concat(), 32);
    player.answer(entry, short(ENDED, &[]));
    // All slots are needed, by other threads, before this one goes on.
    let _others: Vec<_> = (0..4).map(|number| player.call(number)).collect();
    let source = player.object.item_source(key).expect("it is open until its reader has it");
    assert_eq!(player.take(&source).expect("sound"), [vec![1; 8], vec![2; 8]]);
}

#[test]
fn kept_items_that_are_not_sound_end_at_the_last_sound_one() {
    let mut player = Player::ready();
    let (key, source) = player.stream();
    let (entry, _) = player.start_next();
    player.write_items(entry, 0, &[item(1), head(RING, 0).to_vec()].concat(), 64);
    player.answer(entry, short(ENDED, &[]));
    // All slots are needed.
    let others: Vec<_> = (0..4).map(|number| player.call(number)).collect();
    assert!(source.has_kept(), "its slot was needed");
    for _ in &others {
        player.serve();
    }
    others.into_iter().for_each(|call| drop(player.outcome::<u64>(call)));
    let first = player.take(&source).expect("sound");
    assert_eq!(first, [vec![1; 8]]);
    let news = player.object.wait_for_items(key, &source, Some(Moment::after(SOON)));
    assert!(news.is_some());
}

/// Plays a child that breaks the protocol. The object must end with this reason.
#[track_caller]
fn assert_breaks_off(reason: &str, violation: impl FnOnce(&mut Player, Entry)) {
    let mut player = Player::ready();
    let (key, source) = player.stream();
    let (entry, _) = player.start_next();
    violation(&mut player, entry);
    player.wait_for_state("the end", |phase| matches!(phase, Summary::Ended(_)));
    assert_eq!(player.object.wait_for_items(key, &source, Some(Moment::after(SOON))), Some(ItemNews::Ended));
    match player.outcome::<u64>(key) {
        Err(CallError::Protocol { reason: found, .. }) => assert_eq!(found, reason),
        other => panic!("another outcome: {other:?}"),
    }
}

#[test]
fn a_value_in_place_of_items_breaks_off() {
    assert_breaks_off("a reply of unknown kind", |player, entry| player.answer(entry, short(VALUE, &[1])));
}

#[test]
fn notices_that_were_not_asked_for_break_off() {
    let notice = |player: &mut Player, call: u64| {
        player.prepare([call, 0, 0, 0, 0, 0, 0]);
        player.publish(Entry { slot: NOTICE, call: ITEMS });
    };
    assert_breaks_off("an unexpected notice", |player, entry| notice(player, entry.call + 1));
    assert_breaks_off("an unexpected notice", |player, entry| {
        notice(player, entry.call);
        notice(player, entry.call);
    });
    assert_breaks_off("an unexpected notice", |player, _| player.notice(READY));
}

#[test]
fn an_end_of_items_for_another_call_breaks_off() {
    let mut player = Player::ready();
    let call = player.call(1);
    let (entry, _) = player.start_next();
    player.answer(entry, short(ENDED, &[]));
    assert!(matches!(player.outcome::<u64>(call), Err(CallError::Protocol { .. })));
}

#[test]
fn a_failure_ends_the_items_and_frees_the_slot_when_it_is_taken() {
    let mut player = Player::ready();
    let (key, source) = player.stream();
    let (entry, _) = player.start_next();
    player.write_items(entry, 0, &item(1), 16);
    let mut failure = Vec::new();
    crate::wire::Encoder::new(&mut failure, &mut Vec::new())
        .put(&crate::protocol::failure::Failure::TooLarge { needed: 2, limit: 1 })
        .expect("encoded");
    player.answer(entry, short(FAILURE, &failure));
    assert_eq!(player.take(&source).expect("sound"), [vec![1; 8]]);
    assert!(matches!(player.outcome::<u64>(key), Err(CallError::TooLarge { .. })));
    assert_eq!(source.slot(), None);
}

#[test]
fn a_chunk_reads_nothing_beyond_its_bytes() {
    let mut chunk = ItemChunk::default();
    for bytes in [&[][..], &[1; 7], &head(1, 0), &head(100, 100), &ItemHead::WRAP.to_bytes()] {
        assert_eq!(chunk.fill(0, Foreign::of(bytes)), 0);
        assert!(chunk.next().is_none() && chunk.is_empty());
    }
    let two = [item(1), item(2)].concat();
    assert_eq!(chunk.fill(64, Foreign::of(&two[..31])), 16);
    assert_eq!(chunk.next().map(|parts| parts.structured.to_vec()), Some(vec![1; 8]));
    assert!(chunk.next().is_none());
}
