//! What dropping a proxy does: the builder's option `on_drop`.

/// What dropping a proxy does, and dropping the [`Call`](crate::Call) of an object's last call: the
/// builder's option `on_drop`.
///
/// # Examples
/// ```
/// use concurrent_object::OnDrop;
/// # use concurrent_object::concurrent_object;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let divider = DividerProxy::builder("divider").on_drop(OnDrop::Background).start()?;
///     assert_eq!(divider.divide(42, 6).wait()?, 7);
///     drop(divider); // returns at once; the process ends soon after
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnDrop {
    /// Dropping blocks until the process has ended, for the builder's `grace` at most. So a file
    /// that the object's `Drop` writes is there on the next line.
    #[default]
    Wait,
    /// Dropping asks the object to end, and does not block. A thread of the library reaps the
    /// process, or kills it after the builder's `grace`. For proxies that are dropped in tasks of
    /// an async runtime. When the program exits, the kernel kills a process that has not ended yet.
    Background,
}
