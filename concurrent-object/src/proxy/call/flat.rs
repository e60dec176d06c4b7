//! Calls of fallible methods: waits that return one error in place of two nested ones.
//!
//! Knows nothing but [`Call`] and [`CallMut`].

use super::{Call, CallMut};
use crate::error::FlatError;

impl<T, E, P> Call<Result<T, E>, P> {
    /// Blocks as [`wait`](Self::wait), for a method that returns a `Result`, and merges both errors
    /// into one. So one `?` is enough.
    ///
    /// # Errors
    /// [`FlatError::Call`] if the call has no result, and [`FlatError::Method`] if the method
    /// returned an error.
    ///
    /// # Examples
    /// ```
    /// # use concurrent_object::concurrent_object;
    /// # struct Divider;
    /// #[concurrent_object]
    /// impl Divider {
    ///     # pub fn new() -> Self { Self }
    ///     pub fn divide(&self, a: u64, b: u64) -> Result<u64, std::fmt::Error> {
    ///         a.checked_div(b).ok_or(std::fmt::Error)
    ///     }
    /// }
    ///
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     concurrent_object::init();
    ///     let divider = DividerProxy::builder("divider").start()?;
    ///     assert_eq!(divider.divide(42, 6).wait_flat()?, 7);
    ///     assert!(divider.divide(1, 0).wait_flat().is_err());
    ///     Ok(())
    /// }
    /// ```
    pub fn wait_flat(self) -> Result<T, FlatError<E>> {
        self.wait()?.map_err(FlatError::Method)
    }
}

impl<T, E> CallMut<'_, Result<T, E>> {
    /// Blocks as [`wait`](Self::wait), for a method that returns a `Result`, and merges both errors
    /// into one. So one `?` is enough.
    ///
    /// The changed values are written back, also if the method returned an error.
    ///
    /// # Errors
    /// [`FlatError::Call`] if the call has no result, and [`FlatError::Method`] if the method
    /// returned an error.
    ///
    /// # Examples
    /// ```
    /// # use concurrent_object::concurrent_object;
    /// # struct Files;
    /// #[concurrent_object]
    /// impl Files {
    ///     # pub fn new() -> Self { Self }
    ///     pub fn read(&self, path: &str, content: &mut Vec<u8>) -> std::io::Result<usize> {
    ///         *content = std::fs::read(path)?;
    ///         Ok(content.len())
    ///     }
    /// }
    ///
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     concurrent_object::init();
    ///     let files = FilesProxy::builder("files").start()?;
    ///     let mut content = Vec::new();
    ///     assert_eq!(files.read("/dev/null", &mut content).wait_flat()?, 0);
    ///     assert!(files.read("/no/such/file", &mut content).wait_flat().is_err());
    ///     Ok(())
    /// }
    /// ```
    pub fn wait_flat(self) -> Result<T, FlatError<E>> {
        self.wait()?.map_err(FlatError::Method)
    }
}
