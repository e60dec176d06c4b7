//! Receives from a process that is not trusted, and closes what that process has sent.
//!
//! Problem: a process can send any open file, and the last close of a file may block for as long as
//! its maker likes: a socket lingers over unsent data, a file system of the user (FUSE) does not
//! answer. The kernel closes such a file also when a message is received without room for it, and
//! when a socket with messages in it is closed. `fstat` and `mmap` of such a file may block too.
//! Way here: every descriptor of a message is received. Only memory files are passed on, which is
//! asked with `F_GET_SEALS`, for which the kernel looks at nothing but the open file. One thread
//! closes the others, and sockets that are not empty.
//!
//! Knows descriptors and messages. Invariant: except on that thread, this process closes no
//! descriptor of another process that is not a memory file.

use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::fcntl_get_seals;
use rustix::io::{Errno, retry_on_intr};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, Shutdown, recv, recvmsg, shutdown, sockopt,
};

use super::{LENGTH, Received, from_bytes};
use crate::memory::fork::{Origin, PerProcess};
use crate::process::background;

/// How many descriptors one message can have, by the kernel's limit.
const MAX_DESCRIPTORS: usize = 253;

/// A message as bytes, with all of its descriptors.
struct RawMessage {
    len: usize,
    descriptors: Vec<OwnedFd>,
    /// Whether the kernel has dropped descriptors, because this process may open no more.
    is_cut: bool,
    /// Whether there is something beside the bytes, which the end of the stream has not.
    is_marked: bool,
}

fn receive_raw(socket: impl AsFd, bytes: &mut [u8]) -> Result<RawMessage, Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS), ScmCredentials(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let mut take = || retry_on_intr(|| recvmsg(&socket, &mut [IoSliceMut::new(bytes)], &mut ancillary, flags));
    // If the other side closed the socket with unread messages in it, the kernel reports ECONNRESET
    // once. What the other side had sent before comes after that.
    let message = take().or_else(|error| if error == Errno::CONNRESET { take() } else { Err(error) })?;
    let (mut descriptors, mut is_marked) = (Vec::new(), false);
    for part in ancillary.drain() {
        is_marked = true;
        if let RecvAncillaryMessage::ScmRights(received) = part {
            descriptors.extend(received);
        }
    }
    let is_cut = message.flags.contains(ReturnFlags::CTRUNC);
    Ok(RawMessage { len: message.bytes, descriptors, is_cut, is_marked: is_marked || is_cut })
}

/// Receives the next control message of a process that is not trusted: two numbers, and at most one
/// descriptor, of a memory file. Never blocks.
pub(crate) fn receive_from_child(socket: impl AsFd) -> Received {
    // One byte more, so that a longer message is recognised.
    let mut bytes = [0; LENGTH + 1];
    let RawMessage { len, descriptors, is_cut, is_marked } = match receive_raw(socket, &mut bytes) {
        Ok(message) => message,
        Err(Errno::AGAIN) => return Received::Nothing,
        Err(_) => return Received::End,
    };
    if len == 0 && !is_marked {
        return Received::End;
    }
    let is_sound = len == LENGTH && descriptors.len() <= 1 && descriptors.iter().all(is_memory_file);
    let Some(&words) = bytes.first_chunk().filter(|_| is_sound) else {
        close_later(descriptors);
        return Received::Invalid;
    };
    match descriptors.into_iter().next() {
        None if is_cut => Received::WithoutDescriptor(from_bytes(words)),
        descriptor => Received::Message(from_bytes(words), descriptor),
    }
}

/// Returns the next message of a process that has exited, at most this many bytes of it. Never
/// blocks.
pub(crate) fn receive_last(socket: impl AsFd, max_size: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; max_size];
    let len = match receive_raw(&socket, &mut bytes) {
        Ok(RawMessage { len, descriptors, .. }) => {
            close_later(descriptors);
            len
        }
        // A filter forbids the system call, to parent and child. So the child could receive
        // nothing, and runs no code of the object.
        Err(Errno::NOSYS | Errno::PERM | Errno::ACCESS) => {
            let mut take = || recv(&socket, &mut bytes[..], RecvFlags::DONTWAIT);
            // As in `receive_raw`.
            take().or_else(|error| if error == Errno::CONNRESET { take() } else { Err(error) }).ok()?.0
        }
        Err(_) => return None,
    };
    bytes.truncate(len);
    Some(bytes)
}

/// Whether this is a memory file. Never blocks, whatever it is.
fn is_memory_file(descriptor: &OwnedFd) -> bool {
    fcntl_get_seals(descriptor).is_ok()
}

/// The parent's end of a control socket. Dropping it never blocks.
#[derive(Debug)]
pub(crate) struct ParentSocket {
    /// `None` only while it is dropped.
    socket: Option<OwnedFd>,
    origin: Origin,
}

impl ParentSocket {
    pub(crate) fn new(socket: OwnedFd, origin: Origin) -> Self {
        Self { socket: Some(socket), origin }
    }
}

impl AsFd for ParentSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_ref().expect("taken only by drop").as_fd()
    }
}

impl Drop for ParentSocket {
    fn drop(&mut self) {
        match self.socket.take() {
            // A forked copy must not shut down what its parent uses.
            Some(socket) if self.origin.is_here() => close_socket(socket),
            socket => drop(socket),
        }
    }
}

/// Closes the control socket of a process that is not trusted. Never blocks.
fn close_socket(socket: OwnedFd) {
    // From here on no process can send into it. Each message that is there shows the credentials of
    // its sender, even an empty one.
    let is_final = shutdown(&socket, Shutdown::Both).is_ok() && sockopt::set_socket_passcred(&socket, true).is_ok();
    if is_final && is_at_end(&socket) {
        drop(socket);
    } else {
        close_later([socket]);
    }
}

/// Whether no message is in the socket. Takes no descriptor.
fn is_at_end(socket: &OwnedFd) -> bool {
    let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    let mut none = RecvAncillaryBuffer::default();
    let next = retry_on_intr(|| recvmsg(socket, &mut [IoSliceMut::new(&mut [0])], &mut none, flags));
    next.is_ok_and(|message| message.bytes == 0 && !message.flags.contains(ReturnFlags::CTRUNC))
}

/// What is to be closed, and the thread that does it.
#[derive(Debug, Default)]
struct Closer {
    waiting: Vec<OwnedFd>,
    /// Whether there is a thread, which takes what is waiting before it ends.
    is_running: bool,
}

static CLOSER: PerProcess<Mutex<Closer>> = PerProcess::new();

/// Closes these descriptors on a thread that exists only for that. Never blocks.
pub(crate) fn close_later(descriptors: impl IntoIterator<Item = OwnedFd>) {
    let mut closer = closer();
    closer.waiting.extend(descriptors);
    if !closer.is_running && !closer.waiting.is_empty() {
        // Without a thread they stay open until the next attempt: closing them here could block
        // this thread without end.
        closer.is_running = background::spawn(c"object-closes", close_all).is_ok();
    }
}

fn close_all() {
    loop {
        let mut closer = closer();
        let next = closer.waiting.pop();
        closer.is_running = next.is_some();
        drop(closer);
        if next.is_none() {
            return;
        }
    }
}

fn closer() -> MutexGuard<'static, Closer> {
    CLOSER.get().lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
