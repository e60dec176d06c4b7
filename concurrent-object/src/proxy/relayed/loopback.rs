//! A remote in the same program: its objects are relayed, and no message leaves the program.
//!
//! Knows both sides of the bridge. Invariant: an object of it behaves as one of any other remote.

use std::time::Duration;

use super::{Registry, Relayed};
use crate::error::StartError;
use crate::protocol::remote::{CallLimits, Carrier, EndKind, Events, Message, Remote, RemoteStart};

/// Makes each object of the program one of a loopback, unless it is empty or `0`.
const VARIABLE: &str = "CONCURRENT_OBJECT_LOOPBACK";

/// Holds objects as another program would, in child processes of this program. Use it to try how a
/// program works with objects elsewhere, without a network.
///
/// `CONCURRENT_OBJECT_LOOPBACK=1` in the environment does this for all objects of the program that
/// have no other remote and are not in a thread. [`set_default_remote`](super::set_default_remote)
/// puts them on another remote.
#[derive(Debug)]
pub struct Loopback {
    registry: Registry,
}

impl Loopback {
    /// Creates it for the types of this registry.
    #[must_use]
    pub fn new(registry: Registry) -> Self {
        Self { registry }
    }
}

impl Remote for Loopback {
    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError> {
        let relayed = self.registry.start(start, |options| options, move |event| events.put(event))?;
        Ok(Box::new(LoopbackCarrier(relayed)))
    }

    fn name(&self) -> String {
        "loopback".into()
    }
}

/// Hands each call to the relayed object.
struct LoopbackCarrier(Relayed);

impl Carrier for LoopbackCarrier {
    fn send(&self, call: u64, message: Message) {
        self.0.send(call, message);
    }

    fn cancel(&self, call: u64, grace: Option<Duration>) {
        self.0.cancel(call, grace);
    }

    fn limit(&self, call: u64, limits: CallLimits) {
        self.0.limit(call, limits);
    }

    fn end(&self, how: EndKind) {
        self.0.end(how);
    }
}

/// Whether the environment puts the objects of the program into loopbacks.
pub(super) fn is_set() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty() && value != "0")
}
