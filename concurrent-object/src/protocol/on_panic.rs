//! What happens to an object after a panic in one of its methods.
//!
//! A setting of the builder that the child receives in its first message.

use serde::{Deserialize, Serialize};

/// What happens to an object after one of its methods panicked: the builder's option `on_panic`.
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
    /// The caller gets the panic as an error, and the object continues to serve calls. Whether its
    /// state is still valid is for the program to decide.
    #[default]
    Continue,
    /// The caller gets the panic as an error, and the child exits.
    Terminate,
}
