//! Two hundred objects, ended in every way, leave no resource in the process.
//!
//! In a test binary of its own, so that no other test opens or closes anything meanwhile.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::collections::BTreeSet;
use std::env;

use concurrent_object::{ChildStdio, concurrent_object};
use concurrent_object_tests::census::{Census, entries};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

concurrent_object::init_before_main!();

pub struct Guest;

#[concurrent_object]
impl Guest {
    pub fn new() -> Self {
        Self
    }

    pub fn refuse(reason: &str) -> Result<Self, String> {
        Err(reason.to_owned())
    }

    pub fn explode(text: &str) -> Self {
        panic!("{text}")
    }

    pub fn sum(&self, bytes: &[u8]) -> u64 {
        bytes.iter().map(|&byte| u64::from(byte)).sum()
    }

    pub fn crash(&self) {
        std::process::abort();
    }

    pub fn leave(&self, code: i32) {
        std::process::exit(code);
    }

    pub fn fail(&self) {
        panic!("no");
    }
}

/// The number of ways.
const KINDS: usize = 13;

fn captured(builder: GuestProxyBuilder) -> GuestProxyBuilder {
    builder.stdout(ChildStdio::Lines).stderr(ChildStdio::Lines)
}

/// Starts an object, and ends it in one of these ways.
fn live_and_end(way: usize) {
    let builder = GuestProxy::builder(format!("guest-{way}")).slots(2);
    match way % KINDS {
        0 => builder.start().expect("starts").terminate().expect("terminated"),
        1 => drop(builder.start().expect("starts")),
        2 => builder.start().expect("starts").kill().expect("killed"),
        3 => assert!(builder.start_refuse("no").expect("starts").wait_until_ready().is_err()),
        4 => assert!(builder.start_explode("no").expect("starts").wait_until_ready().is_err()),
        5 => {
            let guest = builder.start().expect("starts");
            assert!(guest.crash().wait().is_err());
        }
        6 => {
            let guest = builder.start().expect("starts");
            guest.push_leave(3).expect("pushed");
            let held = guest.sum(&[1; 100_000]);
            assert!(guest.wait_pull().is_err());
            drop(guest);
            drop(held.wait());
        }
        7 => {
            let guest = builder.start().expect("starts");
            for _ in 0..2 {
                guest.push_sum(&[1; 50_000]).expect("pushed");
            }
            assert!(guest.fail().wait().is_err());
            guest.close().expect("closed");
        }
        8 => {
            let guest = builder.start().expect("starts");
            let calls: Vec<_> = (0..20).map(|_| guest.sum(&[2; 70_000])).collect();
            drop(guest);
            drop(calls);
        }
        9 => {
            let room = env::temp_dir();
            let builder = builder.backing_dir(room).max_input_size(4096_usize).max_output_size(4096_usize);
            assert_eq!(builder.start().expect("starts").sum(&[1; 4096]).wait().expect("summed"), 4096);
        }
        10 => {
            let guest = captured(builder).start().expect("starts");
            assert!(guest.fail().wait().is_err());
            guest.close().expect("closed");
        }
        11 => {
            let guest =
                captured(builder).on_death(|death| assert!(!death.stderr_tail.is_empty())).start().expect("starts");
            guest.push_fail().expect("pushed");
            assert!(guest.crash().wait().is_err());
        }
        _ => {
            let builder = builder.stdout(ChildStdio::File("/dev/null".into())).stderr(ChildStdio::Null);
            assert!(builder.start().expect("starts").leave(3).wait().is_err());
        }
    }
}

/// Attempts a start that must fail, so that partly created objects are covered too.
fn fail_to_start() {
    assert!(GuestProxy::builder("").start().is_err());
    assert!(GuestProxy::builder("guest").max_input_size("much").start().is_err());
    let nowhere = GuestProxy::builder("guest").backing_dir("/nowhere/at/all");
    assert!(nowhere.max_input_size(1_usize).max_output_size(1_usize).start().is_err());
    let no_such_arguments = GuestProxy::builder("guest").env("A=B\0", "x");
    assert!(captured(no_such_arguments).start().is_err());
    let no_such_file = GuestProxy::builder("guest").stdout(ChildStdio::Lines);
    assert!(no_such_file.stderr(ChildStdio::File("/nowhere/at/all".into())).start().is_err());
}

fn named_files() -> BTreeSet<String> {
    let places = ["/dev/shm".into(), env::temp_dir()];
    let names = places.into_iter().flat_map(entries);
    names.filter(|name| name.contains("concurrent") || name.contains("guest")).collect()
}

fn live_end_and_compare() {
    // The first object of each kind creates what stays, such as thread-local buffers.
    (0..KINDS).for_each(live_and_end);
    fail_to_start();
    let (before, files_before) = (Census::take_without_objects(), named_files());

    (0..200).for_each(live_and_end);
    (0..20).for_each(|_| fail_to_start());

    let is_gone = |now: &Census| now.threads <= before.threads && now.descriptors.len() <= before.descriptors.len();
    wait_for("threads that have ended are gone, and a hook that is just called", || is_gone(&Census::take()));
    assert_eq!(Census::take(), before);
    assert_eq!(before.children, Vec::<u32>::new());
    assert_eq!(named_files(), files_before);
}

#[test]
fn two_hundred_objects_leave_no_resource() {
    within(SOON * 3, live_end_and_compare);
}
