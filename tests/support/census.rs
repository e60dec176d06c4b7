//! Counts what a process has, as `/proc` shows it: descriptors, mappings, threads, children.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

/// The resources that this process holds at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Census {
    /// The target of each descriptor, sorted, without inode numbers.
    pub descriptors: Vec<String>,
    /// The number of mappings of memory files and of files that have no name any more.
    pub mappings: usize,
    /// The number of threads.
    pub threads: usize,
    /// The children of all threads, zombies included.
    pub children: Vec<u32>,
}

impl Census {
    /// Takes a census of this process.
    #[must_use]
    pub fn take() -> Self {
        Self {
            descriptors: descriptors(),
            mappings: mappings(),
            threads: entries("/proc/self/task").len(),
            children: children_of(std::process::id()),
        }
    }

    /// Takes a census when every object that was started has been freed. A thread of the library
    /// may hold an object for a moment after its proxy was dropped.
    ///
    /// # Panics
    ///
    /// Panics if an object is still there after 20 seconds.
    #[must_use]
    pub fn take_without_objects() -> Self {
        /// The number of equal counts in a row after which nothing is being freed any more.
        const EQUAL: usize = 20;
        let begin = Instant::now();
        let (mut last, mut equal) = (Self::take(), 0);
        while equal < EQUAL || last.has_objects() {
            assert!(begin.elapsed() < Duration::from_secs(20), "objects are left: {last:?}");
            thread::sleep(Duration::from_millis(10));
            let now = Self::take();
            equal = if now == last { equal + 1 } else { 0 };
            last = now;
        }
        last
    }

    /// Whether an object has memory or a process.
    fn has_objects(&self) -> bool {
        !self.children.is_empty() || self.descriptors.iter().any(|target| target.contains("memfd:concurrent-object"))
    }
}

/// Returns the children of all threads of a process, zombies included.
#[must_use]
pub fn children_of(pid: u32) -> Vec<u32> {
    let mut children = Vec::new();
    for thread in entries(format!("/proc/{pid}/task")) {
        let listed = fs::read_to_string(format!("/proc/{pid}/task/{thread}/children")).unwrap_or_default();
        children.extend(listed.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
    }
    children.sort_unstable();
    children
}

/// Whether this process exists and is not a zombie.
#[must_use]
pub fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name is in brackets, and may contain any character.
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}

/// Returns the names in a directory; none if it cannot be read.
pub fn entries(directory: impl AsRef<Path>) -> Vec<String> {
    let Ok(found) = fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<_> = found.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn descriptors() -> Vec<String> {
    let targets = entries("/proc/self/fd").into_iter().filter_map(|number| {
        let target = fs::read_link(format!("/proc/self/fd/{number}")).ok()?;
        Some(target.to_string_lossy().into_owned())
    });
    // Inode numbers of pipes and sockets are dropped, because they differ from run to run.
    let mut kinds: Vec<_> = targets.map(|target| target.split(":[").next().unwrap_or_default().to_owned()).collect();
    kinds.sort();
    kinds
}

fn mappings() -> usize {
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    maps.lines().filter(|line| line.contains("memfd:") || line.ends_with("(deleted)")).count()
}
