//! Objects that this program holds for proxies of other programs.
//!
//! Such an object is an ordinary object with a child process of its own. Its calls come as bytes,
//! and its replies go as bytes. A client is trusted no more than a child: sizes, method numbers and
//! the number of calls under way are checked here, and the child obeys no reference to memory
//! outside of a message (`Hello::is_relayed`).
//!
//! Knows registered types. Invariant: bytes from a client reach only the process of its own object.

mod default_remote;
mod looks;
mod loopback;
mod open_calls;
mod options;
mod outcomes;
mod worker;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use tracing::Span;
use tracing::field::Empty;

pub(crate) use self::default_remote::put_elsewhere;
pub use self::default_remote::set_default_remote;
pub use self::loopback::Loopback;
pub use self::options::FarOptions;
use self::worker::{EventSink, Order, Relay};
use super::builder::{Options, Settings};
use super::start::{Code, start_object, store_message};
use crate::child::ConcurrentObject;
use crate::error::{PushErrorKind, StartError};
use crate::parent::object::Object;
use crate::parent::object::reply::RelayedRequest;
use crate::process::background;
use crate::process::output::{OutputTaker, Which};
use crate::protocol::hello::PROTOCOL;
use crate::protocol::methods::{Methods, fingerprint};
use crate::protocol::remote::{CallLimits, EndKind, Event, Message, Refusal, RemoteStart};
use crate::protocol::snapshot_policy::SnapshotPolicy;

/// The types that proxies of other programs may start here, by name.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    types: BTreeMap<&'static str, RegisteredType>,
}

/// Starts an object with this code, these options, and this constructor with its arguments.
type BeginRelayed = fn(Code, Settings, u32, &Message) -> Result<Arc<Object>, StartError>;

/// A type, and how to start an object of it.
#[derive(Clone, Copy, Debug)]
struct RegisteredType {
    fingerprint: u64,
    methods: usize,
    code: Code,
    begin: BeginRelayed,
}

/// An object that this program holds for a proxy of another program.
///
/// Dropping it kills the object.
pub struct Relayed {
    relay: Arc<Relay>,
    orders: Sender<Order>,
    methods: usize,
}

impl Registry {
    /// Creates a registry without types.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows objects of this type. `O` is the output enum that the attribute generates for it:
    /// `registry.register::<Counter, CounterOutput>()`.
    pub fn register<T: ConcurrentObject, O: Methods>(&mut self) -> &mut Self {
        self.register_code::<O>(Code::of::<T, O>());
        self
    }

    /// Allows objects with this code.
    pub(crate) fn register_code<O: Methods>(&mut self, code: Code) {
        let type_name = (code.type_name)();
        let (fingerprint, methods) = (fingerprint::<O>(type_name), O::METHODS.len());
        self.types.insert(type_name, RegisteredType { fingerprint, methods, code, begin: begin::<O> });
    }

    /// Returns the names of the types, with the fingerprint of each: a number for its constructors
    /// and methods.
    pub fn types(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.types.iter().map(|(&name, registered)| (name, registered.fingerprint))
    }

    /// Starts an object in a child process of this program, and does not wait for it.
    ///
    /// `adjust` may set further options. `sink` gets each event, from threads of the library. It
    /// must not block, and must not use the [`Relayed`].
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
        let registered = self.find(&start)?;
        let sink: EventSink = Arc::new(sink);
        let (orders, to_do) = channel();
        let look = orders.clone();
        // The thread may have ended; then the death is known.
        let options = options_of(&start, &sink).on_death(move |_| drop(look.send(Order::Look)));
        let mut settings = adjust(FarOptions::new(options)).check(&start)?;
        settings.is_relayed = true;
        let interval = start.snapshots.and_then(SnapshotPolicy::interval);
        (settings.snapshots, settings.earlier_state) =
            (start.snapshots.unwrap_or(SnapshotPolicy::never()), start.state);
        let object = (registered.begin)(registered.code, settings, start.constructor, &start.arguments)?;
        let relay = Arc::new(Relay::new(object, sink, interval));
        let its = relay.clone();
        if let Err(error) = background::spawn(c"object-relay", move || its.work(&to_do)) {
            relay.object.begin_kill();
            return Err(StartError::system("creating the thread of a relayed object")(error));
        }
        Ok(Relayed { relay, orders, methods: registered.methods })
    }

    fn find(&self, start: &RemoteStart) -> Result<RegisteredType, StartError> {
        let skew = |ours: String, seen: String| StartError::from(Refusal::VersionSkew { ours, seen });
        if start.protocol != PROTOCOL {
            return Err(skew(format!("protocol {}", start.protocol), format!("protocol {PROTOCOL}")));
        }
        let name = &start.type_name;
        let Some(&registered) = self.types.get(name.as_str()) else {
            return Err(Refusal::Denied(format!("objects of type `{name}` may not be started here")).into());
        };
        if registered.fingerprint != start.fingerprint {
            let build = |fingerprint| format!("`{name}` with the fingerprint {fingerprint:016x}");
            return Err(skew(build(start.fingerprint), build(registered.fingerprint)));
        }
        Ok(registered)
    }
}

fn options_of(start: &RemoteStart, sink: &EventSink) -> Options {
    let size = |size| usize::try_from(size).unwrap_or(usize::MAX);
    let options = Options::new(&start.name)
        .slots(start.slots as usize)
        .max_input_size(size(start.max_input_size))
        .max_output_size(size(start.max_output_size))
        .cancel_grace(start.cancel_grace)
        .on_panic(start.on_panic.into());
    let sink = sink.clone();
    let takes = OutputTaker(Arc::new(move |which, bytes| {
        sink(Event::Printed { is_error: which == Which::Stderr, bytes: bytes.to_vec() });
    }));
    let options = options.send_output(start.sends_stdout, start.sends_stderr, takes);
    match start.stack_size {
        Some(stack_size) => options.stack_size(size(stack_size)),
        None => options,
    }
}

fn begin<O: Methods>(
    code: Code,
    settings: Settings,
    constructor: u32,
    arguments: &Message,
) -> Result<Arc<Object>, StartError> {
    start_object::<O>(settings, code, Some((code.place)()?), constructor, |_| store_message(arguments))
}

impl Relayed {
    /// Makes a call. Never blocks. A call that is refused is [`Event::Failed`], or
    /// [`Event::Returned`] if the object ends.
    pub fn send(&self, call: u64, message: Message) {
        // The user's subscriber runs in here, so not under the lock.
        let span = self.span_of(call, &message);
        let mut open = self.relay.open();
        if open.has_ended || open.calls.contains_key(&call) {
            return;
        }
        let (slots, wait) = (self.relay.object.slots(), message.limits.wait);
        let sink = &self.relay.sink;
        if open.calls.len() >= slots {
            return sink(Event::Failed(call, format!("{slots} calls are under way, and the object has no more slots")));
        }
        if message.tag as usize >= self.methods {
            return sink(Event::Failed(call, format!("there is no method number {}", message.tag)));
        }
        // The transport that sent it may have given the call up meanwhile.
        let Message { tag: method, counted, structured, raw, limits, .. } = message;
        let Ok(raw) = raw.into_stored() else { return sink(Event::Returned(call)) };
        match self.relay.object.relay(RelayedRequest { method, counted, structured, raw, limits }) {
            Ok(key) => {
                open.insert(call, key, wait);
                // The thread receives until `has_ended` is set.
                let _sent = self.orders.send(Order::Call(call, key, span));
            }
            Err(PushErrorKind::Gone(_)) => sink(Event::Returned(call)),
            Err(kind) => sink(Event::Failed(call, kind.to_string())),
        }
    }

    /// The span of a call, from its arrival until its outcome leaves. It continues the trace of its
    /// caller, if that has one.
    fn span_of(&self, call: u64, message: &Message) -> Span {
        let method = self.relay.object.method_name(message.tag);
        match message.traceparent {
            Some(traceparent) => tracing::info_span!(
                target: "concurrent_object::calls", "call", method, call, %traceparent, outcome = Empty
            ),
            None => tracing::debug_span!(target: "concurrent_object::calls", "call", method, call, outcome = Empty),
        }
    }

    /// Asks for the early end of a call. Its outcome follows. Without `grace`, a call that has
    /// begun goes on.
    pub fn cancel(&self, call: u64, grace: Option<Duration>) {
        let mut open = self.relay.open();
        let Some(&key) = open.calls.get(&call) else { return };
        // The proxy's program enforces the grace period.
        match grace {
            Some(_) => self.relay.object.cancel_if_open(key),
            None => self.relay.object.cancel_if_waiting(key),
        }
        // The thread may wait for an earlier call, so it would report this one late.
        if open.awaited != Some(call) {
            self.relay.conclude_settled(&mut open, call, key);
        }
    }

    /// Changes the limits of a call. See [`Carrier::limit`](crate::bridge::Carrier::limit).
    pub fn limit(&self, call: u64, limits: CallLimits) {
        let mut open = self.relay.open();
        let Some(&key) = open.calls.get(&call) else { return };
        open.insert(call, key, limits.wait);
        self.relay.object.limit_relayed(key, limits);
    }

    /// Ends the object. Its last event follows. Never blocks.
    pub fn end(&self, how: EndKind) {
        self.relay.open().is_stopping = true;
        match how {
            EndKind::Shutdown => self.relay.object.ask_to_stop(),
            EndKind::Kill => self.relay.object.begin_kill(),
        }
        let _sent = self.orders.send(Order::Look);
    }
}

impl Drop for Relayed {
    fn drop(&mut self) {
        self.end(EndKind::Kill);
    }
}

impl fmt::Debug for Relayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relayed").field("object", &self.relay.object).finish_non_exhaustive()
    }
}
