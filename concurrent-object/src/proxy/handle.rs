//! A handle to an object, for everything but its calls.
//!
//! Knows no types. Invariant: it neither keeps the object from ending nor ends it.

use std::fmt;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use super::State;
use crate::error::Error;
use crate::parent::object::Object;
use crate::parent::object::statistics::Statistics;

/// A handle to an object of any type: its name, its process, its statistics. Clones refer to the
/// same object. A handle neither keeps the object from ending nor ends it.
///
/// # Examples
/// ```
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
///     let handle = divider.handle();
///     assert_eq!(handle.name(), "divider");
///     assert!(handle.is_alive());
///     divider.terminate()?;
///     assert!(!handle.is_alive());
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Handle(Arc<Object>);

impl Handle {
    pub(crate) fn new(object: Arc<Object>) -> Self {
        Self(object)
    }

    /// Returns the name that the builder was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.identity.name
    }

    /// Returns the child's process id. After the child has ended, the kernel may give the same id
    /// to another process. For an object in another program, it is the id on that machine once the
    /// process there is known, and the id of this program before.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.0.current_pid()
    }

    /// Returns the name of the machine that the object lives on, if a transport has started it in
    /// another program ([`on`](crate::Builder::on)) and that has told it. Otherwise returns
    /// `None`. Never blocks.
    #[cfg(feature = "bridge")]
    #[cfg_attr(docsrs, doc(cfg(feature = "bridge")))]
    #[must_use]
    pub fn host(&self) -> Option<String> {
        if self.0.is_ours() { self.0.host() } else { None }
    }

    /// Returns the state of the object. Never blocks. In a forked copy of the parent:
    /// [`State::Ended`].
    #[must_use]
    pub fn state(&self) -> State {
        if self.0.is_ours() { State::of(&self.0.status().0) } else { State::Ended }
    }

    /// Returns the number of processes that the object has had, the current one included: 1, and
    /// one more after each restart.
    #[must_use]
    pub fn incarnation(&self) -> u64 {
        self.0.incarnation()
    }

    /// Returns true until the object has ended, also while it starts or is restarted. Never blocks.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.state() != State::Ended
    }

    /// Returns the counts of its calls. Never blocks. In a forked copy of the parent: zeros.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        if self.0.is_ours() { self.0.statistics() } else { Statistics::default() }
    }

    /// Releases memory to the kernel: the pages of all slots that are not in use, and the freed
    /// memory that the child's allocator keeps. Does not wait for the child. The child releases its
    /// memory after it has served the calls that were submitted before.
    ///
    /// Returns true if all slots were released. Returns false if a call, a result that was not
    /// taken, or a loan was in a slot. Then that slot keeps its pages, and all slots keep the pages
    /// for arguments, which can only be released together. With a `backing_dir` nothing is
    /// released, and the result is false.
    ///
    /// The next calls allocate pages again, which takes about a millisecond for four megabytes.
    ///
    /// # Errors
    /// If the object has ended, or a system call fails ([`Error::NotTrimmed`]).
    ///
    /// # Examples
    /// ```
    /// # use concurrent_object::concurrent_object;
    /// # struct Summer;
    /// # #[concurrent_object]
    /// # impl Summer {
    /// #     pub fn new() -> Self { Self }
    /// #     pub fn sum(&self, values: &[u8]) -> u64 { values.iter().map(|&n| u64::from(n)).sum() }
    /// # }
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     concurrent_object::init();
    ///     let summer = SummerProxy::builder("summer").start()?;
    ///     assert_eq!(summer.sum(&vec![1; 10_000_000]).wait()?, 10_000_000);
    ///     assert!(summer.handle().trim()?); // the ten megabytes are free again
    ///     Ok(())
    /// }
    /// ```
    pub fn trim(&self) -> Result<bool, Error> {
        self.0.trim()
    }
}

/// A descriptor for a main loop that sleeps in `poll`, `epoll` or `select`, or in tokio's
/// `AsyncFd`. It needs no thread. Only Linux has it.
///
/// It is readable if something may have come since you last looked: an outcome, readiness, or the
/// end of the object. So look first, with [`pull`](crate::Proxy::pull),
/// [`try_wait`](crate::Call::try_wait) or [`status`](crate::Proxy::status), until there is nothing
/// more; then poll. Only a look makes it unreadable again. It may be readable although nothing has
/// come. After the object has ended, it is readable for ever.
///
/// # Panics
/// The first use of the descriptor of an object panics if the process has no descriptor left.
///
/// # Examples
/// ```
/// # use concurrent_object::concurrent_object;
/// use rustix::event::{PollFd, PollFlags, poll};
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let divider = DividerProxy::builder("divider").start()?;
///     let handle = divider.handle();
///     divider.push_divide(42, 6)?;
///     let output = loop {
///         if let Some(output) = divider.pull()? {
///             break output; // look first
///         }
///         poll(&mut [PollFd::new(&handle, PollFlags::IN)], None)?; // then sleep
///     };
///     assert!(matches!(output, DividerOutput::Divide(7)));
///     Ok(())
/// }
/// ```
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
#[cfg_attr(docsrs, doc(cfg(target_os = "linux")))]
impl AsFd for Handle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.descriptor().expect("a descriptor is left for an epoll set")
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("name", &self.name()).field("pid", &self.pid()).finish_non_exhaustive()
    }
}
