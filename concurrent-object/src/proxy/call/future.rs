//! Calls as futures, for any executor.
//!
//! Knows only how to poll a call. Invariant: a poll never blocks; a future that is dropped detaches
//! its call, as a dropped `Call` does.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::FusedFuture;

use super::{Call, CallMut};
use crate::error::CallError;

/// Awaiting a call takes its outcome, as [`wait`](Call::wait) does. It works on any executor.
///
/// The first poll may spin for two or three microseconds, and the task is woken again for 100 µs,
/// if the object has answered that fast of late. After that a thread of the library wakes the task.
/// The first future that waits starts this thread, `object-reactor`. One thread serves all objects.
///
/// Dropping the future detaches the call: the method runs, and its outcome is discarded. A `Call`
/// is `Unpin`, so `&mut call` is a future too: a timeout of the runtime leaves the call as it was.
/// The call of a method that takes `self` by value resolves when its object has ended, so that
/// dropping the call does not block.
///
/// After the outcome was taken, a further poll returns [`CallError::AlreadyTaken`].
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
///     let divider = DividerProxy::builder("divider").start()?;
///     let task = async {
///         let (first, second) = (divider.divide(42, 6), divider.divide(42, 7));
///         Ok::<_, concurrent_object::CallError>(first.await? + second.await?)
///     };
///     assert_eq!(pollster::block_on(task)?, 13);
///     Ok(())
/// }
/// ```
impl<T, P> Future for Call<T, P> {
    type Output = Result<T, CallError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.pending.poll_read(context, this.decode)
    }
}

impl<T, P> FusedFuture for Call<T, P> {
    /// Whether the outcome was taken.
    fn is_terminated(&self) -> bool {
        self.pending.is_taken()
    }
}

/// Awaiting writes the changed values back, as [`wait`](CallMut::wait) does.
impl<T> Future for CallMut<'_, T> {
    type Output = Result<T, CallError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_read(context)
    }
}

impl<T> FusedFuture for CallMut<'_, T> {
    /// Whether the outcome was taken.
    fn is_terminated(&self) -> bool {
        self.is_taken()
    }
}
