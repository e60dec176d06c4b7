//! Objects that this program holds for proxies of other programs.
//!
//! Knows registered types, and calls as bytes. Invariant: bytes from a client reach only the
//! process of its own object, and their sizes were checked before.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::child::ConcurrentObject;
use crate::error::StartError;
use crate::protocol::methods::Methods;
use crate::protocol::remote::{EndKind, Event, Message, RemoteStart};

/// The types that proxies of other programs may start here, by name.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    types: BTreeMap<&'static str, ()>,
}

/// The options that the holder of an object decides. Its word is the last.
pub struct FarOptions {}

/// An object that this program holds for a proxy of another program.
///
/// Dropping it kills the object.
pub struct Relayed {}

impl Registry {
    /// Creates a registry without types.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows objects of this type. `O` is the output enum that the attribute generates for it:
    /// `registry.register::<Counter, CounterOutput>()`.
    pub fn register<T: ConcurrentObject, O: Methods>(&mut self) -> &mut Self {
        self.types.insert(std::any::type_name::<T>(), ());
        self
    }

    /// Returns the names of the types, with their fingerprints.
    pub fn types(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.types.keys().map(|&name| (name, 0))
    }

    /// Starts an object in a child process of this program, and does not wait for it. `adjust` may
    /// set further options. `sink` gets each event; it must not block.
    ///
    /// # Errors
    /// The type is not registered, its methods differ, an option is invalid, or the system has no
    /// further process.
    pub fn start(
        &self,
        start: RemoteStart,
        adjust: impl FnOnce(FarOptions) -> FarOptions,
        sink: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Relayed, StartError> {
        let _ = (start, adjust, sink);
        Err(StartError::Ended)
    }
}

impl Relayed {
    /// Makes a call. Never blocks. A call that is refused is [`Event::Failed`].
    pub fn send(&self, call: u64, message: Message) {
        let _ = (call, message);
    }

    /// Asks for the early end of a call.
    pub fn cancel(&self, call: u64, grace: Option<Duration>) {
        let _ = (call, grace);
    }

    /// Ends the object. Its last event follows.
    pub fn end(&self, how: EndKind) {
        let _ = how;
    }
}

impl fmt::Debug for FarOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FarOptions").finish_non_exhaustive()
    }
}

impl fmt::Debug for Relayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relayed").finish_non_exhaustive()
    }
}
