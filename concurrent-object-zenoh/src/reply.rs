//! Reads the replies of a host: events, answers, and answers in pieces.
//!
//! Knows the wire; knows nothing of sessions. The bytes come from another machine.
//! Invariant: at most one answer is in assembly, since a host sends the pieces of one after those of
//! another; and its memory is at most the limit.

use concurrent_object::bridge::{Event, Message};
use zenoh::bytes::ZBytes;
use zenoh::query::Reply;

use crate::control::{self, Missing};
use crate::presence::HostLoad;
use crate::wire::{self, Assembly, HEADER, Kind};

/// What a host sent.
#[derive(Debug)]
pub enum Collected {
    /// The host has the object, and this load.
    Taken(HostLoad),
    /// Something of the object, or of a call.
    Event(Event),
    /// The calls that the host has not.
    Missing(Missing),
}

/// Collects the messages of one object.
#[derive(Debug)]
pub struct Collector {
    limit: u64,
    under_way: Option<Assembly>,
}

impl Collector {
    /// Collects messages up to a size.
    pub fn new(limit: u64) -> Self {
        Self { limit, under_way: None }
    }

    /// Takes one reply, and passes on what it has, or completes.
    pub fn take(&mut self, reply: &Reply, mut pass_on: impl FnMut(Collected)) -> Result<(), String> {
        match reply.result() {
            Ok(sample) => self.take_all(sample.payload(), &mut pass_on),
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

    fn take_all(&mut self, payload: &ZBytes, pass_on: &mut dyn FnMut(Collected)) -> Result<(), String> {
        let is_bundle = wire::decode(payload, self.limit).is_ok_and(|header| header.kind == Kind::Several);
        if !is_bundle {
            self.take_message(payload)?.into_iter().for_each(pass_on);
            return Ok(());
        }
        for message in wire::bundled(payload) {
            let message = message.map_err(|error| format!("a bundle is refused: {error}"))?;
            self.take_message(&message)?.into_iter().for_each(&mut *pass_on);
        }
        Ok(())
    }

    /// Takes one message. `None` if more must come.
    pub fn take_message(&mut self, payload: &ZBytes) -> Result<Option<Collected>, String> {
        let header = wire::decode(payload, self.limit).map_err(|error| format!("a reply is refused: {error}"))?;
        match (header.kind, &mut self.under_way) {
            (Kind::Taken, None) => {
                let load = HostLoad { objects: header.tag, changes: header.id as u64 };
                Ok(Some(Collected::Taken(load)))
            }
            (Kind::Begun, None) => Ok(Some(Collected::Event(Event::Begun(header.id as u64)))),
            (Kind::Event, None) => {
                let event = control::read(&wire::copy(payload, HEADER, payload.len() - HEADER));
                match event.ok_or("an event cannot be read")? {
                    // They have forms of their own, whose sizes were checked.
                    Event::Answered(..) | Event::Begun(_) | Event::Saved(_) => {
                        Err("an event came in the form of another".to_owned())
                    }
                    event => Ok(Some(Collected::Event(event))),
                }
            }
            (Kind::Control, None) => {
                let missing = control::read(&wire::copy(payload, HEADER, payload.len() - HEADER));
                Ok(Some(Collected::Missing(missing.ok_or("the answer to a probe cannot be read")?)))
            }
            (Kind::Answer | Kind::Announced, None) if header.id > wire::SAVED => {
                Err("an answer has the number of no call".to_owned())
            }
            (Kind::Answer, None) => Ok(Some(answer(header.id, wire::parts(payload, &header)))),
            (Kind::Announced, None) => {
                self.under_way = Some(Assembly::begin(header, self.limit).map_err(|error| error.to_string())?);
                Ok(None)
            }
            (Kind::Piece, Some(assembly)) => {
                let put = assembly.put(&header, payload);
                put.map_err(|error| format!("a piece is refused: {error}"))?;
                Ok(self.finish())
            }
            (kind, _) => Err(format!("a message of the kind {kind:?} came out of place")),
        }
    }

    fn finish(&mut self) -> Option<Collected> {
        let assembly = self.under_way.take_if(|assembly| assembly.is_whole())?;
        Some(answer(assembly.header().id, assembly.into_message()))
    }
}

fn answer(id: u128, message: Message) -> Collected {
    Collected::Event(match u64::try_from(id) {
        Ok(call) => Event::Answered(call, message),
        Err(_) => Event::Saved(message),
    })
}
