//! The member of the pools.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Duration;

use concurrent_object::concurrent_object;

pub(crate) struct Logger {
    log: File,
}

#[concurrent_object]
impl Logger {
    pub(crate) fn new(log: &Path) -> Result<Self, std::io::Error> {
        Ok(Self { log: OpenOptions::new().append(true).open(log)? })
    }

    /// Doubles the number, after so many microseconds. The bytes only have to arrive whole.
    pub(crate) fn double(&mut self, number: u64, micros: u64, bytes: &[u8]) -> u64 {
        self.log.write_all(&number.to_ne_bytes()).expect("the log can be written");
        if micros > 0 {
            thread::sleep(Duration::from_micros(micros));
        }
        assert!(bytes.iter().all(|&byte| byte == number as u8), "the arguments of another call");
        number * 2
    }

    /// Ends the process.
    pub(crate) fn die(&mut self, number: u64) -> u64 {
        self.log.write_all(&number.to_ne_bytes()).expect("the log can be written");
        std::process::abort();
    }
}
