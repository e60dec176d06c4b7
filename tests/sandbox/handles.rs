//! Handles and progress in a sandbox.

use concurrent_object::{Progress, Sandbox, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

pub struct Page {
    lines: Vec<String>,
}

#[concurrent_object(handle)]
impl Page {
    pub fn append(&mut self, line: &str) -> usize {
        self.lines.push(line.to_owned());
        self.lines.len()
    }
}

pub struct Notebook;

#[concurrent_object(handles(Page))]
impl Notebook {
    pub fn new() -> Self {
        Self
    }

    pub fn page(&self) -> Page {
        Page { lines: Vec::new() }
    }

    pub fn lines_of(&self, page: &Page) -> Vec<String> {
        page.lines.clone()
    }

    /// Reports how far it has come, until it is cancelled.
    pub fn write(&self, progress: &Progress<u64>) {
        for line in 1.. {
            progress.set(line);
            if concurrent_object::is_cancelled() {
                return;
            }
        }
    }
}

#[test]
fn handles_work_and_progress_is_reported() {
    within(SOON, || {
        let notebook = NotebookProxy::builder("notebook").sandbox(Sandbox::pure().strict()).start().expect("starts");
        let page = notebook.page().wait().expect("a handle");
        assert_eq!(page.append("one").wait().expect("answers"), 1);
        assert_eq!(page.append("two").wait().expect("answers"), 2);
        assert_eq!(notebook.lines_of(&page).wait().expect("answers"), ["one", "two"]);
        drop(page);
        let writing = notebook.write();
        wait_for("a hundred lines", || writing.progress().is_some_and(|line| line > 100));
        writing.cancel();
        assert!(notebook.lines_of(&notebook.page().wait().expect("a handle")).wait().expect("answers").is_empty());
    });
}
