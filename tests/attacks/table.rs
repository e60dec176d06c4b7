//! The attacks, and how each ends with a pure sandbox and without one.

use crate::calls::{call, call_with_path, fork_by};
use crate::{Aim, Outcome, custom, path_of};

/// One attack.
pub struct Attack {
    pub name: &'static str,
    pub action: Action,
    /// How it ends with a pure sandbox.
    pub pure: Pure,
    /// How it ends without a sandbox.
    pub without: Without,
}

impl Attack {
    pub fn is_tried(&self, is_pure: bool) -> bool {
        is_pure || self.without != Without::NotTried
    }
}

/// What the attacker does.
pub enum Action {
    /// A system call with these arguments.
    Call(i64, fn(&Aim) -> [usize; 6]),
    /// A system call with a path in the parent's directory, as the argument of this position.
    Path(i64, &'static str, usize, fn(&Aim) -> [usize; 6]),
    /// A system call that makes a process.
    Fork(i64, [usize; 6]),
    Custom(fn(&Aim) -> Outcome),
}

impl Action {
    pub fn make(&self, aim: &Aim) -> Outcome {
        match *self {
            Self::Call(number, arguments) => call(number, arguments(aim)),
            Self::Path(number, name, at, arguments) => call_with_path(number, &path_of(aim, name), at, arguments(aim)),
            Self::Fork(number, arguments) => fork_by(number, arguments),
            Self::Custom(attack) => attack(aim),
        }
    }
}

/// How an attack ends with a pure sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pure {
    Done,
    Refused(i32),
    /// The process ends, and the call has this name.
    Death(&'static str),
    /// The process ends, and the call has no name.
    DeathByNumber,
    /// The process ends, and cannot report the call.
    Unreported,
    Exits,
}

/// How an attack ends without a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    Done,
    Exits,
    /// It depends on the kernel, its settings and the user.
    Depends,
    /// It would harm the machine on which the tests run.
    NotTried,
}

/// The present directory, in place of a descriptor.
const CURRENT: usize = libc::AT_FDCWD as usize;

/// Calls of newer kernels, whose numbers are the same on all architectures.
const PROCESS_MRELEASE: i64 = 448;
const CACHESTAT: i64 = 451;
const LANDLOCK_CREATE_RULESET: i64 = 444;

/// Returns the address of zeros that the kernel may overwrite.
fn room() -> usize {
    Box::leak(Box::new([0_u64; 64])).as_mut_ptr() as usize
}

/// Returns the address of a limit that is none, which is also a set of all processors.
fn unlimited() -> usize {
    Box::leak(Box::new([u64::MAX; 2])).as_mut_ptr() as usize
}

/// Returns the address of a name.
fn name() -> usize {
    c"name".as_ptr() as usize
}

const fn attack(name: &'static str, action: Action, pure: Pure, without: Without) -> Attack {
    Attack { name, action, pure, without }
}

#[rustfmt::skip]
pub const ATTACKS: &[Attack] = &[
    attack("read a file", Action::Custom(custom::read_secret), Pure::Refused(libc::EACCES), Without::Done),
    attack("write a file", Action::Custom(custom::write_file), Pure::Refused(libc::EACCES), Without::Done),
    attack("ask for the size of a file", Action::Path(libc::SYS_newfstatat, "secret", 1, |_| [CURRENT, 0, room(), 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("ask for the size of a file in a newer way", Action::Path(libc::SYS_statx, "secret", 1, |_| [CURRENT, 0, 0, 0xfff, room(), 0]), Pure::Refused(libc::ENOSYS), Without::Done),
    attack("list a directory", Action::Custom(custom::list_directory), Pure::Refused(libc::EACCES), Without::Done),
    attack("read a link", Action::Custom(custom::read_link), Pure::Refused(libc::EACCES), Without::Done),
    attack("delete a file", Action::Path(libc::SYS_unlinkat, "new", 1, |_| [CURRENT, 0, 0, 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("make a directory", Action::Path(libc::SYS_mkdirat, "made", 1, |_| [CURRENT, 0, 0o700, 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("change the mode of a file", Action::Path(libc::SYS_fchmodat, "secret", 1, |_| [CURRENT, 0, 0o600, 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("truncate a file", Action::Path(libc::SYS_truncate, "secret", 0, |_| [0, 0, 0, 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("change the directory", Action::Path(libc::SYS_chdir, "", 0, |_| [0, 0, 0, 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("make a device", Action::Path(libc::SYS_mknodat, "device", 1, |_| [CURRENT, 0, 0o10600, 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("watch files", Action::Call(libc::SYS_inotify_init1, |_| [0, 0, 0, 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("watch a file system", Action::Call(libc::SYS_fanotify_init, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("fanotify_init"), Without::Depends),
    attack("open the memory of the parent", Action::Custom(custom::memory_of_parent), Pure::Refused(libc::EACCES), Without::Depends),
    attack("read the environment of the parent", Action::Custom(custom::environment_of_parent), Pure::Refused(libc::EACCES), Without::Done),
    attack("make a handle of a file", Action::Path(libc::SYS_name_to_handle_at, "secret", 1, |_| [CURRENT, 0, room(), room(), 0, 0]), Pure::Death("name_to_handle_at"), Without::Depends),
    attack("open a file by a handle", Action::Call(libc::SYS_open_by_handle_at, |_| [CURRENT, room(), 0, 0, 0, 0]), Pure::Death("open_by_handle_at"), Without::Depends),
    attack("connect over TCP", Action::Custom(custom::tcp), Pure::Death("socket"), Without::Done),
    attack("make a UDP socket", Action::Custom(custom::udp), Pure::Death("socket"), Without::Done),
    attack("make a unix socket", Action::Custom(custom::unix_socket), Pure::Death("socket"), Without::Done),
    attack("make a pair of sockets", Action::Call(libc::SYS_socketpair, |_| [1, 1, 0, room(), 0, 0]), Pure::Death("socketpair"), Without::Done),
    attack("accept a connection", Action::Call(libc::SYS_accept4, |_| [1, 0, 0, 0, 0, 0]), Pure::Death("accept4"), Without::Depends),
    attack("send many messages", Action::Call(libc::SYS_sendmmsg, |_| [3, 0, 0, 0, 0, 0]), Pure::Death("sendmmsg"), Without::Depends),
    attack("make a socket with signals blocked", Action::Custom(custom::unseen_socket), Pure::Unreported, Without::Done),
    attack("fork", Action::Fork(libc::SYS_clone, [libc::SIGCHLD as usize, 0, 0, 0, 0, 0]), Pure::Death("clone"), Without::Done),
    attack("fork and wait", Action::Fork(libc::SYS_clone, [(libc::CLONE_VFORK | libc::SIGCHLD) as usize, 0, 0, 0, 0, 0]), Pure::Death("clone"), Without::Done),
    attack("fork in a newer way", Action::Call(libc::SYS_clone3, |_| [0, 0, 0, 0, 0, 0]), Pure::Refused(libc::ENOSYS), Without::Depends),
    attack("execute a program", Action::Path(libc::SYS_execve, "no such program", 0, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("execve"), Without::Depends),
    attack("run a program", Action::Custom(custom::run_program), Pure::Unreported, Without::Done),
    attack("a new user namespace", Action::Call(libc::SYS_unshare, |_| [libc::CLONE_NEWUSER as usize, 0, 0, 0, 0, 0]), Pure::Death("unshare"), Without::Depends),
    attack("a process in a new user namespace", Action::Fork(libc::SYS_clone, [(libc::CLONE_NEWUSER | libc::SIGCHLD) as usize, 0, 0, 0, 0, 0]), Pure::Death("clone"), Without::Depends),
    attack("enter a namespace", Action::Call(libc::SYS_setns, |_| [3, 0, 0, 0, 0, 0]), Pure::Death("setns"), Without::Depends),
    attack("mount", Action::Call(libc::SYS_mount, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("mount"), Without::Depends),
    attack("change the root directory", Action::Path(libc::SYS_chroot, "no such directory", 0, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("chroot"), Without::Depends),
    attack("set its user", Action::Call(libc::SYS_setuid, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("setuid"), Without::Depends),
    attack("set its group", Action::Call(libc::SYS_setgid, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("setgid"), Without::Depends),
    attack("trace the parent", Action::Call(libc::SYS_ptrace, |aim| [libc::PTRACE_SEIZE as usize, aim.parent as usize, 0, 0, 0, 0]), Pure::Death("ptrace"), Without::NotTried),
    attack("signal the parent", Action::Call(libc::SYS_kill, |aim| [aim.parent as usize, 0, 0, 0, 0, 0]), Pure::Death("kill"), Without::Done),
    attack("signal its group", Action::Call(libc::SYS_kill, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("kill"), Without::Done),
    attack("signal all processes", Action::Call(libc::SYS_kill, |_| [usize::MAX, 0, 0, 0, 0, 0]), Pure::Death("kill"), Without::Done),
    attack("signal a thread of the parent", Action::Call(libc::SYS_tgkill, |aim| [aim.parent as usize, aim.parent as usize, 0, 0, 0, 0]), Pure::Death("tgkill"), Without::Done),
    attack("signal by the thread alone", Action::Call(libc::SYS_tkill, |aim| [aim.parent as usize, 0, 0, 0, 0, 0]), Pure::Death("tkill"), Without::Done),
    attack("queue a signal for the parent", Action::Call(libc::SYS_rt_sigqueueinfo, |aim| [aim.parent as usize, 0, room(), 0, 0, 0]), Pure::Death("rt_sigqueueinfo"), Without::Depends),
    attack("open the parent as a descriptor", Action::Call(libc::SYS_pidfd_open, |aim| [aim.parent as usize, 0, 0, 0, 0, 0]), Pure::Death("pidfd_open"), Without::Done),
    attack("signal the parent through its descriptor", Action::Custom(custom::signal_through_descriptor), Pure::Death("pidfd_send_signal"), Without::Done),
    attack("take a descriptor of the parent", Action::Call(libc::SYS_pidfd_getfd, |_| [3, 1, 0, 0, 0, 0]), Pure::Death("pidfd_getfd"), Without::Depends),
    attack("read the memory of the parent", Action::Call(libc::SYS_process_vm_readv, |aim| [aim.parent as usize, 0, 0, 0, 0, 0]), Pure::Death("process_vm_readv"), Without::Depends),
    attack("write the memory of the parent", Action::Call(libc::SYS_process_vm_writev, |aim| [aim.parent as usize, 0, 0, 0, 0, 0]), Pure::Death("process_vm_writev"), Without::Depends),
    attack("advise the memory of the parent", Action::Call(libc::SYS_process_madvise, |_| [3, 0, 0, 0, 0, 0]), Pure::Refused(libc::ENOSYS), Without::Depends),
    attack("release the memory of the parent", Action::Call(PROCESS_MRELEASE, |_| [3, 0, 0, 0, 0, 0]), Pure::Death("process_mrelease"), Without::Depends),
    attack("compare itself with the parent", Action::Call(libc::SYS_kcmp, |aim| [aim.parent as usize, aim.parent as usize, 0, 0, 0, 0]), Pure::Death("kcmp"), Without::Depends),
    attack("read the limits of the parent", Action::Call(libc::SYS_prlimit64, |aim| [aim.parent as usize, libc::RLIMIT_NOFILE as usize, 0, room(), 0, 0]), Pure::Refused(libc::EPERM), Without::Done),
    attack("raise its own limit of memory", Action::Call(libc::SYS_prlimit64, |_| [0, libc::RLIMIT_DATA as usize, unlimited(), 0, 0, 0]), Pure::Refused(libc::EPERM), Without::Depends),
    attack("raise its own limit in an older way", Action::Call(libc::SYS_setrlimit, |_| [libc::RLIMIT_DATA as usize, unlimited(), 0, 0, 0, 0]), Pure::Death("setrlimit"), Without::Depends),
    attack("move the parent to a processor", Action::Call(libc::SYS_sched_setaffinity, |aim| [aim.parent as usize, 8, unlimited(), 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("be scheduled in real time", Action::Call(libc::SYS_sched_setscheduler, |_| [0, 1, room(), 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Depends),
    attack("set the priority of the parent", Action::Call(libc::SYS_setpriority, |aim| [0, aim.parent as usize, 0, 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("lock its memory", Action::Call(libc::SYS_mlockall, |_| [1, 0, 0, 0, 0, 0]), Pure::Refused(libc::EACCES), Without::NotTried),
    attack("memory in a file", Action::Call(libc::SYS_memfd_create, |_| [name(), 0, 0, 0, 0, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("secret memory", Action::Call(libc::SYS_memfd_secret, |_| [0, 0, 0, 0, 0, 0]), Pure::Refused(libc::ENOSYS), Without::Depends),
    attack("memory that is shared", Action::Call(libc::SYS_mmap, |_| [0, 1 << 20, 3, 0x21, usize::MAX, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("executable memory", Action::Call(libc::SYS_mmap, |_| [0, 4096, 7, 0x22, usize::MAX, 0]), Pure::Refused(libc::EACCES), Without::Done),
    attack("make memory executable", Action::Custom(custom::executable_later), Pure::Refused(libc::EACCES), Without::Done),
    attack("a key of memory protection", Action::Call(libc::SYS_pkey_alloc, |_| [0, 0, 0, 0, 0, 0]), Pure::Refused(libc::ENOSYS), Without::Depends),
    attack("handle its own page faults", Action::Call(libc::SYS_userfaultfd, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("userfaultfd"), Without::Depends),
    attack("move pages between nodes", Action::Call(libc::SYS_migrate_pages, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("migrate_pages"), Without::Depends),
    attack("a segment of System V", Action::Custom(custom::shared_segment), Pure::Death("shmget"), Without::Done),
    attack("a semaphore of System V", Action::Custom(custom::semaphore), Pure::Death("semget"), Without::Done),
    attack("a message queue of System V", Action::Custom(custom::message_queue), Pure::Death("msgget"), Without::Done),
    attack("a message queue of POSIX", Action::Call(libc::SYS_mq_open, |_| [name(), 0, 0, 0, 0, 0]), Pure::Death("mq_open"), Without::Depends),
    attack("asynchronous calls", Action::Call(libc::SYS_io_uring_setup, |_| [1, room(), 0, 0, 0, 0]), Pure::Death("io_uring_setup"), Without::Depends),
    attack("asynchronous calls in an older way", Action::Call(libc::SYS_io_setup, |_| [1, room(), 0, 0, 0, 0]), Pure::Death("io_setup"), Without::Depends),
    attack("splice", Action::Call(libc::SYS_splice, |_| [0, 0, 1, 0, 0, 0]), Pure::Death("splice"), Without::Depends),
    attack("copy between pipes", Action::Call(libc::SYS_tee, |_| [0, 1, 0, 0, 0, 0]), Pure::Death("tee"), Without::Depends),
    attack("the state of cached pages", Action::Call(CACHESTAT, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("cachestat"), Without::Depends),
    attack("a program in the kernel", Action::Call(libc::SYS_bpf, |_| [0, room(), 0, 0, 0, 0]), Pure::Death("bpf"), Without::Depends),
    attack("performance events", Action::Call(libc::SYS_perf_event_open, |_| [room(), 0, 0, usize::MAX, 0, 0]), Pure::Death("perf_event_open"), Without::Depends),
    attack("keys", Action::Call(libc::SYS_keyctl, |_| [0, usize::MAX - 2, 1, 0, 0, 0]), Pure::Death("keyctl"), Without::Depends),
    attack("add a key", Action::Call(libc::SYS_add_key, |_| [name(), name(), room(), 8, usize::MAX - 2, 0]), Pure::Death("add_key"), Without::Depends),
    attack("request a key", Action::Call(libc::SYS_request_key, |_| [name(), name(), 0, 0, 0, 0]), Pure::Death("request_key"), Without::Depends),
    attack("change its personality", Action::Call(libc::SYS_personality, |_| [0x0004_0000, 0, 0, 0, 0, 0]), Pure::Death("personality"), Without::Done),
    attack("print the kernel log", Action::Call(libc::SYS_syslog, |_| [10, 0, 0, 0, 0, 0]), Pure::Death("syslog"), Without::Depends),
    attack("restart the machine", Action::Call(libc::SYS_reboot, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("reboot"), Without::Depends),
    attack("load a module", Action::Call(libc::SYS_finit_module, |_| [usize::MAX, name(), 0, 0, 0, 0]), Pure::Death("finit_module"), Without::Depends),
    attack("load a kernel", Action::Call(libc::SYS_kexec_load, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("kexec_load"), Without::Depends),
    attack("disk quotas", Action::Call(libc::SYS_quotactl, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("quotactl"), Without::Depends),
    attack("process accounting", Action::Path(libc::SYS_acct, "no such file", 0, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("acct"), Without::Depends),
    attack("swap", Action::Path(libc::SYS_swapon, "no such file", 0, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("swapon"), Without::Depends),
    attack("set the clock", Action::Call(libc::SYS_clock_settime, |_| [0, 0, 0, 0, 0, 0]), Pure::Death("clock_settime"), Without::Depends),
    attack("set the name of the host", Action::Call(libc::SYS_sethostname, |_| [name(), usize::MAX, 0, 0, 0, 0]), Pure::Death("sethostname"), Without::Depends),
    attack("a timer of signals", Action::Call(libc::SYS_timer_create, |_| [1, 0, room(), 0, 0, 0]), Pure::Death("timer_create"), Without::Done),
    attack("the address of its thread id", Action::Call(libc::SYS_set_tid_address, |_| [room(), 0, 0, 0, 0, 0]), Pure::Death("set_tid_address"), Without::Done),
    attack("another filter", Action::Call(libc::SYS_seccomp, |_| [1, 0, 0, 0, 0, 0]), Pure::Death("seccomp"), Without::NotTried),
    attack("rules for files", Action::Call(LANDLOCK_CREATE_RULESET, |_| [0, 0, 1, 0, 0, 0]), Pure::Death("landlock_create_ruleset"), Without::Depends),
    attack("handle the signal of the filter", Action::Call(libc::SYS_rt_sigaction, |_| [libc::SIGSYS as usize, room(), 0, 8, 0, 0]), Pure::Death("rt_sigaction"), Without::Done),
    attack("be dumpable", Action::Call(libc::SYS_prctl, |_| [libc::PR_SET_DUMPABLE as usize, 1, 0, 0, 0, 0]), Pure::Refused(libc::EINVAL), Without::Done),
    attack("outlive its parent", Action::Call(libc::SYS_prctl, |_| [libc::PR_SET_PDEATHSIG as usize, 0, 0, 0, 0, 0]), Pure::Refused(libc::EINVAL), Without::Done),
    attack("type on the terminal", Action::Call(libc::SYS_ioctl, |_| [1, libc::TIOCSTI as usize, name(), 0, 0, 0]), Pure::Refused(libc::ENOTTY), Without::NotTried),
    attack("set the terminal", Action::Call(libc::SYS_ioctl, |_| [1, libc::TCSETS as usize, room(), 0, 0, 0]), Pure::Refused(libc::ENOTTY), Without::NotTried),
    attack("let writes of the parent fail", Action::Call(libc::SYS_ioctl, |_| [1, libc::FIONBIO as usize, unlimited(), 0, 0, 0]), Pure::Refused(libc::ENOTTY), Without::NotTried),
    attack("seal an open file", Action::Call(libc::SYS_fcntl, |_| [1, 1033, 0, 0, 0, 0]), Pure::Refused(libc::EPERM), Without::Depends),
    attack("lock an open file", Action::Call(libc::SYS_fcntl, |_| [1, libc::F_SETLK as usize, room(), 0, 0, 0]), Pure::Refused(libc::EPERM), Without::Depends),
    attack("print", Action::Call(libc::SYS_write, |_| [1, name(), 0, 0, 0, 0]), Pure::Done, Without::Done),
    attack("wait for descriptors", Action::Call(libc::SYS_ppoll, |_| [0, 0, room(), 0, 0, 0]), Pure::Done, Without::Done),
    attack("start a thread", Action::Custom(custom::thread), Pure::Done, Without::Done),
    attack("exit", Action::Custom(custom::exit), Pure::Exits, Without::Exits),
    #[cfg(target_arch = "x86_64")]
    attack("a segment of its own", Action::Call(libc::SYS_modify_ldt, |_| [0, room(), 16, 0, 0, 0]), Pure::Death("modify_ldt"), Without::Depends),
    #[cfg(target_arch = "x86_64")]
    attack("ports", Action::Call(libc::SYS_ioperm, |_| [0x80, 1, 1, 0, 0, 0]), Pure::Death("ioperm"), Without::Depends),
    #[cfg(target_arch = "x86_64")]
    attack("an old library loader", Action::Call(134, |_| [0; 6]), Pure::Death("uselib"), Without::Depends),
    #[cfg(target_arch = "x86_64")]
    attack("a call of another number", Action::Call(0x4000_0000 + 39, |_| [0; 6]), Pure::DeathByNumber, Without::Depends),
    #[cfg(target_arch = "x86_64")]
    attack("a call of 32 bits", Action::Custom(|_| crate::calls::call_of_32_bits()), Pure::Unreported, Without::Depends),
];
