//! Holds a method in the child where a test wants it, and lets it go on.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::deadline::wait_for;

/// A closed gate. A method that comes to it waits until it is opened, or gone.
#[derive(Debug)]
pub struct Gate(TempDir);

impl Gate {
    /// A gate in a directory of its own.
    ///
    /// # Panics
    /// If no directory can be made.
    #[must_use]
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory for the gate"))
    }

    /// What to give to the method.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Waits until a method stands before it.
    #[track_caller]
    pub fn wait_until_reached(&self) {
        wait_for("a method comes to the gate", || self.path().join("reached").exists());
    }

    /// Lets everybody pass, now and later.
    ///
    /// # Panics
    /// If the file that says so cannot be written.
    pub fn open(&self) {
        fs::write(self.path().join("open"), "").expect("the gate opens");
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

/// What the method does.
pub fn pass(gate: &Path) {
    reach(gate);
    while gate.exists() && !gate.join("open").exists() {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Comes to the gate, and does not wait there.
pub fn reach(gate: &Path) {
    // It fails only when the gate is gone, and then nobody looks.
    drop(fs::write(gate.join("reached"), ""));
}
