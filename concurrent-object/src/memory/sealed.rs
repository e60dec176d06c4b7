//! Memory files that never change again: written once, sealed, then mapped by each process that
//! gets the descriptor.
//!
//! On Linux the kernel enforces the seal (`linux`). On other targets a file is memory of this
//! process, and this module enforces it (`portable`).
//!
//! Invariant: the bytes of a sealed file never change.

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
mod portable;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod stored;

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::linux::{Sealed, Unsealed, identity_of_file, read_at, size_of_file};
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::{Sealed, Unsealed, check_stored, identity_of_file, read_at, size_of_file};
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::stored::check_stored;
