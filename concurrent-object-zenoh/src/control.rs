//! What a proxy asks of a host beside calls: to start, to cancel, to end.
//!
//! Knows the wire forms; a reader checks the size before. Invariant: each value was read whole.

use std::time::Duration;

use concurrent_object::bridge::{EndKind, Event, RemoteStart};
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
    /// What the library needs.
    pub start: RemoteStart,
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
}

impl StartRequest {
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
