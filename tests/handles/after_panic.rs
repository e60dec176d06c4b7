//! What becomes of kept objects when a panic ends their process.

use std::fs;
use std::path::{Path, PathBuf};

use concurrent_object::{CallError, OnPanic, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};

/// Creates a file when it is dropped.
#[derive(Debug)]
pub struct Trace(PathBuf);

impl Drop for Trace {
    fn drop(&mut self) {
        fs::write(&self.0, "dropped").expect("the folder is there");
    }
}

#[concurrent_object(handle)]
impl Trace {
    pub fn panic(&mut self) {
        panic!("halfway through a change");
    }
}

#[derive(Debug)]
pub struct Traces(Trace);

#[concurrent_object(handles(Trace))]
impl Traces {
    pub fn new(own: &Path) -> Self {
        Self(Trace(own.to_owned()))
    }

    pub fn keep(&self, path: &Path) -> Trace {
        Trace(path.to_owned())
    }

    pub fn own(&self) -> &Path {
        &self.0.0
    }
}

/// Their state may be inconsistent, as that of the object itself.
#[test]
fn nothing_is_dropped_in_a_process_that_a_panic_ends() {
    within(SOON, || {
        let folder = tempfile::tempdir().expect("a folder");
        let (own, kept) = (folder.path().join("own"), folder.path().join("kept"));
        let traces = TracesProxy::builder("traces").on_panic(OnPanic::Terminate).start(&own).expect("it starts");
        assert_eq!(traces.own().wait().expect("it answers"), own);
        let trace = traces.keep(&kept).wait().expect("it answers");
        assert!(matches!(trace.panic().wait(), Err(CallError::Panicked { .. })));
        traces.terminate().expect("it has ended");
        assert!(!own.exists() && !kept.exists());
    });
}

#[test]
fn all_are_dropped_when_the_object_ends() {
    within(SOON, || {
        let folder = tempfile::tempdir().expect("a folder");
        let (own, kept) = (folder.path().join("own"), folder.path().join("kept"));
        let traces = TracesProxy::builder("traces").start(&own).expect("it starts");
        let trace = traces.keep(&kept).wait().expect("it answers");
        traces.terminate().expect("it ends");
        assert!(own.exists() && kept.exists());
        drop(trace);
    });
}
