//! In the object's process: garbage over the descriptors that it shares with its parent.

use std::fs;
use std::io::{IoSlice, Write};
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use fastrand::Rng;
use rustix::fs::{MemfdFlags, OFlags, SealFlags, fcntl_add_seals, fcntl_setfl, ftruncate, memfd_create};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg, sockopt};

/// The most descriptors of one packet.
const MOST: usize = 20;

pub fn misbehave(rng: &mut Rng, call: u64, slots: usize) {
    match rng.u8(..6) {
        0 => ring(rng),
        1 => write_snapshots(rng),
        2 => print(rng),
        _ => {
            let call = call + rng.u64(..=slots as u64);
            send(rng, call);
        }
    }
}

/// The descriptors of this process whose target contains this text.
fn descriptors(text: &str) -> Vec<RawFd> {
    let Ok(entries) = fs::read_dir("/proc/self/fd") else { return Vec::new() };
    let is_wanted =
        |path: &std::path::Path| fs::read_link(path).is_ok_and(|target| target.to_string_lossy().contains(text));
    let paths = entries.flatten().map(|entry| entry.path()).filter(|path| is_wanted(path));
    paths.filter_map(|path| path.file_name()?.to_str()?.parse().ok()).filter(|number| *number > 2).collect()
}

/// Runs `work` with this descriptor, which the library keeps open.
#[allow(unsafe_code)]
fn with<R>(number: RawFd, work: impl FnOnce(BorrowedFd<'_>) -> R) -> R {
    // SAFETY: it was open a moment ago. If the library has closed it since, `work` gets an error or
    // hits another descriptor, which a hostile process may do.
    work(unsafe { BorrowedFd::borrow_raw(number) })
}

/// Rings or silences a doorbell, for nothing. Or fills it and has writes to it block, also those of
/// the parent, with which it shares the open file.
fn ring(rng: &mut Rng) {
    let is_to_block = rng.u8(..4) == 0;
    for bell in descriptors("[eventfd]") {
        let count = rng.choice([0, 1, 2, 1 << 40, u64::MAX - 1]).expect("one");
        with(bell, |bell| {
            if is_to_block {
                let _is_full = rustix::io::write(bell, &(u64::MAX - 1).to_ne_bytes());
                let _is_closed = fcntl_setfl(bell, OFlags::empty());
            } else if rng.bool() {
                let _is_full = rustix::io::write(bell, &count.to_ne_bytes());
            } else {
                let _is_silent = rustix::io::read(bell, &mut [0; 8]);
            }
        });
    }
}

fn send(rng: &mut Rng, call: u64) {
    let Some(&socket) = descriptors("socket:").first() else { return };
    let messages = rng.usize(..4);
    let mut bytes: Vec<u8> = Vec::new();
    for _ in 0..messages {
        bytes.extend(call.to_ne_bytes());
        let position = if rng.u8(..4) == 0 { rng.u64(..) } else { rng.u64(..3) };
        bytes.extend(position.to_ne_bytes());
    }
    match rng.u8(..6) {
        0 => bytes.push(7),
        1 => bytes = format!("cannot begin: {}", "x".repeat(rng.usize(..100))).into_bytes(),
        _ => {}
    }
    let most = if rng.u8(..8) == 0 { MOST } else { 3 };
    let files: Vec<_> = (0..rng.usize(..most)).filter_map(|_| file(rng)).collect();
    let files: Vec<_> = files.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if files.is_empty() || ancillary.push(SendAncillaryMessage::ScmRights(&files)) {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        let _is_full = with(socket, |socket| sendmsg(socket, &[IoSlice::new(&bytes)], &mut ancillary, flags));
    }
}

/// A file that may pass for shared memory: with all seals or few, with holes, of any size; or
/// something else.
fn file(rng: &mut Rng) -> Option<OwnedFd> {
    if rng.u8(..5) == 0 {
        let path = rng.choice(["/dev/null", "/proc/self/exe", "/proc/self", "/dev/zero"]).expect("one");
        return fs::File::open(path).ok().map(OwnedFd::from);
    }
    if rng.u8(..20) == 0 {
        return lingering();
    }
    let file = memfd_create("garbage", MemfdFlags::ALLOW_SEALING | MemfdFlags::CLOEXEC).ok()?;
    if rng.bool() {
        rustix::io::write(&file, &vec![7; rng.usize(..9000)]).ok()?;
    }
    if rng.u8(..3) == 0 {
        ftruncate(&file, rng.choice([0, 1, 4096, 1 << 40, i64::MAX as u64]).expect("one")).ok()?;
    }
    let seals = [SealFlags::WRITE | SealFlags::SHRINK, SealFlags::WRITE, SealFlags::GROW, SealFlags::empty()];
    fcntl_add_seals(&file, rng.choice(seals).expect("one")).ok()?;
    Some(file)
}

/// A connection whose close blocks for a while: nobody reads what was sent.
fn lingering() -> Option<OwnedFd> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
    let mut stream = TcpStream::connect(listener.local_addr().ok()?).ok()?;
    sockopt::set_socket_linger(&stream, Some(Duration::from_secs(2))).ok()?;
    stream.set_nonblocking(true).ok()?;
    while stream.write(&[7; 65_536]).is_ok() {}
    // The other end stays open, unread, until this process ends.
    std::mem::forget(listener);
    Some(stream.into())
}

/// Writes any header into the files of the snapshots, with a check word that is right.
fn write_snapshots(rng: &mut Rng) {
    for file in descriptors("memfd:concurrent-object:snapshot") {
        let magic = u64::from_ne_bytes(*rng.choice([b"snapshot", b"no state"]).expect("one"));
        let (sequence, cut, end) = (rng.u64(..), rng.u64(..100), rng.u64(..5000));
        let check = sequence.rotate_left(48) ^ cut.rotate_left(24) ^ end ^ !u64::from_ne_bytes(*b"snapshot");
        let words = [magic, sequence, cut, end, check].map(u64::to_ne_bytes);
        with(file, |file| {
            let _is_sealed = rustix::io::pwrite(file, words.as_flattened(), 0);
            let _is_sealed = ftruncate(file, rng.u64(..10_000));
        });
    }
}

/// Prints the marks of panics and of events, and more.
fn print(rng: &mut Rng) {
    let mut text: Vec<u8> = rng
        .choice([
            &b"\x02concurrent-object: event\x03"[..],
            b"\x02concurrent-object: a panic begins\x03\n",
            b"\x1b[2J",
            b"",
        ])
        .expect("one")
        .to_vec();
    text.extend((0..rng.usize(..200)).map(|_| rng.u8(..)));
    drop(std::io::stderr().write_all(&text));
    drop(std::io::stdout().write_all(&text));
}
