//! Targets for words of shared memory: rings, headers, state words, progress cells, crash notes and
//! the heads of items.

use std::sync::atomic::Ordering;

use super::choices::Choices;
use super::guarded::Guarded;
use super::runner::{Outcomes, Target, run};
use crate::memory::Foreign;
use crate::parent::calls::item_chunk::ItemChunk;
use crate::protocol::failure::{CrashRecord, Failure};
use crate::protocol::item::{HEAD_SIZE, ItemHead};
use crate::transport::call_state::{CallPhase, StateWord};
use crate::transport::crash_note::CrashNote;
use crate::transport::header::{Body, Header, INLINE_SIZE};
use crate::transport::progress_cell::{PROGRESS_SIZE, PROGRESS_WORDS, ProgressCell};
use crate::transport::ring::{CELL_WORDS, Consumer, Entry, find};
use crate::wire;

const RING: Target = Target { name: "ring", share: 110, seeds: nothing, play: play_ring };
const HEADER: Target = Target { name: "header", share: 110, seeds: nothing, play: play_header };
const STATE: Target = Target { name: "state", share: 60, seeds: nothing, play: play_state };
const PROGRESS: Target = Target { name: "progress", share: 60, seeds: nothing, play: play_progress };
const CRASH_NOTE: Target = Target { name: "crash_note", share: 80, seeds: crash_notes, play: play_crash_note };
const CHUNK: Target = Target { name: "chunk", share: 80, seeds: chunks, play: play_chunk };

fn nothing() -> Vec<Vec<u8>> {
    vec![vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]]
}

#[test]
fn entries_of_a_ring_are_those_that_the_words_say() {
    run(&RING);
}

fn play_ring(input: &[u8], outcomes: &mut Outcomes) {
    let mut choices = Choices::new(input);
    let cells = 1 << choices.below(5);
    let mut words: Vec<u64> = (0..cells * CELL_WORDS).map(|_| choices.number(1 << 63)).collect();
    let mut memory = Guarded::new(words.len() * 8);
    let ring = memory.words(&words);
    let mut consumer = Consumer::default();
    while !choices.is_empty() {
        let position = consumer.position() as usize;
        let cell = position % cells * CELL_WORDS;
        let word = choices.number(words[cell]);
        (words[cell], words[cell + 1]) = (word, word.rotate_left(7));
        ring[cell].store(word, Ordering::Relaxed);
        ring[cell + 1].store(words[cell + 1], Ordering::Relaxed);
        let is_there = (word >> 63 == 1) == (position / cells).is_multiple_of(2);
        let entry = |word: u64| Entry { slot: (word % 4096) as u16, call: word << 1 >> 13 };
        assert_eq!(consumer.watch(ring).has_come(), is_there, "{word:x} at {position}");
        assert_eq!(consumer.peek(ring), is_there.then(|| entry(word)), "{word:x} at {position}");
        if is_there {
            assert_eq!(consumer.payload(ring)[..], words[cell + 1..cell + CELL_WORDS]);
            consumer.advance();
        }
        let wanted = entry(choices.number(word));
        let found = words.chunks(CELL_WORDS).find(|cell| entry(cell[0]) == wanted);
        assert_eq!(find(ring, wanted).map(|payload| payload.to_vec()), found.map(|cell| cell[1..].to_vec()));
        outcomes.note((is_there, found.is_some(), position / cells));
    }
}

#[test]
fn headers_lie_within_their_region_or_are_refused() {
    run(&HEADER);
}

fn play_header(input: &[u8], outcomes: &mut Outcomes) {
    let mut choices = Choices::new(input);
    while !choices.is_empty() {
        let size = (choices.number(4096) as usize).min(1 << 45);
        let mut words = [0; 7];
        words[0] = choices.number(1 << 32);
        words[1] = choices.number(size as u64);
        words[2] = choices.number((size as u64).wrapping_sub(words[1]));
        words[3] = choices.number(0);
        let header = Header::from_words(&words, size);
        let short = words[0] >> 32 & 0xffff;
        let end = words[1].checked_add(words[2]);
        let is_sound =
            if short == 0 { end.is_some_and(|end| end <= size as u64) } else { short <= INLINE_SIZE as u64 + 1 };
        assert_eq!(header.is_ok(), is_sound, "{words:x?} of {size}");
        outcomes.note((header.err(), short.min(60)));
        let Ok(header) = header else { continue };
        assert_eq!((u64::from(header.tag), u64::from(header.files)), (words[0] & 0xffff_ffff, words[0] >> 48));
        match header.body {
            Body::Inline(inline) => {
                let bytes = words[1..].iter().flat_map(|word| word.to_ne_bytes()).take(short as usize - 1);
                assert!(bytes.eq(inline.bytes().iter().copied()));
                assert_eq!(header.region_len(), 0);
            }
            Body::InRegion { offset, len } => {
                assert_eq!((offset as u64, len as u64), (words[1], words[2]));
                assert!(header.region_len() <= size);
            }
        }
    }
}

#[test]
fn state_words_are_believed_only_about_their_call() {
    run(&STATE);
}

fn play_state(input: &[u8], outcomes: &mut Outcomes) {
    let mut choices = Choices::new(input);
    let mut memory = Guarded::new(8);
    while !choices.is_empty() {
        let call = choices.number(1 << 20) % (1 << 51) + 1;
        let word = choices.number(call << 3);
        let state = StateWord(&memory.words(&[word])[0]);
        use CallPhase::{Answered, Cancelled, Killed, PassedOn, Queued, Running};
        let phases = [Queued, Running, Answered, Cancelled, Killed, PassedOn];
        let expected = match word / 8 {
            earlier if earlier < call => Some(CallPhase::Queued),
            same if same == call => phases.get(word as usize % 8).copied(),
            _ => None,
        };
        assert_eq!(state.phase_of(call), expected, "{word:x} for {call:x}");
        let (cancelled, killed) = (state.cancel_unstarted(call), state.kill(call));
        assert_eq!((cancelled, killed), (word / 8 < call, expected == Some(CallPhase::Running)));
        outcomes.note((expected.map(|phase| phase as u8), cancelled));
    }
}

#[test]
fn progress_is_read_for_its_call_and_within_its_length() {
    run(&PROGRESS);
}

fn play_progress(input: &[u8], outcomes: &mut Outcomes) {
    let mut choices = Choices::new(input);
    let mut memory = Guarded::new(PROGRESS_WORDS * 8);
    while !choices.is_empty() {
        let call = choices.number(7) % (1 << 51) + 1;
        let mut words = [0; PROGRESS_WORDS];
        words.iter_mut().for_each(|word| *word = choices.number(call << 32 | 48 << 26));
        let read = ProgressCell(memory.words(&words)).read(call);
        let len = (words[0] >> 26 & 63) as usize;
        let is_value = words[0] != 1 && words[0] >> 32 == call & 0xffff_ffff && len <= PROGRESS_SIZE;
        let bytes: Vec<u8> = words[1..].iter().flat_map(|word| word.to_ne_bytes()).collect();
        assert_eq!(read.map(|(bytes, len)| (bytes.to_vec(), len)), is_value.then_some((bytes, len)), "{words:x?}");
        outcomes.note((is_value, len));
    }
}

fn crash_notes() -> Vec<Vec<u8>> {
    let records = [
        CrashRecord::NotConstructed(Failure::none()),
        CrashRecord::NotConstructed(Failure::TooLarge { needed: 7, limit: 3 }),
    ];
    let note = |record| {
        let bytes = wire::to_bytes(&record).expect("a record");
        [&[0, 2, 3, bytes.len() as u8][..], &bytes].concat()
    };
    records.map(note).to_vec()
}

#[test]
fn crash_notes_are_read_if_they_are_whole() {
    run(&CRASH_NOTE);
}

fn play_crash_note(input: &[u8], outcomes: &mut Outcomes) {
    let mut choices = Choices::new(input);
    let state = choices.number(2);
    let len = choices.number(64);
    let content = choices.rest();
    let mut words = vec![state, len];
    words.extend(content.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_ne_bytes(word)
    }));
    let mut memory = Guarded::new(words.len() * 8);
    let read = CrashNote(memory.words(&words)).read();
    let bytes: Vec<u8> = words[2..].iter().flat_map(|word| word.to_ne_bytes()).collect();
    let expected = if state == 2 { usize::try_from(len).ok().and_then(|len| bytes.get(..len)) } else { None };
    assert_eq!(read.as_deref(), expected, "{state} {len}");
    let record = read.map(|bytes| wire::from_bytes::<CrashRecord>(&bytes).map_err(|error| error.to_string()));
    outcomes.note(record.map(|record| record.map(|record| std::mem::discriminant(&record))));
}

fn chunks() -> Vec<Vec<u8>> {
    let item = |structured: usize, raw: usize| {
        let head = ItemHead::new(structured, raw).expect("small").to_bytes();
        [&head[..], &vec![7; structured + raw]].concat()
    };
    let chunk = |items: &[Vec<u8>]| [&[0, 0][..], &items.concat()].concat();
    vec![
        chunk(&[item(8, 0), item(16, 0)]),
        chunk(&[item(0, 0), item(8, 64)]),
        chunk(&[ItemHead::WRAP.to_bytes().into()]),
    ]
}

#[test]
fn chunks_of_items_are_read_within_their_bytes() {
    run(&CHUNK);
}

fn play_chunk(input: &[u8], outcomes: &mut Outcomes) {
    let mut choices = Choices::new(input);
    let start = choices.number(4096) as usize % (1 << 30) / 8 * 8;
    let bytes = choices.rest();
    let mut memory = Guarded::new(bytes.len());
    let mut chunk = ItemChunk::default();
    let whole = chunk.fill(start, memory.foreign(bytes));
    let expected = judged_items(bytes, start);
    assert_eq!(whole, expected.last().map_or(0, |item| item.end - start));
    let mut count = 0;
    while let Some(parts) = chunk.next() {
        let Item { structured, raw, .. } = expected[count].clone();
        assert_eq!(*parts.structured, bytes[structured.0 - start..structured.1 - start]);
        assert_eq!(copied(parts.raw), bytes[raw.0 - start..raw.1 - start]);
        count += 1;
    }
    assert_eq!((count, chunk.is_empty()), (expected.len(), true));
    outcomes.note((count, whole == bytes.len()));
}

#[derive(Clone)]
struct Item {
    raw: (usize, usize),
    structured: (usize, usize),
    end: usize,
}

/// The items that lie whole in these bytes, which begin at this offset of a ring.
fn judged_items(bytes: &[u8], start: usize) -> Vec<Item> {
    let (mut items, mut at) = (Vec::new(), start);
    while let Some(head) = bytes[at - start..].first_chunk::<HEAD_SIZE>() {
        let lengths = u64::from_ne_bytes(*head);
        let (structured_len, raw_len) = (lengths as u32 as usize, (lengths >> 32) as usize);
        let raw = if raw_len == 0 { at + 8 } else { (at + 8).div_ceil(64) * 64 };
        let (structured, end) = (raw + raw_len, (raw + raw_len + structured_len).div_ceil(8) * 8);
        if structured_len == u32::MAX as usize || end - start > bytes.len() {
            break;
        }
        items.push(Item { raw: (raw, structured), structured: (structured, structured + structured_len), end });
        at = end;
    }
    items
}

fn copied(memory: Foreign<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    memory.append_to(&mut bytes);
    bytes
}
