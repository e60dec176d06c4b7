//! The exit codes with which a child says why it ended.

use std::ffi::c_int;

/// What Rust programs exit with after a panic.
pub(crate) const PANIC_EXIT_CODE: i32 = 101;

/// What a child exits with that could not begin. It has said why over the control socket, if it could.
pub(crate) const BOOTSTRAP_EXIT_CODE: i32 = 2;

/// How a child ends that was told to by a parent that may not kill it: as a shell says it of a process that was sent SIGKILL.
pub(crate) const TOLD_TO_DIE: c_int = 128 + libc::SIGKILL;
