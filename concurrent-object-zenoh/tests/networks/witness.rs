//! The object. It writes down each call before it does what the call asks for.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::time::Duration;

use concurrent_object::concurrent_object;

pub struct Witness {
    log: File,
}

#[concurrent_object]
impl Witness {
    pub fn new(log: &str) -> Self {
        Self { log: OpenOptions::new().append(true).open(log).expect("it is there") }
    }

    /// Returns something that only this call returns.
    pub fn work(&mut self, number: u64, milliseconds: u64) -> u64 {
        self.note(number);
        std::thread::sleep(Duration::from_millis(milliseconds));
        !number
    }

    /// Returns the bytes, changed.
    pub fn carry(&mut self, number: u64, bytes: &[u8]) -> Vec<u8> {
        self.note(number);
        bytes.iter().map(|byte| !byte).collect()
    }

    pub fn crash(&mut self, number: u64) -> u64 {
        self.note(number);
        std::process::abort()
    }
}

impl Witness {
    fn note(&mut self, number: u64) {
        // One write: the kernel appends it whole, beside those of other processes.
        self.log.write_all(format!("{number:016x}\n").as_bytes()).expect("room");
    }
}
