//! A package whose modules are the blocks. One `cargo check` compiles all of them.
//!
//! Knows cargo and its messages; knows nothing of the attribute. The package has the workspace's
//! lock file and target folder. So nothing is downloaded, and what is compiled already is used.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel, DiagnosticSpan};

/// The first check also compiles the dependencies.
const DEADLINE: Duration = Duration::from_secs(600);

/// What messages name: types of the standard library, and a function for `block_on`.
const ROOT: &str = "\
#![allow(warnings)]

pub mod known {
    pub use std::borrow::Cow;
    pub use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
    pub use std::ffi::{OsStr, OsString};
    pub use std::fs::File;
    pub use std::io::{BufReader, BufWriter, Cursor};
    pub use std::ops::{Range, RangeInclusive};
    pub use std::path::{Path, PathBuf};
    pub use std::time::Duration;
}

pub fn block_on<F: std::future::Future>(_: F) -> F::Output {
    unimplemented!()
}

";

/// The package.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
    target: PathBuf,
}

/// An error of the compiler.
#[derive(Debug)]
pub(crate) struct Finding {
    /// The places that it points at, the most important ones first.
    pub(crate) places: Vec<Position>,
    /// The message and its notes.
    pub(crate) text: String,
}

/// A place in a module.
#[derive(Debug)]
pub(crate) struct Position {
    pub(crate) module: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Scratch {
    /// Creates the package in a folder of this name below `CARGO_TARGET_TMPDIR`, which is below the
    /// target folder.
    ///
    /// # Panics
    /// If its files cannot be written.
    #[must_use]
    pub fn new(name: &str, temporary: &Path) -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("a workspace");
        let folder = temporary.join(name);
        fs::create_dir_all(folder.join("src")).expect("a folder for the sources");
        let library = workspace.join("concurrent-object");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[dependencies]\n\
             concurrent-object = {{ path = {library:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\n\
             [workspace]\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
        Self { folder, target: temporary.parent().expect("a target folder").to_owned() }
    }

    /// Compiles modules of these names and texts. Returns the errors.
    ///
    /// # Panics
    /// If cargo fails before it compiles them, or takes too long.
    pub(crate) fn check(&self, modules: &[(&str, String)]) -> Vec<Finding> {
        let mut root = ROOT.to_owned();
        for (name, text) in modules {
            root.push_str(&format!("pub mod {name};\n"));
            fs::write(self.folder.join(format!("src/{name}.rs")), text).expect("a module");
        }
        fs::write(self.folder.join("src/lib.rs"), root).expect("the root");
        let output = self.run_cargo();
        let stream = Message::parse_stream(&*output);
        let mut errors = Vec::new();
        let mut finished = None;
        for message in stream.map(|message| message.expect("a message of cargo")) {
            match message {
                Message::CompilerMessage(one) if one.message.level == DiagnosticLevel::Error => {
                    errors.extend(finding(&one.message));
                }
                Message::BuildFinished(end) => finished = Some(end.success),
                _ => {}
            }
        }
        if finished != Some(errors.is_empty()) {
            let words = fs::read_to_string(self.words()).unwrap_or_default();
            panic!("cargo failed before it compiled the blocks:\n{words}");
        }
        errors
    }

    /// What cargo prints for people, which repeats the number of errors in each round.
    fn words(&self) -> PathBuf {
        self.folder.join("words-of-cargo.txt")
    }

    /// Runs `cargo check`, and returns what it prints.
    fn run_cargo(&self) -> Vec<u8> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["check", "--quiet", "--offline", "--message-format=json"]);
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.target).env("CARGO_INCREMENTAL", "0");
        let words = File::create(self.words()).expect("a file for the words of cargo");
        let mut child = command.stdout(Stdio::piped()).stderr(words).spawn().expect("cargo");
        let output = read_within(DEADLINE, &mut child);
        child.wait().expect("an exit status");
        output
    }
}

/// Reads all that a process prints, and kills it at the deadline.
fn read_within(limit: Duration, child: &mut Child) -> Vec<u8> {
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let (done, finished) = mpsc::channel();
    thread::spawn(move || {
        let mut read = Vec::new();
        let result = output.read_to_end(&mut read).map(|_| read);
        // The receiver is gone if the deadline was first.
        drop(done.send(result));
    });
    match finished.recv_timeout(limit) {
        Ok(read) => read.expect("readable"),
        Err(_) => {
            child.kill().expect("killed");
            panic!("cargo is not done after {limit:?}");
        }
    }
}

/// `None` for "aborting due to 3 previous errors", which is no error of its own.
fn finding(error: &Diagnostic) -> Option<Finding> {
    let mut spans: Vec<_> = error.spans.iter().collect();
    spans.sort_by_key(|span| !span.is_primary);
    let places: Vec<_> = spans.into_iter().filter_map(position).collect();
    let notes = error.children.iter().map(|note| &note.message);
    let text = std::iter::once(&error.message).chain(notes).cloned().collect::<Vec<_>>().join("\n");
    (!error.spans.is_empty()).then_some(Finding { places, text })
}

/// Returns the place in a module that a span is in, or from which its code was generated.
fn position(span: &DiagnosticSpan) -> Option<Position> {
    let path = Path::new(&span.file_name);
    let module = path.strip_prefix("src").ok().and_then(|path| path.file_stem()?.to_str());
    match module {
        Some(module) => Some(Position { module: module.to_owned(), line: span.line_start, column: span.column_start }),
        None => position(&span.expansion.as_ref()?.span),
    }
}
