//! Cancels a call that another thread or task waits for.
//!
//! Knows the call's number only. Invariant: it cancels its own call or none, however long it lives.

use std::fmt;
use std::sync::Arc;

use crate::parent::calls::key::CallKey;
use crate::parent::object::Object;

/// Cancels a call, as [`Call::cancel`](crate::Call::cancel) does, from anywhere: while another
/// thread waits for the call, or after an executor has taken it. Clones cancel the same call.
///
/// # Examples
/// ```
/// use concurrent_object::{CallError, concurrent_object};
/// use std::time::Duration;
///
/// struct Sleeper;
///
/// #[concurrent_object]
/// impl Sleeper {
///     # pub fn new() -> Self { Self }
///     pub fn sleep(&self) {
///         while !concurrent_object::is_cancelled() {
///             std::thread::sleep(Duration::from_millis(1));
///         }
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let sleeper = SleeperProxy::builder("sleeper").start()?;
///     let call = sleeper.sleep();
///     let canceller = call.canceller();
///     let waiting = std::thread::spawn(move || call.wait());
///     canceller.cancel();
///     assert!(matches!(waiting.join().expect("no panic"), Err(CallError::Cancelled { .. })));
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Canceller {
    object: Arc<Object>,
    /// `None` if the call was refused, or had its outcome taken.
    key: Option<CallKey>,
}

impl Canceller {
    pub(crate) fn new(object: Arc<Object>, key: Option<CallKey>) -> Self {
        Self { object, key }
    }

    /// Cancels the call. Does nothing if its outcome is there, or if its `Call` was dropped. Never
    /// blocks.
    pub fn cancel(&self) {
        if let Some(key) = self.key
            && self.object.is_ours()
        {
            let (object, key) = self.object.find_moved(key);
            object.cancel_if_open(key);
        }
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.key.map(|key| key.call);
        f.debug_struct("Canceller").field("object", &self.object).field("call", &call).finish()
    }
}
