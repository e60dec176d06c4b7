//! The child's end: constructs the object, then receives, dispatches and replies until told to stop.
//!
//! Knows the object through `ConcurrentObject` only. Here is the one panic boundary. Invariant: a call that was started is
//! answered, with its result or with why there is none, unless the process dies.

mod arguments;
#[cfg(test)]
mod counting;
mod hook;
mod reply;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};

pub use self::arguments::ArgumentReader;
pub use self::reply::Reply;

use crate::channel::clock::coarse_now;
use crate::channel::head::{Body, Head};
use crate::channel::layout::Layout;
use crate::channel::mapped::{Channel, Lease};
use crate::channel::ring::{Carried, Consumer, Entry, NOTICE, Producer};
use crate::channel::sealed::Sealed;
use crate::channel::wait::wait_briefly;
use crate::error::failure::{Failure, LastWord};
use crate::link::{PANIC_EXIT_CODE, READY};

/// An object that can live in a process of its own. Implemented by `#[concurrent_object]`; there is no other use for it.
pub trait ConcurrentObject: Sized + 'static {
    /// Constructs the object, by the constructor of this number.
    #[doc(hidden)]
    fn construct(constructor: u32, arguments: &mut ArgumentReader<'_>) -> Result<Self, Failure>;

    /// Calls the method of this number, and sends what it returned.
    #[doc(hidden)]
    fn call(&mut self, method: u32, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> Result<(), Failure>;
}

/// What happens to an object after one of its methods panicked.
///
/// # Examples
/// ```
/// use concurrent_object::OnPanic;
/// # use concurrent_object::concurrent_object;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// #     pub fn keep(&self, values: Vec<u8>) -> usize { values.len() }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let divider = DividerProxy::builder("divider").start()?;
///     let strict = DividerProxy::builder("strict").on_panic(OnPanic::Terminate).start()?;
///     assert!(strict.divide(1, 0).wait().is_err());
///     assert!(strict.divide(4, 2).wait().is_err()); // gone
///     assert!(divider.divide(1, 0).wait().is_err());
///     assert_eq!(divider.divide(4, 2).wait()?, 2); // lives on
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum OnPanic {
    /// The caller gets the panic as an error, and the object goes on serving. Whether its state is still good is the
    /// caller's to judge.
    #[default]
    Continue,
    /// The caller gets the panic as an error, and the object's process ends.
    Terminate,
}

/// What a child is told in its first message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    pub(crate) protocol: u32,
    /// Device and inode of the executable.
    pub(crate) executable: (u64, u64),
    pub(crate) entry: usize,
    pub(crate) type_name: String,
    pub(crate) name: String,
    pub(crate) layout: Layout,
    pub(crate) on_panic: OnPanic,
    pub(crate) constructor: u32,
    /// Where the structured part of the constructor's arguments begins in their file.
    pub(crate) structured_offset: usize,
}

/// The version of everything the two ends agree on. Both are the same file, so a difference means that they are not.
pub(crate) const PROTOCOL: u32 = 1;

/// A child that knows what it is for.
#[derive(Debug)]
pub(crate) struct Birth {
    pub(crate) hello: Hello,
    pub(crate) channel: Arc<Channel>,
    pub(crate) leases: Vec<Lease>,
    pub(crate) arguments: Sealed,
}

/// Lives the object's life, and ends the process with it.
pub(crate) fn live<T: ConcurrentObject>(birth: Birth, methods: &'static [&'static str]) -> ! {
    let pid = process::id();
    let life = tracing::debug_span!(target: "concurrent_object", "object", name = birth.hello.name, pid);
    let _in_life = life.enter();
    hook::install(birth.channel.clone());
    let mut object = match construct::<T>(&birth) {
        Ok(object) => object,
        Err(failure) => end_unborn(&birth.channel, failure),
    };
    // Once more, in case the constructor has set a hook of its own: it goes on being called.
    hook::install(birth.channel.clone());
    tracing::debug!(target: "concurrent_object", name = birth.hello.name, pid, "constructed");
    let mut server = Server::new(birth, methods);
    let reason = server.serve(&mut object);
    end(object, reason)
}

fn construct<T: ConcurrentObject>(birth: &Birth) -> Result<T, Failure> {
    let bytes = birth.arguments.bytes();
    let cut = birth.hello.structured_offset;
    let outside = || Failure::Malformed { reason: "the constructor's arguments lie outside their file".into() };
    let (raw, structured) = bytes.split_at_checked(cut).ok_or_else(outside)?;
    let mut arguments = ArgumentReader::new(structured, raw);
    let built = catch_unwind(AssertUnwindSafe(|| T::construct(birth.hello.constructor, &mut arguments)));
    built.unwrap_or_else(|payload| Err(Failure::Panicked(hook::caught(payload))))
}

fn end_unborn(channel: &Channel, failure: Failure) -> ! {
    let code = if matches!(failure, Failure::Panicked(_)) { PANIC_EXIT_CODE } else { 1 };
    hook::leave(channel, &LastWord::NotConstructed(failure.shortened()));
    process::exit(code)
}

fn end<T>(object: T, reason: Stop) -> ! {
    let dropped = match reason {
        Stop::Asked => catch_unwind(AssertUnwindSafe(move || drop(object))),
        // The object's state is not to be relied on, not even for its `Drop`.
        Stop::Panicked => process::exit(PANIC_EXIT_CODE),
    };
    tracing::debug!(target: "concurrent_object", pid = process::id(), "ends");
    process::exit(if dropped.is_ok() { 0 } else { PANIC_EXIT_CODE })
}

/// Why serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Asked,
    Panicked,
}

struct Server {
    channel: Arc<Channel>,
    /// By slot number.
    leases: Vec<Lease>,
    methods: &'static [&'static str],
    on_panic: OnPanic,
    requests: Consumer,
    replies: Producer,
    /// What the request's entry carried.
    carried: Carried,
    scratch: Vec<u8>,
}

impl Server {
    fn new(birth: Birth, methods: &'static [&'static str]) -> Self {
        let Birth { hello, channel, mut leases, .. } = birth;
        leases.sort_by_key(Lease::slot);
        let (requests, replies) = (Consumer::default(), Producer::default());
        Self {
            channel,
            leases,
            methods,
            on_panic: hello.on_panic,
            requests,
            replies,
            carried: [0; 7],
            scratch: Vec::new(),
        }
    }

    fn serve<T: ConcurrentObject>(&mut self, object: &mut T) -> Stop {
        self.publish(Entry { slot: NOTICE, call: READY });
        loop {
            let Some(entry) = self.next_request() else { return Stop::Asked };
            if self.serve_request(object, entry) == Some(Stop::Panicked) {
                return Stop::Panicked;
            }
        }
    }

    /// Runs the request at hand. A call that was withdrawn is not ours to run, nor to answer.
    fn serve_request<T: ConcurrentObject>(&mut self, object: &mut T, entry: Entry) -> Option<Stop> {
        let started = self.channel.state(entry.slot).start(entry.call);
        self.carried = self.requests.carried(self.channel.requests());
        self.requests.advance();
        if started { self.run(object, entry) } else { None }
    }

    /// The next request; nothing when the parent has asked for the end. Sleeps while there is neither.
    fn next_request(&self) -> Option<Entry> {
        loop {
            if self.is_stopped() {
                return None;
            }
            if let Some(entry) = self.requests.peek(self.channel.requests()) {
                return Some(entry);
            }
            // Only requests are spun for; a wish for the end may take the moment until sleep.
            let request = self.requests.watch(self.channel.requests());
            if !wait_briefly(|| request.has_come()) {
                self.sleep_unless(|| request.has_come() || self.is_stopped());
            }
        }
    }

    fn sleep_unless(&self, has_come: impl Fn() -> bool) {
        let flag = self.channel.child_sleep();
        flag.announce();
        if !has_come() {
            // A poll that fails (no memory) is tried again by the caller's loop.
            let _woken = self.channel.request_bell.wait(None, None);
        }
        flag.clear();
    }

    fn is_stopped(&self) -> bool {
        // Acquire pairs with the Release of the parent's wish.
        self.channel.stop().load(Ordering::Acquire) != 0
    }

    fn run<T: ConcurrentObject>(&mut self, object: &mut T, entry: Entry) -> Option<Stop> {
        self.channel.started_at(entry.slot).store(coarse_now(), Ordering::Relaxed);
        let outcome = self.dispatch(object, entry);
        let panicked = matches!(outcome, Err(Failure::Panicked(_)));
        let head = outcome.unwrap_or_else(|failure| self.fail(entry, failure));
        let carried = head.to_words();
        for (word, value) in self.channel.answer(entry.slot).iter().zip(carried) {
            word.store(value, Ordering::Relaxed);
        }
        if self.channel.state(entry.slot).answer(entry.call) {
            self.replies.prepare(self.channel.replies(), &carried);
            self.publish(entry);
        }
        if panicked && self.on_panic == OnPanic::Terminate {
            return Some(Stop::Panicked);
        }
        hook::forget(&self.channel);
        None
    }

    fn dispatch<T: ConcurrentObject>(&mut self, object: &mut T, entry: Entry) -> Result<Head, Failure> {
        let malformed = |reason: &str| Failure::Malformed { reason: reason.into() };
        let input = self.channel.input(entry.slot);
        let Head { tag: method, body } = Head::from_words(&self.carried, input.len()).map_err(malformed)?;
        let (structured, raw) = match &body {
            Body::Inline(inline) => (inline.bytes(), &[][..]),
            Body::InArea { offset, len } => (&input[*offset..offset + len], &input[..*offset]),
        };
        let name = self.methods.get(method as usize).copied().unwrap_or_default();
        let span = tracing::trace_span!(target: "concurrent_object", "call", method = name, call = entry.call);
        let _in_call = span.enter();
        let mut arguments = ArgumentReader::new(structured, raw);
        let mut reply = Reply::new(&self.channel, &mut self.leases[usize::from(entry.slot)], &mut self.scratch);
        let outcome = catch_unwind(AssertUnwindSafe(|| object.call(method, &mut arguments, &mut reply)));
        match outcome {
            Ok(Ok(())) => reply.head().ok_or_else(|| malformed("the method was not answered")),
            Ok(Err(failure)) => Err(failure),
            Err(payload) => Err(Failure::Panicked(hook::caught(payload))),
        }
    }

    fn fail(&mut self, entry: Entry, failure: Failure) -> Head {
        // As in `Head::from_words`: the low half of the first word is the method's number.
        let method = self.methods.get(self.carried[0] as u32 as usize).copied().unwrap_or_default();
        match &failure {
            Failure::Panicked(panic) => {
                tracing::warn!(target: "concurrent_object", method, call = entry.call, %panic, "method panicked");
            }
            failure => tracing::debug!(target: "concurrent_object", method, call = entry.call, ?failure, "call failed"),
        }
        let mut reply = Reply::new(&self.channel, &mut self.leases[usize::from(entry.slot)], &mut self.scratch);
        reply.fail(failure)
    }

    fn publish(&mut self, entry: Entry) {
        self.replies.publish(self.channel.replies(), entry);
        if self.channel.parent_sleep().must_ring() {
            self.channel.reply_bell.ring();
        }
    }
}
