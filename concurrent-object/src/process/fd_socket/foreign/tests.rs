//! Tests what a process that is not trusted sends.

use std::io::IoSlice;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::*;
use crate::process::handshake::control_socket;

const SOON: Duration = Duration::from_secs(60);

/// Runs `work`, and fails if it blocks. `linger` is how long a close would.
#[track_caller]
fn unblocked<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, finished) = mpsc::channel();
    thread::spawn(move || done.send(work()));
    finished.recv_timeout(SOON).expect("it does not block")
}

/// A socket whose last close blocks for an hour: its peer reads nothing, and it has unsent data.
fn lingering() -> (OwnedFd, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut here = TcpStream::connect(listener.local_addr().expect("bound")).expect("connected");
    let (there, _) = listener.accept().expect("connected");
    here.set_nonblocking(true).expect("flags");
    while here.write(&[0; 65536]).is_ok() {}
    here.set_nonblocking(false).expect("flags");
    sockopt::set_socket_linger(&here, Some(Duration::from_secs(3600))).expect("an option");
    (here.into(), there)
}

fn send_raw(socket: &OwnedFd, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() {
        assert!(ancillary.push(SendAncillaryMessage::ScmRights(descriptors)));
    }
    sendmsg(socket, &[IoSlice::new(bytes)], &mut ancillary, SendFlags::DONTWAIT).expect("sent");
}

fn memory_file() -> OwnedFd {
    memfd_create("test", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).expect("a memory file")
}

#[test]
fn sockets_that_linger_are_received_and_closed_without_blocking() {
    let (here, there) = control_socket().expect("a socket");
    let (lingering, _peer) = lingering();
    send_raw(&there, &[0; LENGTH], &[lingering.as_fd()]);
    drop(lingering);
    assert!(unblocked(move || matches!(receive_from_child(&here), Received::Invalid)));
}

#[test]
fn a_socket_with_messages_in_it_is_closed_without_blocking() {
    for bytes in [&[0; LENGTH][..], &[]] {
        let (here, there) = control_socket().expect("a socket");
        let (lingering, _peer) = lingering();
        if bytes.is_empty() {
            send_raw(&there, &[], &[]);
        }
        send_raw(&there, bytes, &[lingering.as_fd()]);
        drop((lingering, there));
        let origin = Origin::here().expect("a page");
        unblocked(move || drop(ParentSocket::new(here, origin)));
    }
}

#[test]
fn the_last_words_of_a_process_are_read_without_blocking() {
    let (here, there) = control_socket().expect("a socket");
    let (lingering, _peer) = lingering();
    send_raw(&there, b"words", &[lingering.as_fd()]);
    drop((lingering, there));
    assert_eq!(unblocked(move || receive_last(&here, 100)).as_deref(), Some(&b"words"[..]));
}

#[test]
fn only_whole_messages_with_a_memory_file_or_none_are_passed_on() {
    let (here, there) = control_socket().expect("a socket");
    let file = memory_file();
    send_raw(&there, &[7; LENGTH], &[]);
    assert!(matches!(receive_from_child(&here), Received::Message(_, None)));
    send_raw(&there, &[7; LENGTH], &[file.as_fd()]);
    assert!(matches!(receive_from_child(&here), Received::Message(_, Some(_))));
    let refused: [(&[u8], &[BorrowedFd<'_>]); 6] = [
        (&[], &[file.as_fd()]),
        (&[7; LENGTH - 1], &[]),
        (&[7; LENGTH + 1], &[]),
        (&[7; LENGTH], &[file.as_fd(), file.as_fd()]),
        (&[7; LENGTH], &[file.as_fd(); MAX_DESCRIPTORS]),
        (&[7; LENGTH], &[here.as_fd()]),
    ];
    for (bytes, descriptors) in refused {
        send_raw(&there, bytes, descriptors);
        assert!(matches!(receive_from_child(&here), Received::Invalid), "{} bytes", bytes.len());
    }
    assert!(matches!(receive_from_child(&here), Received::Nothing));
    drop(there);
    assert!(matches!(receive_from_child(&here), Received::End));
}
