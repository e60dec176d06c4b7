//! Holds a method in the child at a point that the test chooses, and lets it continue.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::deadline::wait_for;

/// A closed gate. A method that reaches it waits until the test opens or removes it.
#[derive(Debug)]
pub struct Gate(TempDir);

impl Gate {
    /// Creates a gate in a directory of its own.
    ///
    /// # Panics
    /// If the directory cannot be created.
    #[must_use]
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory for the gate"))
    }

    /// Returns the path that the test passes to the method.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Waits until a method has reached the gate.
    #[track_caller]
    pub fn wait_until_reached(&self) {
        wait_for("a method comes to the gate", || self.path().join("reached").exists());
    }

    /// Opens the gate for every method that waits at it or reaches it later.
    ///
    /// # Panics
    /// If the file that opens the gate cannot be written.
    pub fn open(&self) {
        fs::write(self.path().join("open"), "").expect("the gate opens");
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

/// Reaches the gate, and waits until it is open or removed. Methods call this.
pub fn pass(gate: &Path) {
    reach(gate);
    while gate.exists() && !gate.join("open").exists() {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Reaches the gate without waiting there.
pub fn reach(gate: &Path) {
    // The write fails only when the gate is gone. The test does not read the file then.
    drop(fs::write(gate.join("reached"), ""));
}
