//! The descriptors that a child has open while the object's code runs: its standard streams, and
//! those that the library needs.
#![allow(unsafe_code, missing_docs, missing_debug_implementations)]

use std::fs::{self, File};
use std::io::Read;
use std::os::fd::{FromRawFd, RawFd};
use std::os::unix::fs::MetadataExt;

use concurrent_object::{RestartPolicy, concurrent_object};
use concurrent_object_tests::census::entries;
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::mapped::mapped;
use concurrent_object_tests::mortal::MortalProxy;
use concurrent_object_tests::processes::{Stray, descriptors};

concurrent_object::init_before_main!();

/// Damages what it finds open.
struct Wild {
    calls: u64,
}

#[concurrent_object]
impl Wild {
    pub fn new() -> Self {
        Self { calls: 0 }
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> u64 {
        self.calls
    }

    #[concurrent_object(restore)]
    fn load(calls: u64) -> Self {
        Self { calls }
    }

    pub fn count(&mut self) -> u64 {
        self.calls += 1;
        self.calls
    }

    /// Seals every open memory file against writes and further seals. Returns how many it sealed.
    pub fn harm(&self) -> usize {
        const FUTURE_WRITE: i32 = 0x10;
        let numbers = entries("/proc/self/fd").into_iter().filter_map(|number| number.parse::<RawFd>().ok());
        let sealed = numbers.filter(|&number| {
            // SAFETY: sealing touches no memory. A descriptor that is not a memory file is an
            // error.
            unsafe { libc::fcntl(number, libc::F_ADD_SEALS, FUTURE_WRITE | libc::F_SEAL_SEAL) == 0 }
        });
        sealed.count()
    }

    pub fn abort(&self) {
        std::process::abort()
    }
}

#[test]
fn files_that_a_child_has_mapped_are_closed_before_the_objects_code_runs() {
    within(SOON, || {
        let object = MortalProxy::builder("closed").start().expect("start");
        object.wait_until_ready().expect("ready");
        let held = descriptors(object.handle().pid());
        assert!(!held.iter().any(|(kind, _)| kind.contains("memfd")), "{held:?}");
    });
}

#[test]
fn seals_that_a_child_adds_affect_neither_the_next_instance_nor_the_parent() {
    within(SOON, || {
        let object = WildProxy::builder("wild").restart(RestartPolicy::on_death()).start().expect("start");
        for calls in 1..4 {
            assert_eq!(object.count().wait().expect("alive"), calls);
            assert_eq!(object.harm().wait().expect("alive"), 2, "the two files for its snapshots");
            assert!(object.handle().trim().is_ok());
            object.abort().wait().expect_err("it dies");
            assert!(object.handle().trim().is_ok(), "between two processes, or of the next");
        }
        assert_eq!(object.count().wait().expect("alive"), 4);
    });
}

#[test]
fn process_that_an_object_leaves_behind_holds_none_of_its_memory() {
    within(SOON, || {
        let object = MortalProxy::builder("left").start().expect("start");
        assert_eq!(object.repeat_sum(&vec![1; 10 << 20], 1).wait().expect("alive"), [10 << 20]);
        let left = Stray(object.leave_behind().wait().expect("alive").unsigned_abs());

        object.kill().expect("it ends");
        drop(object);

        assert!(fs::exists(format!("/proc/{}", left.0)).expect("readable"));
        let held = descriptors(left.0);
        assert!(!held.iter().any(|(kind, _)| kind.contains("memfd")), "{held:?}");
        assert_eq!(mapped(left.0, "memfd:concurrent-object").len(), 0);
    });
}

/// C libraries open files and sockets without `O_CLOEXEC`.
#[test]
fn child_inherits_no_descriptor_that_its_parent_opened_without_cloexec() {
    within(SOON, || {
        let mut ends = [0; 2];
        // SAFETY: there is room for both descriptors.
        assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
        // SAFETY: `pipe` has just opened both, and nothing else owns them.
        let [mut reader, writer] = ends.map(|end| unsafe { File::from_raw_fd(end) });
        let object = MortalProxy::builder("heir").restart(RestartPolicy::on_death()).start().expect("start");
        for _process in 0..2 {
            assert_eq!(object.add(0).wait().expect("alive"), 0);
            let inode = writer.metadata().expect("open").ino();
            let held = descriptors(object.handle().pid());
            assert!(!held.iter().any(|&(_, held)| held == inode), "{held:?}");
            send(object.handle().pid(), libc::SIGKILL);
        }
        assert_eq!(object.add(1).wait().expect("alive"), 1);

        drop(writer);

        assert_eq!(reader.read(&mut [0]).expect("readable"), 0, "no other process holds the other end");
    });
}
