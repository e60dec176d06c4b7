//! What can be done with an object at the moment.

use crate::parent::life::phase::Life;

/// How far an object's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Its constructor has not returned. Also from a death until the next process is ready, if it is restarted.
    Starting,
    /// It serves calls.
    Ready,
    /// It is gone.
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
    /// A push would not be refused as full. True on an object that is gone: the push would answer at once, with the error. False
    /// while an object is restarted that [fails fast](crate::RestartPolicy::fail_fast): a push would be accepted later.
    pub can_push: bool,
    /// The outcome of the oldest pushed call is there: a result, or an error.
    pub can_pull: bool,
    /// How far the object's life has come.
    pub state: State,
}

impl State {
    pub(crate) fn of(life: &Life) -> Self {
        match life {
            Life::Starting => Self::Starting,
            Life::Ready => Self::Ready,
            Life::Ended(_) => Self::Ended,
        }
    }
}
