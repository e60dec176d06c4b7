//! What a proxy asks of a host beside calls: to start, to cancel, to end.
//!
//! Knows the wire forms; a reader checks the size before. Invariant: each value was read whole.

use std::time::Duration;

use concurrent_object::bridge::{EndKind, Event, Message, RemoteStart};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Asks a host for an object.
#[derive(Debug, Serialize, Deserialize)]
pub struct StartRequest {
    /// Chosen at random by the proxy's side: who knows it can call the object.
    pub instance: u128,
    /// The session of the proxy. Its token says that it lives.
    pub owner: String,
    /// The upper half of the ids of its calls.
    pub session: u64,
    /// The build of the proxy's program.
    pub build: String,
    /// The trace that the start belongs to.
    pub traceparent: Option<String>,
    /// What the library needs. The arguments travel behind it.
    pub start: RemoteStart,
    /// The length of the arguments' structured part. The raw part comes first.
    pub structured: u64,
}

/// The most bytes of a start, beside the arguments.
pub const MAX_START: u64 = 1 << 16;

impl StartRequest {
    /// The wire form. The arguments are not copied, and not encoded again.
    pub fn into_message(mut self) -> Message {
        let Message { tag, counted, structured, mut raw, .. } = std::mem::take(&mut self.start.arguments);
        self.structured = structured.len() as u64;
        self.start.arguments = Message::new(tag, counted, Vec::new(), Vec::new());
        raw.extend_from_slice(&structured);
        Message::new(0, 0, write(&self), raw)
    }

    /// Reads the wire form. `None` if it is not in this form.
    pub fn from_message(message: Message) -> Option<Self> {
        let mut request = read::<Self>(&message.structured)?;
        let mut raw = message.raw;
        let at = raw.len().checked_sub(usize::try_from(request.structured).ok()?)?;
        request.start.arguments.structured = raw.split_off(at);
        request.start.arguments.raw = raw;
        Some(request)
    }
}

/// Asks something of one object.
#[derive(Debug, Serialize, Deserialize)]
pub enum Control {
    /// A call shall end early.
    Cancel {
        /// The call.
        call: u128,
        /// How long the method has to notice.
        grace: Option<Duration>,
    },
    /// The object shall end.
    End(EndKind),
    /// The host shall say which of these calls it has not.
    Probe(Vec<u64>),
}

/// Answers [`Control::Probe`]: the calls that the host has not.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing(pub Vec<u64>);

impl Missing {
    /// The wire form.
    pub fn to_bytes(&self) -> Vec<u8> {
        write(self)
    }
}

impl Control {
    /// The wire form.
    pub fn to_bytes(&self) -> Vec<u8> {
        write(self)
    }
}

/// The wire form of an event.
pub fn event_bytes(event: &Event) -> Vec<u8> {
    write(event)
}

fn write(value: &impl Serialize) -> Vec<u8> {
    rmp_serde::to_vec(value).expect("numbers, texts and bytes can be written to memory")
}

/// Reads what another machine sent. `None` if it is not in this form, or has more bytes.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let mut rest = bytes;
    let value = rmp_serde::from_read(&mut rest).ok()?;
    rest.is_empty().then_some(value)
}
