//! What the other program needs to start an object.
//!
//! Knows options that apply there. Invariant: it names no file and no process of this machine.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Message, TraceParent};
use crate::protocol::on_panic::OnPanic;
use crate::protocol::snapshot_policy::SnapshotPolicy;

/// All that the other program needs to start an object.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RemoteStart {
    /// The version of this form and of the calls.
    pub protocol: u32,
    /// The name of the object's type.
    pub type_name: String,
    /// A number for the type's name, and for the names and spelled types of its constructors and
    /// methods. Both programs must have the same.
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
    /// Whether the standard output of the process comes as
    /// [`Event::Printed`](super::Event::Printed).
    pub sends_stdout: bool,
    /// Whether its standard error does.
    pub sends_stderr: bool,
    /// The numbers of the methods that may run twice (`#[concurrent_object(idempotent)]`). A
    /// transport may send such a call once more, with the same number, when it does not know
    /// whether the first one arrived. Any other call it sends at most once.
    pub idempotent: Vec<u32>,
    /// How long a method that is over its limit may take to notice its cancellation.
    pub cancel_grace: Duration,
    /// When the state is saved, and reported as [`Event::Saved`](super::Event::Saved).
    pub snapshots: Option<SnapshotPolicy>,
    /// The newest state of the earlier lives, from which the object is restored.
    pub state: Option<Message>,
    /// A number that the object has in all its lives, and no other object of the proxy's program.
    pub object: u64,
    /// The number of this life of the object, from 1. Each start has a larger number than the one
    /// before. If an earlier life is found alive, it is out of date: end it.
    pub life: u64,
    /// The span that the start belongs to, if the thread that started the object was in one. All
    /// lives have the same.
    #[serde(default)]
    pub traceparent: Option<TraceParent>,
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

impl RemoteStart {
    /// Whether this call may run twice: its method is idempotent.
    #[must_use]
    pub fn may_repeat(&self, call: &Message) -> bool {
        self.idempotent.contains(&call.tag)
    }
}
