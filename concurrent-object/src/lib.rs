#![deny(missing_docs)]
#![warn(unreachable_pub)]
#![doc = include_str!("../docs/front.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(loom, allow(dead_code, unused_imports, reason = "under loom only the modelled modules are compiled"))]
#![cfg_attr(
    not(all(target_os = "linux", not(concurrent_object_portable))),
    allow(dead_code, unused_imports, reason = "objects live in threads there, so what only a process has is unused")
)]

// All modules are left out on other targets. Otherwise the compiler would report dozens of errors
// after this one.
#[cfg(not(target_pointer_width = "64"))]
compile_error!(
    "concurrent-object works on 64-bit targets only: it needs address space for memory that is mostly unused"
);

#[cfg(all(not(loom), target_pointer_width = "64"))]
#[doc(hidden)]
pub mod private;

#[cfg(all(not(loom), target_pointer_width = "64"))]
pub mod guide;

#[cfg(all(feature = "bridge", not(loom), target_pointer_width = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "bridge")))]
pub mod bridge;

#[cfg(all(not(loom), target_pointer_width = "64"))]
mod proxy;

#[cfg(all(not(loom), target_pointer_width = "64"))]
mod child;
#[cfg(target_pointer_width = "64")]
mod parent;

#[cfg(target_pointer_width = "64")]
mod protocol;

#[cfg(all(not(loom), target_pointer_width = "64"))]
mod wire;

#[cfg(all(not(loom), target_pointer_width = "64"))]
mod process;
#[cfg(all(not(loom), target_pointer_width = "64"))]
mod shared;
#[cfg(target_pointer_width = "64")]
mod transport;

#[cfg(all(not(loom), target_pointer_width = "64"))]
mod memory;

#[cfg(all(not(loom), target_pointer_width = "64"))]
mod descriptor;

#[cfg(all(not(loom), target_pointer_width = "64"))]
mod abort;
#[cfg(all(not(loom), target_pointer_width = "64"))]
mod clock;
#[cfg(all(not(loom), target_pointer_width = "64"))]
mod error;
#[cfg(target_pointer_width = "64")]
mod sync;

#[cfg(all(test, not(loom), target_pointer_width = "64", target_os = "linux", not(concurrent_object_portable)))]
mod fuzz;

#[cfg(all(not(loom), target_pointer_width = "64"))]
pub use {
    child::entry::init,
    child::progress::Progress,
    child::{ConcurrentObject, is_cancelled},
    concurrent_object_macros::concurrent_object,
    error::{
        CallError, CallErrorKind, CallId, CallInfo, Cause, Death, Error, Exit, FlatError, HandleProblem, LoanError,
        LostHost, Panic, Payload, PushError, PushErrorKind, PushResult, RemoteError, SharedError, StartError,
        StartErrorKind, StartResult, Started, Violation,
    },
    parent::calls::times::TimeHistogram,
    parent::life::on_drop::OnDrop,
    parent::life::restart_policy::RestartPolicy,
    parent::object::statistics::Statistics,
    process::output::ChildStdio,
    protocol::methods::Methods,
    protocol::on_panic::OnPanic,
    protocol::snapshot_policy::SnapshotPolicy,
    proxy::block_on::block_on,
    proxy::builder::setters::Builder,
    proxy::builder::{IntoSize, IntoTime},
    proxy::call::{Call, CallMut, Canceller},
    proxy::futures::{Futures, Outcomes},
    proxy::items::{ItemStream, Items},
    proxy::loan::{Loan, LoanMut, Plain},
    proxy::opaque_handle::OpaqueHandle,
    proxy::pool::Pool,
    proxy::pool::futures::PoolFutures,
    proxy::pool::map::Map,
    proxy::pool::map_stream::MapStream,
    proxy::pool::member::{Member, Seat},
    proxy::pool::statistics::PoolStatistics,
    proxy::several::{Waitable, wait_any},
    proxy::{Handle, Proxy, State, Status},
    shared::Shared,
};

#[cfg(all(not(loom), target_pointer_width = "64", target_os = "linux", not(concurrent_object_portable)))]
#[cfg_attr(docsrs, doc(cfg(target_os = "linux")))]
pub use child::take_inherited_fd;

#[cfg(all(feature = "sandbox", not(loom), target_pointer_width = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub use process::confinement::sandbox::Sandbox;

#[cfg(all(feature = "tracing-forward", not(loom), target_pointer_width = "64"))]
pub use process::output::forward::{ForwardLayer, forward_layer, forwards_events};

/// Calls [`init`] before `main`, for test crates. Write it once at the top level of each file in
/// `tests/`, and under `#[cfg(test)]` in `lib.rs` or `main.rs`.
///
/// ```no_run
/// #[cfg(test)]
/// concurrent_object::init_before_main!();
/// ```
///
/// A child runs the object before the test harness starts, so no test runs twice.
///
/// Do not use it in programs. What `main` sets up before [`init`] would be missing in the child,
/// and static constructors of C++ libraries may not have run.
///
/// On targets other than Linux it does nothing: there each object lives in a thread.
#[cfg(all(not(loom), target_pointer_width = "64", target_os = "linux", not(concurrent_object_portable)))]
#[macro_export]
macro_rules! init_before_main {
    () => {
        const _: () = {
            #[used]
            #[unsafe(link_section = ".init_array")]
            static INIT: extern "C" fn() = {
                extern "C" fn init() {
                    $crate::private::init_early();
                }
                init
            };
        };
    };
}

/// Calls [`init`] before `main`, on Linux. Does nothing on this target, where each object lives in
/// a thread.
#[cfg(not(all(not(loom), target_pointer_width = "64", target_os = "linux", not(concurrent_object_portable))))]
#[macro_export]
macro_rules! init_before_main {
    () => {};
}

/// Declares types as plain: lists of them are copied as bytes, as lists of numbers are.
///
/// Write it once for each type, at the top level of any file of the program, best next to the type.
/// It applies to `&[T]`, `Vec<T>` and `Box<[T]>` of that type, wherever they are passed, returned
/// or nested. The `Serialize` and `Deserialize` of `T` are then not called for each element, and a
/// `&[T]` parameter borrows the message. [`Shared`] and [`LoanMut`] of such a type require the
/// declaration.
///
/// The type must be [`Plain`]: `#[repr(C)]`, without padding, and `Pod` of the crate `bytemuck`. It
/// also needs the traits of serde. They are used where it is part of another container, such as
/// `VecDeque<T>`, or of an enum that is `#[serde(untagged)]`. The type may come from another crate.
/// Numbers and short arrays of them need no declaration: see [`Plain`].
///
/// A declaration takes effect if it is in the executable, or in a library that is linked to it. It
/// does not take effect in a library that the program loads later.
///
/// # Examples
/// ```
/// use bytemuck::{Pod, Zeroable};
/// use concurrent_object::{Shared, concurrent_object};
/// use serde::{Deserialize, Serialize};
///
/// #[repr(C)]
/// #[derive(Clone, Copy, Pod, Zeroable, Serialize, Deserialize)]
/// pub struct Pixel {
///     red: u8,
///     green: u8,
///     blue: u8,
/// }
///
/// concurrent_object::plain!(Pixel);
///
/// struct Painter;
///
/// #[concurrent_object]
/// impl Painter {
///     pub fn new() -> Self {
///         Self
///     }
///
///     pub fn reds(&self, image: &[Pixel]) -> u64 {
///         image.iter().map(|pixel| u64::from(pixel.red)).sum()
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let painter = PainterProxy::builder("painter").start()?;
///     let image = vec![Pixel { red: 2, green: 0, blue: 0 }; 1000];
///     assert_eq!(painter.reds(&image).wait()?, 2000);
///     let shared = Shared::<[Pixel]>::new(&image)?;
///     assert_eq!(painter.reds(&shared).wait()?, 2000);
///     Ok(())
/// }
/// ```
#[cfg(all(not(loom), target_pointer_width = "64"))]
#[macro_export]
macro_rules! plain {
    ($($type:ty),+ $(,)?) => {$(
        const _: () = {
            // Runs before other initialisers, since `init_before_main!` does not return in a child.
            #[used]
            #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
            #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
            #[cfg_attr(not(any(target_vendor = "apple", windows)), unsafe(link_section = ".init_array.00101"))]
            static DECLARE: extern "C" fn() = {
                extern "C" fn declare() {
                    $crate::private::declare::<$type>();
                }
                declare
            };
        };
    )+};
}
