//! Resource limits of this process (`ulimit`), if they can be known.
//!
//! A sandbox may deny the call. `rustix` would panic then, so this file calls the C library.
#![allow(unsafe_code)]

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
use std::io;

/// Returns the largest file size, in bytes. `None` if there is no limit or it is unknown.
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) fn file_size() -> Option<u64> {
    // SAFETY: `limit` is a record of the type that the call fills in, and outlives the call.
    known(|limit| unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, limit) })
}

/// Returns the largest number of open descriptors. `None` if there is no limit or it is unknown.
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) fn descriptors() -> Option<u64> {
    // SAFETY: `limit` is a record of the type that the call fills in, and outlives the call.
    known(|limit| unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, limit) })
}

/// Which resource of this process is limited.
#[cfg(all(target_os = "linux", target_env = "gnu", not(concurrent_object_portable)))]
pub(crate) use libc::__rlimit_resource_t as Limited;
#[cfg(all(target_os = "linux", not(target_env = "gnu"), not(concurrent_object_portable)))]
pub(crate) use std::ffi::c_int as Limited;

/// Limits a resource of this process, or leaves a lower limit that it has already.
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) fn lower(resource: Limited, soft: u64, hard: u64) -> io::Result<()> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is a record of the type that the call fills in, and outlives the call.
    if unsafe { libc::getrlimit(resource, &raw mut limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    limit = libc::rlimit { rlim_cur: soft.min(limit.rlim_max), rlim_max: hard.min(limit.rlim_max) };
    // SAFETY: `limit` is a record of the type that the call reads, and outlives the call.
    if unsafe { libc::setrlimit(resource, &raw const limit) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
fn known(ask: impl FnOnce(&mut libc::rlimit) -> libc::c_int) -> Option<u64> {
    let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    let is_known = ask(&mut limit) == 0;
    Some(limit.rlim_cur).filter(|&limit| is_known && limit != libc::RLIM_INFINITY)
}

/// Returns `None`: what arrives is no descriptor of the system.
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) fn descriptors() -> Option<u64> {
    None
}
