//! The filter of system calls.
//!
//! A program of `seccompiler` has two answers: one for the calls that it names, and one for all
//! others. So there are four programs, and the strictest answer to a call counts. "Allowed" is the
//! least strict. So what one program answers with an error, the last one must allow.
//!
//! Knows rules and their conditions; `calls` has the lists. Invariant: the answer to a call that no
//! list names is a trap.
#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::ffi::{c_int, c_ulong};
use std::io;

use libc::*;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, sock_filter,
};

use super::calls::*;
use super::not_closed::NotClosed;
use super::trap;
use crate::process::confinement::sandbox::{Sandbox, number_of};

/// The calls that a program names, each with the conditions of which one must hold. Without
/// conditions all calls of this number count.
type CallRules = BTreeMap<i64, Vec<SeccompRule>>;

/// A condition on an argument: its position, its length, the comparison, and the value.
type Condition = (u8, Len, Op, u64);

/// `F_ADD_SEALS` and `F_GET_SEALS`, and the command of `prctl` that names memory, which the C
/// library's constants do not have for every target.
const ADD_SEALS: u64 = 1033;
const GET_SEALS: u64 = 1034;
const SET_VMA: u64 = 0x5356_4d41;

/// Before Linux 5.16 a filter slows a process down by default, against speculation of processors.
const SPEC_ALLOW: c_ulong = 1 << 2;

/// Installs the programs for all threads.
pub(super) fn install(sandbox: &Sandbox) -> Result<(), NotClosed> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).ok().filter(|_| trap::KNOWS_REGISTERS);
    let unknown = || NotClosed::Unsupported(format!("`sandbox` on the architecture {}", std::env::consts::ARCH));
    let arch = arch.ok_or_else(unknown)?;
    let programs = programs(sandbox).into_iter();
    let compiled = programs.map(|(rules, other, named)| {
        let filter = SeccompFilter::new(rules, other, named, arch)?;
        BpfProgram::try_from(filter)
    });
    let compiled: Result<Vec<_>, seccompiler::BackendError> = compiled.collect();
    let compiled = compiled.map_err(|error| NotClosed::Refused(format!("its filter cannot be made: {error}")))?;
    compiled.iter().try_for_each(|program| apply(program))
}

/// Returns the programs: the calls that each names, the answer to all others, and that to the
/// named ones.
fn programs(sandbox: &Sandbox) -> Vec<(CallRules, SeccompAction, SeccompAction)> {
    let extra = extra_calls(sandbox);
    let of = |lists: [&[i64]; 2]| -> CallRules {
        let calls = lists.into_iter().flatten().filter(|call| !extra.contains_key(call));
        calls.map(|&call| (call, Vec::new())).collect()
    };
    let refused = if sandbox.strict { CallRules::new() } else { of([REFUSED, REFUSED_OLD]) };
    let unknown = of([UNKNOWN, &[]]);
    let mut allowed = judged(sandbox);
    allowed.extend(of([ALLOWED, ALLOWED_OLD]));
    allowed.extend(refused.clone());
    allowed.extend(unknown.clone());
    allowed.extend(extra);
    allowed.insert(DIE, Vec::new());
    let die = CallRules::from([(DIE, Vec::new())]);
    let programs = [
        (die, SeccompAction::Allow, SeccompAction::KillProcess),
        (refused, SeccompAction::Allow, SeccompAction::Errno(EACCES.cast_unsigned())),
        (unknown, SeccompAction::Allow, SeccompAction::Errno(ENOSYS.cast_unsigned())),
        (allowed, SeccompAction::Trap, SeccompAction::Allow),
    ];
    programs.into_iter().filter(|(rules, ..)| !rules.is_empty()).collect()
}

/// Returns what this sandbox allows beyond a pure one.
fn extra_calls(sandbox: &Sandbox) -> CallRules {
    let mut extra = CallRules::new();
    let mut allow = |is_allowed: bool, calls: [&[i64]; 2]| {
        let calls = calls.into_iter().flatten().filter(|_| is_allowed);
        extra.extend(calls.map(|&call| (call, Vec::new())));
    };
    let writes = sandbox.files.as_ref().is_some_and(|files| !files.write.is_empty());
    allow(sandbox.files.is_some(), [ASK_FILES, ASK_FILES_OLD]);
    allow(writes, [CHANGE_FILES, CHANGE_FILES_OLD]);
    allow(writes, [&[SYS_openat], &[]]);
    allow(sandbox.network, [NETWORK, &[]]);
    allow(sandbox.spawn, [SPAWN, SPAWN_OLD]);
    allow(sandbox.shared_results, [&[SYS_memfd_create], &[]]);
    if sandbox.files.is_some() && !writes {
        // A kernel before 6.2 lets a file be truncated that can only be read.
        extra.extend(open_for_reading());
    }
    let named: Vec<i64> = sandbox.allowed.iter().filter_map(|name| number_of(name)).collect();
    extra.extend(named.into_iter().map(|call| (call, Vec::new())));
    extra
}

fn open_for_reading() -> CallRules {
    let changes = (O_ACCMODE | O_TRUNC | O_CREAT).cast_unsigned().into();
    let reads = |at: u8| vec![rule(vec![(at, Len::Dword, Op::MaskedEq(changes), 0)])];
    CallRules::from([
        (SYS_openat, reads(2)),
        #[cfg(target_arch = "x86_64")]
        (SYS_open, reads(1)),
    ])
}

/// The calls that are judged by their arguments. `sendto` without an address writes to a connection
/// that the constructor has made.
fn judged(sandbox: &Sandbox) -> CallRules {
    let own = u64::from(std::process::id());
    let mut control = vec![F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC].into_iter().map(number).collect::<Vec<_>>();
    control.push(GET_SEALS);
    if sandbox.shared_results {
        control.push(ADD_SEALS);
    }
    if sandbox.network {
        control.push(number(F_SETFL));
    }
    // FIONBIO and F_SETFL change the standard streams for the parent too: its own writes may fail.
    // Sockets need them, and so does the standard library, for the output of a program.
    let mut requests = vec![TCGETS, TIOCGWINSZ, FIONREAD, FIOCLEX];
    if sandbox.network || sandbox.spawn {
        requests.push(FIONBIO);
    }
    let requests: Vec<_> = requests.into_iter().map(request).collect();
    // The C library asks for the handler of each signal between fork and exec, and resets it.
    let not_sigsys = vec![rule(vec![(0, Len::Dword, Op::Ne, number(SIGSYS))])];
    CallRules::from([
        (SYS_mmap, mappings(sandbox)),
        (SYS_mprotect, if runs_code(sandbox) { Vec::new() } else { vec![rule(vec![not_executable()])] }),
        (SYS_clone, vec![rule(vec![thread_or_process(sandbox)])]),
        (SYS_sendto, vec![rule(vec![(4, Len::Qword, Op::Eq, 0)])]),
        (SYS_kill, equals(0, &[own])),
        (SYS_tgkill, equals(0, &[own])),
        (SYS_rt_sigaction, if sandbox.spawn { Vec::new() } else { not_sigsys }),
        (SYS_prctl, equals(0, &[number(PR_SET_NAME), number(PR_GET_NAME), SET_VMA])),
        (SYS_prlimit64, vec![rule(vec![(0, Len::Dword, Op::Eq, 0), (2, Len::Qword, Op::Eq, 0)])]),
        (SYS_fcntl, equals(1, &control)),
        (SYS_ioctl, equals(1, &requests)),
    ])
}

fn runs_code(sandbox: &Sandbox) -> bool {
    sandbox.executable_memory || sandbox.spawn
}

fn not_executable() -> Condition {
    (2, Len::Dword, Op::MaskedEq(number(PROT_EXEC)), 0)
}

/// Private mappings, and mappings of files. Anonymous memory that is shared would not count under
/// the memory limit.
fn mappings(sandbox: &Sandbox) -> Vec<SeccompRule> {
    let kinds = [(MAP_TYPE, MAP_PRIVATE), (MAP_ANONYMOUS, 0)];
    let kinds = kinds.map(|(mask, value)| (3, Len::Dword, Op::MaskedEq(number(mask)), number(value)));
    let with_code = |kind| if runs_code(sandbox) { vec![kind] } else { vec![not_executable(), kind] };
    kinds.map(|kind| rule(with_code(kind))).into()
}

/// A thread, and with `spawn` a process; neither has namespaces of its own.
fn thread_or_process(sandbox: &Sandbox) -> Condition {
    let thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
    let namespaces =
        CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    let (mask, value) = if sandbox.spawn { (namespaces, 0) } else { (thread | namespaces, thread) };
    (0, Len::Dword, Op::MaskedEq(number(mask)), number(value))
}

fn number(constant: c_int) -> u64 {
    constant.cast_unsigned().into()
}

/// A request of `ioctl`. Its type differs among C libraries.
#[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, reason = "it is signed in musl, and positive")]
fn request(constant: Ioctl) -> u64 {
    constant as u64
}

fn equals(at: u8, values: &[u64]) -> Vec<SeccompRule> {
    values.iter().map(|&value| rule(vec![(at, Len::Dword, Op::Eq, value)])).collect()
}

/// All of these conditions together.
fn rule(conditions: Vec<Condition>) -> SeccompRule {
    let conditions = conditions.into_iter().map(|(at, len, comparison, value)| {
        SeccompCondition::new(at, len, comparison, value).expect("a call has six arguments")
    });
    SeccompRule::new(conditions.collect()).expect("there is a condition")
}

/// Installs one program for all threads.
///
/// `seccompiler` does so too, but it cannot keep the processor's speculation as it is.
fn apply(program: &[sock_filter]) -> Result<(), NotClosed> {
    let len = u16::try_from(program.len()).map_err(|_| NotClosed::Refused("its filter is too long".into()))?;
    let program = sock_fprog { len, filter: program.as_ptr().cast_mut().cast() };
    // SAFETY: the call takes numbers.
    if unsafe { prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } != 0 {
        return Err(unsupported(&io::Error::last_os_error()));
    }
    let flags = SECCOMP_FILTER_FLAG_TSYNC | SPEC_ALLOW;
    // SAFETY: the kernel copies the program, which lives until the call returns; `sock_filter` of
    // both crates is the kernel's record.
    match unsafe { syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &raw const program) } {
        0 => Ok(()),
        thread if thread > 0 => {
            Err(NotClosed::Refused(format!("thread {thread}, which the constructor has made, has a filter of its own")))
        }
        _ => Err(unsupported(&io::Error::last_os_error())),
    }
}

fn unsupported(error: &io::Error) -> NotClosed {
    NotClosed::Unsupported(format!(
        "`sandbox` needs the system call `seccomp`, which fails ({error}); allow it, or use `best_effort()`: it"
    ))
}
