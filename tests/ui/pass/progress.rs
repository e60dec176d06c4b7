//! Methods that report their progress, beside other arguments and by any path.
#![deny(warnings, missing_docs, unsafe_code, unreachable_pub, missing_debug_implementations)]

use std::path::Path;

use concurrent_object::{Call, Progress, concurrent_object};

/// A worker.
#[derive(Debug)]
pub struct Worker;

#[concurrent_object]
impl Worker {
    /// Makes it.
    pub fn new() -> Self {
        Self
    }

    /// Reports through the first argument.
    pub fn first(&mut self, progress: &Progress<u32>, files: &[u64], at: &Path) -> usize {
        progress.set(1);
        files.len() + at.as_os_str().len()
    }

    /// Reports through the last argument, by a path.
    pub fn last(&self, name: String, to: &concurrent_object::Progress<(u32, String)>) -> Result<String, std::fmt::Error> {
        to.set((1, name.clone()));
        Ok(name)
    }

    /// Reports while it streams.
    #[concurrent_object(stream)]
    pub fn items(&self, _: &Progress<bool>, to: u32) -> impl Iterator<Item = u32> {
        0..to
    }

    /// Consumes the object.
    pub fn finish(self, progress: &Progress<u8>) -> u8 {
        progress.set(9);
        9
    }
}

fn main() {
    concurrent_object::init();
    let worker = WorkerProxy::builder("worker").start().expect("starts");
    let call: Call<usize, u32> = worker.first(&[1, 2], Path::new("/"));
    assert_eq!(call.wait().expect("served"), 3);
    let mut call = worker.last("x".to_owned());
    while call.try_wait().is_none() {}
    assert_eq!(call.progress(), Some((1, "x".to_owned())));
    assert_eq!(worker.last("y".to_owned()).wait_flat().expect("served"), "y");
    assert_eq!(worker.items(3).map(|item| item.expect("no error")).collect::<Vec<_>>(), [0, 1, 2]);
    worker.push_last("z".to_owned()).expect("room");
    assert_eq!(worker.finish().wait().expect("served"), 9);
}
