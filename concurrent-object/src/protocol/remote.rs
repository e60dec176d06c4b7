//! What travels between a proxy's program and the program that holds its object.
//!
//! A transport carries these messages and need not understand them. Knows bytes and numbers, not
//! what they mean. Invariant: each value has a wire form (`serde`), and a reader may refuse any of
//! it: it comes from another machine.

mod as_bytes;
mod diagnosis;
mod event;
mod limits;
mod message;
mod raw;
mod refusal;
mod start;
mod trace_parent;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::diagnosis::{Diagnosis, RemoteViolation};
pub use self::event::{Event, RemoteExit};
pub use self::limits::CallLimits;
pub use self::message::Message;
#[cfg(feature = "bridge")]
pub use self::raw::RawPieces;
pub use self::raw::{Gone, RawPart};
pub(crate) use self::raw::{LentRaw, StoredRaw};
pub use self::refusal::Refusal;
#[cfg(feature = "bridge")]
pub use self::start::OnPanicKind;
pub use self::start::RemoteStart;
#[cfg(feature = "bridge")]
pub use self::trace_parent::NoTraceParent;
pub use self::trace_parent::TraceParent;
use crate::error::StartError;

/// Where objects live that are not in a process or thread of this program. A transport crate
/// implements it.
pub trait Remote: fmt::Debug + Send + Sync + 'static {
    /// Begins one life of an object. Must not block. Reports what happens to `events`.
    ///
    /// # Errors
    /// The start is refused at once: return a [`Refusal`], converted. A refusal that is known later
    /// is [`Event::Refused`].
    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError>;

    /// Returns how much longer than its limits a call may take, until the proxy's program ends it
    /// by itself. The program that holds the object enforces the limits, and a transport may need
    /// this time to report that, or to notice that the connection is lost.
    fn patience(&self) -> Duration {
        Duration::ZERO
    }

    /// Returns the span that the present thread is in, if a tracing system has one.
    ///
    /// The library asks on the thread that makes a call or starts an object, and holds no lock. The
    /// answer goes along in [`Message::traceparent`] and [`RemoteStart::traceparent`]. The function
    /// must not make a call itself.
    fn traceparent(&self) -> Option<TraceParent> {
        None
    }

    /// Returns the name of the place in errors ([`LostHost::site`](crate::LostHost::site)).
    fn name(&self) -> String {
        String::new()
    }
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
    /// Changes the limits of a call that was sent, if it has no outcome yet. They count from now
    /// on, and the time that the method may run from its beginning. If the object's program does
    /// not get them, the proxy's program enforces them.
    fn limit(&self, call: u64, limits: CallLimits) {
        let _ = (call, limits);
    }
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
