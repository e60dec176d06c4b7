//! A program that locks its memory, with an object whose process locks its own memory later. It
//! prints how much locked memory the object has added.
#![allow(unsafe_code)]

use std::fs;
use std::process::ExitCode;

use concurrent_object::{RestartPolicy, Shared, concurrent_object};

struct Copier {
    calls: u64,
}

#[concurrent_object]
impl Copier {
    pub fn new() -> Self {
        Self { calls: 0 }
    }

    #[concurrent_object(snapshot)]
    pub fn save(&self) -> u64 {
        self.calls
    }

    #[concurrent_object(restore)]
    pub fn restored(calls: u64) -> Self {
        Self { calls }
    }

    /// Locks everything that this process maps from now on.
    pub fn lock_future(&self) -> bool {
        lock(libc::MCL_FUTURE)
    }

    pub fn copy(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.calls += 1;
        bytes.to_vec()
    }

    pub fn share(&self, bytes: Shared<[u8]>) -> usize {
        bytes.len()
    }

    pub fn crash(&self) {
        std::process::abort();
    }

    pub fn calls(&self) -> u64 {
        self.calls
    }

    pub fn locked(&self) -> u64 {
        locked()
    }
}

fn lock(what: i32) -> bool {
    // SAFETY: `mlockall` has no precondition.
    unsafe { libc::mlockall(what) == 0 }
}

/// Returns the locked memory of this process, in KiB.
fn locked() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("readable");
    let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn main() -> ExitCode {
    concurrent_object::init();
    if !lock(libc::MCL_CURRENT | libc::MCL_FUTURE) {
        eprintln!("mlockall: {}", std::io::Error::last_os_error());
        return ExitCode::from(77);
    }
    let before = locked();
    let copier = CopierProxy::builder("copier").restart(RestartPolicy::on_death()).start().expect("starts");
    println!("start: {}", locked() - before);
    assert!(copier.lock_future().wait().expect("a result"), "what the parent may, its child may");
    let of_child = copier.locked().wait().expect("a result");
    let bytes = vec![7; 1 << 20];
    assert_eq!(copier.copy(&bytes).wait().expect("a result"), bytes);
    let shared = Shared::<[u8]>::filled(1 << 20, |bytes| bytes.fill(7)).expect("room");
    assert_eq!(copier.share(shared).wait().expect("a result"), 1 << 20);
    assert!(copier.handle().trim().expect("trimmed"));
    assert_eq!(copier.copy(&bytes).wait().expect("a result"), bytes);
    println!("calls: {}", locked() - before);
    println!("calls in the child: {}", copier.locked().wait().expect("a result") - of_child);
    copier.crash().wait().expect_err("it died");
    assert_eq!(copier.calls().wait().expect("a result"), 2);
    println!("restart: {}", locked() - before);
    // Now the regions are locked too, except for pages that were never touched.
    assert!(lock(libc::MCL_CURRENT | libc::MCL_ONFAULT), "what was permitted is permitted");
    assert!(copier.handle().trim().expect("trimmed"));
    assert_eq!(copier.copy(&bytes).wait().expect("a result"), bytes);
    ExitCode::SUCCESS
}
