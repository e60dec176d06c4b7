//! A restarted process inherits what the first one inherited, whatever the parent has changed
//! since. In a test binary of its own, because it changes the whole process.
#![allow(missing_docs, missing_debug_implementations, unsafe_code, clippy::new_without_default)]

use std::env;
use std::fs;
use std::thread;
use std::time::Duration;

use concurrent_object::{RestartPolicy, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use rustix::process::{getpriority_process, setpriority_process};
use rustix::thread::{CpuSet, gettid, sched_getaffinity, sched_setaffinity};
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inherited {
    may_open_a_socket: bool,
    nice: i32,
    processors: u32,
    /// The lines of `/proc/self/status` about blocked signals and about new privileges.
    status: Vec<String>,
    directory: String,
    variable: Option<String>,
    argument: String,
}

pub struct Heir;

#[concurrent_object]
impl Heir {
    pub fn new() -> Self {
        Self
    }

    pub fn inherited(&self) -> Inherited {
        let status = fs::read_to_string("/proc/self/status").expect("readable");
        let status = status.lines().filter(|line| line.starts_with("SigBlk") || line.starts_with("NoNewPrivs"));
        Inherited {
            may_open_a_socket: std::net::UdpSocket::bind("127.0.0.1:0").is_ok(),
            nice: getpriority_process(None).expect("it may ask"),
            processors: sched_getaffinity(None).expect("it may ask").count(),
            status: status.map(ToOwned::to_owned).collect(),
            directory: env::current_dir().expect("there is one").display().to_string(),
            variable: env::var("INHERITED").ok(),
            argument: fs::read_to_string("model.txt").unwrap_or_default(),
        }
    }

    pub fn crash(&self) {
        std::process::abort()
    }
}

/// Confines the calling thread and its descendants: no sockets, one processor, and one blocked
/// signal.
fn confine() {
    setpriority_process(Some(gettid()), 10).expect("less is allowed");
    let mut processors = CpuSet::new();
    let present = sched_getaffinity(None).expect("it may ask");
    processors.set((0..CpuSet::MAX_CPU).find(|&number| present.is_set(number)).expect("there is one"));
    sched_setaffinity(None, &processors).expect("less is allowed");
    // SAFETY: a zeroed set is an empty set.
    let mut signals: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: the set is initialized, and this is a signal.
    unsafe { libc::sigaddset(&raw mut signals, libc::SIGUSR1) };
    // SAFETY: the set is initialized; the previous mask is not requested.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const signals, std::ptr::null_mut()) };
    rustix::thread::set_no_new_privs(true).expect("less is allowed");
    forbid_sockets();
}

/// Installs a filter that loads the number of the system call, compares it, and refuses or allows
/// the call.
fn forbid_sockets() {
    let step = |code: u32, jt, jf, k| libc::sock_filter { code: code as u16, jt, jf, k };
    let mut program = [
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, libc::SYS_socket as u32),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: the filter is a program of four instructions that outlives the call.
    let set = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) };
    assert_eq!(set, 0, "{}", std::io::Error::last_os_error());
}

fn names_of_threads() -> Vec<String> {
    let threads = fs::read_dir("/proc/self/task").expect("readable").flatten();
    threads.filter_map(|thread| fs::read_to_string(thread.path().join("comm")).ok()).collect()
}

#[test]
fn restarted_process_inherits_what_the_first_one_inherited() {
    within(SOON, || {
        let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("another")];
        fs::write(folders[0].path().join("model.txt"), "first").expect("written");
        fs::write(folders[1].path().join("model.txt"), "another").expect("written");
        env::set_current_dir(&folders[0]).expect("entered");
        // SAFETY: no other thread of this process reads the environment meanwhile.
        unsafe { env::set_var("INHERITED", "first") };
        // From here on the supervisor thread exists, which is not confined.
        let free = HeirProxy::builder("free").restart(RestartPolicy::on_death()).timeout(SOON).start().expect("starts");
        let of_free = free.inherited().wait().expect("served");
        let at_once = Duration::ZERO..Duration::ZERO;
        let confined = thread::spawn(move || {
            confine();
            HeirProxy::builder("confined").restart(RestartPolicy::on_death().backoff(at_once)).start().expect("starts")
        });
        let confined = confined.join().expect("no panic");
        let first = confined.inherited().wait().expect("served");
        assert!(!first.may_open_a_socket && of_free.may_open_a_socket);
        assert_eq!((first.nice, first.processors, &*first.argument), (10, 1, "first"));
        assert!(first.status.iter().any(|line| line.ends_with(&format!("{:016x}", 1 << (libc::SIGUSR1 - 1)))));

        env::set_current_dir(&folders[1]).expect("entered");
        // SAFETY: as above.
        unsafe { env::set_var("INHERITED", "another") };
        for (object, expected) in [(&confined, first), (&free, of_free)] {
            for incarnation in 2..4 {
                assert!(object.crash().wait().is_err());
                assert_eq!(object.inherited().wait().expect("served by the next one"), expected);
                assert_eq!(object.handle().incarnation(), incarnation);
            }
        }
        assert_eq!(names_of_threads().iter().filter(|name| name.trim_end() == "object-restarts").count(), 2);
        drop((free, confined));
        wait_for("their threads end with them", || {
            names_of_threads().iter().all(|name| name.trim_end() != "object-restarts")
        });
        env::set_current_dir("/").expect("entered");
    });
}
