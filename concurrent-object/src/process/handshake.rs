//! The first and only message to a fresh child, and how a process finds out that it is one.
//!
//! Knows a socket, a marker in the environment and descriptors; what the message says is for others.

use std::ffi::OsString;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair, sockopt,
};
use rustix::process::{Pid, getppid};

/// The variable that marks a child's environment; its value names the control socket by inode.
pub(crate) const MARKER: &str = "CONCURRENT_OBJECT_CHILD";

/// The descriptors that travel with the message.
pub(crate) const DESCRIPTORS: usize = 7;

const MAX_MESSAGE_SIZE: usize = 64 * 1024;

/// Both ends of a control socket: the parent's, then the child's.
pub(crate) fn control_socket() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

/// The marker's value for a child whose standard input is this socket.
pub(crate) fn marker_value(childs_end: &OwnedFd) -> io::Result<OsString> {
    Ok(rustix::fs::fstat(childs_end)?.st_ino.to_string().into())
}

/// Sends the message. The socket's buffer is empty, so this does not block.
pub(crate) fn send(socket: &OwnedFd, message: &[u8], descriptors: &[BorrowedFd<'_>; DESCRIPTORS]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if message.len() > MAX_MESSAGE_SIZE || !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the first message to the child is too long"));
    }
    sendmsg(socket, &[IoSlice::new(message)], &mut ancillary, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Waits for the message. An end of file means that the parent is gone.
pub(crate) fn receive(socket: &OwnedFd) -> io::Result<(Vec<u8>, [OwnedFd; DESCRIPTORS])> {
    let mut message = vec![0; MAX_MESSAGE_SIZE];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        match recvmsg(socket, &mut [IoSliceMut::new(&mut message)], &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            other => break other?,
        }
    };
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

/// What this process is, as far as the marker and its standard input tell.
#[derive(Debug)]
pub(crate) enum Role {
    /// An ordinary program: no marker, or one that was inherited and is not meant for it.
    Program,
    /// A child, with its control socket taken off its standard input.
    Child(OwnedFd),
    /// A child whose parent died before it could look: nothing to do but end.
    Orphan,
}

/// Finds out. A grandchild inherits the environment, but its standard input is not the socket that the marker names, or
/// the socket's maker is not its parent.
pub(crate) fn role() -> io::Result<Role> {
    let Some(marker) = std::env::var_os(MARKER) else { return Ok(Role::Program) };
    let stdin = rustix::stdio::stdin();
    let named = rustix::fs::fstat(stdin).is_ok_and(|stat| marker.to_str() == Some(&stat.st_ino.to_string()));
    if !named || !sockopt::socket_type(stdin).is_ok_and(|kind| kind == SocketType::SEQPACKET) {
        return Ok(Role::Program);
    }
    let maker = sockopt::socket_peercred(stdin)?.pid;
    if getppid() == Some(maker) {
        return take_off_stdin(stdin).map(Role::Child);
    }
    Ok(if descends_from(maker) { Role::Program } else { Role::Orphan })
}

/// Whether this process is among our ancestors. It is if the marker was inherited with the socket, from a child that
/// started us before its `init`. An orphan belongs to init or a subreaper, which is above its dead parent, never below.
/// That the socket has hung up would say less: a dying parent of many threads loses its children before its descriptors.
fn descends_from(maker: Pid) -> bool {
    std::iter::successors(getppid(), |&ancestor| parent_of(ancestor)).any(|ancestor| ancestor == maker)
}

fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    // The name stands in brackets, and may contain any byte; the state and the parent's id follow.
    let text = String::from_utf8_lossy(&stat);
    let (_, fields) = text.rsplit_once(") ")?;
    Pid::from_raw(fields.split(' ').nth(1)?.parse().ok()?)
}

/// The socket moves away and standard input becomes `/dev/null`: methods may read it, and find its end.
fn take_off_stdin(stdin: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let socket = rustix::io::fcntl_dupfd_cloexec(stdin, 3)?;
    let null = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(null.as_fd())?;
    Ok(socket)
}
