//! The privileges that executing this program's file gives to a process, beyond those of this
//! process.
//!
//! A process that executes a set-uid file gets the file's owner as its user, even if the parent had
//! given up that user. So a child could have more privileges than its parent. The flag
//! `no_new_privs` prevents that. It cannot be cleared, and programs that the child executes inherit
//! it. A short-lived thread sets it and spawns the child. Where that is not enough, no child is
//! spawned.
//!
//! Knows users, groups, capabilities and the executable's file. Invariants: a child has no
//! privileges that its parent does not have. A process to which the kernel gave more privileges
//! than its starter has (`AT_SECURE`) is never a child.
#![allow(unsafe_code)]

use std::io;

use rustix::fs::{Stat, StatVfsMountFlags};
use rustix::process::{getegid, geteuid, getgid, getuid};
use rustix::thread::{CapabilitySet, capabilities, capability_is_in_bounding_set, set_no_new_privs};

use super::executable;
use crate::error::refused::Naming;

const FILE_CAPABILITIES: &str = "security.capability";

/// The reasons why this program cannot have objects.
pub(crate) const TWO_USERS: &str = "the real and the effective user or group of this process differ, as in a set-uid program \
    at its beginning: before `start`, make them equal with `setresuid` and `setresgid`";
pub(crate) const CAPABLE_FILE: &str = "the program's file has capabilities (`getcap`), which each execution gives to the process: \
    remove them from the file, and give them to the process that starts the program, as ambient capabilities";

/// Whether the kernel gave this process more privileges than its starter had, the process that
/// executed the file. If so, nothing that the starter passed on can be trusted, neither environment
/// nor descriptors.
pub(crate) fn is_elevated() -> bool {
    // SAFETY: `getauxval` has no precondition: it reads what the kernel left for this process.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

/// How this program's file may be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Execution {
    /// Directly: the child gets the privileges of this process.
    Plain,
    /// By a thread that has set `no_new_privs`.
    WithoutNewPrivileges,
    /// Not at all, for this reason.
    Refused(&'static str),
}

impl Execution {
    pub(crate) fn of_this_program() -> io::Result<Self> {
        let file = rustix::fs::stat(executable::SELF).naming("newfstatat")?;
        if getuid() != geteuid() || getgid() != getegid() {
            return Ok(Self::Refused(TWO_USERS));
        }
        if getuid().is_root() {
            return Ok(if is_set_id(&file) || has_given_up_capabilities() {
                Self::WithoutNewPrivileges
            } else {
                Self::Plain
            });
        }
        if has_capabilities()? {
            return Ok(Self::Refused(CAPABLE_FILE));
        }
        Ok(if is_set_id(&file) { Self::WithoutNewPrivileges } else { Self::Plain })
    }
}

/// Whether executing the file changes the user or the group.
fn is_set_id(file: &Stat) -> bool {
    let user = file.st_mode & libc::S_ISUID != 0 && file.st_uid != geteuid().as_raw();
    // Without the group's execute permission, the bit has another meaning.
    let of_group = libc::S_ISGID | libc::S_IXGRP;
    user || (file.st_mode & of_group == of_group && file.st_gid != getegid().as_raw())
}

/// Whether executing the file gives capabilities. If the file's attribute cannot be read, the child
/// finds out: a process with more privileges than its parent refuses to be a child.
fn has_capabilities() -> io::Result<bool> {
    let mut value = [0_u8; 64];
    let found = rustix::fs::getxattr(executable::SELF, FILE_CAPABILITIES, &mut value);
    if !matches!(found, Ok(size) if size > 0) {
        return Ok(false);
    }
    Ok(!rustix::fs::statvfs(executable::SELF).naming("statfs")?.f_flag.contains(StatVfsMountFlags::NOSUID))
}

/// Whether root dropped capabilities that an execution would restore.
fn has_given_up_capabilities() -> bool {
    let Ok(own) = capabilities(None) else { return false };
    let given_up = CapabilitySet::all() - own.permitted;
    given_up.iter().any(|capability| capability_is_in_bounding_set(capability).unwrap_or(false))
}

/// Sets `no_new_privs` for the calling thread and all that it executes. Call it only on a thread
/// that ends soon.
pub(crate) fn give_up_new() -> io::Result<()> {
    set_no_new_privs(true).naming("prctl(PR_SET_NO_NEW_PRIVS)")
}
