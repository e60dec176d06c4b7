//! The far end: a program that holds objects for proxies of other machines.
//!
//! Knows which types it may start and how many; one thread serves starts, ends and times.
//! Invariant: an object of an owner that is gone ends after the grace, whatever the owner does later.

mod hosted;
mod outcomes;
mod replies;
mod served;
mod starts;
mod worker;

use std::time::Duration;

use concurrent_object::bridge::{
    CallLimits, EndKind, Event, FarOptions, Message, Refusal, Registry, Relayed, RemoteStart,
};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::{Config, HostInfo, SiteError};
use worker::HostWorker;

/// An object that the library runs here.
pub trait Held: Send + Sync {
    /// Makes a call. Must not block.
    fn send(&self, call: u64, message: Message);
    /// Asks for the early end of a call.
    fn cancel(&self, call: u64, grace: Option<Duration>);
    /// Changes the limits of a call.
    fn limit(&self, call: u64, limits: CallLimits);
    /// Ends the object.
    fn end(&self, how: EndKind);
}

/// What starts objects: the library's registry, or a double in a test.
pub trait Starter: Send + Sync {
    /// The names of the types, and a number for the constructors and methods of each.
    fn types(&self) -> Vec<(String, u64)>;
    /// Starts an object, and does not wait for it.
    fn start(&self, start: RemoteStart, sink: Sink) -> Result<Box<dyn Held>, Refusal>;
}

/// Takes the events of an object. Does not block.
pub type Sink = Box<dyn Fn(Event) + Send + Sync>;

impl Held for Relayed {
    fn send(&self, call: u64, message: Message) {
        Self::send(self, call, message);
    }
    fn cancel(&self, call: u64, grace: Option<Duration>) {
        Self::cancel(self, call, grace);
    }
    fn limit(&self, call: u64, limits: CallLimits) {
        Self::limit(self, call, limits);
    }
    fn end(&self, how: EndKind) {
        Self::end(self, how);
    }
}

type Adjust = Box<dyn Fn(FarOptions) -> FarOptions + Send + Sync>;

struct Registered {
    registry: Registry,
    adjust: Adjust,
}

impl Starter for Registered {
    fn types(&self) -> Vec<(String, u64)> {
        self.registry.types().map(|(name, fingerprint)| (name.to_owned(), fingerprint)).collect()
    }
    fn start(&self, start: RemoteStart, sink: Sink) -> Result<Box<dyn Held>, Refusal> {
        let relayed = self.registry.start(start, &self.adjust, sink);
        Ok(Box::new(relayed.map_err(|error| Refusal::from(&error))?))
    }
}

/// A program that holds objects.
///
/// It runs each object in a child process of itself, as a local builder does. So `main` calls
/// [`init`](concurrent_object::init) first.
pub struct Host {
    config: Config,
    name: String,
    capacity: u32,
    registry: Registry,
    adjust: Adjust,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { config, name, capacity, registry, adjust: _ } = self;
        let mut debug = f.debug_struct("Host");
        debug.field("name", name).field("capacity", capacity).field("registry", registry).field("config", config);
        debug.finish_non_exhaustive()
    }
}

impl Host {
    /// A host of this name, which must be unique in the realm. It holds as many objects as it has cores.
    pub fn new(config: Config, name: impl Into<String>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let capacity = u32::try_from(cores).unwrap_or(u32::MAX);
        Self { config, name: name.into(), capacity, registry: Registry::new(), adjust: Box::new(|options| options) }
    }

    /// Sets the types that proxies may start here. All others are refused.
    ///
    /// See the example of the crate.
    #[must_use]
    pub fn register(mut self, types: impl FnOnce(&mut Registry)) -> Self {
        types(&mut self.registry);
        self
    }

    /// Sets how many objects it may hold.
    #[must_use]
    pub fn capacity(mut self, objects: u32) -> Self {
        self.capacity = objects;
        self
    }

    /// Sets options of each object. They have precedence over what the proxy asked for.
    #[must_use]
    pub fn on_start(mut self, adjust: impl Fn(FarOptions) -> FarOptions + Send + Sync + 'static) -> Self {
        self.adjust = Box::new(adjust);
        self
    }

    /// Begins to serve, on threads of its own, until the result is dropped.
    ///
    /// # Errors
    ///
    /// [`SiteError`] if the configuration is refused, or Zenoh cannot open the session.
    pub fn start(self) -> Result<Serving, SiteError> {
        let starter = Registered { registry: self.registry, adjust: self.adjust };
        serve_with(&self.config, self.name, self.capacity, Box::new(starter))
    }

    /// Serves until SIGTERM or SIGINT. Then it takes no further object, waits for the running calls as
    /// long as `limits.owner_grace`, and ends the objects.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start); also if the signals cannot be watched.
    pub fn serve(self) -> Result<(), SiteError> {
        // Before the session opens, so that a signal during it is not lost.
        let mut signals = Signals::new([SIGTERM, SIGINT]).map_err(SiteError::Thread)?;
        let grace = self.config.owner_grace();
        let serving = self.start()?;
        let signal = signals.forever().next();
        tracing::info!(?signal, "the host drains");
        serving.drain(grace);
        Ok(())
    }
}

/// A host that serves. Dropping it ends its objects at once.
#[derive(Debug)]
pub struct Serving {
    worker: HostWorker,
}

impl Serving {
    /// Takes no further object, waits for the running calls for at most this time, ends the objects.
    pub fn drain(self, limit: Duration) {
        self.worker.drain(limit);
    }

    /// How many objects it holds.
    pub fn objects(&self) -> usize {
        self.worker.objects()
    }
}

/// Serves with what starts the objects.
pub fn serve_with(
    config: &Config,
    name: String,
    capacity: u32,
    starter: Box<dyn Starter>,
) -> Result<Serving, SiteError> {
    let info = HostInfo::new(name, capacity, starter.types());
    Ok(Serving { worker: HostWorker::start(config, info, starter)? })
}

#[cfg(test)]
mod tests;
