//! The state of an object, and what can be pushed and pulled at the moment.
//!
//! Knows no calls. Invariant: both are snapshots; another thread may change them at once.

use crate::parent::life::phase::Summary;

/// The state of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The constructor has not returned yet. An object that is restarted has this state from its
    /// death until the next process is ready.
    Starting,
    /// The object serves calls.
    Ready,
    /// The object has ended, or could not be constructed.
    Ended,
}

/// What can be done with an object at the moment.
///
/// # Examples
/// ```
/// use concurrent_object::State;
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
///     divider.wait_until_ready()?;
///     let status = divider.status();
///     assert!(status.can_push && !status.can_pull);
///     assert_eq!(status.state, State::Ready);
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Status {
    /// Whether a push would not be refused as [full](crate::PushErrorKind::Full).
    ///
    /// For an object that has ended it is true, since waiting does not help: a push returns an
    /// error at once. For an object that [fails fast](crate::RestartPolicy::fail_fast) it is false
    /// during a restart, since a later push will be accepted.
    pub can_push: bool,
    /// Whether the outcome of the oldest pushed call is there: a result, or an error.
    pub can_pull: bool,
    /// The state of the object.
    pub state: State,
}

impl State {
    pub(crate) fn of(summary: &Summary) -> Self {
        match summary {
            Summary::Starting => Self::Starting,
            Summary::Ready => Self::Ready,
            Summary::Ended(_) => Self::Ended,
        }
    }
}
