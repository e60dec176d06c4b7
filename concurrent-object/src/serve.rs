//! The child's end: constructs the object, then receives, dispatches and replies until told to stop.
//!
//! Knows the object through `ConcurrentObject` only. Here is its life, from constructor to end; `server` is what lies between.

mod arguments;
mod cancel;
#[cfg(test)]
mod counting;
mod hook;
mod inherited;
mod reply;
mod saving;
mod server;
mod shelf;
mod stack;
mod unanswered;

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::arguments::ArgumentReader;
use self::arguments::Surroundings;
pub use self::cancel::cancelled;
pub use self::inherited::take_inherited_fd;
pub use self::reply::{Answer, Reply};
use self::saving::{Handed, Saving};
use self::server::{Server, Stop};
pub(crate) use self::shelf::Shelf;
pub(crate) use self::stack::live_on;

use crate::channel::layout::Layout;
use crate::channel::mapped::{Channel, Lease};
use crate::error::failure::{Failure, LastWord};
use crate::link::{PANIC_EXIT_CODE, Snapshots};
use crate::memory::sealed::Sealed;
use crate::process::surroundings;

/// An object that can live in a process of its own. Implemented by `#[concurrent_object]`; there is no other use for it.
pub trait ConcurrentObject: Sized + 'static {
    /// Constructs the object, by the constructor of this number.
    #[doc(hidden)]
    fn construct(constructor: u32, arguments: &mut ArgumentReader<'_>) -> Result<Self, Failure>;

    /// Calls the method of this number, and sends what it returned.
    #[doc(hidden)]
    fn call(&mut self, method: u32, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> Result<(), Failure>;

    /// The numbers of the methods that take the object by value.
    #[doc(hidden)]
    const CONSUMING: &'static [u32] = &[];

    /// Whether the object can save its state, and be made of what was saved.
    #[doc(hidden)]
    const SAVES: bool = false;

    /// Saves the object's state.
    #[doc(hidden)]
    fn save(&mut self, state: &mut Answer<'_>) -> Result<(), Failure> {
        let _ = state;
        Err(Failure::Malformed { reason: "a snapshot of an object that has none".into() })
    }

    /// Constructs the object of a state that was saved, and of the arguments of the constructor of this number.
    #[doc(hidden)]
    fn restore(
        constructor: u32,
        state: &mut ArgumentReader<'_>,
        arguments: &mut ArgumentReader<'_>,
    ) -> Result<Self, Failure> {
        let _ = (state, arguments);
        Err(Failure::no_constructor(constructor))
    }

    /// Calls the method of this number, which takes the object by value, and sends what it returned.
    #[doc(hidden)]
    fn consume(self, method: u32, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> Result<(), Failure> {
        let _ = (arguments, reply);
        Err(Failure::no_method(method))
    }
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
    /// When the object's state is saved, if it is.
    pub(crate) snapshots: Option<Snapshots>,
    pub(crate) constructor: u32,
    /// Where the structured part of the constructor's arguments begins in their file.
    pub(crate) structured_offset: usize,
    /// How much stack the object has, unless it is that of the main thread.
    pub(crate) stack_size: Option<usize>,
    /// Whether the areas' pages are taken at the start.
    pub(crate) prefault: bool,
    /// The shared files that they refer to.
    pub(crate) files: Vec<u64>,
    /// The names of the descriptors that the builder hands over, in their order.
    pub(crate) inherited: Vec<String>,
    /// Whether standard error is read line by line: then marks around a panic make it one event.
    pub(crate) stderr_has_reader: bool,
}

/// A child that knows what it is for.
#[derive(Debug)]
pub(crate) struct Birth {
    pub(crate) hello: Hello,
    pub(crate) channel: Arc<Channel>,
    pub(crate) leases: Vec<Lease>,
    pub(crate) arguments: Sealed,
    pub(crate) shelf: Arc<Shelf>,
}

/// Lives the object's life, and ends the process with it.
pub(crate) fn live<T: ConcurrentObject>(birth: Birth, methods: &'static [&'static str]) -> ! {
    let pid = process::id();
    let life = tracing::debug_span!(target: "concurrent_object::life", "object", name = birth.hello.name, pid);
    let _in_life = life.enter();
    hook::install(birth.channel.clone());
    cancel::install(&birth.channel);
    let (object, saving) = match be_made::<T>(&birth) {
        Ok(made) => made,
        Err(failure) => end_unborn(&birth.channel, failure),
    };
    // Once more, in case the constructor has set a hook of its own: it goes on being called.
    hook::install(birth.channel.clone());
    tracing::debug!(target: "concurrent_object::life", name = birth.hello.name, pid, "constructed");
    let mut server = Server::new(birth, methods, saving);
    let (rest, reason) = server.serve(object);
    end(rest, reason)
}

/// The object, and what saves its state, if that is wanted.
fn be_made<T: ConcurrentObject>(birth: &Birth) -> Result<(T, Option<Saving>), Failure> {
    birth.shelf.take_greeting();
    let Handed { drafts, snapshot, directory, inherited } = mem::take(&mut *birth.shelf.handed());
    if let Some(directory) = directory {
        let failed = |error| format!("the directory in which the object was started cannot be entered: {error}");
        surroundings::enter(&directory).map_err(|error| Failure::Malformed { reason: failed(error) })?;
    }
    inherited::keep(&birth.hello.inherited, inherited);
    let saving = birth.hello.snapshots.map(|when| Saving::new(drafts, when)).transpose()?;
    let made = match snapshot {
        Some(file) => saving::with_state(file, &birth.channel, |state| {
            construct(birth, |constructor, arguments| T::restore(constructor, state, arguments))
        }),
        None => construct(birth, T::construct),
    };
    Ok((made?, saving))
}

fn construct<T>(
    birth: &Birth,
    make: impl FnOnce(u32, &mut ArgumentReader<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let bytes = birth.arguments.bytes();
    let cut = birth.hello.structured_offset;
    let beyond = || Failure::Malformed { reason: "the constructor's arguments lie outside their file".into() };
    let (raw, structured) = bytes.split_at_checked(cut).ok_or_else(beyond)?;
    let outside =
        Surroundings { channel: &birth.channel, files: birth.shelf.look_up(birth.hello.files.iter().copied())? };
    let mut arguments = ArgumentReader::new(structured, raw, &outside);
    let built = catch_unwind(AssertUnwindSafe(|| make(birth.hello.constructor, &mut arguments)));
    built.unwrap_or_else(|payload| Err(Failure::Panicked(hook::caught(payload))))
}

fn end_unborn(channel: &Channel, failure: Failure) -> ! {
    let code = if matches!(failure, Failure::Panicked(_)) { PANIC_EXIT_CODE } else { 1 };
    hook::leave(channel, &LastWord::NotConstructed(failure.shortened()));
    process::exit(code)
}

/// `rest` is the object, unless a method has consumed it.
fn end<T>(rest: Option<T>, reason: Stop) -> ! {
    let dropped = match reason {
        Stop::Asked | Stop::Consumed => catch_unwind(AssertUnwindSafe(move || drop(rest))),
        // The object's state is not to be relied on, not even for its `Drop`.
        Stop::Panicked => process::exit(PANIC_EXIT_CODE),
    };
    tracing::debug!(target: "concurrent_object::life", pid = process::id(), "ends");
    process::exit(if dropped.is_ok() { 0 } else { PANIC_EXIT_CODE })
}
