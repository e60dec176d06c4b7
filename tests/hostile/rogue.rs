//! An object whose process attacks its parent through what the two share.

use std::fs::{self, OpenOptions};
use std::io::{IoSlice, Write as _};
use std::mem::MaybeUninit;
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::thread;
use std::time::Duration;

use concurrent_object::{Shared, concurrent_object};
use concurrent_object_tests::census::entries;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, SealFlags, fcntl_add_seals, fcntl_setfl, ftruncate};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketType, sendmsg, sockopt};

const MAGIC: u64 = u64::from_ne_bytes(*b"snapshot");

/// The attacker.
pub struct Rogue {
    count: u64,
}

#[concurrent_object]
impl Rogue {
    pub fn new() -> Self {
        Self { count: 0 }
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> u64 {
        self.count
    }

    #[concurrent_object(restore)]
    fn load(count: u64) -> Self {
        Self { count }
    }

    /// Does nothing wrong.
    pub fn count(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Makes each doorbell one whose writes block, and fills it whenever it is not full.
    pub fn fill_bells(&self) -> usize {
        let bells = open_files("anon_inode:[eventfd]");
        for &bell in &bells {
            thread::spawn(move || {
                loop {
                    // An error is of no interest: it is full, or the flag was set again.
                    let _blocks = fcntl_setfl(bell, OFlags::empty());
                    let _filled = rustix::io::write(bell, &(u64::MAX - 1).to_ne_bytes());
                }
            });
        }
        bells.len()
    }

    /// Takes the rings of each doorbell away, just after the parent has seen them.
    pub fn steal_rings(&self) {
        for bell in open_files("anon_inode:[eventfd]") {
            thread::spawn(move || {
                loop {
                    // An error is of no interest: the other end may set the flag again.
                    let _rung = poll(&mut [PollFd::from_borrowed_fd(bell, PollFlags::IN)], None);
                    thread::sleep(Duration::from_micros(20));
                    let _blocks = fcntl_setfl(bell, OFlags::empty());
                    let _taken = rustix::io::read(bell, &mut [0; 8]);
                }
            });
        }
    }

    /// Rings without end.
    pub fn ring(&self) {
        let bells = open_files("anon_inode:[eventfd]");
        loop {
            for &bell in &bells {
                // EAGAIN: it is full.
                let _full = rustix::io::write(bell, &1_u64.to_ne_bytes());
            }
        }
    }

    /// Sends a socket that lingers, then a file that is none, as the files of this call. `port` is
    /// one at which nothing is read.
    pub fn send_lingering(&self, port: u16, call: u64) -> Shared<[u8]> {
        send_to_parent(&[call, 0], &[lingering(port)]);
        Shared::filled(100, |bytes| bytes.fill(1)).expect("room")
    }

    /// Leaves a socket that lingers in the control socket.
    pub fn leave_lingering(&self, port: u16) {
        send_to_parent(&[u64::MAX, 0], &[lingering(port)]);
    }

    /// Writes a byte into each pipe that it can open. Returns how many there were.
    pub fn write_into_pipes(&self) -> usize {
        let pipes = open_files("pipe:").into_iter().map(|pipe| pipe.as_raw_fd()).filter(|&number| number > 2);
        let open = |number| OpenOptions::new().write(true).open(format!("/proc/self/fd/{number}")).ok();
        pipes.filter_map(open).filter_map(|mut pipe| pipe.write_all(&[0]).ok()).count()
    }

    /// Makes each saved state one of `size` bytes, nearly all of them a hole, and keeps the parent
    /// from sealing it. Then dies.
    pub fn claim_holes(&self, size: u64) {
        for file in open_files("/memfd:concurrent-object:snapshot") {
            let end = size - 64;
            let words = [MAGIC, 1 << 20, 0, end, (1_u64 << 20).rotate_left(48) ^ end ^ !MAGIC];
            ftruncate(file, size).expect("a size");
            rustix::io::pwrite(file, words.map(u64::to_ne_bytes).as_flattened(), 0).expect("written");
            fcntl_add_seals(file, SealFlags::SHRINK | SealFlags::SEAL).expect("sealed");
        }
        std::process::abort();
    }

    /// Returns how many files of this directory are open.
    pub fn open_files_of(&self, directory: &str) -> usize {
        open_files(directory).len()
    }

    /// Returns after this time.
    pub fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }
}

/// Returns the open descriptors whose files have such a name.
fn open_files(name: &str) -> Vec<BorrowedFd<'static>> {
    let is_one = |number: &String| {
        fs::read_link(format!("/proc/self/fd/{number}")).is_ok_and(|link| link.to_string_lossy().starts_with(name))
    };
    let numbers = entries("/proc/self/fd").into_iter().filter(is_one).filter_map(|number| number.parse().ok());
    // SAFETY: they belong to the library, which keeps them open until the process ends.
    numbers.map(|number: RawFd| unsafe { BorrowedFd::borrow_raw(number) }).collect()
}

/// Returns a socket whose last close blocks for an hour.
fn lingering(port: u16) -> TcpStream {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("connected");
    socket.set_nonblocking(true).expect("flags");
    while socket.write(&[0; 1 << 16]).is_ok() {}
    socket.set_nonblocking(false).expect("flags");
    sockopt::set_socket_linger(&socket, Some(Duration::from_secs(3600))).expect("an option");
    socket
}

/// Sends a control message with these files, and closes them here.
fn send_to_parent(words: &[u64; 2], files: &[TcpStream]) {
    let files: Vec<_> = files.iter().map(AsFd::as_fd).collect();
    let bytes = words.map(u64::to_ne_bytes);
    for socket in open_files("socket:") {
        if sockopt::socket_type(socket) != Ok(SocketType::SEQPACKET) {
            continue;
        }
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        assert!(ancillary.push(SendAncillaryMessage::ScmRights(&files)));
        sendmsg(socket, &[IoSlice::new(bytes.as_flattened())], &mut ancillary, SendFlags::NOSIGNAL).expect("sent");
    }
}
