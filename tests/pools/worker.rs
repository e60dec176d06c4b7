//! The member of the pools, and how the tests start it.

use std::path::Path;
use std::process;
use std::thread;
use std::time::Duration;

use concurrent_object::{Pool, StartError, concurrent_object};
use concurrent_object_tests::gate;
use concurrent_object_tests::home::process_of;

pub struct Worker {
    /// Tells it from others, also from one in another thread.
    identity: u32,
    log: Vec<u64>,
}

#[concurrent_object]
impl Worker {
    pub fn new() -> Self {
        Self { identity: fastrand::u32(1..), log: Vec::new() }
    }

    /// Constructs a worker after a rest.
    pub fn after(millis: u64) -> Self {
        thread::sleep(Duration::from_millis(millis));
        Self::new()
    }

    pub fn failing() -> Result<Self, String> {
        Err("no licence".to_owned())
    }

    pub fn double(&self, number: u64) -> u64 {
        number * 2
    }

    pub fn sum(&self, values: &[u8]) -> u64 {
        values.iter().map(|&value| u64::from(value)).sum()
    }

    pub fn rest(&self, micros: u64) -> u64 {
        thread::sleep(Duration::from_micros(micros));
        micros
    }

    pub fn identity(&self) -> u32 {
        self.identity
    }

    pub fn hold(&self, gate: &Path) -> u32 {
        gate::pass(gate);
        self.identity
    }

    /// Notes a number. Returns all that were noted.
    pub fn log(&mut self, number: u64) -> Vec<u64> {
        self.log.push(number);
        self.log.clone()
    }

    /// Doubles a number, but ends the process for a multiple of ten.
    pub fn deadly(&self, number: u64) -> u64 {
        if number % 10 == 3 {
            process::abort();
        }
        number * 2
    }

    /// Appends the number to a file, so that the test sees which calls have begun.
    pub fn mark(&self, file: &Path, number: u64) -> u64 {
        use std::io::Write;
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).expect("opens");
        file.write_all(format!("{number}\n").as_bytes()).expect("writes");
        number
    }

    /// Yields blocks of this many bytes.
    #[concurrent_object(stream)]
    pub fn blocks(&self, count: usize, size: usize) -> impl Iterator<Item = Vec<u8>> {
        (0..count).map(move |_| vec![0; size])
    }

    /// Uses this many bytes of memory from now on.
    pub fn grow(&mut self, bytes: usize) -> u32 {
        self.log.extend(std::iter::repeat_n(1, bytes / 8));
        self.identity
    }
}

pub fn start(index: usize) -> Result<WorkerProxy, StartError> {
    WorkerProxy::builder(format!("worker-{index}")).start()
}

pub fn pool_of(size: usize) -> Pool<WorkerProxy> {
    Pool::new(size, start).expect("starts")
}

pub fn identities_of(pool: &Pool<WorkerProxy>) -> Vec<u32> {
    pool.members().map(|member| member.identity().wait().expect("served")).collect()
}

pub fn pids_of(pool: &Pool<WorkerProxy>) -> Vec<u32> {
    pool.members().map(|member| process_of(&member.handle())).collect()
}
