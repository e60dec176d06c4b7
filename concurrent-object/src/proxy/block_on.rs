//! Runs a future on the calling thread, for programs without an async runtime.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::parent::threads::parker::Parker;

/// Runs a future to its end on the calling thread, which sleeps while the future waits. For
/// programs that have no async runtime; a runtime has a function like this of its own.
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
///     let sum = concurrent_object::block_on(async {
///         let (first, second) = (divider.divide(42, 6), divider.divide(42, 7));
///         Ok::<_, concurrent_object::CallError>(first.await? + second.await?)
///     })?;
///     assert_eq!(sum, 13);
///     Ok(())
/// }
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    // Not the thread's own parker: a blocking wait inside the future would take its wake-ups.
    let parker = Arc::new(Parker::default());
    let waker = Waker::from(parker.clone());
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => parker.park(None),
        }
    }
}
