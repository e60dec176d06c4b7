//! The object: regular methods, and one for each way to fail.

use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, Shared, concurrent_object};

/// Serves, panics, crashes and hangs on request.
#[derive(Debug)]
pub struct Worker {
    calls: u64,
}

#[concurrent_object]
impl Worker {
    #[allow(clippy::new_without_default, missing_docs, reason = "objects are made by their constructor")]
    pub fn new() -> Self {
        Self { calls: 0 }
    }

    /// Takes and returns a few bytes.
    pub fn add(&mut self, a: u64, b: u64) -> u64 {
        self.calls += 1;
        a + b
    }

    /// Takes and returns megabytes.
    pub fn double(&self, numbers: &[u32]) -> Vec<u32> {
        numbers.iter().map(|number| number.wrapping_mul(2)).collect()
    }

    /// Takes and returns shared memory.
    pub fn reverse(&self, bytes: Shared<[u8]>) -> Shared<[u8]> {
        let reversed = |target: &mut [u8]| {
            target.copy_from_slice(&bytes);
            target.reverse();
        };
        Shared::filled(bytes.len(), reversed).expect("room")
    }

    /// Starts another object and calls it.
    #[concurrent_object(error = "text")]
    pub fn nested(&self) -> Result<u64, CallError> {
        WorkerProxy::builder("nested").start().expect("starts").add(1, 2).wait()
    }

    /// Allocates memory, and touches it.
    pub fn allocate(&self, size: usize) -> usize {
        vec![1_u8; size].iter().map(|&byte| usize::from(byte)).sum()
    }

    /// Allocates on several threads.
    pub fn allocate_on_threads(&self, size: usize) -> usize {
        let threads: Vec<_> = (0..4).map(|_| thread::spawn(move || vec![1_u8; size].len())).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    }

    /// Opens a socket, as code may do that was taken over.
    pub fn connect(&self) -> bool {
        std::net::UdpSocket::bind("127.0.0.1:0").is_ok()
    }

    /// Panics.
    pub fn panic(&self) {
        panic!("broken at work");
    }

    /// Ends the process.
    pub fn crash(&self) {
        std::process::abort();
    }

    /// Never returns.
    pub fn hang(&self) {
        loop {
            thread::sleep(Duration::from_secs(1000));
        }
    }

    /// Returns the number of sums that this process has computed.
    pub fn calls(&self) -> u64 {
        self.calls
    }
}
