//! The exit codes by which a child reports why it exited.
//!
//! Only a hint: a child can exit with any code.

/// The exit code of a Rust program after a panic.
pub(crate) const PANIC_EXIT_CODE: i32 = 101;

/// The exit code of a child that could not begin. It has reported why over the control socket, if
/// it could.
pub(crate) const BOOTSTRAP_EXIT_CODE: i32 = 2;

/// The exit code of a child whose parent has no permission to kill it, and asked it to exit. It is
/// the code by which a shell reports a death by SIGKILL.
pub(crate) const ENDED_ON_REQUEST: i32 = 128 + 9;
