//! The eventfd limit: two processes that each sleep on an eventfd, which is the least cost of a
//! wake-up. And the same with many threads of the other process, which are woken in turn.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use rustix::event::{EventfdFlags, eventfd};
use rustix::io::{read, write};
use rustix::process::Pid;
use serde::{Deserialize, Serialize};

use crate::measure::Contender;
use crate::outcome::Outcome;
use crate::partner::{Partner, Role, exit_when_input_closes};

/// The descriptor that the partner reads, and the one that it writes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Ends(RawFd, RawFd);

/// This side, and the partner.
pub(crate) struct Eventfd {
    to: OwnedFd,
    from: OwnedFd,
    partner: Partner,
}

impl Eventfd {
    pub(crate) const NAME: &str = "limit: eventfd ping-pong";

    pub(crate) fn start() -> Outcome<Self> {
        let (to, from) = (eventfd(0, EventfdFlags::empty())?, eventfd(0, EventfdFlags::empty())?);
        let partner = Partner::start(&Ends(to.as_raw_fd(), from.as_raw_fd()))?;
        Ok(Self { to, from, partner })
    }

    pub(crate) fn contender(&self) -> Contender<'_> {
        Contender::new(Self::NAME, || self.ping())
    }

    pub(crate) fn pid(&self) -> Option<Pid> {
        self.partner.pid()
    }

    /// One round trip.
    pub(crate) fn ping(&self) -> Outcome {
        ping(&self.to, &self.from)
    }
}

impl Role for Ends {
    const NAME: &'static str = "eventfd";

    fn play(self) -> Outcome {
        exit_when_input_closes();
        answer(self)
    }
}

/// The ends of all threads.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AllEnds(Vec<Ends>);

/// This side, and a partner with a thread for each pair of descriptors.
pub(crate) struct Eventfds {
    pairs: Vec<(OwnedFd, OwnedFd)>,
    next: usize,
    _partner: Partner,
}

impl Eventfds {
    pub(crate) fn start(threads: usize) -> Outcome<Self> {
        let pair = |_| Ok((eventfd(0, EventfdFlags::empty())?, eventfd(0, EventfdFlags::empty())?));
        let pairs = (0..threads).map(pair).collect::<Outcome<Vec<_>>>()?;
        let ends = pairs.iter().map(|(to, from)| Ends(to.as_raw_fd(), from.as_raw_fd())).collect();
        let partner = Partner::start(&AllEnds(ends))?;
        Ok(Self { pairs, next: 0, _partner: partner })
    }

    /// Wakes so many threads, one after the other, and goes on where it ended.
    pub(crate) fn wake_in_turn(&mut self, calls: u32) -> Outcome {
        for _ in 0..calls {
            let (to, from) = self.pairs.get(self.next).ok_or("it was started without threads")?;
            ping(to, from)?;
            self.next = (self.next + 1) % self.pairs.len();
        }
        Ok(())
    }
}

impl Role for AllEnds {
    const NAME: &'static str = "eventfds";

    fn play(self) -> Outcome {
        exit_when_input_closes();
        for ends in self.0 {
            // The parent notices the end of a thread: it does not answer.
            std::thread::Builder::new().stack_size(64 << 10).spawn(move || answer(ends).is_ok())?;
        }
        loop {
            std::thread::park();
        }
    }
}

/// One round trip.
fn ping(to: &OwnedFd, from: &OwnedFd) -> Outcome {
    write(to, &1_u64.to_ne_bytes())?;
    read(from, &mut [0; 8])?;
    Ok(())
}

/// Runs in the partner.
fn answer(Ends(to, from): Ends) -> Outcome {
    // SAFETY: the parent left these descriptors open for this process, which takes each once.
    let [to, from] = [to, from].map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    loop {
        read(&to, &mut [0; 8])?;
        write(&from, &1_u64.to_ne_bytes())?;
    }
}
