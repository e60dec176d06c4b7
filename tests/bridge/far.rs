//! The object of these tests.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_object::{Progress, Shared, concurrent_object, is_cancelled};
use concurrent_object_tests::gate::{pass, reach};

pub struct Far {
    total: AtomicU64,
}

#[concurrent_object]
impl Far {
    pub fn new(total: u64) -> Self {
        Self { total: total.into() }
    }

    pub fn of(values: &[u64]) -> Result<Self, String> {
        if values.is_empty() { Err("no values".into()) } else { Ok(Self::new(values.iter().sum())) }
    }

    pub fn panicking() -> Self {
        panic!("no object today")
    }

    pub fn add(&self, by: u64) -> u64 {
        self.total.fetch_add(by, Ordering::Relaxed) + by
    }

    #[concurrent_object(idempotent)]
    pub fn read(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    #[concurrent_object(idempotent)]
    pub fn read_at(&self, gate: &Path) -> u64 {
        pass(gate);
        self.read()
    }

    pub fn process(&self) -> u32 {
        std::process::id()
    }

    pub fn sum(&self, values: &[u64]) -> u64 {
        values.iter().sum()
    }

    pub fn shared_sum(&self, values: &Shared<[u64]>) -> u64 {
        values.iter().sum()
    }

    pub fn count_up(&self, len: u64) -> Vec<u64> {
        (0..len).collect()
    }

    pub fn shared(&self, len: u64) -> Shared<[u64]> {
        Shared::<[u64]>::new(&self.count_up(len)).expect("room")
    }

    pub fn reverse(&self, values: &mut Vec<u64>) {
        values.reverse();
        values.push(4);
    }

    pub fn climb(&self, gate: &Path, progress: &Progress<u64>) -> u64 {
        (1..=3).for_each(|step| progress.set(step));
        pass(gate);
        progress.set(4);
        4
    }

    pub fn allocate(&self, bytes: usize) -> usize {
        std::hint::black_box(vec![1_u8; bytes]).len()
    }

    pub fn shout(&self, text: &str) -> String {
        text.to_uppercase()
    }

    pub fn fail(&self) -> Result<(), String> {
        Err("it cannot".into())
    }

    pub fn panic(&self) {
        panic!("on purpose")
    }

    pub fn exit(&self, code: i32) {
        std::process::exit(code)
    }

    pub fn abort(&self) {
        std::process::abort()
    }

    pub fn wait_at(&self, gate: &Path) {
        pass(gate);
    }

    pub fn spin_until_cancelled(&self, gate: &Path) {
        reach(gate);
        while !is_cancelled() {
            thread::yield_now();
        }
    }

    /// Notices its cancellation, and then takes its time.
    pub fn linger_when_cancelled(&self, gate: &Path, milliseconds: u64) {
        self.spin_until_cancelled(gate);
        thread::sleep(std::time::Duration::from_millis(milliseconds));
    }

    pub fn sleep(&self, gate: &Path) {
        reach(gate);
        thread::sleep(Duration::from_secs(3600));
    }

    pub fn print(&self, lines: u64) {
        for line in 0..lines {
            println!("line {line}");
        }
        eprintln!("printed {lines}");
    }

    pub fn print_and_abort(&self) {
        println!("the last line");
        eprintln!("it hurts");
        std::process::abort()
    }

    pub fn finish(self) -> u64 {
        self.total.into_inner()
    }

    #[concurrent_object(stream)]
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        0..10
    }
}
