//! The streams of one object that are read here: from its start until its child was reaped.
//!
//! Knows pipes, and what is told to `tracing`; does not know who reads when. Invariants: the lines of a stream are told in their
//! order, one at a time, without the lock that is needed to read; nothing here waits for the child.

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::Which;
use super::lines::Lines;
use super::reader::{self, Registered};
use super::stream::Stream;
use crate::memory::fork::Origin;

/// The streams of one object. Those that are not read here are nothing.
#[derive(Default)]
pub(crate) struct Captured(Option<Open>);

struct Open {
    origin: Origin,
    streams: Vec<Registered>,
}

impl Captured {
    /// From now on what comes out of the pipes is read.
    pub(crate) fn begin(name: &str, pid: u32, pipes: Vec<(Which, OwnedFd)>) -> std::io::Result<Self> {
        if pipes.is_empty() {
            return Ok(Self::default());
        }
        let name: Arc<str> = name.into();
        let mut open = Open { origin: Origin::here()?, streams: Vec::new() };
        for (which, pipe) in pipes {
            let lines = if which == Which::Stderr { Lines::with_marks() } else { Lines::default() };
            open.streams.push(reader::register(Stream::new(name.clone(), pid, which, lines), pipe)?);
        }
        Ok(Self(Some(open)))
    }

    /// The child has ended: takes in what lies in the pipes, and closes them, whoever else may have them. Never blocks. The
    /// tail of its standard error.
    pub(crate) fn end(&self) -> String {
        let Some(open) = &self.0 else { return String::new() };
        open.streams.iter().for_each(Registered::end);
        let stderr = open.streams.iter().find(|registered| registered.stream().which() == Which::Stderr);
        stderr.map(|registered| registered.stream().tail()).unwrap_or_default()
    }

    /// Tells what was not told yet, so that it stands before what is told of the object's end.
    pub(crate) fn tell_rest(&self) {
        for registered in self.0.iter().flat_map(|open| &open.streams) {
            registered.tell_rest();
        }
    }
}

impl Drop for Captured {
    fn drop(&mut self) {
        // The reader of a forked copy is the parent's.
        if self.0.as_ref().is_some_and(|open| open.origin.is_here()) {
            self.end();
        }
    }
}

impl fmt::Debug for Captured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let streams = self.0.iter().flat_map(|open| &open.streams);
        f.debug_list().entries(streams.map(|registered| registered.stream().which())).finish()
    }
}
