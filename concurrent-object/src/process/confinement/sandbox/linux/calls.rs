//! The system calls, by what a sandbox does with them.
//!
//! Each list is for one answer. Calls that older architectures alone have are in lists of their
//! own. Knows numbers only.

use libc::*;

/// A number that is no system call. The filter kills a process that makes it.
pub(super) const DIE: i64 = 0x3f_f0f0;

/// Allowed whatever the arguments are: memory, threads and time, signals, and what is open already.
/// The kernel remembers these answers, so such a call costs nothing more than without a filter.
pub(super) const ALLOWED: &[i64] = &[
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_membarrier,
    SYS_munlock,
    SYS_mincore,
    SYS_futex,
    SYS_set_robust_list,
    SYS_get_robust_list,
    SYS_rseq,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_sched_getparam,
    SYS_sched_getscheduler,
    SYS_gettid,
    SYS_getpid,
    SYS_getppid,
    SYS_exit,
    SYS_exit_group,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_times,
    SYS_getrusage,
    SYS_sysinfo,
    SYS_getcpu,
    SYS_uname,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getrandom,
    SYS_getrlimit,
    SYS_timerfd_create,
    SYS_timerfd_settime,
    SYS_timerfd_gettime,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_rt_sigpending,
    SYS_read,
    SYS_readv,
    SYS_write,
    SYS_writev,
    SYS_pread64,
    SYS_preadv,
    SYS_pwrite64,
    SYS_pwritev,
    SYS_lseek,
    SYS_close,
    SYS_ppoll,
    SYS_epoll_pwait,
    SYS_epoll_ctl,
    SYS_epoll_create1,
    SYS_eventfd2,
    SYS_fstat,
    SYS_ftruncate,
    SYS_fsync,
    SYS_fdatasync,
    SYS_fadvise64,
    SYS_recvmsg,
    SYS_sendmsg,
    SYS_recvfrom,
    SYS_dup,
];

/// As `ALLOWED`: what newer architectures do not have.
#[cfg(target_arch = "x86_64")]
pub(super) const ALLOWED_OLD: &[i64] = &[SYS_time, SYS_pause, SYS_poll, SYS_epoll_wait];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const ALLOWED_OLD: &[i64] = &[];

/// Refused with "permission denied": what sound libraries ask, and can do without.
pub(super) const REFUSED: &[i64] = &[
    SYS_openat,
    SYS_openat2,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getcwd,
    SYS_chdir,
    SYS_fchdir,
    SYS_getdents64,
    SYS_statfs,
    SYS_fstatfs,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_mkdirat,
    SYS_symlinkat,
    SYS_linkat,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_fchownat,
    SYS_utimensat,
    SYS_mknodat,
    SYS_truncate,
    SYS_inotify_init1,
    SYS_inotify_add_watch,
    SYS_mlock,
    SYS_mlock2,
    SYS_mlockall,
    SYS_memfd_create,
    SYS_sched_setaffinity,
    SYS_sched_setscheduler,
    SYS_sched_setparam,
    SYS_setpriority,
    SYS_getpriority,
    SYS_umask,
];

/// As `REFUSED`: what newer architectures do not have.
#[cfg(target_arch = "x86_64")]
pub(super) const REFUSED_OLD: &[i64] = &[
    SYS_open,
    SYS_creat,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_unlink,
    SYS_rename,
    SYS_renameat,
    SYS_mkdir,
    SYS_rmdir,
    SYS_symlink,
    SYS_link,
    SYS_chmod,
    SYS_chown,
    SYS_mknod,
];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const REFUSED_OLD: &[i64] = &[SYS_renameat];

/// Answered as by a kernel that does not know them: programs then use an older way.
pub(super) const UNKNOWN: &[i64] = &[
    SYS_clone3,
    SYS_statx,
    SYS_mbind,
    SYS_get_mempolicy,
    SYS_set_mempolicy,
    SYS_pkey_alloc,
    SYS_pkey_free,
    SYS_memfd_secret,
    SYS_futex_waitv,
    SYS_process_madvise,
    SYS_epoll_pwait2,
    MAP_SHADOW_STACK,
];

/// The C library's constants do not have it.
const MAP_SHADOW_STACK: i64 = 453;

/// Questions about files that Landlock does not judge. With rules for files they are allowed: they
/// tell whether a file exists, and its size, but not what is in it.
pub(super) const ASK_FILES: &[i64] = &[
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getcwd,
    SYS_getdents64,
    SYS_statfs,
    SYS_fstatfs,
    SYS_statx,
    SYS_newfstatat,
];

/// As `ASK_FILES`: what newer architectures do not have.
#[cfg(target_arch = "x86_64")]
pub(super) const ASK_FILES_OLD: &[i64] = &[SYS_stat, SYS_lstat, SYS_access, SYS_readlink];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const ASK_FILES_OLD: &[i64] = &[];

/// Changes of directories, which Landlock judges. Allowed if files below some path can be written.
pub(super) const CHANGE_FILES: &[i64] = &[
    SYS_unlinkat,
    SYS_renameat2,
    SYS_mkdirat,
    SYS_symlinkat,
    SYS_linkat,
    SYS_fallocate,
    SYS_renameat,
    SYS_copy_file_range,
];

/// As `CHANGE_FILES`: what newer architectures do not have.
#[cfg(target_arch = "x86_64")]
pub(super) const CHANGE_FILES_OLD: &[i64] =
    &[SYS_open, SYS_creat, SYS_unlink, SYS_rename, SYS_mkdir, SYS_rmdir, SYS_symlink, SYS_link];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const CHANGE_FILES_OLD: &[i64] = &[];

/// Sockets.
pub(super) const NETWORK: &[i64] = &[
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_getsockname,
    SYS_getpeername,
    SYS_getsockopt,
    SYS_setsockopt,
    SYS_shutdown,
    SYS_sendto,
    SYS_sendmmsg,
    SYS_recvmmsg,
];

/// Processes, and what a program does when it begins.
pub(super) const SPAWN: &[i64] = &[
    SYS_execve,
    SYS_execveat,
    SYS_wait4,
    SYS_waitid,
    SYS_pipe2,
    SYS_dup3,
    SYS_set_tid_address,
    SYS_setpgid,
    SYS_setsid,
    SYS_getpgid,
    SYS_getsid,
    SYS_umask,
    SYS_kill,
    SYS_tgkill,
];

/// As `SPAWN`: what newer architectures do not have.
#[cfg(target_arch = "x86_64")]
pub(super) const SPAWN_OLD: &[i64] = &[SYS_fork, SYS_vfork, SYS_pipe, SYS_dup2, SYS_getpgrp, SYS_arch_prctl];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const SPAWN_OLD: &[i64] = &[];
