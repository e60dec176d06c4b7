//! What a start returns.
//!
//! Knows types only.

use super::StartError;

/// What `start…` of a builder returns: the proxy of the new object, or why it was not started.
///
/// # Examples
/// ```
/// use concurrent_object::StartError;
/// # use concurrent_object::concurrent_object;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     DividerProxy::builder("divider").start()?.wait_until_ready()?;
///     let large = DividerProxy::builder("large").max_input_size("4 parsecs");
///     let error = large.start().expect_err("not a size");
///     assert!(matches!(error, StartError::InvalidSize { .. }));
///     Ok(())
/// }
/// ```
pub type StartResult<P> = Result<P, StartError>;
