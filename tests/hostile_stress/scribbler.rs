//! In the object's process: a thread that writes garbage, at random and of the form of what belongs
//! there.

use std::sync::Once;
use std::sync::atomic::Ordering;
use std::thread;

use fastrand::Rng;

use crate::sender;
use crate::shared_words::SharedWords;
use crate::victim::{GARBAGE, Garbage, Manners};

/// Begins to scribble, once in a process.
pub fn begin(manners: &Manners) {
    static BEGUN: Once = Once::new();
    let manners = manners.clone();
    BEGUN.call_once(|| {
        if manners.scribbles {
            thread::spawn(move || scribble(&manners));
        }
    });
}

fn scribble(manners: &Manners) {
    thread::sleep(manners.after);
    let (mut rng, words) = (Rng::with_seed(manners.seed), SharedWords::find(manners));
    loop {
        for _ in 0..rng.usize(1..=manners.burst) {
            let garbage = manners.garbage.or_else(|| rng.choice(GARBAGE)).expect("one");
            scribble_some(garbage, &words, &mut rng);
        }
        thread::sleep(manners.pause);
    }
}

fn scribble_some(garbage: Garbage, words: &SharedWords, rng: &mut Rng) {
    let (slot, call) = words.some_call(rng.usize(..words.cells()));
    match garbage {
        Garbage::Entries => write_entry(words, rng, slot, call),
        Garbage::States => words.record(slot)[0].store(near(rng, call) << 3 | rng.u64(..8), Ordering::SeqCst),
        Garbage::Starts => words.record(slot)[1].store(number(rng, 1 << 40), Ordering::SeqCst),
        Garbage::Replies => write_reply(words, rng, slot),
        Garbage::Progress => write_progress(words, rng, slot, call),
        Garbage::Flags => words.flags()[rng.usize(..56)].store(number(rng, 2), Ordering::SeqCst),
        Garbage::CrashNotes => write_crash_note(words, rng),
        Garbage::Items => write_items(words, rng, slot, call),
        Garbage::Results => {
            let output = words.output(slot);
            (0..rng.usize(..64)).for_each(|_| output[rng.usize(..output.len())].store(token(rng), Ordering::Relaxed));
        }
        Garbage::Words => words.control[rng.usize(..2048)].store(number(rng, call), Ordering::SeqCst),
        Garbage::Zeros => words.control[..rng.usize(..1024)].iter().for_each(|word| word.store(0, Ordering::Relaxed)),
        Garbage::Descriptors => sender::misbehave(rng, call, words.slots),
    }
}

/// A number that is small, near a power of two, near the greatest, near this one, or any.
fn number(rng: &mut Rng, around: u64) -> u64 {
    match rng.u8(..5) {
        0 => rng.u64(..70),
        1 => (1 << rng.u8(..64)) + rng.u64(..3) - 1,
        2 => u64::MAX - rng.u64(..70),
        3 => near(rng, around),
        _ => rng.u64(..),
    }
}

fn near(rng: &mut Rng, around: u64) -> u64 {
    around.wrapping_add(rng.u64(..3)).wrapping_sub(rng.u64(..2))
}

/// Writes an entry of the reply ring, often with the lap bit that the parent waits for.
fn write_entry(words: &SharedWords, rng: &mut Rng, slot: usize, call: u64) {
    let ring = words.replies();
    let cell = rng.usize(..words.cells()) * 8;
    let slot = match rng.u8(..4) {
        0 => 0xfff,
        1 => number(rng, words.slots as u64) & 0xfff,
        _ => slot as u64,
    };
    let call = if slot == 0xfff { rng.u64(..6) } else { near(rng, call) };
    reply_words(words, rng)
        .into_iter()
        .zip(&ring[cell + 1..])
        .for_each(|(word, place)| place.store(word, Ordering::Relaxed));
    let lap = ring[cell].load(Ordering::Relaxed) >> 63;
    let lap = if rng.bool() { 1 - lap } else { lap };
    ring[cell].store(lap << 63 | (call << 13 >> 1) | slot, Ordering::SeqCst);
}

/// The payload of a reply: a header, and content or a place.
fn reply_words(words: &SharedWords, rng: &mut Rng) -> [u64; 7] {
    let tag = rng.u64(..7);
    let len = if rng.bool() { number(rng, 49) & 0xffff } else { rng.u64(..50) };
    let files = if rng.u8(..4) == 0 { number(rng, 2) & 0xffff } else { 0 };
    let size = words.region as u64 * 8;
    let offset = number(rng, size);
    let rest = number(rng, size.wrapping_sub(offset));
    [tag | len << 32 | files << 48, offset, rest, token(rng), token(rng), token(rng), token(rng)]
}

fn write_reply(words: &SharedWords, rng: &mut Rng, slot: usize) {
    let places = words.record(slot)[2..9].iter();
    places.zip(reply_words(words, rng)).for_each(|(place, word)| place.store(word, Ordering::Relaxed));
}

fn write_progress(words: &SharedWords, rng: &mut Rng, slot: usize, call: u64) {
    let stamp = call << 32 | rng.u64(..64) << 26 | rng.u64(..1 << 26);
    let cell = &words.record(slot)[9..];
    cell[0].store(if rng.u8(..4) == 0 { 1 } else { stamp }, Ordering::SeqCst);
    cell[1..].iter().for_each(|word| word.store(token(rng), Ordering::Relaxed));
}

fn write_crash_note(words: &SharedWords, rng: &mut Rng) {
    let note = words.crash_note();
    note[0].store(rng.u64(..4), Ordering::SeqCst);
    note[1].store(number(rng, note.len() as u64 * 8 - 16), Ordering::SeqCst);
    note[2..40].iter().for_each(|word| word.store(token(rng), Ordering::Relaxed));
    if rng.u8(..50) == 0 {
        std::process::exit(rng.i32(..256));
    }
}

/// Writes the lines of a stream, and heads of items at any place of the ring behind them.
fn write_items(words: &SharedWords, rng: &mut Rng, slot: usize, call: u64) {
    let output = words.output(slot);
    let written = number(rng, words.region as u64 * 8);
    output[0].store(if rng.bool() { written / 8 * 8 } else { written }, Ordering::SeqCst);
    output[8 + rng.usize(..3)].store(number(rng, call), Ordering::SeqCst);
    for _ in 0..rng.usize(..20) {
        let head = number(rng, 64) & 0xffff_ffff | (number(rng, 0) & 0xffff_ffff) << 32;
        output[16 + rng.usize(..output.len() - 16)].store(head, Ordering::Relaxed);
    }
}

/// Eight bytes as they are in messages: markers of MessagePack, lengths, placeholders.
fn token(rng: &mut Rng) -> u64 {
    const MARKERS: [u8; 20] =
        [0x81, 0x82, 0x91, 0x92, 0xa1, 0xc0, 0xc4, 0xc7, 0xd4, 0xdc, 0xdd, 0xde, 0xdf, 0, 1, 17, 100, 101, 103, 105];
    let byte = |rng: &mut Rng| if rng.u8(..3) > 0 { MARKERS[rng.usize(..MARKERS.len())] } else { rng.u8(..) };
    u64::from_ne_bytes(std::array::from_fn(|_| byte(rng)))
}
