//! Reads the replies of a host: events, answers, and answers in pieces.
//!
//! Knows the wire; knows nothing of sessions. The bytes come from another machine.
//! Invariant: at most one answer is in assembly, and its memory is at most the limit.

use concurrent_object::bridge::{Event, Message};
use zenoh::bytes::ZBytes;
use zenoh::query::Reply;

use crate::control;
use crate::wire::{self, Assembly, HEADER, Header, Kind};

/// What a host sent.
#[derive(Debug)]
pub enum Collected {
    /// The call's method has begun.
    Begun,
    /// The reply of the call.
    Answer(Message),
    /// Something of the object, or a refusal.
    Event(Event),
}

/// Collects the messages of one query.
#[derive(Debug)]
pub struct Collector {
    limit: u64,
    under_way: Option<(Header, Assembly)>,
}

impl Collector {
    /// Collects messages up to a size.
    pub fn new(limit: u64) -> Self {
        Self { limit, under_way: None }
    }

    /// Takes one reply. `None` if more must come.
    pub fn take(&mut self, reply: &Reply) -> Result<Option<Collected>, String> {
        match reply.result() {
            Ok(sample) => self.take_message(sample.payload()),
            // Zenoh reports its own errors in the same way.
            Err(error) => {
                let text = error
                    .payload()
                    .try_to_string()
                    .map_or_else(|_| "unknown".to_owned(), |t| t.chars().take(200).collect());
                Err(format!("the host, or Zenoh, refused: {text}"))
            }
        }
    }

    /// Takes one message. `None` if more must come.
    pub fn take_message(&mut self, payload: &ZBytes) -> Result<Option<Collected>, String> {
        let header = wire::decode(payload, self.limit).map_err(|error| format!("a reply is refused: {error}"))?;
        match (header.kind, &mut self.under_way) {
            (Kind::Begun, None) => Ok(Some(Collected::Begun)),
            (Kind::Event, None) => {
                let bytes = wire::copy(payload, HEADER, payload.len() - HEADER);
                let event = control::read(&bytes).ok_or("an event cannot be read")?;
                Ok(Some(Collected::Event(event)))
            }
            (Kind::Answer, None) => Ok(Some(Collected::Answer(wire::parts(payload, &header)))),
            (Kind::Announced, None) => {
                let length = u64::from(header.structured) + header.raw;
                let assembly = Assembly::begin(length, self.limit).map_err(|error| error.to_string())?;
                self.under_way = Some((header, assembly));
                Ok(None)
            }
            (Kind::Piece, Some((_, assembly))) => {
                let put = assembly.put(header.counted, header.raw, wire::slices(payload, HEADER));
                put.map_err(|error| format!("a piece is refused: {error}"))?;
                Ok(self.finish().map(Collected::Answer))
            }
            (kind, _) => Err(format!("a message of the kind {kind:?} came out of place")),
        }
    }

    fn finish(&mut self) -> Option<Message> {
        let (header, assembly) = self.under_way.take()?;
        match assembly.finish() {
            Ok(bytes) => Some(wire::split(&header, bytes)),
            Err(assembly) => {
                self.under_way = Some((header, assembly));
                None
            }
        }
    }
}
