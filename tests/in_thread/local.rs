//! An object that is not `Send`.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::thread::{self, ThreadId};

#[cfg(not(concurrent_object_portable))]
use concurrent_object::take_inherited_fd;
use concurrent_object::{Shared, concurrent_object, is_cancelled};
use concurrent_object_tests::gate::{pass, reach};

pub struct Local {
    total: Rc<Cell<u64>>,
    home: ThreadId,
    noted_at_drop: Option<PathBuf>,
    kept: Vec<Shared<[u64]>>,
}

/// Stays beside the object.
pub struct Adder {
    total: Rc<Cell<u64>>,
}

#[concurrent_object(handle)]
impl Adder {
    pub fn add(&mut self, by: u64) -> u64 {
        self.total.set(self.total.get() + by);
        self.total.get()
    }
}

#[concurrent_object(handles(Adder))]
impl Local {
    #[concurrent_object(skip)]
    fn of(total: u64) -> Self {
        Self { total: Rc::new(Cell::new(total)), home: thread::current().id(), noted_at_drop: None, kept: Vec::new() }
    }

    pub fn new() -> Self {
        Self::of(0)
    }

    pub fn panicking() -> Self {
        panic!("no object today")
    }

    #[concurrent_object(restore)]
    fn restored(total: u64) -> Self {
        Self::of(total)
    }

    #[concurrent_object(snapshot)]
    fn saved(&self) -> u64 {
        self.total.get()
    }

    pub fn add(&mut self, by: u64) -> u64 {
        self.total.set(self.total.get() + by);
        self.total.get()
    }

    pub fn adder(&self) -> Adder {
        Adder { total: self.total.clone() }
    }

    pub fn process(&self) -> u32 {
        std::process::id()
    }

    pub fn is_at_home(&self) -> bool {
        self.home == thread::current().id()
    }

    pub fn note_at_drop(&mut self, file: &Path) {
        self.noted_at_drop = Some(file.to_owned());
    }

    pub fn panic(&self) {
        panic!("on purpose")
    }

    pub fn wait_at(&self, gate: &Path) {
        pass(gate);
    }

    /// Returns whether the values stay as they are until the gate opens, and writes it beside it.
    pub fn watch(&self, values: &[u64], gate: &Path, verdict: &Path) {
        let before = values.to_vec();
        pass(gate);
        std::fs::write(verdict, if values == before { "unchanged" } else { "changed" }).expect("written");
    }

    pub fn spin_until_cancelled(&self, gate: &Path) {
        reach(gate);
        while !is_cancelled() {
            thread::yield_now();
        }
    }

    pub fn sum(&self, values: &[u64]) -> u64 {
        values.iter().sum()
    }

    pub fn double(&self, values: &Shared<[u64]>) -> Shared<[u64]> {
        let doubled: Vec<_> = values.iter().map(|value| value * 2).collect();
        Shared::<[u64]>::new(&doubled).expect("room")
    }

    pub fn keep(&mut self, values: Shared<[u64]>) {
        self.kept.push(values);
    }

    #[cfg(not(concurrent_object_portable))]
    pub fn takes(&self, name: &str) -> bool {
        take_inherited_fd(name).is_some()
    }

    /// Uses this many KiB of the stack.
    pub fn descend(&self, kibibytes: u32) -> u64 {
        let room = std::hint::black_box([1_u8; 1024]);
        let below = if kibibytes == 0 { 0 } else { self.descend(kibibytes - 1) };
        below + u64::from(room[kibibytes as usize % 1024])
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        if let Some(file) = &self.noted_at_drop {
            std::fs::write(file, if self.is_at_home() { "at home" } else { "abroad" }).expect("written");
        }
    }
}
