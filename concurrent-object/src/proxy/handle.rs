//! What is to be known of an object besides its calls.

use std::fmt;
use std::sync::Arc;

use super::State;
use crate::error::Error;
use crate::parent::object::Object;
use crate::parent::object::statistics::Statistics;

/// Knows an object, whatever its type: its name, its process, its numbers. Clones know the same object. It neither keeps
/// the object alive nor ends it.
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

    /// The name that was given to the builder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.identity.name
    }

    /// The child's process id. After the child's end it may belong to somebody else.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.0.pid()
    }

    /// How far the object's life has come. Never blocks. In a forked copy of the parent: ended.
    #[must_use]
    pub fn state(&self) -> State {
        if self.0.is_ours() { State::of(&self.0.status().0) } else { State::Ended }
    }

    /// How many processes the object has had, the present one included: 1, and one more for each restart.
    #[must_use]
    pub fn incarnation(&self) -> u64 {
        self.0.incarnation()
    }

    /// Whether the object has not ended. Never blocks.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.state() != State::Ended
    }

    /// The counts of its calls. Never blocks. In a forked copy of the parent: zeros.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        if self.0.is_ours() { self.0.statistics() } else { Statistics::default() }
    }

    /// Gives memory back to the system: the pages of all slots that are not in use, and what the child's allocator keeps for
    /// later. Does not wait for the child, which does its part after the calls that were made before.
    ///
    /// True if that was all: no call, no result that was not taken, and no loan was in any slot. Otherwise slots in use keep what
    /// they have, and so do all arguments' areas, which can only be given back together. The next calls take pages anew, which
    /// costs about a millisecond for four megabytes. Files of a `backing_dir` keep their space.
    ///
    /// # Errors
    /// If the object is gone, or the system refuses.
    ///
    /// # Examples
    /// ```
    /// # use concurrent_object::concurrent_object;
    /// # struct Summer;
    /// # #[concurrent_object]
    /// # impl Summer {
    /// #     pub fn new() -> Self { Self }
    /// #     pub fn sum(&self, values: &[u8]) -> u64 { values.iter().map(|&value| u64::from(value)).sum() }
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

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("name", &self.name()).field("pid", &self.pid()).finish_non_exhaustive()
    }
}
