//! The peers: other ways to call a method elsewhere, with the same work in the same process layout.
//!
//! Each file knows one of them. The other side of a peer is a thread (`crossbeam`), a process of
//! its own (`procspawn`), or this binary executed again (all others).

mod crossbeam;
pub(crate) mod iceoryx2;
pub(crate) mod ipc_bytes;
pub(crate) mod ipc_channel;
mod procspawn;
pub(crate) mod socket;
pub(crate) mod tarpc;

use std::hint::black_box;
use std::time::{Duration, Instant};

use rustix::process::Pid;

pub(crate) use self::crossbeam::{pipeline, shared_by, stream};
use crate::measure::Contender;
use crate::outcome::Outcome;
use crate::work::{Answer, Request, Worker};

pub(crate) const CROSSBEAM: &str = "crossbeam-channel: a thread";
pub(crate) const ICEORYX2_BUSY: &str = "iceoryx2, busy polling";
pub(crate) const ICEORYX2_EVENT: &str = "iceoryx2, event-driven";
pub(crate) const ICEORYX2_LOAN: &str = "iceoryx2, busy polling, from a loan";
pub(crate) const IPC_CHANNEL_BYTES: &str = "ipc-channel, IpcBytesSender";
pub(crate) const IPC_CHANNEL: &str = "ipc-channel, serde";
pub(crate) const IPC_CHANNEL_SHARED: &str = "ipc-channel, IpcSharedMemory";
pub(crate) const PROCSPAWN: &str = "procspawn: a pool of one";
pub(crate) const SOCKET: &str = "Unix socket";
pub(crate) const TARPC: &str = "tarpc over a Unix socket";

/// The other side, as a caller sees it.
pub(crate) trait Peer {
    fn call(&mut self, request: &Request) -> Outcome<Answer>;

    /// Returns its process, if that uses a core even when it has nothing to do.
    fn restless(&self) -> Option<Pid> {
        None
    }
}

/// Starts a peer for requests like this one; returns `None` if it does not support them.
type Start = fn(&Request) -> Outcome<Option<Box<dyn Peer>>>;

const PEERS: [(&str, Start); 8] = [
    (CROSSBEAM, crossbeam::start),
    (ICEORYX2_BUSY, iceoryx2::start_busy),
    (ICEORYX2_EVENT, iceoryx2::start_event),
    (ICEORYX2_LOAN, iceoryx2::start_loan),
    (IPC_CHANNEL, ipc_channel::start_serde),
    (IPC_CHANNEL_SHARED, ipc_channel::start_shared),
    (PROCSPAWN, procspawn::start),
    (TARPC, tarpc::start),
];

/// The peers that pass bytes without encoding each.
const TAKERS: [(&str, Start); 4] = [
    (ICEORYX2_BUSY, iceoryx2::start_busy),
    (IPC_CHANNEL_BYTES, ipc_bytes::start),
    (IPC_CHANNEL_SHARED, ipc_channel::start_shared),
    (SOCKET, socket::start),
];

/// Must come first in `main`, for the peer that itself executes this binary.
pub(crate) fn init() {
    ::procspawn::init();
}

/// Starts every peer that supports this request, and checks its answer.
pub(crate) fn contenders(request: &Request) -> Vec<Contender<'_>> {
    start_all(&PEERS, request)
}

/// As `contenders`, of the peers that pass bytes without encoding each.
pub(crate) fn takers(request: &Request) -> Vec<Contender<'_>> {
    start_all(&TAKERS, request)
}

fn start_all<'r>(peers: &[(&str, Start)], request: &'r Request) -> Vec<Contender<'r>> {
    let expected = Worker::default().answer(request);
    peers.iter().filter_map(|&(name, start)| contender(name, start, request, &expected)).collect()
}

fn contender<'r>(name: &str, start: Start, request: &'r Request, expected: &Answer) -> Option<Contender<'r>> {
    let tried = start(request).and_then(|peer| {
        let Some(mut peer) = peer else { return Ok(None) };
        let answer = peer.call(request)?;
        if answer == *expected { Ok(Some(peer)) } else { Err("its answer is wrong".into()) }
    });
    match tried {
        Ok(Some(mut peer)) => {
            let restless = peer.restless();
            let call = move || {
                black_box(peer.call(black_box(request))?);
                Ok(())
            };
            Some(Contender::new(name, call).stopping(restless))
        }
        Ok(None) => None,
        Err(error) => {
            crate::report::note(format!("{name} was not measured: {error}"));
            None
        }
    }
}

/// Returns a contender for each peer that starts a process: from the start to the first answer.
pub(crate) fn starters<'c>() -> impl Iterator<Item = Contender<'c>> {
    const STARTERS: [&str; 4] = [ICEORYX2_BUSY, IPC_CHANNEL, PROCSPAWN, TARPC];
    const REQUEST: Request = Request::Add(1, 2);
    PEERS.into_iter().filter(|(name, _)| STARTERS.contains(name)).map(|(name, start)| {
        Contender::timed(name, move |calls| {
            let mut took = Duration::ZERO;
            for _ in 0..calls {
                let began = Instant::now();
                let mut peer = start(&REQUEST)?.ok_or("it cannot be asked")?;
                peer.call(&REQUEST)?;
                took += began.elapsed();
            }
            Ok(took)
        })
    })
}
