//! The memory of an object: allocated at the start with `prefault`, and given back with `trim`.
#![allow(missing_docs, missing_debug_implementations)]

use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, Error, StartError, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::mapped::{Mapped, mapped};
use concurrent_object_tests::random::Random;

concurrent_object::init_before_main!();

const SIZE: usize = 4 << 20;
const LITTLE: usize = 128 << 10;

struct Copier {
    calls: u64,
}

#[concurrent_object]
impl Copier {
    pub fn new() -> Self {
        Self { calls: 0 }
    }

    pub fn copy(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.calls += 1;
        bytes.to_vec()
    }

    pub fn nap(&self, pause: Duration) {
        thread::sleep(pause);
    }

    pub fn calls(&self) -> u64 {
        self.calls
    }
}

fn builder(slots: usize) -> CopierProxyBuilder {
    CopierProxy::builder("copier").slots(slots).max_input_size(SIZE).max_output_size(SIZE)
}

fn started(slots: usize) -> CopierProxy {
    builder(slots).start().expect("a child starts")
}

/// Returns the object's input file or control file, as mapped in the parent and in the child.
fn file(copier: &CopierProxy, name: &str) -> [Mapped; 2] {
    let childs = mapped(copier.handle().pid(), name).pop().expect("the child has it mapped");
    let here = mapped(std::process::id(), name).into_iter().find(|mapped| mapped.inode == childs.inode);
    [here.expect("the parent has the same file mapped"), childs]
}

const INPUT: &str = "memfd:concurrent-object:input";
const CONTROL: &str = "memfd:concurrent-object:control";

/// Uses all slots, and waits until they are free.
fn use_all(copier: &CopierProxy, slots: usize) {
    let calls: Vec<_> = (0..slots as u8).map(|byte| (byte, copier.copy(&vec![byte; SIZE]))).collect();
    for (byte, call) in calls {
        assert!(call.wait().expect("a result") == vec![byte; SIZE]);
    }
}

/// Waits until parent and child have mapped the same new input file.
fn wait_for_fresh(copier: &CopierProxy, inode: u64) {
    wait_for("the child has the fresh file mapped", || {
        mapped(copier.handle().pid(), INPUT).iter().all(|mapped| mapped.inode != inode)
    });
}

#[test]
fn memory_of_free_slots_is_given_back() {
    let copier = started(3);
    use_all(&copier, 3);
    let before = file(&copier, INPUT);
    assert!(before.iter().all(|mapped| mapped.resident >= 3 * SIZE), "{before:?}");
    assert!(file(&copier, CONTROL).iter().all(|mapped| mapped.resident >= 3 * SIZE));
    assert!(copier.handle().trim().expect("trimmed"));
    wait_for_fresh(&copier, before[0].inode);
    for name in [INPUT, CONTROL] {
        assert!(file(&copier, name).iter().all(|mapped| mapped.resident <= LITTLE), "{:?}", file(&copier, name));
    }
    use_all(&copier, 3);
    assert_eq!(copier.calls().wait().expect("a result"), 6);
}

#[test]
fn slots_in_use_keep_their_contents() {
    let copier = started(4);
    use_all(&copier, 4);
    copier.push_copy(&[7; SIZE]).expect("a slot is free");
    wait_for("it is answered", || copier.status().can_pull);
    let inode = file(&copier, INPUT)[0].inode;
    assert!(!copier.handle().trim().expect("trimmed"), "a result was not taken");
    assert_eq!(file(&copier, INPUT)[0].inode, inode);
    let [here, _] = file(&copier, CONTROL);
    assert!((SIZE..2 * SIZE).contains(&here.resident), "of the results one is left: {here:?}");
    assert!(matches!(copier.pull(), Ok(Some(CopierOutput::Copy(bytes))) if bytes == [7; SIZE]));
    let mut loan = copier.loan::<u8>(SIZE).expect("a slot is free");
    loan.fill(9);
    assert!(!copier.handle().trim().expect("trimmed"), "a loan is out");
    let lent = loan.freeze();
    assert!(!copier.handle().trim().expect("trimmed"), "a loan is out");
    assert_eq!(copier.copy(&lent).wait().expect("a result"), [9; SIZE]);
    drop(lent);
    let nap = copier.nap(Duration::from_millis(100));
    assert!(!copier.handle().trim().expect("trimmed"), "a call is under way");
    nap.wait().expect("it slept");
    assert!(copier.handle().trim().expect("trimmed"));
    use_all(&copier, 4);
}

#[test]
fn results_are_correct_before_and_after_every_trim() {
    let mut random = Random::new();
    for slots in [1, 2, 5] {
        let copier = started(slots);
        let (mut trimmed, mut made) = (0, 0);
        for _ in 0..500 {
            let calls: Vec<_> = (0..random.below(slots + 3))
                .map(|_| {
                    let bytes = vec![random.any() as u8; random.below(100_000)];
                    (copier.copy(&bytes), bytes)
                })
                .collect();
            made += calls.len() as u64;
            for (call, bytes) in calls {
                assert!(call.wait().expect("a result") == bytes);
            }
            for _ in 0..random.below(3) {
                trimmed += u32::from(copier.handle().trim().expect("trimmed"));
            }
        }
        assert!(trimmed > 100, "{trimmed} of some five hundred");
        assert_eq!(copier.calls().wait().expect("a result"), made);
        let accepted = copier.handle().statistics().accepted;
        assert_eq!(accepted, made + 1, "only calls of the user are counted");
    }
}

#[test]
fn concurrent_calls_and_trims_succeed() {
    let copier = started(3);
    within(SOON, move || {
        thread::scope(|scope| {
            let callers: Vec<_> = (0..3_u8)
                .map(|byte| {
                    let copier = &copier;
                    scope.spawn(move || {
                        for len in 0..400 {
                            let bytes = vec![byte; len * 100];
                            assert!(copier.copy(&bytes).wait().expect("a result") == bytes);
                        }
                    })
                })
                .collect();
            while !callers.iter().all(thread::ScopedJoinHandle::is_finished) {
                copier.handle().trim().expect("trimmed");
            }
        });
        copier.close().expect("it ends");
    });
}

#[test]
fn a_sleeping_child_trims_and_an_ended_one_is_an_error() {
    let copier = started(2);
    copier.wait_until_ready().expect("ready");
    let inode = file(&copier, INPUT)[0].inode;
    assert!(copier.handle().trim().expect("trimmed"));
    wait_for_fresh(&copier, inode);
    let handle = copier.handle();
    assert!(handle.trim().expect("trimmed") || handle.trim().is_ok());
    copier.terminate().expect("it ends");
    assert!(matches!(handle.trim(), Err(Error::Call(CallError::Ended { .. }))));
}

#[test]
fn an_object_that_is_not_ready_yet_can_be_trimmed() {
    let copier = started(2);
    assert!(copier.handle().trim().expect("trimmed"));
    assert_eq!(copier.copy(&[1; 1000]).wait().expect("a result"), [1; 1000]);
}

#[test]
fn prefaulted_memory_is_there_before_the_first_call() {
    let copier = builder(3).prefault(true).start().expect("a child starts");
    copier.wait_until_ready().expect("ready");
    for name in [INPUT, CONTROL] {
        let mapped = file(&copier, name);
        assert!(mapped.iter().all(|mapped| mapped.resident >= 3 * SIZE), "{mapped:?}");
    }
    use_all(&copier, 3);
    let not = started(3);
    not.wait_until_ready().expect("ready");
    assert!(file(&not, INPUT).iter().all(|mapped| mapped.resident <= LITTLE));
}

#[test]
fn prefault_needs_sizes_and_works_in_a_directory() {
    let error = CopierProxy::builder("copier").prefault(true).start().expect_err("how much?");
    assert!(matches!(error, StartError::SizesNeeded), "{error}");
    let folder = std::env::temp_dir();
    let copier = builder(2).prefault(true).backing_dir(folder).start().expect("a child starts");
    use_all(&copier, 2);
    assert!(!copier.handle().trim().expect("nothing to do"), "its space stays");
}
