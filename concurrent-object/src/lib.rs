#![deny(missing_docs)]
#![warn(unreachable_pub)]
#![doc = include_str!("../README.md")]
#![cfg_attr(loom, allow(dead_code, unused_imports, reason = "under loom only what is modelled is compiled"))]

#[cfg(not(target_os = "linux"))]
compile_error!(
    "concurrent-object works on Linux only: it is built on memory files, seals and process descriptors of its kernel"
);

#[cfg(not(loom))]
#[doc(hidden)]
pub mod private;

#[cfg(not(loom))]
#[doc = include_str!("../docs/guide.md")]
pub mod guide {
    #[allow(unused_imports, reason = "the text links to them")]
    use super::{call::Call, call::CallMut, error::RemoteError};
}

#[cfg(not(loom))]
mod entry;
#[cfg(not(loom))]
mod proxy;

#[cfg(not(loom))]
mod builder;
#[cfg(not(loom))]
mod call;
#[cfg(not(loom))]
mod loan;
#[cfg(not(loom))]
mod output;
#[cfg(not(loom))]
mod serve;

#[cfg(not(loom))]
mod link;

mod channel;
#[cfg(not(loom))]
mod process;
#[cfg(not(loom))]
mod wire;

#[cfg(not(loom))]
mod shared;

#[cfg(not(loom))]
mod error;
#[cfg(not(loom))]
mod memory;
mod sync;

#[cfg(not(loom))]
pub use {
    builder::IntoSize,
    call::{Call, CallMut},
    concurrent_object_macros::concurrent_object,
    entry::init,
    error::{
        CallError, CallId, CallSite, Death, Error, Exit, LoanError, Message, Panic, PushError, PushErrorKind,
        RemoteError, SharedError, StartError, Started,
    },
    link::Restart,
    link::Snapshots,
    loan::{Lent, Loan, Plain},
    output::Output,
    process::stream::ChildStream,
    proxy::{Handle, Proxy, State, Statistics, Status},
    serve::{ConcurrentObject, OnPanic, cancelled},
    shared::Shared,
};

/// Does in a test crate what [`init`] does in `main`: one line at the top level of each file in `tests/`, and of `lib.rs`
/// or `main.rs` under `#[cfg(test)]`.
///
/// ```no_run
/// #[cfg(test)]
/// concurrent_object::init_before_main!();
/// ```
///
/// It takes over before `main`, and so before the test harness, so no test runs twice. It is not for programs: what
/// `main` sets up before [`init`] would be missing in the child, and static constructors of C++ libraries may not have run.
#[cfg(not(loom))]
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
