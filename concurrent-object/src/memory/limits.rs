//! Resource limits of this process (`ulimit`), if they can be known.
//!
//! A sandbox may deny the call. `rustix` would panic then, so this file calls the C library.
#![allow(unsafe_code)]

/// Returns the largest file size, in bytes. `None` if there is no limit or it is unknown.
pub(crate) fn file_size() -> Option<u64> {
    // SAFETY: `limit` is a record of the type that the call fills in, and outlives the call.
    known(|limit| unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, limit) })
}

/// Returns the largest number of open descriptors. `None` if there is no limit or it is unknown.
pub(crate) fn descriptors() -> Option<u64> {
    // SAFETY: `limit` is a record of the type that the call fills in, and outlives the call.
    known(|limit| unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, limit) })
}

fn known(ask: impl FnOnce(&mut libc::rlimit) -> libc::c_int) -> Option<u64> {
    let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    let is_known = ask(&mut limit) == 0;
    Some(limit.rlim_cur).filter(|&limit| is_known && limit != libc::RLIM_INFINITY)
}
