//! The first message from parent to child, and how a process finds out that it is a child.
//!
//! Problem: the child is the same executable, so `init()` must decide what this process is before
//! the program does anything. An environment variable alone does not decide it: every descendant
//! inherits the variable. So the marker names the control socket by inode, and the socket must be
//! the standard input. The kernel's record of the socket's maker (`SO_PEERCRED`) must name the
//! parent process. A process with more privileges than its starter trusts none of this.
//!
//! Knows a socket, a marker in the environment and descriptors. Does not know what the message
//! says.

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

/// How a child's environment is marked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marker {
    /// The name of the variable.
    pub(crate) variable: &'static str,
    /// Returns the value for a child whose control socket has this inode.
    pub(crate) value_for: fn(u64) -> String,
}

/// The number of descriptors that travel with the message.
pub(crate) const DESCRIPTORS: usize = 6;

const MAX_MESSAGE_SIZE: usize = 64 * 1024;

/// Makes a control socket: the parent's end, then the child's.
pub(crate) fn control_socket() -> io::Result<(OwnedFd, OwnedFd)> {
    socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).naming("socketpair")
}

impl Marker {
    /// Returns the value for a child whose standard input is this socket.
    pub(crate) fn value(self, childs_end: &OwnedFd) -> io::Result<OsString> {
        Ok((self.value_for)(rustix::fs::fstat(childs_end).naming("fstat")?.st_ino).into())
    }
}

/// Sends the message. The socket is still empty, so this does not block.
pub(crate) fn send(socket: &OwnedFd, message: &[u8], descriptors: &[BorrowedFd<'_>; DESCRIPTORS]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if message.len() > MAX_MESSAGE_SIZE || !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the first message to the child is too long"));
    }
    sendmsg(socket, &[IoSlice::new(message)], &mut ancillary, SendFlags::NOSIGNAL).naming("sendmsg")?;
    Ok(())
}

/// How often a process that waits for the message checks whether its parent still exists.
const CHECK_INTERVAL: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// Waits for the message. Ends this process if the parent is gone. The socket need not hang up
/// then, because a forked copy of the parent may still have the other end.
fn await_message(socket: &OwnedFd) {
    let parent = getppid();
    while poll(&mut [PollFd::new(socket, PollFlags::IN)], Some(&CHECK_INTERVAL)).is_ok_and(|ready| ready == 0) {
        if getppid() != parent {
            parent_watch::end_now();
        }
    }
}

/// Waits for the message and receives it. An end of file means that the parent is gone.
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

/// Child: sends its last message. At that time it may have received nothing but the socket. Never
/// blocks.
pub(crate) fn send_last(socket: impl AsFd, message: &[u8]) {
    // If it cannot be sent, standard error has the reason.
    let _unsent = rustix::net::send(socket, message, SendFlags::NOSIGNAL | SendFlags::DONTWAIT);
}

/// What this process is, according to the marker and its standard input.
#[derive(Debug)]
pub(crate) enum Role {
    /// An ordinary program: there is no marker, or it was inherited and meant for another process.
    Program,
    /// A child. Its control socket has been moved away from standard input.
    Child(OwnedFd),
    /// A child whose parent died before the child could check. It must exit.
    Orphan,
    /// A program that was started like a child, but has more privileges than its starter. It trusts
    /// neither the marker nor the socket.
    Elevated,
}

/// Returns the role of this process. A grandchild inherits the environment. But its standard input
/// is not the socket that the marker names, or the socket's maker is not its parent.
pub(crate) fn role(marker: Marker) -> io::Result<Role> {
    let Some(value) = std::env::var_os(marker.variable) else { return Ok(Role::Program) };
    let stdin = rustix::stdio::stdin();
    if !is_control_socket(stdin, value.to_str(), marker)? {
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

/// Whether this is the socket that the marker's value names. After an error the result is false
/// only if the error proves that it is not that socket. Every other error is returned. A child that
/// took itself for the program would do all that the program does.
fn is_control_socket(stdin: BorrowedFd<'_>, value: Option<&str>, marker: Marker) -> io::Result<bool> {
    let inode = match rustix::fs::fstat(stdin) {
        Ok(stat) => stat.st_ino,
        Err(Errno::BADF) => return Ok(false),
        Err(error) => return Err(error).naming("fstat"),
    };
    if value != Some(&*(marker.value_for)(inode)) {
        return Ok(false);
    }
    match sockopt::socket_type(stdin) {
        Ok(kind) => Ok(kind == SocketType::SEQPACKET),
        Err(Errno::NOTSOCK) => Ok(false),
        Err(error) => Err(error).naming("getsockopt"),
    }
}

/// Whether `maker` is among the ancestors of this process. It is an ancestor if a child started
/// this process before the child called `init`. Then the child passed marker and socket on. The
/// parent of an orphan is init or a subreaper, which is above the dead parent, never below it. A
/// hang-up of the socket would prove less: a dying parent with many threads loses its children
/// before it loses its descriptors.
///
/// Without a readable `/proc` the ancestors are unknown. Then a maker that no longer exists means
/// that this is an orphan. If the maker exists, the result is an error.
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

/// Returns the parent's id, or `None` if the process has no parent or has just exited.
fn parent_of(pid: Pid) -> io::Result<Option<Pid>> {
    let path = format!("/proc/{}/stat", pid.as_raw_nonzero());
    let stat =
        std::fs::read(&path).map_err(|error| io::Error::new(error.kind(), format!("reading {path}: {error}")))?;
    // The name stands in parentheses, and may contain any byte. The state and the parent's id
    // follow.
    let text = String::from_utf8_lossy(&stat);
    let parent = text.rsplit_once(") ").and_then(|(_, fields)| fields.split(' ').nth(1)?.parse().ok());
    Ok(parent.and_then(Pid::from_raw))
}

/// Moves the socket to another descriptor and makes standard input `/dev/null`. A method that reads
/// standard input reads the end of file.
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
    fn marker_names_one_socket() {
        let marker = Marker { variable: "MARKED", value_for: |inode| format!("1:{inode}") };
        let (_ours, childs) = control_socket().expect("a socket");
        let inode = rustix::fs::fstat(&childs).expect("it is open").st_ino;
        let is_one = |value: &str| is_control_socket(childs.as_fd(), Some(value), marker).expect("it is a socket");
        assert!(is_one(marker.value(&childs).expect("a value").to_str().expect("text")));
        for other in [inode.to_string(), format!("2:{inode}"), format!("1:{}", inode + 1), String::new()] {
            assert!(!is_one(&other), "{other}");
        }
        assert!(!is_control_socket(childs.as_fd(), None, marker).expect("it is a socket"));
    }

    #[test]
    fn ancestors_are_found_and_others_are_not() {
        let (parent, own) = (getppid().expect("a parent"), rustix::process::getpid());
        assert!(descends_from(parent).expect("/proc"));
        assert!(!descends_from(own).expect("/proc"));
    }
}
