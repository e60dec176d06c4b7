//! Marks in a child's standard error, around what its panic hook prints.
//!
//! A panic is printed as many lines, and the parent should log it as one event. Lines alone do not show where it begins
//! and ends. So the child writes one mark before its hook prints and one after it, each with its line break.
//!
//! The child writes marks only while its standard error is the pipe that it began with: a file that the program
//! redirects it to gets none. Nothing depends on marks being true: the parent takes them for a hint (`lines`).

use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{FileType, fstat};
use rustix::stdio::stderr;

/// Before what a panic prints. A line break follows.
pub(crate) const BEGIN: &str = "\u{2}concurrent-object: a panic begins\u{3}";

/// After it. A line break follows.
pub(crate) const END: &str = "\u{2}concurrent-object: a panic ends\u{3}";

/// Device and inode of the pipe that a parent reads; zeros if there is none.
static PIPE: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

/// Child, at its beginning: a parent reads its standard error.
pub(crate) fn expect_reader() {
    let id = id_of(&stderr()).unwrap_or_default();
    // Relaxed: nothing else is read because of these words.
    PIPE.iter().zip(id).for_each(|(word, part)| word.store(part, Ordering::Relaxed));
}

/// Whether it was expected at the beginning, whatever became of standard error.
#[cfg(feature = "tracing-forward")]
pub(crate) fn has_begun_with_reader() -> bool {
    expected() != [0, 0]
}

/// Whether this is the pipe that the process began with.
#[cfg(feature = "tracing-forward")]
pub(crate) fn is_the_pipe(file: &impl AsFd) -> bool {
    id_of(file) == Some(expected())
}

/// Whether a parent reads the standard error of this process, or an ancestor does that reads it for a parent.
pub(crate) fn has_reader() -> bool {
    let expected = expected();
    expected != [0, 0] && id_of(&stderr()) == Some(expected)
}

/// Runs it between two marks, if somebody reads them.
pub(crate) fn around(print: impl FnOnce()) {
    let is_read = has_reader();
    let mark = |mark: &str| {
        if is_read {
            // A mark that cannot be written is missing, which the reader copes with.
            let _written = rustix::io::write(stderr(), format!("{mark}\n").as_bytes());
        }
    };
    mark(BEGIN);
    print();
    mark(END);
}

/// The text as it would be without marks.
pub(crate) fn without_marks(text: &str) -> String {
    [BEGIN, END].iter().fold(text.to_owned(), |text, mark| text.replace(&format!("{mark}\n"), ""))
}

fn expected() -> [u64; 2] {
    [0, 1].map(|part: usize| PIPE[part].load(Ordering::Relaxed))
}

/// Device and inode, if it is a pipe.
fn id_of(file: &impl AsFd) -> Option<[u64; 2]> {
    let stat = fstat(file).ok()?;
    (FileType::from_raw_mode(stat.st_mode) == FileType::Fifo).then_some([stat.st_dev, stat.st_ino])
}
