//! The privileges that an execution of this program's file gives to a process, beside those of this process.
//!
//! The kernel gives a process that executes a set-uid file the file's owner as its user, whatever its parent had given up before. So a
//! child could have more privileges than its parent. The flag `no_new_privs` forbids that, and is for ever, also for what the
//! child executes: a thread of its own sets it, and ends. Where that is not enough, no child is made.
//!
//! Knows users, groups, capabilities and the executable's file. Invariant: a child has no privileges that its parent does not have, and
//! a process to which the kernel gave more than its starter has (`AT_SECURE`) is never a child.
#![allow(unsafe_code)]

use std::io;

use rustix::fs::{Stat, StatVfsMountFlags};
use rustix::process::{getegid, geteuid, getgid, getuid};
use rustix::thread::{CapabilitySet, capabilities, capability_is_in_bounding_set, set_no_new_privs};

use super::executable;
use crate::error::refused::Naming;

const FILE_CAPABILITIES: &str = "security.capability";

/// Why this program cannot have objects.
pub(crate) const TWO_USERS: &str = "this process has one user or group as its real one and another as its effective one, as a set-uid \
    program has at first: before `start`, make them the same with `setresuid` and `setresgid`";
pub(crate) const CAPABLE_FILE: &str = "its file has capabilities (`getcap`), which each execution gives to the process: instead of the \
    file, give them to the process that starts the program, as ambient capabilities";

/// Whether the kernel gave this process more privileges than the process had that executed the file: then nothing that comes from
/// there may be believed, not the environment and not the descriptors.
pub(crate) fn is_elevated() -> bool {
    // SAFETY: `getauxval` has no precondition: it reads what the kernel left for this process.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

/// How this program's file is to be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Execution {
    /// As it is: the child has what this process has.
    Plain,
    /// By a thread that has given up new privileges.
    WithoutNewPrivileges,
    /// Not at all.
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

/// Whether the file makes whoever executes it another user, or a member of another group.
fn is_set_id(file: &Stat) -> bool {
    let user = file.st_mode & libc::S_ISUID != 0 && file.st_uid != geteuid().as_raw();
    // Without the right to execute for the group, the bit means something else.
    let of_group = libc::S_ISGID | libc::S_IXGRP;
    user || (file.st_mode & of_group == of_group && file.st_gid != getegid().as_raw())
}

/// Whether the file gives capabilities to whoever executes it. Where that cannot be asked, a child finds it out: with more privileges
/// than its parent it is none.
fn has_capabilities() -> io::Result<bool> {
    let mut value = [0_u8; 64];
    let found = rustix::fs::getxattr(executable::SELF, FILE_CAPABILITIES, &mut value);
    if !matches!(found, Ok(size) if size > 0) {
        return Ok(false);
    }
    Ok(!rustix::fs::statvfs(executable::SELF).naming("statfs")?.f_flag.contains(StatVfsMountFlags::NOSUID))
}

/// Whether root gave up capabilities that an execution would give back.
fn has_given_up_capabilities() -> bool {
    let Ok(own) = capabilities(None) else { return false };
    let given_up = CapabilitySet::all() - own.permitted;
    given_up.iter().any(|capability| capability_is_in_bounding_set(capability).unwrap_or(false))
}

/// From now on this thread cannot get new privileges, nor can what it executes. For a thread that ends soon.
pub(crate) fn give_up_new() -> io::Result<()> {
    Ok(set_no_new_privs(true)?)
}
