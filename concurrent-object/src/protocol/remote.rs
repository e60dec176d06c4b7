//! What travels between a proxy's program and the program that holds its object.
//!
//! A transport carries these messages and need not understand them. Knows bytes and numbers, not
//! what they mean. Invariant: each value has a wire form (`serde`), and a reader may refuse any of
//! it: it comes from another machine.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::StartError;
use crate::protocol::on_panic::OnPanic;

/// Where objects live that are not in a process or thread of this program. A transport crate
/// implements it.
pub trait Remote: fmt::Debug + Send + Sync + 'static {
    /// Begins one life of an object. Must not block. Reports what happens to `events`.
    ///
    /// # Errors
    /// The start is refused at once. A failure that is known later is [`Event::Lost`] or
    /// [`Event::Died`].
    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError>;
}

/// Carries encoded calls to one object. No function may block.
///
/// Dropping it ends the object, as [`EndKind::Kill`] does.
pub trait Carrier: Send + Sync + 'static {
    /// Sends a call. The number of slots bounds how many calls are under way. After it, one of
    /// [`Event::Answered`], [`Event::Failed`], [`Event::Returned`], or the end of the object
    /// follows.
    fn send(&self, call: u64, message: Message);
    /// Asks for the early end of a call. Its outcome follows all the same. Without `grace`, a call
    /// that has begun is not disturbed; otherwise its method has that long to return.
    fn cancel(&self, call: u64, grace: Option<Duration>);
    /// Ends the object. [`Event::Ended`], [`Event::Died`] or [`Event::Lost`] follows, once.
    fn end(&self, how: EndKind);
}

/// How an object ends on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EndKind {
    /// After the running call. Calls that have not begun come back ([`Event::Returned`]).
    Shutdown,
    /// At once.
    Kill,
}

/// The bytes of a request or of a reply.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// The number of the method in a request, the kind in a reply.
    pub tag: u32,
    /// The size that counts against the size limit, in bytes.
    pub counted: u64,
    /// The structured part.
    pub structured: Vec<u8>,
    /// The bytes of lists, as they lie in a slot: multiples of 64 bytes apart.
    #[serde(with = "as_bytes")]
    pub raw: Vec<u8>,
}

impl Message {
    /// Creates a message from its parts.
    #[must_use]
    pub fn new(tag: u32, counted: u64, structured: Vec<u8>, raw: Vec<u8>) -> Self {
        Self { tag, counted, structured, raw }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tag, counted, structured, raw } = self;
        let (structured, raw) = (structured.len(), raw.len());
        write!(f, "Message {{ tag: {tag}, counted: {counted}, structured: {structured} bytes, raw: {raw} bytes }}")
    }
}

/// All that the other program needs to start an object.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RemoteStart {
    /// The version of this form and of the calls.
    pub protocol: u32,
    /// The name of the object's type.
    pub type_name: String,
    /// A number for the names of the type's methods. Both programs must have the same.
    pub fingerprint: u64,
    /// The object's name.
    pub name: String,
    /// The number of the constructor.
    pub constructor: u32,
    /// The arguments of the constructor.
    pub arguments: Message,
    /// How many calls may be under way.
    pub slots: u32,
    /// The limit of the arguments of a call, in bytes.
    pub max_input_size: u64,
    /// The limit of the result of a call, in bytes.
    pub max_output_size: u64,
    /// What follows a panic of a method.
    pub on_panic: OnPanicKind,
    /// The size of the stack, in bytes.
    pub stack_size: Option<u64>,
}

/// What follows a panic of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum OnPanicKind {
    /// The object continues to serve calls.
    Continue,
    /// The object ends.
    Terminate,
}

impl From<OnPanic> for OnPanicKind {
    fn from(on_panic: OnPanic) -> Self {
        match on_panic {
            OnPanic::Terminate => Self::Terminate,
            _ => Self::Continue,
        }
    }
}

impl From<OnPanicKind> for OnPanic {
    fn from(on_panic: OnPanicKind) -> Self {
        match on_panic {
            OnPanicKind::Terminate => Self::Terminate,
            OnPanicKind::Continue => Self::Continue,
        }
    }
}

/// How the process of an object on another machine has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RemoteExit {
    /// It has exited with this code.
    Code(i32),
    /// A signal of this number has ended it.
    Signal(i32),
    /// It is not known how.
    Unknown,
}

/// What happens to an object on another machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Event {
    /// The object is constructed. Comes at most once.
    Ready {
        /// The process id that the object has there.
        pid: u32,
        /// The name of the machine.
        host: String,
    },
    /// The method of this call has begun.
    Begun(u64),
    /// The call has this reply: a result or a failure. If it had not begun before, it has now.
    Answered(u64, Message),
    /// The call was refused before it began, with a reason.
    Failed(u64, String),
    /// The call has not begun, and never will: it was cancelled, or the object ends.
    Returned(u64),
    /// What the object's process has noted before its end: a panic, or why there is no object. The
    /// bytes are for the library in the proxy's program.
    Noted(Vec<u8>),
    /// The object's process has ended without a request. The last event.
    Died(RemoteExit),
    /// The object's process has ended on request, or after the call that consumed the object. The
    /// last event.
    Ended,
    /// The connection is lost, with a reason. What runs there is unknown. The last event.
    Lost(String),
}

/// Takes the events of one object, from any thread. Never blocks, and runs no code of the user.
#[derive(Clone)]
pub struct Events {
    put: Arc<dyn Fn(Event) + Send + Sync>,
}

impl Events {
    /// Creates it from what takes an event.
    pub fn new(put: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self { put: Arc::new(put) }
    }

    /// Reports an event. Events after the last one have no effect.
    pub fn put(&self, event: Event) {
        (self.put)(event);
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// Writes bytes as one byte string, where the format has such.
mod as_bytes {
    use std::fmt;

    use serde::de::{SeqAccess, Visitor};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        from.deserialize_byte_buf(BytesVisitor)
    }

    struct BytesVisitor;

    impl<'de> Visitor<'de> for BytesVisitor {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }

        fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
            Ok(bytes)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<u8>, A::Error> {
            // The stated length is not trusted: no memory is taken before the bytes are there.
            let mut bytes = Vec::new();
            while let Some(byte) = list.next_element()? {
                bytes.push(byte);
            }
            Ok(bytes)
        }
    }
}
