//! How a child's allocator treats memory that arguments occupied.
#![cfg(target_env = "gnu")]
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use concurrent_object::concurrent_object;
use concurrent_object_tests::deadline::wait_for;
use concurrent_object_tests::mapped::mapped;
use concurrent_object_tests::processes::page_faults;

concurrent_object::init_before_main!();

/// The size of an argument in bytes, and in pages.
const SIZE: usize = 16 << 20;
const PAGES: u64 = (SIZE / 4096) as u64;
const CALLS: u64 = 8;

pub struct Reader;

#[concurrent_object]
impl Reader {
    pub fn new() -> Self {
        Self
    }

    pub fn take(&self, rows: Vec<Vec<f64>>) -> usize {
        rows.len()
    }

    pub fn take_at_once(&self, numbers: Vec<f64>) -> usize {
        numbers.len()
    }
}

/// Returns the page faults of each call in the child. A few calls go before, so that the child has
/// its memory.
fn faults_of_a_call(reader: &ReaderProxy, call: impl Fn(&ReaderProxy)) -> u64 {
    let pid = reader.handle().pid();
    (0..3).for_each(|_| call(reader));
    let before = page_faults(pid);
    (0..CALLS).for_each(|_| call(reader));
    (page_faults(pid) - before) / CALLS
}

fn give_rows(reader: &ReaderProxy) {
    let rows = vec![vec![0.5; 1024]; SIZE / 1024 / size_of::<f64>()];
    assert_eq!(reader.take(rows.clone()).wait().expect("taken"), rows.len());
}

fn give_at_once(reader: &ReaderProxy) {
    let numbers = vec![0.5; SIZE / size_of::<f64>()];
    assert_eq!(reader.take_at_once(numbers.clone()).wait().expect("taken"), numbers.len());
}

#[test]
fn memory_of_a_large_argument_is_reused_for_the_next_one() {
    let reader = ReaderProxy::builder("reader").start().expect("starts");
    assert!(faults_of_a_call(&reader, give_rows) < PAGES / 10);
    assert!(faults_of_a_call(&reader, give_at_once) < PAGES / 10);
}

#[test]
fn allocator_settings_of_the_environment_take_precedence() {
    for (name, value) in [
        ("MALLOC_TRIM_THRESHOLD_", "131072"),
        ("MALLOC_MMAP_THRESHOLD_", "131072"),
        ("MALLOC_TOP_PAD_", "131072"),
        ("GLIBC_TUNABLES", "glibc.malloc.trim_threshold=131072"),
    ] {
        let reader = ReaderProxy::builder("reader").env(name, value).start().expect("starts");
        assert!(faults_of_a_call(&reader, give_rows) > PAGES / 2, "{name}");
    }
}

#[test]
fn other_tunables_have_no_effect() {
    let reader = ReaderProxy::builder("reader").env("GLIBC_TUNABLES", "glibc.rtld.nns=4").start().expect("starts");
    assert!(faults_of_a_call(&reader, give_rows) < PAGES / 10);
}

#[test]
fn trimming_gives_the_memory_back() {
    let reader = ReaderProxy::builder("reader").start().expect("starts");
    give_rows(&reader);
    let pid = reader.handle().pid();
    assert!(heap_of(pid) > SIZE);
    assert!(reader.handle().trim().expect("trimmed"));
    wait_for("the child gives it back", || heap_of(pid) < SIZE / 10);
    give_rows(&reader);
}

/// Returns the resident size of the heap.
fn heap_of(pid: u32) -> usize {
    mapped(pid, "[heap]").iter().map(|mapped| mapped.resident).sum()
}
