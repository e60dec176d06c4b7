//! What happens to an object in another program.
//!
//! Knows facts, not their consequences. Invariant: a reader may refuse any of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Diagnosis, Message, Refusal, as_bytes};

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
    /// The call had a limit ([`Message::limits`]) that is over, and its outcome is that. Concludes
    /// the call.
    TimedOut {
        /// The number of the call.
        call: u64,
        /// How long its method ran.
        ran_for: Duration,
        /// Whether its method has begun.
        has_begun: bool,
        /// Whether it has not ended in its grace period. Then the process is killed, and
        /// [`Event::Died`] follows.
        was_killed: bool,
    },
    /// The state of the object, which the next life begins with. It has the effects of all calls
    /// whose answers follow it. A transport may leave out a state that has not left when the next
    /// one comes, and send the next in its place.
    Saved(Message),
    /// The state could not be saved. Comes before the answers of the calls after which that was.
    Unsaved {
        /// How often that was in this life.
        failures: u32,
        /// How often it was after a success, or the first time.
        series: u32,
        /// Why, unless the state was saved since.
        reason: Option<String>,
    },
    /// What the object's process has printed to a stream whose output
    /// [`RemoteStart`](super::RemoteStart) asks for.
    Printed {
        /// Whether it was printed to the standard error.
        is_error: bool,
        /// The bytes, at most 64 KiB. They need not end with a line.
        #[serde(with = "as_bytes")]
        bytes: Vec<u8>,
    },
    /// What the object's process has noted before its end: a panic, or why there is no object. The
    /// bytes are for the library in the proxy's program.
    Noted(Vec<u8>),
    /// What the system says of the object's process, which has died. Comes before
    /// [`Died`](Self::Died), at most once; a transport may leave it out.
    Diagnosed(Diagnosis),
    /// The newest progress value of a call whose method runs, in the library's form: at most 48
    /// bytes. A transport may leave it out, if it sends a newer one or the outcome.
    Progressed(u64, #[serde(with = "as_bytes")] Vec<u8>),
    /// The object is not started. The last event. Comes only before [`Event::Ready`].
    Refused(Refusal),
    /// The object's process has ended without a request. The last event. A call that has neither
    /// begun nor been answered before it never ran.
    Died(RemoteExit),
    /// The object's process has ended on request, or after the call that consumed the object. The
    /// last event. What [`Died`](Self::Died) says of calls holds here too.
    Ended,
    /// The connection is lost, with a reason. What runs there is unknown. The last event.
    Lost(String),
    /// The object has a process there, which constructs it. Comes at most once, and only before
    /// [`Event::Ready`]; a transport may leave it out.
    Spawned {
        /// The process id that the object has there.
        pid: u32,
        /// The name of the machine.
        host: String,
    },
}
