//! The descriptor of an object for a main loop of the user's own.
//!
//! Only Linux has one (`linux`). On other targets a loop uses futures (`portable`).

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
mod portable;

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::linux::Descriptor;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::Descriptor;
