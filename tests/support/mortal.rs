//! An object whose process can be made to do everything that a process should not do.
#![allow(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::Duration;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

use crate::fate::Fate;
use crate::gate;

/// The object.
#[derive(Debug, Default)]
pub struct Mortal {
    /// A file that is made when the object is dropped.
    farewell: Option<PathBuf>,
    total: u64,
}

/// Why something cannot be divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DivideError {
    /// By zero, and this was to be divided.
    ByZero(i64),
}

#[concurrent_object]
impl Mortal {
    /// Lives.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lives, and makes this file when it is dropped.
    pub fn marked(farewell: &Path) -> Self {
        Self { farewell: Some(farewell.to_owned()), total: 0 }
    }

    /// Dies before it lives, when the gate is opened.
    pub fn doomed(gate: &Path, fate: Fate) -> Self {
        gate::pass(gate);
        fate.meet()
    }

    /// Takes until the gate is opened.
    pub fn late(gate: &Path) -> Self {
        gate::pass(gate);
        Self::default()
    }

    /// Adds to the total, and returns it.
    pub fn add(&mut self, amount: u64) -> u64 {
        self.total += amount;
        self.total
    }

    /// Adds when the gate is opened.
    pub fn add_after(&mut self, gate: &Path, amount: u64) -> u64 {
        gate::pass(gate);
        self.add(amount)
    }

    /// Dies when the gate is opened.
    pub fn die(&self, gate: &Path, fate: Fate) {
        gate::pass(gate);
        fate.meet();
    }

    /// Returns at once. A thread dies, and the process with it, when the gate is opened.
    pub fn die_idle(&self, gate: &Path, fate: Fate) {
        let gate = gate.to_owned();
        thread::spawn(move || {
            gate::pass(&gate);
            fate.meet();
        });
    }

    /// Comes to the gate and computes for ever.
    pub fn spin(&self, gate: &Path) {
        gate::reach(gate);
        loop {
            std::hint::spin_loop();
        }
    }

    /// Divides, if that is possible.
    pub fn divide(&self, number: i64, by: i64) -> Result<i64, DivideError> {
        number.checked_div(by).ok_or(DivideError::ByZero(number))
    }

    /// Panics.
    pub fn panic(&self, message: &str) {
        panic!("{message}");
    }

    /// Adds up the input, and returns its sum so many times.
    pub fn repeat_sum(&self, input: &[u8], times: usize) -> Vec<u64> {
        vec![input.iter().map(|&byte| u64::from(byte)).sum(); times]
    }

    /// A variable of the child's environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    /// What a program prints that this object starts.
    pub fn output_of(&self, program: &str, arguments: &[String]) -> String {
        let output = Command::new(program).args(arguments).stdin(Stdio::inherit()).output();
        output
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_else(|error| error.to_string())
    }

    /// From now on a death writes a core dump into this directory.
    pub fn allow_core_dumps(&self, directory: &Path) -> bool {
        let unlimited = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
        // SAFETY: the limit is a valid record, and is only read.
        let set = unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const unlimited) };
        set == 0 && std::env::set_current_dir(directory).is_ok()
    }

    /// Forks a process that lives on when this one dies, and returns its id.
    pub fn leave_behind(&self) -> i32 {
        // SAFETY: the forked process does nothing but sleep and wake, neither of which needs a lock of this one.
        match unsafe { libc::fork() } {
            0 => loop {
                thread::sleep(Duration::from_secs(1));
            },
            pid => pid,
        }
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        if let Some(farewell) = &self.farewell {
            // Whoever looks for the file notices.
            drop(fs::write(farewell, process::id().to_string()));
        }
    }
}
