//! Marks in a child's standard error, around what its panic hook prints.
//!
//! Problem: a panic is printed as many lines, and the parent should report it as one event. The
//! lines alone do not show where the panic text begins and ends. So the child writes one mark
//! before its hook prints and one after it, each followed by a line break.
//!
//! The child writes marks only while its standard error is the pipe that it began with. A file to
//! which the program redirects standard error gets no marks. Nothing depends on marks being true:
//! the parent treats them as a hint (`lines`).

use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{FileType, fstat};
use rustix::stdio::stderr;

/// The mark before a panic's text. A line break follows it.
pub(crate) const BEGIN: &str = "\u{2}concurrent-object: a panic begins\u{3}";

/// The mark after a panic's text. A line break follows it.
pub(crate) const END: &str = "\u{2}concurrent-object: a panic ends\u{3}";

/// Device and inode of the pipe that a parent reads; zeros if there is none.
static PIPE: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

/// Child, at its beginning: records that a parent reads its standard error.
pub(crate) fn expect_reader() {
    let id = id_of(&stderr()).unwrap_or_default();
    // Relaxed: no other memory is read because of these words.
    PIPE.iter().zip(id).for_each(|(word, part)| word.store(part, Ordering::Relaxed));
}

/// Whether a parent read standard error when this process began, even if it was redirected since.
#[cfg(feature = "tracing-forward")]
pub(crate) fn has_begun_with_reader() -> bool {
    expected() != [0, 0]
}

/// Whether the file is the pipe that was this process's standard error when it began.
#[cfg(feature = "tracing-forward")]
pub(crate) fn is_the_pipe(file: &impl AsFd) -> bool {
    id_of(file) == Some(expected())
}

/// Whether a parent reads the standard error of this process. It is this process's own parent, or
/// the parent of an ancestor that passed its standard error on.
pub(crate) fn has_reader() -> bool {
    let expected = expected();
    expected != [0, 0] && id_of(&stderr()) == Some(expected)
}

/// Runs `print` between two marks, if a parent reads standard error.
pub(crate) fn around(print: impl FnOnce()) {
    let is_read = has_reader();
    let mark = |mark: &str| {
        if is_read {
            // A mark that cannot be written is missing. The reader copes with that.
            let _written = rustix::io::write(stderr(), format!("{mark}\n").as_bytes());
        }
    };
    mark(BEGIN);
    print();
    mark(END);
}

/// Returns the text without its marks.
pub(crate) fn without_marks(text: &str) -> String {
    [BEGIN, END].iter().fold(text.to_owned(), |text, mark| text.replace(&format!("{mark}\n"), ""))
}

fn expected() -> [u64; 2] {
    [0, 1].map(|part: usize| PIPE[part].load(Ordering::Relaxed))
}

/// Returns device and inode if the file is a pipe.
fn id_of(file: &impl AsFd) -> Option<[u64; 2]> {
    let stat = fstat(file).ok()?;
    (FileType::from_raw_mode(stat.st_mode) == FileType::Fifo).then_some([stat.st_dev, stat.st_ino])
}
