//! An object that the victim keeps behind a handle, and the fields that both share.

use std::cell::RefCell;
use std::fs::File;
use std::io::Write;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use concurrent_object::concurrent_object;

use crate::content::{self, Content};
use crate::object::{BEGAN, ENDED};

/// How many of them this process keeps.
static ALIVE: AtomicU64 = AtomicU64::new(0);

/// Where the methods of one victim and of its keepsakes note their calls.
#[derive(Debug)]
pub struct Notebook {
    pub notes: File,
    /// The calls that ended, in their order. This is the state in snapshots.
    pub done: RefCell<Vec<u64>>,
}

impl Notebook {
    pub fn note(&self, id: u64, what: u64) {
        let record = [id.to_ne_bytes(), what.to_ne_bytes()].concat();
        let written = (&self.notes).write(&record).expect("the side file takes notes");
        assert_eq!(written, record.len(), "a note is written whole");
        if what == ENDED {
            self.done.borrow_mut().push(id);
        }
    }

    pub fn noted<T>(&self, id: u64, work: impl FnOnce() -> T) -> T {
        self.note(id, BEGAN);
        let value = work();
        self.note(id, ENDED);
        value
    }
}

#[derive(Debug)]
pub struct Keepsake {
    notebook: Rc<Notebook>,
    words: Vec<u64>,
}

impl Keepsake {
    pub fn new(notebook: Rc<Notebook>, seed: u64, len: usize) -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Self { notebook, words: content::words(seed, len) }
    }

    /// Returns how many of them this process keeps.
    pub fn count() -> u64 {
        ALIVE.load(Ordering::SeqCst)
    }
}

impl Drop for Keepsake {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

#[concurrent_object(handle, handles(Self))]
impl Keepsake {
    pub fn show(&self, id: u64) -> (u64, Vec<u64>) {
        self.notebook.noted(id, || (id, self.words.clone()))
    }

    pub fn compare(&self, id: u64, other: &Self) -> (u64, u64) {
        self.notebook.noted(id, || (id, both(&self.words, &other.words)))
    }

    pub fn give_away(self, id: u64) -> (u64, Vec<u64>) {
        let notebook = self.notebook.clone();
        notebook.noted(id, || (id, self.words.clone()))
    }
}

/// Returns the digest of two lists together.
pub fn both(one: &[u64], other: &[u64]) -> u64 {
    [one.digest(), other.digest()].digest()
}
