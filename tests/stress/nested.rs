//! The nested object: the child of an object creates it, the faults kill it, and the child restarts
//! it.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use concurrent_object::{CallError, RestartPolicy, Started, concurrent_object};
use concurrent_object_tests::processes::arguments;

use crate::content::Content;
use crate::object::{BEGAN, ENDED, PLANNED};

/// The answers that stand for no digest: there is no nested object; it died during the call; an
/// error that is impossible.
pub const NONE: u64 = 0x6e6f_6e65;
pub const DIED: u64 = 0x6469_6564;
const WRONG: u64 = 0x7772_6f6e;

const NAME: &str = "within";

#[derive(Debug)]
pub struct Inner {
    notes: File,
}

#[concurrent_object]
impl Inner {
    pub fn new(notes: &Path) -> Self {
        let notes = OpenOptions::new().append(true).open(notes);
        Self { notes: notes.unwrap_or_else(|_| panic!("{PLANNED}its side file was removed")) }
    }

    pub fn digest(&self, id: u64, bytes: &[u8]) -> u64 {
        self.note(id, BEGAN);
        let digest = bytes.digest();
        self.note(id, ENDED);
        digest
    }
}

impl Inner {
    fn note(&self, id: u64, what: u64) {
        let record = [id.to_ne_bytes(), what.to_ne_bytes()].concat();
        let written = (&self.notes).write(&record).expect("the side file takes notes");
        assert_eq!(written, record.len(), "a note is written whole");
    }
}

/// Returns the side file of the nested object, next to its owner's.
pub fn notes_beside(notes: &Path) -> PathBuf {
    let mut beside = OsString::from(notes);
    beside.push(".within");
    beside.into()
}

/// Returns an object that has been ready: only then does it restart when it dies.
pub fn start(notes: &Path) -> InnerProxy {
    let policy = RestartPolicy::on_death().max(u32::MAX).backoff(Duration::from_millis(1)..Duration::from_millis(5));
    loop {
        let builder = InnerProxy::builder(NAME).slots(2).grace(Duration::from_millis(100)).restart(policy.clone());
        let inner = builder.start(notes).expect("an object in an object starts");
        if inner.wait_until_ready().is_ok() {
            return inner;
        }
    }
}

/// Returns the digest, or one of the constants above.
pub fn ask(inner: &InnerProxy, id: u64, bytes: &[u8]) -> u64 {
    match inner.digest(id, bytes).wait() {
        Ok(digest) => digest,
        // Calls that had not started are served by the next instance.
        Err(error @ CallError::Died { .. }) if error.started() == Started::Yes => DIED,
        Err(_) => WRONG,
    }
}

/// Whether this process is a nested object.
pub fn is_inner(pid: u32) -> bool {
    arguments(pid).first().is_some_and(|name| name.contains(&format!("[{NAME}]")))
}
