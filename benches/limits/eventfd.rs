//! The eventfd limit: two processes that each sleep on an eventfd, which is the least cost of a
//! wake-up.
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
        write(&self.to, &1_u64.to_ne_bytes())?;
        read(&self.from, &mut [0; 8])?;
        Ok(())
    }
}

impl Role for Ends {
    const NAME: &'static str = "eventfd";

    fn play(self) -> Outcome {
        answer(self)
    }
}

/// Runs in the partner.
fn answer(Ends(to, from): Ends) -> Outcome {
    // SAFETY: the parent left these descriptors open for this process, which takes each once.
    let [to, from] = [to, from].map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    exit_when_input_closes();
    loop {
        read(&to, &mut [0; 8])?;
        write(&from, &1_u64.to_ne_bytes())?;
    }
}
