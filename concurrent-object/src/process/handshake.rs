//! The first and only message to a fresh child, and how a process finds out that it is one.
//!
//! Knows a socket, a marker in the environment and descriptors; what the message says is for others.

use std::ffi::OsString;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair, sockopt,
};
use rustix::process::{Pid, getppid, test_kill_process};

use super::{parent_watch, privilege};
use crate::error::refused::Naming;

/// The variable that marks a child's environment. Its value names the release of this crate and its protocol, and the control
/// socket by inode: a program may contain two releases, and each takes only its own children for such.
pub(crate) const MARKER: &str = "CONCURRENT_OBJECT_CHILD";

/// The descriptors that travel with the message.
pub(crate) const DESCRIPTORS: usize = 7;

const MAX_MESSAGE_SIZE: usize = 64 * 1024;

/// Both ends of a control socket: the parent's, then the child's.
pub(crate) fn control_socket() -> io::Result<(OwnedFd, OwnedFd)> {
    socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).naming("socketpair")
}

/// The marker's value for a child whose standard input is this socket.
pub(crate) fn marker_value(childs_end: &OwnedFd, protocol: u32) -> io::Result<OsString> {
    Ok(marker_of(rustix::fs::fstat(childs_end).naming("fstat")?.st_ino, protocol).into())
}

fn marker_of(inode: u64, protocol: u32) -> String {
    format!("{}/{protocol}:{inode}", env!("CARGO_PKG_VERSION"))
}

/// Sends the message. The socket's buffer is empty, so this does not block.
pub(crate) fn send(socket: &OwnedFd, message: &[u8], descriptors: &[BorrowedFd<'_>; DESCRIPTORS]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if message.len() > MAX_MESSAGE_SIZE || !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the first message to the child is too long"));
    }
    sendmsg(socket, &[IoSlice::new(message)], &mut ancillary, SendFlags::NOSIGNAL).naming("sendmsg")?;
    Ok(())
}

/// How often a process that waits for the message looks whether its parent is there.
const LOOK_AGAIN: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// Waits until there is the message, or the parent is gone. That need not be the end of the socket: a forked copy of the parent has
/// the other end too.
fn await_message(socket: &OwnedFd) {
    let parent = getppid();
    while poll(&mut [PollFd::new(socket, PollFlags::IN)], Some(&LOOK_AGAIN)).is_ok_and(|ready| ready == 0) {
        if getppid() != parent {
            parent_watch::end_now();
        }
    }
}

/// Waits for the message. An end of file means that the parent is gone.
pub(crate) fn receive(socket: &OwnedFd) -> io::Result<(Vec<u8>, [OwnedFd; DESCRIPTORS])> {
    await_message(socket);
    let mut message = vec![0; MAX_MESSAGE_SIZE];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        match recvmsg(socket, &mut [IoSliceMut::new(&mut message)], &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
            Err(Errno::INTR) => {}
            other => break other.naming("recvmsg")?,
        }
    };
    if received.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the first message was cut off"));
    }
    message.truncate(received.bytes);
    let mut descriptors = Vec::with_capacity(DESCRIPTORS);
    for part in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = part {
            descriptors.extend(received);
        }
    }
    let incomplete = |_| io::Error::new(io::ErrorKind::InvalidData, "the first message came without its descriptors");
    Ok((message, descriptors.try_into().map_err(incomplete)?))
}

/// How a text begins that says why a child cannot begin. No letter begins so.
const CANNOT_BEGIN: &[u8] = b"cannot begin: ";

/// The longest of these texts that is read, in bytes.
const MAX_REASON_SIZE: usize = 4096;

/// Child: says why it cannot begin. It may have nothing but the socket. Never blocks.
pub(crate) fn say_reason(socket: impl AsFd, reason: &str) {
    let text = [CANNOT_BEGIN, reason.as_bytes()].concat();
    // Where it cannot be sent, standard error has it.
    let _unsaid = rustix::net::send(socket, &text, SendFlags::NOSIGNAL | SendFlags::DONTWAIT);
}

/// Parent: the reason of a child that has ended, if it has given one. Never blocks. The child is not trusted: what is no text is
/// replaced, and descriptors are not taken.
pub(crate) fn take_reason(socket: impl AsFd) -> Option<String> {
    let mut text = vec![0; MAX_REASON_SIZE];
    let mut take = || rustix::net::recv(&socket, &mut text[..], RecvFlags::DONTWAIT);
    // Once, and before what it had sent, the kernel says of a child that is gone that it had not read everything.
    let taken = take().or_else(|error| if error == Errno::CONNRESET { take() } else { Err(error) });
    let len = taken.ok()?.0;
    let reason = text[..len].strip_prefix(CANNOT_BEGIN)?;
    Some(String::from_utf8_lossy(reason).into_owned())
}

/// What this process is, as far as the marker and its standard input tell.
#[derive(Debug)]
pub(crate) enum Role {
    /// An ordinary program: no marker, or one that was inherited and is not meant for it.
    Program,
    /// A child, with its control socket taken off its standard input.
    Child(OwnedFd),
    /// A child whose parent died before it could look: nothing to do but end.
    Orphan,
    /// A program that was started like a child, and has privileges that its starter has not: it believes none of that.
    Elevated,
}

/// Finds out. A grandchild inherits the environment, but its standard input is not the socket that the marker names, or
/// the socket's maker is not its parent.
pub(crate) fn role(protocol: u32) -> io::Result<Role> {
    let Some(marker) = std::env::var_os(MARKER) else { return Ok(Role::Program) };
    let stdin = rustix::stdio::stdin();
    if !is_control_socket(stdin, marker.to_str(), protocol)? {
        return Ok(Role::Program);
    }
    if privilege::is_elevated() {
        return Ok(Role::Elevated);
    }
    let maker = sockopt::socket_peercred(stdin).naming("getsockopt")?.pid;
    if getppid() == Some(maker) {
        return take_off_stdin(stdin).map(Role::Child);
    }
    Ok(if descends_from(maker)? { Role::Program } else { Role::Orphan })
}

/// Whether this is the socket that the marker names. Only what cannot be one is none: any other error is reported, since a child
/// that takes itself for the program would do all that the program does.
fn is_control_socket(stdin: BorrowedFd<'_>, marker: Option<&str>, protocol: u32) -> io::Result<bool> {
    let inode = match rustix::fs::fstat(stdin) {
        Ok(stat) => stat.st_ino,
        Err(Errno::BADF) => return Ok(false),
        Err(error) => return Err(error).naming("fstat"),
    };
    if marker != Some(&*marker_of(inode, protocol)) {
        return Ok(false);
    }
    match sockopt::socket_type(stdin) {
        Ok(kind) => Ok(kind == SocketType::SEQPACKET),
        Err(Errno::NOTSOCK) => Ok(false),
        Err(error) => Err(error).naming("getsockopt"),
    }
}

/// Whether this process is among our ancestors. It is if the marker was inherited with the socket, from a child that
/// started us before its `init`. An orphan belongs to init or a subreaper, which is above its dead parent, never below.
/// That the socket has hung up would say less: a dying parent of many threads loses its children before its descriptors.
///
/// Without a readable `/proc` the ancestors are not known. Then a maker that is gone tells of an orphan, and nothing else can be told.
fn descends_from(maker: Pid) -> io::Result<bool> {
    let mut next = getppid();
    while let Some(ancestor) = next {
        if ancestor == maker {
            return Ok(true);
        }
        next = match parent_of(ancestor) {
            Ok(parent) => parent,
            Err(_) if test_kill_process(maker) == Err(Errno::SRCH) => return Ok(false),
            Err(error) => return Err(error),
        };
    }
    Ok(false)
}

/// Nothing for a process that has no parent, or has just ended.
fn parent_of(pid: Pid) -> io::Result<Option<Pid>> {
    let path = format!("/proc/{}/stat", pid.as_raw_nonzero());
    let stat =
        std::fs::read(&path).map_err(|error| io::Error::new(error.kind(), format!("reading {path}: {error}")))?;
    // The name stands in brackets, and may contain any byte; the state and the parent's id follow.
    let text = String::from_utf8_lossy(&stat);
    let parent = text.rsplit_once(") ").and_then(|(_, fields)| fields.split(' ').nth(1)?.parse().ok());
    Ok(parent.and_then(Pid::from_raw))
}

/// The socket moves away and standard input becomes `/dev/null`: methods may read it, and find its end.
fn take_off_stdin(stdin: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let socket = rustix::io::fcntl_dupfd_cloexec(stdin, 3).naming("fcntl(F_DUPFD_CLOEXEC)")?;
    let null = std::fs::File::open("/dev/null").naming("openat(/dev/null)")?;
    rustix::stdio::dup2_stdin(null.as_fd()).naming("dup3")?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marker_names_the_protocol_and_the_socket() {
        let (_ours, childs) = control_socket().expect("a socket");
        let inode = rustix::fs::fstat(&childs).expect("it is open").st_ino;
        let is_one = |marker: &str| is_control_socket(childs.as_fd(), Some(marker), 1).expect("it is a socket");
        assert!(is_one(marker_value(&childs, 1).expect("a marker").to_str().expect("text")));
        for other in [inode.to_string(), format!("0.0.0/1:{inode}"), marker_of(inode + 1, 1), String::new()] {
            assert!(!is_one(&other), "{other}");
        }
        assert!(!is_control_socket(childs.as_fd(), None, 1).expect("it is a socket"));
    }

    #[test]
    fn ancestors_are_found_and_others_are_not() {
        let (parent, own) = (getppid().expect("a parent"), rustix::process::getpid());
        assert!(descends_from(parent).expect("/proc"));
        assert!(!descends_from(own).expect("/proc"));
    }
}
