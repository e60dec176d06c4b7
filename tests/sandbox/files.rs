//! Sandboxes with rules for files.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use concurrent_object::{Sandbox, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use tempfile::TempDir;

/// Reads and writes files, also on a thread of its constructor.
pub struct Librarian {
    thread: std::sync::mpsc::Sender<(PathBuf, std::sync::mpsc::Sender<Result<String, i32>>)>,
    at_birth: Result<String, i32>,
}

fn errno(error: &std::io::Error) -> i32 {
    error.raw_os_error().expect("of the system")
}

fn read(path: &Path) -> Result<String, i32> {
    fs::read_to_string(path).map_err(|error| errno(&error))
}

#[concurrent_object]
impl Librarian {
    pub fn new(path: &Path) -> Self {
        let (thread, jobs) = std::sync::mpsc::channel::<(PathBuf, std::sync::mpsc::Sender<_>)>();
        std::thread::spawn(move || {
            for (path, answer) in jobs {
                answer.send(read(&path)).expect("awaited");
            }
        });
        Self { thread, at_birth: read(path) }
    }

    pub fn at_birth(&self) -> Result<String, i32> {
        self.at_birth.clone()
    }

    pub fn read(&self, path: &Path) -> Result<String, i32> {
        read(path)
    }

    pub fn read_in_thread(&self, path: &Path) -> Result<String, i32> {
        let (answer, answered) = std::sync::mpsc::channel();
        self.thread.send((path.to_owned(), answer)).expect("it lives");
        answered.recv().expect("it answers")
    }

    pub fn write(&self, path: &Path, text: &str) -> Result<(), i32> {
        fs::write(path, text).map_err(|error| errno(&error))
    }

    pub fn truncate(&self, path: &Path) -> Result<(), i32> {
        let opened = fs::OpenOptions::new().write(true).truncate(true).open(path);
        opened.map(drop).map_err(|error| errno(&error))
    }

    pub fn remove(&self, path: &Path) -> Result<(), i32> {
        fs::remove_file(path).map_err(|error| errno(&error))
    }

    pub fn list(&self, path: &Path) -> Result<usize, i32> {
        fs::read_dir(path).map(Iterator::count).map_err(|error| errno(&error))
    }
}

/// A directory with a file `inside/text`, a file `outside`, and a link from inside to it.
fn library() -> (TempDir, PathBuf, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let (inside, outside) = (directory.path().join("inside"), directory.path().join("outside"));
    fs::create_dir(&inside).expect("made");
    fs::write(inside.join("text"), "inside").expect("written");
    fs::write(&outside, "outside").expect("written");
    symlink(&outside, inside.join("link")).expect("linked");
    (directory, inside, outside)
}

const DENIED: Result<String, i32> = Err(libc::EACCES);

#[test]
fn files_below_the_paths_can_be_read_and_no_others() {
    within(SOON, || {
        let (_directory, inside, outside) = library();
        let builder = LibrarianProxy::builder("librarian").sandbox(Sandbox::read_only([&inside]));
        let librarian = builder.start(&outside).expect("starts");
        let read = |path: &Path| librarian.read(path).wait().expect("an error is data");
        assert_eq!(librarian.at_birth().wait().expect("answers"), DENIED, "the constructor is bound too");
        assert_eq!(read(&inside.join("text")), Ok("inside".into()));
        assert_eq!(librarian.list(&inside).wait().expect("answers"), Ok(2));
        assert_eq!(read(&outside), DENIED);
        assert_eq!(read(&inside.join("../outside")), DENIED);
        assert_eq!(read(&inside.join("link")), DENIED);
        let through_root = Path::new("/proc/self/root").join(outside.strip_prefix("/").expect("absolute"));
        assert_eq!(read(&through_root), DENIED);
        let in_thread = |path: &Path| librarian.read_in_thread(path).wait().expect("answers");
        assert_eq!((in_thread(&inside.join("text")), in_thread(&outside)), (Ok("inside".into()), DENIED));
    });
}

#[test]
fn what_can_only_be_read_cannot_be_changed() {
    within(SOON, || {
        let (_directory, inside, _outside) = library();
        let text = inside.join("text");
        let builder = LibrarianProxy::builder("librarian").sandbox(Sandbox::read_only([&inside]));
        let librarian = builder.start(&text).expect("starts");
        assert_eq!(librarian.write(&text, "changed").wait().expect("answers"), Err(libc::EACCES));
        assert_eq!(librarian.truncate(&text).wait().expect("answers"), Err(libc::EACCES));
        assert_eq!(librarian.write(&inside.join("new"), "").wait().expect("answers"), Err(libc::EACCES));
        assert_eq!(librarian.remove(&text).wait().expect("answers"), Err(libc::EACCES));
        assert_eq!(fs::read_to_string(&text).expect("reads"), "inside");
    });
}

#[test]
fn files_below_a_path_can_be_written_if_wanted() {
    within(SOON, || {
        let (_directory, inside, outside) = library();
        let builder = LibrarianProxy::builder("librarian").sandbox(Sandbox::custom().write(&inside));
        let librarian = builder.start(&inside.join("text")).expect("starts");
        let new = inside.join("new");
        assert_eq!(librarian.write(&new, "text").wait().expect("answers"), Ok(()));
        assert_eq!(librarian.read(&new).wait().expect("answers"), Ok("text".into()));
        assert_eq!(librarian.remove(&new).wait().expect("answers"), Ok(()));
        assert_eq!(librarian.write(&outside, "changed").wait().expect("answers"), Err(libc::EACCES));
        assert_eq!(librarian.truncate(&outside).wait().expect("answers"), Err(libc::EACCES));
        assert_eq!(fs::read_to_string(&outside).expect("reads"), "outside");
    });
}

#[test]
fn one_file_can_be_allowed() {
    within(SOON, || {
        let (_directory, inside, outside) = library();
        let builder = LibrarianProxy::builder("librarian").sandbox(Sandbox::read_only([&outside]));
        let librarian = builder.start(&outside).expect("starts");
        assert_eq!(librarian.at_birth().wait().expect("answers"), Ok("outside".into()));
        assert_eq!(librarian.read(&inside.join("text")).wait().expect("answers"), DENIED);
    });
}

/// Writes into a file that its constructor has opened.
pub struct Logger {
    log: fs::File,
}

#[concurrent_object]
impl Logger {
    pub fn new(path: &Path) -> Self {
        Self { log: fs::File::create(path).expect("created") }
    }

    pub fn write(&mut self, size: usize) -> Result<(), i32> {
        self.log.write_all(&vec![b'.'; size]).map_err(|error| errno(&error))
    }
}

#[test]
fn file_of_the_constructor_can_grow_to_the_memory_limit_and_no_further() {
    within(SOON, || {
        let (directory, limit) = (tempfile::tempdir().expect("a directory"), 8 << 20);
        let path = directory.path().join("log");
        let builder = LoggerProxy::builder("logger").sandbox(Sandbox::pure()).memory_limit(limit);
        let logger = builder.start(&path).expect("starts");
        for _ in 0..8 {
            assert_eq!(logger.write(1 << 20).wait().expect("answers"), Ok(()));
        }
        assert_eq!(logger.write(1).wait().expect("an error is data"), Err(libc::EFBIG));
        assert_eq!(fs::metadata(&path).expect("there").len(), limit as u64);
    });
}
