//! What a proxy asks of a host beside calls: to start, to cancel, to end.
//!
//! Knows the wire forms; a reader checks the size before. Invariant: each value was read whole.

use std::time::Duration;

use concurrent_object::bridge::{CallLimits, EndKind, Event, Message, RemoteStart};
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
    /// What the library needs. The arguments and the saved state travel behind it.
    pub start: RemoteStart,
    /// The lengths of the arguments' raw and structured parts, and of those of the saved state.
    pub lengths: [u64; 4],
}

/// The most bytes of a start, beside the arguments.
pub const MAX_START: u64 = 1 << 16;

impl StartRequest {
    /// The wire form. The arguments and the state are not encoded again.
    pub fn into_message(mut self) -> Message {
        let messages = [Some(&mut self.start.arguments), self.start.state.as_mut()];
        let mut all = Vec::new();
        for (message, lengths) in messages.into_iter().flatten().zip(self.lengths.chunks_exact_mut(2)) {
            let (raw, structured) = (std::mem::take(&mut message.raw), std::mem::take(&mut message.structured));
            lengths.copy_from_slice(&[raw.len() as u64, structured.len() as u64]);
            raw.append_to(0..raw.len(), &mut all).expect("a start lies in no slot");
            all.extend(structured);
        }
        Message::new(0, 0, write(&self), all)
    }

    /// Reads the wire form. `None` if it is not in this form.
    pub fn from_message(message: Message) -> Option<Self> {
        let mut request = read::<Self>(&message.structured)?;
        let raw = message.raw.into_vec().ok()?;
        let mut rest = raw.as_slice();
        let mut parts = request.lengths.map(|length| {
            let (part, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            rest = after;
            Some(part.to_vec())
        });
        if !rest.is_empty() {
            return None;
        }
        let [raw, structured, state_raw, state_structured] = parts.each_mut().map(Option::take);
        (request.start.arguments.raw, request.start.arguments.structured) = (raw?.into(), structured?);
        if let Some(state) = &mut request.start.state {
            (state.raw, state.structured) = (state_raw?.into(), state_structured?);
        }
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
    /// The limits of a call have changed.
    Limit {
        /// The call.
        call: u128,
        /// Its limits from now on.
        limits: CallLimits,
    },
    /// The object shall end.
    End(EndKind),
    /// The host shall say which of these calls it has not.
    Probe {
        /// The calls, all of which were sent whole.
        calls: Vec<u64>,
        /// Those of them that the proxy's side can send again. The others never run, if they are not there.
        repeatable: Vec<u64>,
    },
}

/// Answers [`Control::Probe`], and a call whose id was taken before.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The calls that have not arrived. They have not run.
    pub absent: Vec<u64>,
    /// The calls whose outcome was sent and is not kept.
    pub gone: Vec<u64>,
}

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(state: Option<Message>) -> StartRequest {
        let start = json!({
            "protocol": 1, "type_name": "Echo", "fingerprint": 0, "name": "echo", "constructor": 0,
            "arguments": { "tag": 3, "counted": 5, "structured": [1, 2, 3], "raw": [4, 5], "limits": {} }, "slots": 4,
            "max_input_size": 1000, "max_output_size": 1000, "on_panic": "Continue", "stack_size": null, "cancel_grace": { "secs": 1, "nanos": 0 },
            "sends_stdout": false, "sends_stderr": false, "idempotent": [], "snapshots": null, "state": null, "object": 1, "life": 2,
        });
        let mut start = serde_json::from_value::<RemoteStart>(start).expect("these are its fields");
        start.state = state;
        let (owner, build) = ("owner".to_owned(), "build".to_owned());
        StartRequest { instance: 5, owner, session: 7, build, start, lengths: [0; 4] }
    }

    #[test]
    fn a_start_comes_back_with_its_arguments_and_its_state() {
        for state in [None, Some(Message::new(1, 9, vec![6; 100], vec![7; 64]))] {
            let sent = request(state.clone()).into_message();
            let start = StartRequest::from_message(sent).expect("it is in the form").start;
            assert_eq!(start.arguments, Message::new(3, 5, vec![1, 2, 3], vec![4, 5]));
            assert_eq!(start.state, state);
        }
    }

    #[test]
    fn lengths_that_do_not_add_up_are_refused() {
        let sent = request(None).into_message();
        let raw = sent.raw.into_vec().expect("they are there");
        let with = |structured: Vec<u8>, raw: &[u8]| Message::new(0, 0, structured, raw.to_vec());
        assert!(StartRequest::from_message(with(sent.structured.clone(), &raw[1..])).is_none());
        assert!(StartRequest::from_message(with(sent.structured.clone(), &[&raw[..], &[1]].concat())).is_none());
        let mut huge = request(None);
        huge.lengths = [u64::MAX; 4];
        assert!(StartRequest::from_message(with(write(&huge), &raw)).is_none());
    }
}
