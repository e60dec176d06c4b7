//! The handler of SIGSYS: it answers some calls that the filter could not judge, and otherwise
//! reports the call and ends the process.
//!
//! A filter sees the registers of a call, and not the memory to which they point. It has one answer
//! for all calls that no list names. So such calls come here. The kernel's own end of a process
//! would not tell the parent which call it was.
//!
//! Knows the registers of each architecture. Invariant: it neither allocates nor locks. A thread
//! that has blocked SIGSYS never gets here: the kernel ends the process.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::calls::DIE;
use crate::process::confinement::linux::handlers::{errno, handle, keep, record};
use crate::process::confinement::record::{SYSTEM_CALL, write};

/// `si_code` of a call that a filter has trapped.
const BY_FILTER: c_int = 1;

static IS_STRICT: AtomicBool = AtomicBool::new(false);

/// Makes the next trapped call leave its number and arguments in this record.
pub(super) fn report_to(words: &[AtomicU64], is_strict: bool) {
    keep(words);
    IS_STRICT.store(is_strict, Ordering::Relaxed);
    handle(libc::SIGSYS, on_trap);
}

extern "C" fn on_trap(_signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel passes a valid description.
    let is_by_filter = unsafe { (*info).si_code } == BY_FILTER;
    // SAFETY: the kernel passes a handler with SA_SIGINFO a context of this type, which the handler
    // may change.
    let registers = unsafe { Registers::of(context) };
    let (number, arguments) = (registers.number(), registers.arguments());
    let answer = if is_by_filter { answer_to(number, arguments) } else { None };
    if let Some(answer) = answer {
        return registers.set_result(answer);
    }
    if let Some(words) = record() {
        #[expect(clippy::cast_possible_truncation, reason = "numbers of system calls have 32 bits")]
        write(words, SYSTEM_CALL, number as u32, arguments);
    }
    // SAFETY: the call has no arguments; the filter ends the process.
    unsafe { libc::syscall(DIE) };
}

/// Returns the result of a call that need not end the process: a negative error number, or 0.
fn answer_to(number: i64, arguments: [u64; 6]) -> Option<i64> {
    let refusal = match number {
        libc::SYS_newfstatat => return status_of_file(arguments),
        libc::SYS_openat => return (!IS_STRICT.load(Ordering::Relaxed)).then(|| -i64::from(libc::EACCES)),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_open => return (!IS_STRICT.load(Ordering::Relaxed)).then(|| -i64::from(libc::EACCES)),
        libc::SYS_mmap | libc::SYS_mprotect => libc::EACCES,
        libc::SYS_prlimit64 | libc::SYS_fcntl => libc::EPERM,
        libc::SYS_prctl => libc::EINVAL,
        libc::SYS_ioctl => libc::ENOTTY,
        _ => return None,
    };
    Some(-i64::from(refusal))
}

/// glibc 2.33 to 2.38 asks for the status of an open file in this way: with an empty path. That is
/// allowed, as `fstat` is. With any other path it is a question about a file.
fn status_of_file([directory, path, status, flags, ..]: [u64; 6]) -> Option<i64> {
    let path = ptr::with_exposed_provenance::<c_char>(usize::try_from(path).ok()?);
    let (is_of_open, is_valid) = (flags & number(libc::AT_EMPTY_PATH) != 0, !path.is_null());
    // SAFETY: the path is not null; the caller passes a string, or its process dies of SIGSEGV.
    if is_of_open && (!is_valid || unsafe { path.read_volatile() } == 0) {
        return Some(fstat(directory, status));
    }
    (!IS_STRICT.load(Ordering::Relaxed)).then(|| -i64::from(libc::EACCES))
}

fn number(flag: c_int) -> u64 {
    flag.cast_unsigned().into()
}

fn fstat(descriptor: u64, status: u64) -> i64 {
    // SAFETY: `errno` returns the address of a number of this thread.
    let before = unsafe { *errno() };
    // SAFETY: the kernel checks both, as in the call that was trapped.
    let result = unsafe { libc::syscall(libc::SYS_fstat, descriptor, status) };
    // SAFETY: as above.
    let error = unsafe { errno().replace(before) };
    if result == 0 { 0 } else { -i64::from(error) }
}

/// The registers of the interrupted thread.
struct Registers<'c>(&'c mut libc::mcontext_t);

impl Registers<'_> {
    /// # Safety
    /// The pointer is the context that the kernel passes a handler.
    unsafe fn of(context: *mut c_void) -> Self {
        // SAFETY: the caller guarantees it.
        Self(unsafe { &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext })
    }
}

/// Whether the handler can read a call on this architecture.
pub(super) const KNOWS_REGISTERS: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
impl Registers<'_> {
    fn number(&self) -> i64 {
        DIE
    }

    fn arguments(&self) -> [u64; 6] {
        [0; 6]
    }

    fn set_result(self, _result: i64) {}
}

#[cfg(target_arch = "x86_64")]
impl Registers<'_> {
    fn register(&self, which: c_int) -> i64 {
        self.0.gregs[which as usize]
    }

    fn number(&self) -> i64 {
        self.register(libc::REG_RAX)
    }

    fn arguments(&self) -> [u64; 6] {
        [libc::REG_RDI, libc::REG_RSI, libc::REG_RDX, libc::REG_R10, libc::REG_R8, libc::REG_R9]
            .map(|which| self.register(which).cast_unsigned())
    }

    fn set_result(self, result: i64) {
        self.0.gregs[libc::REG_RAX as usize] = result;
    }
}

#[cfg(target_arch = "aarch64")]
impl Registers<'_> {
    fn number(&self) -> i64 {
        self.0.regs[8].cast_signed()
    }

    fn arguments(&self) -> [u64; 6] {
        std::array::from_fn(|at| self.0.regs[at])
    }

    fn set_result(self, result: i64) {
        self.0.regs[0] = result.cast_unsigned();
    }
}
