//! An object whose process can be made to fail in every way that tests need.
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

/// The object that tests kill, stop and fail.
#[derive(Debug, Default)]
pub struct Mortal {
    /// A file that the object creates when it is dropped.
    farewell: Option<PathBuf>,
    total: u64,
}

/// The reason why a division is impossible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DivideError {
    /// The divisor was zero; the number is the dividend.
    ByZero(i64),
}

#[concurrent_object]
impl Mortal {
    /// Creates the object.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates the object. It writes this file when it is dropped.
    pub fn marked(farewell: &Path) -> Self {
        Self { farewell: Some(farewell.to_owned()), total: 0 }
    }

    /// Dies in the constructor, once the gate is open.
    pub fn doomed(gate: &Path, fate: Fate) -> Self {
        gate::pass(gate);
        fate.meet()
    }

    /// Returns from the constructor once the gate is open.
    pub fn late(gate: &Path) -> Self {
        gate::pass(gate);
        Self::default()
    }

    /// Adds to the total, and returns the total.
    pub fn add(&mut self, amount: u64) -> u64 {
        self.total += amount;
        self.total
    }

    /// Adds once the gate is open.
    pub fn add_after(&mut self, gate: &Path, amount: u64) -> u64 {
        gate::pass(gate);
        self.add(amount)
    }

    /// Dies once the gate is open.
    pub fn die(&self, gate: &Path, fate: Fate) {
        gate::pass(gate);
        fate.meet();
    }

    /// Returns at once. A thread ends the process once the gate is open.
    pub fn die_idle(&self, gate: &Path, fate: Fate) {
        let gate = gate.to_owned();
        thread::spawn(move || {
            gate::pass(&gate);
            fate.meet();
        });
    }

    /// Reaches the gate, and computes without end.
    pub fn spin(&self, gate: &Path) {
        gate::reach(gate);
        loop {
            std::hint::spin_loop();
        }
    }

    /// Divides, if that is possible.
    #[concurrent_object(error = "value")]
    pub fn divide(&self, number: i64, by: i64) -> Result<i64, DivideError> {
        number.checked_div(by).ok_or(DivideError::ByZero(number))
    }

    /// Panics.
    pub fn panic(&self, message: &str) {
        panic!("{message}");
    }

    /// Adds up the input, and returns the sum `times` times.
    pub fn repeat_sum(&self, input: &[u8], times: usize) -> Vec<u64> {
        vec![input.iter().map(|&byte| u64::from(byte)).sum(); times]
    }

    /// Returns a variable of the child's environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    /// Runs a program in the child, and returns its standard output.
    pub fn output_of(&self, program: &str, arguments: &[String]) -> String {
        let output = Command::new(program).args(arguments).stdin(Stdio::inherit()).output();
        output
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_else(|error| error.to_string())
    }

    /// Lets later deaths of this process write a core dump into this directory.
    pub fn allow_core_dumps(&self, directory: &Path) -> bool {
        let unlimited = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
        // SAFETY: `setrlimit` only reads the limit, which is a valid record.
        let set = unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const unlimited) };
        set == 0 && std::env::set_current_dir(directory).is_ok()
    }

    /// Forks a process that outlives this one, and returns its id.
    pub fn leave_behind(&self) -> i32 {
        // SAFETY: the forked process only sleeps, which needs no lock of this process.
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
            // The test notices a missing file.
            drop(fs::write(farewell, process::id().to_string()));
        }
    }
}
