//! The object of the stress test. Each method appends a note to a side file when it begins and when
//! it ends, with the call's number.
//!
//! Invariant: a note is a single appended write of one record, so a process that dies at any moment
//! leaves whole records.

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use concurrent_object::{Shared, concurrent_object, is_cancelled};
use concurrent_object_tests::fate::Fate;

use crate::content::{self, Content as _, Record};
use crate::copies;
use crate::keepsake::{Keepsake, Notebook};
use crate::nested::{self, InnerProxy};
use crate::restored;
use crate::streamed::Source;

/// The kinds of notes: the method began, or it ended.
pub const BEGAN: u64 = 1;
pub const ENDED: u64 = 2;
/// A note that belongs to no call: a new process has started.
pub const BORN: u64 = 3;

/// The methods that may run a second time.
pub const IDEMPOTENT: [&str; 3] = ["nothing", "digest", "table"];

/// The prefix of planned panics.
pub const PLANNED: &str = "planned: ";

#[derive(Debug)]
pub struct Victim {
    notebook: Rc<Notebook>,
    inner: Option<InnerProxy>,
}

impl Victim {
    fn with(done: Vec<u64>, notes: &Path) -> Self {
        let notes = OpenOptions::new().append(true).open(notes).expect("the side file is there");
        let notebook = Notebook { notes, done: RefCell::new(done) };
        notebook.note(0, BORN);
        Self { notebook: Rc::new(notebook), inner: None }
    }

    fn note(&self, id: u64, what: u64) {
        self.notebook.note(id, what);
    }

    fn noted<T>(&self, id: u64, work: impl FnOnce() -> T) -> T {
        self.notebook.noted(id, work)
    }
}

#[concurrent_object(handles(Keepsake = crate::keepsake::KeepsakeHandle))]
impl Victim {
    pub fn new(notes: &Path) -> Self {
        Self::with(Vec::new(), notes)
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> Vec<u64> {
        self.notebook.done.borrow().clone()
    }

    #[concurrent_object(restore)]
    fn load(done: Vec<u64>, notes: &Path) -> Self {
        restored::check(&done, notes);
        Self::with(done, notes)
    }

    #[concurrent_object(restore)]
    fn load_late(done: Vec<u64>, notes: &Path, pause: Duration) -> Self {
        thread::sleep(pause);
        Self::load(done, notes)
    }

    #[concurrent_object(restore)]
    fn load_nesting(done: Vec<u64>, notes: &Path, beside: &Path) -> Self {
        Self { inner: Some(nested::start(beside)), ..Self::load(done, notes) }
    }

    #[concurrent_object(restore)]
    fn load_refused(_done: Vec<u64>, reason: &str) -> Result<Self, String> {
        unreachable!("it never was: {reason}")
    }

    #[concurrent_object(restore)]
    fn load_panicked(_done: Vec<u64>) -> Self {
        unreachable!("it never was")
    }

    #[concurrent_object(restore)]
    fn load_dead(_done: Vec<u64>, fate: Fate) -> Self {
        unreachable!("it met {fate:?} before it was ready")
    }

    #[concurrent_object(restore)]
    fn load_hanging(_done: Vec<u64>, _for_ever: ()) -> Self {
        unreachable!("it hung before it was ready")
    }

    /// Never returns.
    pub fn hanging(_for_ever: ()) -> Self {
        loop {
            thread::park();
        }
    }

    pub fn late(notes: &Path, pause: Duration) -> Self {
        thread::sleep(pause);
        Self::new(notes)
    }

    /// Creates an object with a nested object, which notes into `beside`.
    pub fn nesting(notes: &Path, beside: &Path) -> Self {
        Self { inner: Some(nested::start(beside)), ..Self::new(notes) }
    }

    pub fn refusing(reason: &str) -> Result<Self, String> {
        Err(reason.to_owned())
    }

    pub fn panicking() -> Self {
        panic!("{PLANNED}in the constructor")
    }

    pub fn dying(fate: Fate) -> Self {
        fate.meet()
    }

    #[concurrent_object(idempotent)]
    pub fn nothing(&self, id: u64) -> (u64, u64) {
        self.noted(id, || (id, id))
    }

    #[concurrent_object(idempotent)]
    pub fn digest(&self, id: u64, bytes: &[u8]) -> (u64, u64) {
        self.noted(id, || (id, bytes.digest()))
    }

    pub fn turn(&mut self, id: u64, mut values: Vec<u64>) -> (u64, Vec<u64>) {
        self.noted(id, || {
            values.reverse();
            (id, values)
        })
    }

    pub fn record(&mut self, id: u64, record: Record) -> (u64, Record) {
        self.noted(id, || (id, record))
    }

    pub fn produce(&self, id: u64, seed: u64, len: usize) -> (u64, Vec<u8>) {
        self.noted(id, || (id, content::bytes(seed, len)))
    }

    #[concurrent_object(idempotent)]
    pub fn table(&self, id: u64, table: Shared<[u64]>) -> (u64, u64) {
        self.noted(id, || (id, table.digest()))
    }

    pub fn make_table(&self, id: u64, seed: u64, len: usize) -> (u64, Shared<[u64]>) {
        self.noted(id, || (id, Shared::new(&content::words(seed, len)).expect("room for a table")))
    }

    pub fn make_tables(&self, id: u64, seed: u64, count: u64) -> (u64, Vec<Shared<[u64]>>) {
        self.noted(id, || {
            let share = |table: Vec<u64>| Shared::new(&table).expect("room for a table");
            (id, content::tables(seed, count).into_iter().map(share).collect())
        })
    }

    pub fn grow(&self, id: u64, values: &mut Vec<u64>) -> (u64, u64) {
        self.noted(id, || {
            let last = values.len() as u64;
            values.iter_mut().for_each(|value| *value = !*value);
            values.push(last);
            (id, values.digest())
        })
    }

    #[concurrent_object(stream)]
    pub fn items(&self, id: u64, seed: u64, count: u64, fate: Option<(u64, Fate)>) -> impl Iterator<Item = Vec<u64>> {
        Source::new(self.notebook.clone(), id, seed, count, fate)
    }

    pub fn pause(&self, id: u64, pause: Duration) -> (u64, u64) {
        self.noted(id, || {
            thread::sleep(pause);
            (id, id)
        })
    }

    /// Returns words, of which the object keeps a copy behind the handle.
    pub fn keep(&self, id: u64, seed: u64, len: usize) -> (u64, (Vec<u64>, Keepsake)) {
        self.noted(id, || (id, (content::words(seed, len), Keepsake::new(self.notebook.clone(), seed, len))))
    }

    /// Returns an error, which is an answer like any other.
    pub fn refuse(&self, id: u64) -> Result<(u64, u64), (u64, u64)> {
        self.noted(id, || Err((id, !id)))
    }

    pub fn panic(&self, id: u64) -> (u64, u64) {
        self.note(id, BEGAN);
        panic!("{PLANNED}in a method")
    }

    pub fn die(&self, id: u64, fate: Fate) -> (u64, u64) {
        self.note(id, BEGAN);
        fate.meet()
    }

    pub fn spin(&self, id: u64) -> (u64, u64) {
        self.note(id, BEGAN);
        loop {
            std::hint::spin_loop();
        }
    }

    /// Ends when cancellation is requested.
    pub fn obey(&self, id: u64) -> (u64, u64) {
        self.noted(id, || {
            while !is_cancelled() {
                thread::sleep(Duration::from_micros(100));
            }
            (id, id)
        })
    }

    /// Never ends, even if cancellation is requested.
    pub fn defy(&self, id: u64) -> (u64, u64) {
        self.note(id, BEGAN);
        loop {
            thread::sleep(Duration::from_secs(1));
        }
    }

    /// Runs a program to its end, or starts one that sleeps for so long and outlives the call.
    pub fn run(&self, id: u64, sleep: Option<Duration>) -> (u64, u64) {
        self.noted(id, || {
            match sleep {
                None => assert!(quiet("true").status().expect("a program").success()),
                Some(sleep) => leave_behind(quiet("sleep").arg(sleep.as_secs_f64().to_string())),
            }
            (id, id)
        })
    }

    /// Forks a copy of this process that keeps all its descriptors and memory for so long.
    pub fn fork(&self, id: u64, stay: Duration) -> (u64, u64) {
        self.noted(id, || {
            copies::leave_behind(stay);
            (id, id)
        })
    }

    pub fn relay(&self, id: u64, bytes: &[u8]) -> (u64, u64) {
        self.noted(id, || (id, self.inner.as_ref().map_or(nested::NONE, |inner| nested::ask(inner, id, bytes))))
    }

    /// Consumes the object.
    pub fn finish(self, id: u64) -> (u64, u64) {
        self.noted(id, || (id, id))
    }
}

fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

#[allow(clippy::zombie_processes, reason = "the program must outlive the call without being reaped")]
fn leave_behind(command: &mut Command) {
    command.spawn().expect("a program");
}
