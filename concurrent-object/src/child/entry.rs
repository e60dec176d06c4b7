//! How a new process learns that it is a child, and which object it must construct.
//!
//! Only Linux has child processes (`linux`). On other targets there is nothing to learn
//! (`portable`).

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
mod portable;

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::linux::{EntryPlace, place_of};
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub use self::linux::{init, init_early};
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub use self::portable::init;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::{EntryPlace, place_of};
