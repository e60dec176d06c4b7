//! A program that is denied one system call, as by the seccomp profile of a container: `seccomp
//! CALL EPERM|ENOSYS`.
//!
//! It performs the usual operations on objects, and prints `ok` or the error for each step.

use std::env;
use std::ffi::{c_int, c_long};
use std::fmt::Debug;
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, ChildStdio, Error, RestartPolicy, Sandbox, Shared, concurrent_object};
use concurrent_object_tests::seccomp;

struct Victim;

#[concurrent_object]
impl Victim {
    pub fn new() -> Self {
        Self
    }

    pub fn sum(&self, values: &[u8]) -> u64 {
        values.iter().map(|&value| u64::from(value)).sum()
    }

    pub fn share(&self, size: usize) -> Result<Shared<[u8]>, String> {
        Shared::filled(size, |bytes| bytes.fill(1)).map_err(|error| format!("{error:?}"))
    }

    pub fn hang(&self) {
        loop {
            thread::sleep(Duration::from_secs(1000));
        }
    }
}

/// Returns the number of a system call. Those that the tests deny have names; any other is given by
/// its number.
fn number(call: &str) -> c_long {
    match call {
        "clock_getres" => libc::SYS_clock_getres,
        "clone" => libc::SYS_clone,
        "clone3" => libc::SYS_clone3,
        "dup3" => libc::SYS_dup3,
        "epoll_create1" => libc::SYS_epoll_create1,
        "epoll_ctl" => libc::SYS_epoll_ctl,
        "epoll_pwait" => libc::SYS_epoll_pwait,
        "eventfd2" => libc::SYS_eventfd2,
        "fallocate" => libc::SYS_fallocate,
        "fcntl" => libc::SYS_fcntl,
        "fstat" => libc::SYS_fstat,
        "ftruncate" => libc::SYS_ftruncate,
        "getsockopt" => libc::SYS_getsockopt,
        "ioctl" => libc::SYS_ioctl,
        "kill" => libc::SYS_kill,
        "landlock_create_ruleset" => 444,
        "madvise" => libc::SYS_madvise,
        "memfd_create" => libc::SYS_memfd_create,
        "mremap" => libc::SYS_mremap,
        "munlock" => libc::SYS_munlock,
        "newfstatat" => libc::SYS_newfstatat,
        "pidfd_open" => libc::SYS_pidfd_open,
        "pidfd_send_signal" => libc::SYS_pidfd_send_signal,
        "pipe2" => libc::SYS_pipe2,
        "prctl" => libc::SYS_prctl,
        "prlimit64" => libc::SYS_prlimit64,
        "pwrite64" => libc::SYS_pwrite64,
        "recvmsg" => libc::SYS_recvmsg,
        "seccomp" => libc::SYS_seccomp,
        "sched_getaffinity" => libc::SYS_sched_getaffinity,
        "sendmsg" => libc::SYS_sendmsg,
        "socketpair" => libc::SYS_socketpair,
        "timerfd_create" => libc::SYS_timerfd_create,
        "timerfd_settime" => libc::SYS_timerfd_settime,
        "waitid" => libc::SYS_waitid,
        number => number.parse().unwrap_or_else(|_| panic!("what is `{number}`?")),
    }
}

fn main() {
    let arguments: Vec<_> = env::args().collect();
    let [_, call, errno] = &arguments[..] else { panic!("a system call and an error") };
    let errno: c_int = match errno.as_str() {
        "EPERM" => libc::EPERM,
        "ENOSYS" => libc::ENOSYS,
        other => panic!("what is `{other}`?"),
    };
    concurrent_object::init();
    seccomp::deny(number(call), errno);
    if ["seccomp", "landlock_create_ruleset"].contains(&call.as_str()) {
        return use_sandboxes();
    }
    let builder = VictimProxy::builder("victim").max_input_size("1 MB").max_output_size("1 MB").slots(2);
    let builder = builder.timeout(Duration::from_secs(20)).cancel_grace(Duration::ZERO).stderr(ChildStdio::Lines);
    if let Some(victim) = say("start", builder.restart(RestartPolicy::on_death()).start()) {
        use_it(&victim);
    }
}

/// Starts objects in sandboxes, some of which this kernel cannot make.
fn use_sandboxes() {
    let start = |sandbox: Sandbox| -> Result<u64, Error> {
        let victim = VictimProxy::builder("victim").sandbox(sandbox).start()?;
        victim.wait_until_ready_timeout(Duration::from_secs(20))?;
        Ok(victim.sum(&[1; 1000]).wait()?)
    };
    say("pure", start(Sandbox::pure()));
    say("pure, best effort", start(Sandbox::pure().best_effort()));
    say("files", start(Sandbox::read_only(["/usr"])));
    say("files, best effort", start(Sandbox::read_only(["/usr"]).best_effort()));
}

fn use_it(victim: &VictimProxy) {
    if say("ready", victim.wait_until_ready_timeout(Duration::from_secs(20))).is_none() {
        return;
    }
    say("sum", victim.sum(&[1; 1000]).wait());
    if let Some(shared) = say("shared", Shared::filled(100_000, |bytes: &mut [u8]| bytes.fill(1))) {
        say("sum of shared", victim.sum(&shared).wait());
    }
    say("share", victim.share(100_000).wait().map_err(|error| format!("{error:?}")).flatten());
    say("trim", victim.handle().trim());
    let hung = victim.hang().with_timeout(Duration::from_millis(20)).wait();
    let killed = matches!(hung, Err(CallError::TimedOut { killed: true, .. }));
    say("limit", if killed { Ok(()) } else { Err(hung) });
    say("next", victim.sum(&[1; 1000]).wait());
    // A stopped process cannot end when asked, so ending it takes a signal. (Where `kill` is
    // denied, it is not stopped.)
    let pid = rustix::process::Pid::from_raw(victim.handle().pid().cast_signed());
    let _denied = pid.map(|pid| rustix::process::kill_process(pid, rustix::process::Signal::STOP));
    say("kill", victim.kill());
}

/// Prints the outcome of a step in one line.
fn say<T, E: Debug>(step: &str, outcome: Result<T, E>) -> Option<T> {
    match outcome {
        Ok(value) => {
            println!("{step}: ok");
            Some(value)
        }
        Err(error) => {
            println!("{step}: {}", format!("{error:?}").replace('\n', ";"));
            None
        }
    }
}
