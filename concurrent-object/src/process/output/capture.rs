//! The streams of one object that the parent reads, from the child's start until it is reaped.
//!
//! Problem: a child's output must reach the parent's log. A slow subscriber must not stop the
//! child, and the last lines must be reported before the death. If one thread read and reported one
//! stream, there would be a thread for each stream. A child would wait until each of its lines is
//! reported. Here one *reader thread* (`reader`) waits for all pipes with `epoll`. It copies bytes
//! into bounded queues (`lines`, `tail`), and reports one line between two polls (`stream`). When a
//! child has ended, the thread that noticed it drains the pipes. It reports the rest, for at most a
//! second, before it reports the death.
//!
//! Knows the set of streams; does not know when they are read. Nothing here waits for the child.

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::reader::{self, Registered};
use super::stream::Stream;
use super::{ChildStdio, OutputTaker, Wanted, Which};
use crate::memory::fork::Origin;

/// The captured streams of one object. Empty if the parent reads neither stream.
#[derive(Default)]
pub(crate) struct Captured(Option<Open>);

struct Open {
    origin: Origin,
    streams: Vec<Registered>,
}

impl Captured {
    /// Begins to read from these pipes. The bytes go to `takes`, or else to the log.
    pub(crate) fn begin(
        name: &str,
        pid: u32,
        pipes: Vec<(Which, OwnedFd)>,
        takes: Option<&OutputTaker>,
    ) -> std::io::Result<Self> {
        if pipes.is_empty() {
            return Ok(Self::default());
        }
        let name: Arc<str> = name.into();
        let mut open = Open { origin: Origin::here()?, streams: Vec::new() };
        for (which, pipe) in pipes {
            open.streams.push(reader::register(Stream::new(name.clone(), pid, which, takes.cloned()), pipe)?);
        }
        Ok(Self(Some(open)))
    }

    /// Begins streams of a child on another machine: what it prints is fed. There is one for each
    /// stream that is wanted as lines.
    pub(crate) fn fed(name: &str, pid: u32, wanted: &Wanted) -> std::io::Result<Option<Self>> {
        let streams = [(Which::Stdout, &wanted.stdout), (Which::Stderr, &wanted.stderr)];
        let (name, origin): (Arc<str>, _) = (name.into(), Origin::here()?);
        let streams = streams.into_iter().filter(|(_, wanted)| **wanted == ChildStdio::Lines);
        let streams = streams.map(|(which, _)| reader::adopt(Stream::new(name.clone(), pid, which, None)));
        let streams = streams.collect::<Result<Vec<_>, _>>()?;
        Ok((!streams.is_empty()).then_some(Self(Some(Open { origin, streams }))))
    }

    /// Takes what a child on another machine has printed. Never blocks.
    pub(crate) fn feed(&self, is_error: bool, bytes: &[u8]) {
        let which = if is_error { Which::Stderr } else { Which::Stdout };
        let mut streams = self.0.iter().flat_map(|open| &open.streams);
        if let Some(registered) = streams.find(|registered| registered.stream().which() == which) {
            registered.feed(bytes);
        }
    }

    /// Notes the id of the child's process on its machine.
    pub(crate) fn set_pid(&self, pid: u32) {
        self.0.iter().flat_map(|open| &open.streams).for_each(|registered| registered.stream().set_pid(pid));
    }

    /// Called when the child has ended: reads the remaining bytes of the pipes and closes them,
    /// even if another process still has their write ends. Never blocks. Returns the tail of
    /// standard error.
    pub(crate) fn end(&self) -> String {
        let Some(open) = &self.0 else { return String::new() };
        open.streams.iter().for_each(Registered::end);
        let stderr = open.streams.iter().find(|registered| registered.stream().which() == Which::Stderr);
        stderr.map(|registered| registered.stream().tail()).unwrap_or_default()
    }

    /// Reports the lines that were not reported yet, so that they precede the report of the
    /// object's end.
    pub(crate) fn tell_rest(&self) {
        for registered in self.0.iter().flat_map(|open| &open.streams) {
            registered.report_rest();
        }
    }
}

impl Drop for Captured {
    fn drop(&mut self) {
        // In a forked copy the reader thread is that of the parent process.
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
