//! The one thread that reads what the children of this process print.
//!
//! Knows which streams there are, and which of them have something to tell. It sleeps unless a child prints. Between two lines it
//! looks whether there is something to read, so no child waits for longer than a line takes to be told. Invariants: a stream that
//! has something to tell is listed, or is told by whoever ended it; a pipe is taken from the set before it is closed, because a
//! forked copy of this process may have it open.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use rustix::buffer::spare_capacity;
use rustix::event::{EventfdFlags, Timespec, epoll, eventfd};
use rustix::io::Errno;

use super::stream::{Stream, Told};
use crate::clock::Moment;
use crate::error::refused::Naming;
use crate::memory::fork::PerProcess;
use crate::process::background;

/// How much is read at once: what a pipe holds, unless somebody changed that.
const CHUNK: usize = 64 * 1024;

const MAX_EVENTS: usize = 64;

/// How long whoever ends an object tells what is left. What is left then is the reader's to tell, so that an end does not take as
/// long as a slow subscriber does.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the reader looks whether lines were held back for too long, while some are.
const LOOK_AGAIN: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// What the bell is called in the set.
const BELL: u64 = 0;

/// The reader of this process.
static READER: PerProcess<Mutex<Option<Arc<Reader>>>> = PerProcess::new();

thread_local!(static IS_READER: Cell<bool> = const { Cell::new(false) });

struct Reader {
    epoll: OwnedFd,
    /// Rung when something was left for the reader.
    bell: OwnedFd,
    desk: Mutex<SentFilesState>,
}

#[derive(Default)]
struct SentFilesState {
    streams: BTreeMap<u64, Arc<Stream>>,
    last: u64,
    /// Streams that have ended, with lines that whoever ended them has not told.
    left: Vec<Arc<Stream>>,
}

/// A stream that is read.
pub(crate) struct Registered {
    number: u64,
    stream: Arc<Stream>,
    reader: Arc<Reader>,
}

/// What the reader has to come back to.
#[derive(Default)]
struct Rounds {
    /// These have something to tell.
    listed: VecDeque<Arc<Stream>>,
    /// These hold lines back while a panic is printed.
    held: Vec<Arc<Stream>>,
}

impl Rounds {
    /// For how long the reader may sleep; `None` is for as long as nothing comes.
    fn may_sleep(&self) -> Option<&'static Timespec> {
        const NOW: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
        let until_look = (!self.held.is_empty()).then_some(&LOOK_AGAIN);
        if self.listed.is_empty() { until_look } else { Some(&NOW) }
    }

    /// Lists what was held back for too long.
    fn release(&mut self) {
        let listed = &mut self.listed;
        self.held.retain(|stream| {
            let look = stream.release();
            listed.extend(look.is_news.then(|| stream.clone()));
            look.is_holding
        });
    }
}

/// Whether the calling thread is the one that reads. Another thread may wait for it to report a line.
pub(crate) fn is_reader() -> bool {
    IS_READER.try_with(Cell::get).unwrap_or(false)
}

/// From now on this stream is read.
pub(crate) fn register(stream: Stream, pipe: OwnedFd) -> io::Result<Registered> {
    let (reader, stream) = (reader()?, Arc::new(stream));
    let mut desk = reader.desk();
    desk.last += 1;
    let number = desk.last;
    epoll::add(&reader.epoll, &pipe, epoll::EventData::new_u64(number), epoll::EventFlags::IN).naming("epoll_ctl")?;
    stream.open(pipe);
    desk.streams.insert(number, stream.clone());
    drop(desk);
    Ok(Registered { number, stream, reader })
}

impl Registered {
    pub(crate) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Takes in what is there, and reads no more.
    pub(crate) fn end(&self) {
        self.reader.close(self.number, &self.stream);
    }

    /// Tells what is left, for a second at most. The reader's own thread cannot do so while it tells a line: it does so afterwards.
    pub(crate) fn tell_rest(&self) {
        let began = Moment::now();
        while !IS_READER.get() && began.elapsed() < PATIENCE {
            match self.stream.tell_next(PATIENCE.saturating_sub(began.elapsed())) {
                Told::Line => {}
                Told::Nothing => return,
                Told::Busy => break,
            }
        }
        self.reader.desk().left.push(self.stream.clone());
        // It can only fail if the bell was rung 2^64 times and never heard.
        let _rung = rustix::io::write(&self.reader.bell, &1_u64.to_ne_bytes());
    }
}

fn reader() -> io::Result<Arc<Reader>> {
    let mut current = READER.get().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(reader) = &*current {
        return Ok(reader.clone());
    }
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).naming("epoll_create1")?;
    let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).naming("eventfd2")?;
    epoll::add(&epoll, &bell, epoll::EventData::new_u64(BELL), epoll::EventFlags::IN).naming("epoll_ctl")?;
    // A sandbox may deny the wait: the thread that waits has no caller to report that to.
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    epoll::wait(&epoll, spare_capacity(&mut Vec::with_capacity(1)), Some(&now)).naming("epoll_pwait")?;
    let reader = Arc::new(Reader { epoll, bell, desk: Mutex::default() });
    let own = reader.clone();
    background::spawn("object-output", move || own.run())?;
    Ok(current.insert(reader).clone())
}

impl Reader {
    fn desk(&self) -> MutexGuard<'_, SentFilesState> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        IS_READER.set(true);
        let (mut buffer, mut events) = (vec![0; CHUNK], Vec::with_capacity(MAX_EVENTS));
        let mut rounds = Rounds::default();
        loop {
            rounds.listed.extend(std::mem::take(&mut self.desk().left));
            events.clear();
            self.wait(&mut events, &rounds);
            events.iter().for_each(|event| self.read(event.data.u64(), &mut buffer, &mut rounds));
            rounds.release();
            // If somebody else tells of a stream, it has ended: whoever ended it tells the rest, or leaves it here.
            if let Some(stream) = rounds.listed.pop_front()
                && stream.tell_next(Duration::ZERO) == Told::Line
            {
                rounds.listed.push_back(stream);
            }
        }
    }

    /// Which pipes have something. Sleeps until there is one, if there is nothing else to do.
    fn wait(&self, events: &mut Vec<epoll::Event>, rounds: &Rounds) {
        match epoll::wait(&self.epoll, spare_capacity(events), rounds.may_sleep()) {
            Ok(_) | Err(Errno::INTR) => {}
            // Nothing else can be, as long as the set is one. Without it nothing can be read: then nobody is kept waiting.
            Err(_) => self.close_all(),
        }
    }

    /// Reads once from this pipe.
    fn read(&self, number: u64, buffer: &mut [u8], rounds: &mut Rounds) {
        if number == BELL {
            // What it was rung for is seen in the next round.
            let _silenced = rustix::io::read(&self.bell, &mut [0; size_of::<u64>()]);
        }
        let Some(stream) = self.desk().streams.get(&number).cloned() else { return };
        let look = stream.take_in(buffer);
        if look.is_news {
            rounds.listed.push_back(stream.clone());
        }
        if look.is_holding && !rounds.held.iter().any(|held| Arc::ptr_eq(held, &stream)) {
            rounds.held.push(stream.clone());
        }
        if look.ended {
            self.close(number, &stream);
            rounds.listed.push_back(stream);
        }
    }

    fn close(&self, number: u64, stream: &Stream) {
        if let Some(pipe) = stream.take_last() {
            // Nobody closed it, so it is in the set.
            let _known = epoll::delete(&self.epoll, &pipe);
            self.desk().streams.remove(&number);
        }
    }

    fn close_all(&self) {
        let streams = std::mem::take(&mut self.desk().streams);
        streams.into_values().for_each(|stream| drop(stream.take_last()));
        thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As when a subscriber, on the reader's own thread, notices a death.
    #[test]
    fn the_reader_is_woken_for_what_is_left_to_it() {
        IS_READER.set(true);
        let registered = |number| {
            let stream = Arc::new(Stream::ended_with(b"one\ntwo\n"));
            Registered { number, stream, reader: reader().expect("a reader") }
        };
        for number in 0..3 {
            let registered = registered(u64::MAX - number);
            registered.tell_rest();
            let began = Moment::now();
            while !registered.stream.is_told() {
                assert!(began.elapsed() < Duration::from_secs(60), "nobody tells it");
                thread::sleep(Duration::from_millis(1));
            }
        }
        IS_READER.set(false);
    }
}
