//! The builder that programs use: one function for each option, and the generated `start…`.
//!
//! Problem: each object has constructors of its own, so its `start…` functions are generated, and
//! the options would be generated again with each object. Way: the generated type, a *starter*, has
//! the constructors alone. This builder wraps it, has the options, and derefs to it.
//!
//! Knows no option's meaning; `Options` checks them. Invariant: no option is lost on the way.

use std::ffi::OsString;
use std::ops::Deref;
use std::path::PathBuf;

use super::{IntoSize, IntoTime, Options};
use crate::error::Death;
use crate::parent::life::on_drop::OnDrop;
use crate::parent::life::restart_policy::RestartPolicy;
use crate::process::output::ChildStdio;
use crate::protocol::on_panic::OnPanic;
use crate::protocol::snapshot_policy::SnapshotPolicy;

/// The constructors of an object, each as a function that starts it. Generated code implements it.
pub trait Starter: Default {
    /// Returns the options, to change them.
    #[doc(hidden)]
    fn options(&mut self) -> &mut Options;
}

/// The options of an object without a name, which a starter has before it gets its own.
impl Default for Options {
    fn default() -> Self {
        Self::new("")
    }
}

/// A starter of an object that saves its state: a method has `snapshot`.
#[diagnostic::on_unimplemented(
    message = "this object saves no state",
    note = "mark a method with `#[concurrent_object(snapshot)]`, and a constructor with `#[concurrent_object(restore)]`"
)]
pub trait SavingStarter: Starter {}

/// Starts an object: set options, then call one of the generated `start…`, each of which runs one
/// constructor of the object in a new child.
///
/// `DetectorProxy::builder(name)` returns it, as `DetectorProxyBuilder`. It derefs to the generated
/// type `DetectorProxyStart`, which has the functions `start…`. They leave the builder as it is, so
/// one builder can start several objects. What it was given, such as a hook or a descriptor, lives
/// as long as the builder and each of these objects.
///
/// # Examples
/// ```
/// # use concurrent_object::concurrent_object;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let builder = DividerProxy::builder("divider").slots(4).timeout("2s").max_input_size("1 MB");
///     let (one, other) = (builder.start()?, builder.start()?);
///     assert_eq!(one.divide(42, 6).wait()? + other.divide(42, 6).wait()?, 14);
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder starts nothing until one of `start…` is called"]
pub struct Builder<S> {
    starter: S,
}

impl<S: Starter> Builder<S> {
    /// Returns a builder for an object of this name.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { starter: S::default() }.with(|_| Options::new(name))
    }

    pub(super) fn with(mut self, set: impl FnOnce(Options) -> Options) -> Self {
        let options = self.starter.options();
        *options = set(std::mem::take(options));
        self
    }

    /// Sets the maximum size of one call's arguments: bytes, or text such as `"4 MB"`.
    ///
    /// The default is 64 MiB plus 64 KiB, and 4 MiB plus 64 KiB on Windows.
    pub fn max_input_size(self, size: impl IntoSize) -> Self {
        self.with(|options| options.max_input_size(size))
    }

    /// Sets the maximum size of one call's result: bytes, or text such as `"4 MB"`.
    ///
    /// The default is 64 MiB plus 64 KiB, and 4 MiB plus 64 KiB on Windows.
    pub fn max_output_size(self, size: impl IntoSize) -> Self {
        self.with(|options| options.max_output_size(size))
    }

    /// Sets how much memory the lists and maps of one decoded result may take in this
    /// process.
    ///
    /// The default is 16 times `max_output_size`. An element that takes one byte in a message
    /// may take hundreds in memory. Each element counts with the size of its type; the
    /// contents of its boxes do not count. A result beyond the limit is a
    /// `CallError::Decode`.
    pub fn max_decoded_size(self, size: impl IntoSize) -> Self {
        self.with(|options| options.max_decoded_size(size))
    }

    /// Sets how many calls can be in flight at once. The default is 16.
    ///
    /// An array that is inside a struct is not written into the last free slot, but copied once
    /// more. So use at least 2 slots for large structs.
    pub fn slots(self, count: usize) -> Self {
        self.with(|options| options.slots(count))
    }

    /// Sets the stack size of constructor and methods: bytes, or text such as `"64 MiB"`.
    ///
    /// The default is the stack of the child's main thread (`ulimit -s`). With this option the
    /// object runs on another thread of the child. The stack of an object `in_thread` has 8 MiB
    /// without this option. The kernel allocates the memory as the stack grows. A stack overflow
    /// ends the process, with and without this option.
    pub fn stack_size(self, size: impl IntoSize) -> Self {
        self.with(|options| options.stack_size(size))
    }

    /// Sets how long the child may take to exit before the parent kills it.
    ///
    /// The default is five seconds.
    pub fn grace(self, period: impl IntoTime) -> Self {
        self.with(|options| options.grace(period))
    }

    /// Backs the shared memory with unnamed files in this directory, instead of with memory.
    ///
    /// Needs `max_input_size` and `max_output_size`. On targets other than Linux it makes `start…`
    /// fail with [`NeedsProcess`](crate::StartError::NeedsProcess).
    ///
    /// Files on a disk have no seals. The child has no descriptor of them, but a child that attacks
    /// its parent can open those of the parent, if the system lets it. It can then shorten a file,
    /// and the parent's next access ends the parent (SIGBUS). So use this only for objects whose
    /// code is trusted.
    pub fn backing_dir(self, dir: impl Into<PathBuf>) -> Self {
        self.with(|options| options.backing_dir(dir))
    }

    /// Sets whether the memory of all slots is allocated at the start, instead of at its
    /// first use.
    ///
    /// Needs `max_input_size` and `max_output_size`.
    pub fn prefault(self, pages: bool) -> Self {
        self.with(|options| options.prefault(pages))
    }

    /// Sets how long a method may run, from its start. There is no limit by default.
    pub fn timeout(self, time: impl IntoTime) -> Self {
        self.with(|options| options.timeout(time))
    }

    /// Sets how long a call may wait for its start. There is no limit by default.
    pub fn queue_timeout(self, time: impl IntoTime) -> Self {
        self.with(|options| options.queue_timeout(time))
    }

    /// Sets how long a method may run on after cancellation was requested.
    ///
    /// Then the parent kills the child. The default is one second.
    pub fn cancel_grace(self, time: impl IntoTime) -> Self {
        self.with(|options| options.cancel_grace(time))
    }

    /// Sets how long the constructor may take. Then the parent kills the child.
    ///
    /// There is no limit by default.
    pub fn ready_timeout(self, time: impl IntoTime) -> Self {
        self.with(|options| options.ready_timeout(time))
    }

    /// Sets whether a new process takes the place of a dead one. By default none does.
    pub fn restart(self, policy: RestartPolicy) -> Self {
        self.with(|options| options.restart(policy))
    }

    /// Adds a variable to the child's environment.
    pub fn env(self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.with(|options| options.env(name, value))
    }

    /// Passes an open descriptor to the child, which takes it with `take_inherited_fd(name)`.
    ///
    /// A child inherits no other descriptors. The parent keeps this one open, for restarts
    /// too, until the proxy and the builder are dropped. There can be at most 64, with
    /// distinct names. Only Linux has this option.
    #[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
    #[cfg_attr(docsrs, doc(cfg(target_os = "linux")))]
    pub fn inherit_fd(self, name: impl Into<String>, descriptor: impl Into<std::os::fd::OwnedFd>) -> Self {
        self.with(|options| options.inherit_fd(name, descriptor))
    }

    /// Sets whether the object serves further calls after a panic. By default it does.
    pub fn on_panic(self, reaction: OnPanic) -> Self {
        self.with(|options| options.on_panic(reaction))
    }

    /// Sets whether dropping the proxy waits for the end of the process. By default it does.
    pub fn on_drop(self, reaction: OnDrop) -> Self {
        self.with(|options| options.on_drop(reaction))
    }

    /// Sets where the child's standard output goes. By default the child inherits it.
    pub fn stdout(self, stream: ChildStdio) -> Self {
        self.with(|options| options.stdout(stream))
    }

    /// Sets where the child's standard error goes. By default the child inherits it.
    pub fn stderr(self, stream: ChildStdio) -> Self {
        self.with(|options| options.stderr(stream))
    }

    /// Lets the object live in a thread of this process, and not in a child process.
    ///
    /// For debuggers, sanitizers and tests, and for objects that need no protection. The proxy is
    /// the same. The object is constructed, called and dropped on its own thread, so it need not be
    /// `Send`. The program need not call `init()`. See the chapter on threads in the
    /// [guide](crate::guide) for all that differs:
    ///
    /// - A crash of the object ends the program.
    /// - A thread cannot be killed. `kill` asks the running method to return, and fails at once if
    ///   it does not. A method that runs past `cancel_grace` gives
    ///   [`TimedOut`](crate::CallError::TimedOut) with `killed: false`. The object has then ended,
    ///   and its thread is left behind.
    /// - The options `env`, `stdout` and `stderr` make `start…` fail with
    ///   [`NeedsProcess`](crate::StartError::NeedsProcess).
    ///
    /// The environment variable `CONCURRENT_OBJECT_IN_THREAD=1` does this for all objects of the
    /// program. On targets other than Linux all objects live in threads, without this option too.
    ///
    /// # Examples
    /// ```
    /// use std::rc::Rc;
    ///
    /// use concurrent_object::concurrent_object;
    ///
    /// struct Counter {
    ///     value: Rc<u64>,
    /// }
    ///
    /// #[concurrent_object]
    /// impl Counter {
    ///     pub fn new() -> Self {
    ///         Self { value: Rc::new(0) }
    ///     }
    ///
    ///     pub fn add(&mut self, by: u64) -> (u64, u32) {
    ///         self.value = Rc::new(*self.value + by);
    ///         (*self.value, std::process::id())
    ///     }
    /// }
    ///
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let counter = CounterProxy::builder("counter").in_thread().start()?;
    ///     assert_eq!(counter.add(3).wait()?, (3, std::process::id()));
    ///     Ok(())
    /// }
    /// ```
    pub fn in_thread(self) -> Self {
        self.with(Options::in_thread)
    }

    /// Sets a function that is called once if the object's process dies unexpectedly.
    ///
    /// It is called for a death during construction too, and also while the program does not
    /// use the object. The thread that notices the death calls it. That is a thread that
    /// waits for the object or checks it at that time. If there is none, the one thread that
    /// calls the hooks of all objects calls it, one hook after another. No other thread waits
    /// for the function. The function may use the object, and wait for its next process. A
    /// panic in it is caught, and traced.
    pub fn on_death(self, hook: impl Fn(&Death) + Send + Sync + 'static) -> Self {
        self.with(|options| options.on_death(hook))
    }
}

impl<S: SavingStarter> Builder<S> {
    /// Sets when the object's state is saved for its next process.
    ///
    /// By default it is saved after each call, if there is a `restart` policy.
    pub fn snapshots(self, when: SnapshotPolicy) -> Self {
        self.with(|options| options.snapshots(when))
    }
}

impl<S> Deref for Builder<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.starter
    }
}
