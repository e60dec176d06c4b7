//! The wire by hand, from its description: so a change of it that is not meant fails here.

use std::time::Duration;

use concurrent_object::bridge::{EndKind, Message, RemoteStart};
use fastrand::Rng;
use serde::Serialize;

pub const HEADER: usize = 84;
pub const CALL: u8 = 0;
pub const ANNOUNCED: u8 = 1;
pub const PIECE: u8 = 2;
pub const ANSWER: u8 = 4;
pub const EVENT: u8 = 5;
pub const CONTROL: u8 = 6;
pub const TAKEN: u8 = 7;
pub const SEVERAL: u8 = 8;

/// `[version u8, kind u8, id u128, tag u32, counted u64, structured u32, raw u64, wait u64, run u64,
/// traceparent 26 bytes] structured raw`.
pub fn message(kind: u8, id: u128, message: &Message) -> Vec<u8> {
    let Message { tag, counted, structured, raw, .. } = message;
    let mut bytes = header(kind, id, *tag, *counted, structured.len() as u32, raw.len() as u64);
    bytes.extend_from_slice(structured);
    raw.append_to(0..raw.len(), &mut bytes).expect("it lies in no slot");
    bytes
}

pub fn header(kind: u8, id: u128, tag: u32, counted: u64, structured: u32, raw: u64) -> Vec<u8> {
    let mut bytes = vec![1, kind];
    bytes.extend_from_slice(&id.to_le_bytes());
    bytes.extend_from_slice(&tag.to_le_bytes());
    bytes.extend_from_slice(&counted.to_le_bytes());
    bytes.extend_from_slice(&structured.to_le_bytes());
    bytes.extend_from_slice(&raw.to_le_bytes());
    // No limits of time.
    bytes.extend_from_slice(&[0xff; 16]);
    // No span.
    bytes.extend_from_slice(&[0; 26]);
    assert_eq!(bytes.len(), HEADER);
    bytes
}

/// Several messages in one, each behind its length.
pub fn several(messages: &[Vec<u8>]) -> Vec<u8> {
    let behind = |message: &Vec<u8>| [&(message.len() as u32).to_le_bytes()[..], message].concat();
    let bytes: Vec<u8> = messages.iter().flat_map(behind).collect();
    message(SEVERAL, 0, &Message::new(0, 0, Vec::new(), bytes))
}

/// The messages of one that holds several, or itself.
pub fn unbundled(bytes: Vec<u8>) -> Vec<Vec<u8>> {
    if bytes.get(1) != Some(&SEVERAL) {
        return vec![bytes];
    }
    let (mut rest, mut messages) = (&bytes[HEADER..], Vec::new());
    while let Some((length, after)) = rest.split_first_chunk() {
        let (message, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        messages.push(message.to_vec());
        rest = after;
    }
    messages
}

/// Writes another call into a message.
pub fn set_id(bytes: &mut [u8], id: u128) {
    if let Some(field) = bytes.get_mut(2..18) {
        field.copy_from_slice(&id.to_le_bytes());
    }
}

#[derive(Serialize)]
struct StartRequest<'s> {
    instance: u128,
    owner: &'s str,
    session: u64,
    build: &'s str,
    start: RemoteStart,
    lengths: [u64; 4],
}

/// Asks a host for an object.
pub fn start(instance: u128, owner: &str, session: u64, build: &str, start: &RemoteStart) -> Vec<u8> {
    let mut start = start.clone();
    let Message { tag, counted, structured, raw, .. } = std::mem::take(&mut start.arguments);
    start.arguments = Message::new(tag, counted, Vec::new(), Vec::new());
    let lengths = [raw.len() as u64, structured.len() as u64, 0, 0];
    let request = StartRequest { instance, owner, session, build, start, lengths };
    let written = rmp_serde::to_vec(&request).expect("it can be written");
    let mut both = raw.into_vec().expect("it lies in no slot");
    both.extend(structured);
    message(CONTROL, instance, &Message::new(0, 0, written, both))
}

#[derive(Serialize)]
enum Control {
    Cancel { call: u128, grace: Option<Duration> },
    End(EndKind),
    Probe { calls: Vec<u64>, repeatable: Vec<u64> },
}

/// Requests about an object: a cancellation, a probe, an end.
pub fn controls(call: u128) -> [Vec<u8>; 3] {
    let all = [
        Control::Cancel { call, grace: Some(Duration::from_millis(1)) },
        Control::Probe { calls: vec![call as u64, 1, 2], repeatable: vec![1] },
        Control::End(EndKind::Shutdown),
    ];
    let bytes = all.map(|control| rmp_serde::to_vec(&control).expect("it can be written"));
    bytes.map(|bytes| message(CONTROL, call, &Message::new(0, 0, bytes, Vec::new())))
}

/// Changes a message as a fuzzer does: bits, bytes, numbers at the edges, parts doubled or cut away.
pub fn mutate(bytes: &mut Vec<u8>, random: &mut Rng) {
    for _ in 0..random.usize(1..5) {
        if bytes.is_empty() {
            return;
        }
        // Half of the changes hit the header.
        let end = if random.bool() { bytes.len().min(HEADER) } else { bytes.len() };
        let at = random.usize(..end);
        match random.u8(..7) {
            0 => bytes[at] ^= 1 << random.u8(..8),
            1 => bytes[at] = random.u8(..),
            2 => bytes[at] = *random.choice(&[0, 1, 0x7f, 0x80, 0xc7, 0xd9, 0xdd, 0xff]).expect("not empty"),
            3 => {
                let number =
                    random.choice([0, 1, 64, 1 << 20, (1 << 20) + 1, u64::MAX >> 1, u64::MAX]).expect("not empty");
                for (byte, new) in bytes[at..].iter_mut().zip(number.to_le_bytes()) {
                    *byte = new;
                }
            }
            4 => bytes.truncate(at),
            5 => {
                let part = bytes[at..(at + random.usize(..64)).min(bytes.len())].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                // A placeholder of the library: extension 104, that could name another slot.
                let part = [0xc7, random.u8(..32), 104, random.u8(..4), random.u8(..), 0, 0];
                for (byte, new) in bytes[at..].iter_mut().zip(part) {
                    *byte = new;
                }
            }
        }
    }
    mend(bytes, random);
}

/// Mostly, the sizes in the header are made right again, so that the parts are read.
fn mend(bytes: &mut [u8], random: &mut Rng) {
    if bytes.len() < HEADER || random.u8(..4) == 0 || ![CALL, ANSWER, CONTROL, SEVERAL].contains(&bytes[1]) {
        return;
    }
    bytes[0] = 1;
    let length = bytes.len() - HEADER;
    let structured = u32::from_le_bytes(bytes[30..34].try_into().expect("four")) as usize;
    let structured = structured.min(length);
    bytes[30..34].copy_from_slice(&(structured as u32).to_le_bytes());
    bytes[34..42].copy_from_slice(&((length - structured) as u64).to_le_bytes());
}
