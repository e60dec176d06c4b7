//! An object with a state that is saved.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use concurrent_object::concurrent_object;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};

/// Saving panics with this entry.
pub const UNSAVEABLE: u64 = 1 << 60;
/// Saving never ends with this entry.
pub const SAVED_FOR_EVER: u64 = 1 << 61;
/// Saving returns a value that cannot be encoded with this entry.
pub const UNENCODABLE: u64 = 1 << 59;
/// A state with this entry can be saved, but not restored.
pub const UNRESTORABLE: u64 = 1 << 62;

pub struct Ledger {
    title: String,
    directory: PathBuf,
    entries: Vec<u64>,
    wide: Vec<u64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub title: String,
    pub entries: Vec<u64>,
}

#[derive(Serialize, Deserialize)]
pub struct Saved {
    wide: Vec<u64>,
    #[serde(serialize_with = "write_some")]
    entries: Vec<u64>,
}

/// Writes the entries, or never ends. The fields before them are in the file by then.
fn write_some<S: Serializer>(entries: &[u64], serializer: S) -> Result<S::Ok, S::Error> {
    while entries.last() == Some(&SAVED_FOR_EVER) {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    if entries.last() == Some(&UNENCODABLE) {
        return Err(S::Error::custom("it is written in invisible ink"));
    }
    entries.serialize(serializer)
}

#[concurrent_object]
impl Ledger {
    pub fn new(title: &str, directory: &Path) -> Self {
        let ledger = Self { title: title.into(), directory: directory.into(), entries: Vec::new(), wide: Vec::new() };
        ledger.note("new");
        ledger
    }

    #[concurrent_object(restore)]
    fn load(saved: Saved, title: &str, directory: &Path) -> Result<Self, String> {
        let Saved { entries, wide } = saved;
        if entries.contains(&UNRESTORABLE) {
            return Err("the books are burnt".into());
        }
        let ledger = Self { title: title.into(), directory: directory.into(), entries, wide };
        ledger.note("load");
        Ok(ledger)
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> Saved {
        assert_ne!(self.entries.last(), Some(&UNSAVEABLE), "the ink has run dry");
        self.note("save");
        Saved { entries: self.entries.clone(), wide: self.wide.clone() }
    }

    pub fn add(&mut self, entry: u64) -> usize {
        self.entries.push(entry);
        self.entries.len()
    }

    pub fn add_half(&mut self, entry: u64) -> usize {
        self.entries.push(entry);
        panic!("the other half is missing")
    }

    pub fn summary(&self) -> Summary {
        Summary { title: self.title.clone(), entries: self.entries.clone() }
    }

    pub fn widen(&mut self, width: u64) -> u64 {
        self.wide = (0..width / 8).collect();
        self.width()
    }

    pub fn widen_and_add(&mut self, width: u64, entry: u64) -> usize {
        self.widen(width);
        self.add(entry)
    }

    pub fn width(&self) -> u64 {
        assert!((0..).zip(&self.wide).all(|(at, &word)| at == word), "every word is in its place");
        self.wide.len() as u64 * 8
    }

    pub fn crash(&self) {
        std::process::abort()
    }

    fn note(&self, what: &str) {
        let notes = OpenOptions::new().create(true).append(true).open(self.directory.join("notes"));
        writeln!(notes.expect("a file for notes"), "{what}").expect("noted");
    }
}
