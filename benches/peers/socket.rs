//! A Unix socket between two processes: the length and the bytes there, a number back.
#![allow(unsafe_code)]

use std::io::{IoSlice, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use serde::{Deserialize, Serialize};

use super::Peer;
use crate::outcome::Outcome;
use crate::partner::{Partner, Role, exit_when_input_closes};
use crate::work::{Answer, Request, ends};

struct Client {
    socket: UnixStream,
    _partner: Partner,
}

/// The inherited end of the partner.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct End(RawFd);

pub(super) fn start(_request: &Request) -> Outcome<Option<Box<dyn Peer>>> {
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::empty(), None)?;
    let partner = Partner::start(&End(theirs.as_raw_fd()))?;
    Ok(Some(Box::new(Client { socket: ours.into(), _partner: partner })))
}

impl Peer for Client {
    fn call(&mut self, request: &Request) -> Outcome<Answer> {
        let Request::Take(bytes) = request else { return Err("it was started for bytes".into()) };
        let length = bytes.len().to_ne_bytes();
        let sent = self.socket.write_vectored(&[IoSlice::new(&length), IoSlice::new(bytes)])?;
        let of_bytes = sent.checked_sub(length.len()).ok_or("the length fits into a socket")?;
        self.socket.write_all(&bytes[of_bytes..])?;
        let mut answer = [0; size_of::<u64>()];
        self.socket.read_exact(&mut answer)?;
        Ok(Answer::Number(u64::from_ne_bytes(answer)))
    }
}

impl Role for End {
    const NAME: &'static str = "socket";

    fn play(self) -> Outcome {
        // SAFETY: the parent left this descriptor open for this process, which takes it once.
        let socket = unsafe { OwnedFd::from_raw_fd(self.0) };
        exit_when_input_closes();
        serve(socket.into())
    }
}

/// Runs in the partner.
fn serve(mut socket: UnixStream) -> Outcome {
    let mut bytes = Vec::new();
    loop {
        let mut length = [0; size_of::<usize>()];
        socket.read_exact(&mut length)?;
        bytes.resize(usize::from_ne_bytes(length), 0);
        socket.read_exact(&mut bytes)?;
        socket.write_all(&ends(&bytes).to_ne_bytes())?;
    }
}
