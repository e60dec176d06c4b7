//! The reader thread: the one thread of the parent that reads what its children print.
//!
//! Knows which streams exist, and which of them have pieces to report. The thread sleeps in `epoll`
//! until a child prints. Between two lines it polls the pipes, so a child waits no longer than the
//! subscriber takes for one line.
//!
//! Invariants: a stream with pieces to report is listed, or the thread that ended it reports them.
//! A pipe is removed from the epoll set before it is closed: a forked copy of this process may have
//! it open, and then closing alone would not remove it.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use rustix::buffer::spare_capacity;
use rustix::event::{EventfdFlags, Timespec, epoll, eventfd};
use rustix::io::Errno;

use super::stream::{Reported, Stream};
use crate::clock::Moment;
use crate::error::refused::Naming;
use crate::memory::fork::PerProcess;
use crate::process::background;

/// How much is read at once: the default capacity of a pipe.
const CHUNK: usize = 64 * 1024;

const MAX_EVENTS: usize = 64;

/// How long the thread that ends an object reports the remaining lines. After that the reader
/// thread reports the other lines, so that a slow subscriber does not delay the end of an object.
const PATIENCE: Duration = Duration::from_secs(1);

/// While lines are held, how often the reader thread checks whether they were held for too long.
const CHECK_INTERVAL: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// The data of the doorbell in the epoll set. Streams are numbered from 1.
const BELL: u64 = 0;

/// The reader of this process.
static READER: PerProcess<Mutex<Option<Arc<OutputReader>>>> = PerProcess::new();

thread_local!(static IS_READER: Cell<bool> = const { Cell::new(false) });

struct OutputReader {
    epoll: OwnedFd,
    /// Rung when a stream was left for the reader thread.
    bell: OwnedFd,
    state: Mutex<ReaderState>,
}

#[derive(Default)]
struct ReaderState {
    streams: BTreeMap<u64, Arc<Stream>>,
    last: u64,
    /// Streams without a pipe, with lines to report: they have ended, or are fed.
    left: Vec<Arc<Stream>>,
}

/// A stream that the reader thread reads.
pub(crate) struct Registered {
    number: u64,
    stream: Arc<Stream>,
    reader: Arc<OutputReader>,
}

/// The streams to which the reader thread must return.
#[derive(Default)]
struct Rounds {
    /// Streams with pieces to report.
    listed: VecDeque<Arc<Stream>>,
    /// Streams that hold lines while a panic is printed.
    held: Vec<Arc<Stream>>,
}

impl Rounds {
    /// Returns how long the reader thread may sleep; `None` means until an event comes.
    fn may_sleep(&self) -> Option<&'static Timespec> {
        const NOW: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
        let until_check = (!self.held.is_empty()).then_some(&CHECK_INTERVAL);
        if self.listed.is_empty() { until_check } else { Some(&NOW) }
    }

    /// Returns to this stream later if it holds lines.
    fn hold(&mut self, stream: &Arc<Stream>, is_holding: bool) {
        if is_holding && !self.held.iter().any(|held| Arc::ptr_eq(held, stream)) {
            self.held.push(stream.clone());
        }
    }

    /// Lists the streams whose lines were held for too long.
    fn release(&mut self) {
        let listed = &mut self.listed;
        self.held.retain(|stream| {
            let progress = stream.release();
            listed.extend(progress.has_unreported.then(|| stream.clone()));
            progress.is_holding
        });
    }
}

/// Whether the calling thread is the reader thread. If it is, another thread may be waiting until
/// it has reported a line.
pub(crate) fn is_reader() -> bool {
    IS_READER.try_with(Cell::get).unwrap_or(false)
}

/// Begins to read this stream.
pub(crate) fn register(stream: Stream, pipe: OwnedFd) -> io::Result<Registered> {
    let (reader, stream) = (reader()?, Arc::new(stream));
    let mut state = reader.state();
    state.last += 1;
    let number = state.last;
    epoll::add(&reader.epoll, &pipe, epoll::EventData::new_u64(number), epoll::EventFlags::IN).naming("epoll_ctl")?;
    stream.open(pipe);
    state.streams.insert(number, stream.clone());
    drop(state);
    Ok(Registered { number, stream, reader })
}

/// Begins to report this stream, which has no pipe: it is fed.
pub(crate) fn adopt(stream: Stream) -> io::Result<Registered> {
    Ok(Registered { number: BELL, stream: Arc::new(stream), reader: reader()? })
}

impl Registered {
    pub(crate) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Takes bytes that another program has read. The reader thread reports them.
    pub(crate) fn feed(&self, bytes: &[u8]) {
        let progress = self.stream.feed(bytes);
        if progress.has_unreported || progress.is_holding {
            self.leave();
        }
    }

    /// Leaves the stream to the reader thread.
    fn leave(&self) {
        self.reader.state().left.push(self.stream.clone());
        // It can fail only if the bell was rung 2^64 times without being cleared.
        let _rung = rustix::io::write(&self.reader.bell, &1_u64.to_ne_bytes());
    }

    /// Reads the remaining bytes of the pipe, and does not read it again.
    pub(crate) fn end(&self) {
        self.reader.close(self.number, &self.stream);
    }

    /// Reports the remaining lines, for at most a second. On the reader thread, which may be in the
    /// middle of reporting a line, it leaves them for later.
    pub(crate) fn report_rest(&self) {
        let began = Moment::now();
        while !IS_READER.get() && began.elapsed() < PATIENCE {
            match self.stream.report_next(PATIENCE.saturating_sub(began.elapsed())) {
                Reported::Line => {}
                Reported::Nothing => return,
                Reported::Busy => break,
            }
        }
        self.leave();
    }
}

fn reader() -> io::Result<Arc<OutputReader>> {
    let mut current = READER.get().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(reader) = &*current {
        return Ok(reader.clone());
    }
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).naming("epoll_create1")?;
    let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).naming("eventfd2")?;
    epoll::add(&epoll, &bell, epoll::EventData::new_u64(BELL), epoll::EventFlags::IN).naming("epoll_ctl")?;
    // A sandbox may deny the wait. Try it here, because the reader thread has no caller to report
    // to.
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    epoll::wait(&epoll, spare_capacity(&mut Vec::with_capacity(1)), Some(&now)).naming("epoll_pwait")?;
    let reader = Arc::new(OutputReader { epoll, bell, state: Mutex::default() });
    let own = reader.clone();
    background::spawn(c"object-output", move || own.run())?;
    Ok(current.insert(reader).clone())
}

impl OutputReader {
    fn state(&self) -> MutexGuard<'_, ReaderState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        IS_READER.set(true);
        let (mut buffer, mut events) = (vec![0; CHUNK], Vec::with_capacity(MAX_EVENTS));
        let mut rounds = Rounds::default();
        loop {
            for stream in std::mem::take(&mut self.state().left) {
                rounds.hold(&stream, stream.release().is_holding);
                rounds.listed.push_back(stream);
            }
            events.clear();
            self.wait(&mut events, &rounds);
            events.iter().for_each(|event| self.read(event.data.u64(), &mut buffer, &mut rounds));
            rounds.release();
            // If another thread is reporting from a stream, that stream has ended. That thread
            // reports the rest, or leaves it to this one.
            if let Some(stream) = rounds.listed.pop_front()
                && stream.report_next(Duration::ZERO) == Reported::Line
            {
                rounds.listed.push_back(stream);
            }
        }
    }

    /// Waits for readable pipes. Sleeps only if there is nothing else to do.
    fn wait(&self, events: &mut Vec<epoll::Event>, rounds: &Rounds) {
        match epoll::wait(&self.epoll, spare_capacity(events), rounds.may_sleep()) {
            Ok(_) | Err(Errno::INTR) => {}
            // `epoll_wait` has no other error on a valid set. Without the set no pipe can be read:
            // close them all, so that no child waits.
            Err(_) => self.close_all(),
        }
    }

    /// Reads once from this pipe.
    fn read(&self, number: u64, buffer: &mut [u8], rounds: &mut Rounds) {
        if number == BELL {
            // The streams that were left are taken in the next round.
            let _cleared = rustix::io::read(&self.bell, &mut [0; size_of::<u64>()]);
        }
        let Some(stream) = self.state().streams.get(&number).cloned() else { return };
        let progress = stream.take_in(buffer);
        if progress.has_unreported {
            rounds.listed.push_back(stream.clone());
        }
        rounds.hold(&stream, progress.is_holding);
        if progress.ended {
            self.close(number, &stream);
            rounds.listed.push_back(stream);
        }
    }

    fn close(&self, number: u64, stream: &Stream) {
        if let Some(pipe) = stream.take_last() {
            // The pipe was open until now, so it is in the set.
            let _known = epoll::delete(&self.epoll, &pipe);
            self.state().streams.remove(&number);
        }
    }

    fn close_all(&self) {
        let streams = std::mem::take(&mut self.state().streams);
        streams.into_values().for_each(|stream| drop(stream.take_last()));
        thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The situation of a subscriber that notices a death on the reader thread itself.
    #[test]
    fn reader_thread_is_woken_for_streams_left_to_it() {
        IS_READER.set(true);
        let registered = |number| {
            let stream = Arc::new(Stream::ended_with(b"one\ntwo\n"));
            Registered { number, stream, reader: reader().expect("a reader") }
        };
        for number in 0..3 {
            let registered = registered(u64::MAX - number);
            registered.report_rest();
            let began = Moment::now();
            while !registered.stream.is_reported() {
                assert!(began.elapsed() < Duration::from_secs(60), "the reader thread reports nothing");
                thread::sleep(Duration::from_millis(1));
            }
        }
        IS_READER.set(false);
    }
}
