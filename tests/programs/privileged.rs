//! A program whose file may be set-uid, or unreadable. Its argument selects what it does, and it
//! prints what it observes.
#![allow(unsafe_code)]

use std::error::Error;
use std::io::{IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::{env, fs, io};

use concurrent_object::concurrent_object;
use concurrent_object_tests::deadline::wait_for;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};
use rustix::process::{getegid, geteuid, getgid, getuid};
use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities};

/// An object that reports its identity.
struct Whoami;

#[concurrent_object]
impl Whoami {
    pub fn new() -> Self {
        Self
    }

    /// Returns the real and the effective user, the real and the effective group.
    pub fn ids(&self) -> [u32; 4] {
        [getuid().as_raw(), geteuid().as_raw(), getgid().as_raw(), getegid().as_raw()]
    }

    /// Whether the process is permitted to use this capability.
    pub fn may_use_raw_sockets(&self) -> bool {
        permitted().contains(CapabilitySet::NET_RAW)
    }
}

fn permitted() -> CapabilitySet {
    capabilities(None).expect("it may ask").permitted
}

fn give_up_raw_sockets() {
    let own = capabilities(None).expect("it may ask");
    assert!(own.permitted.contains(CapabilitySet::NET_RAW), "root has it");
    let less = own.permitted - CapabilitySet::NET_RAW;
    let inheritable = own.inheritable & less;
    set_capabilities(None, CapabilitySets { effective: own.effective & less, permitted: less, inheritable })
        .expect("less is allowed");
}

/// More than the descriptors of a first message.
const SPACE: usize = 32;

/// The variable that marks a child.
const MARKER: &str = "CONCURRENT_OBJECT_CHILD";

fn main() -> Result<(), Box<dyn Error>> {
    let mode = env::args().nth(1).unwrap_or_default();
    if mode == "forge" && env::var_os(MARKER).is_some() {
        return forge();
    }
    concurrent_object::init();
    println!("main runs");
    match mode.as_str() {
        "victim" => return Ok(()),
        "drop" => {
            // SAFETY: `setgid` has no precondition.
            let group = unsafe { libc::setgid(getgid().as_raw()) };
            // SAFETY: `setuid` has no precondition.
            let user = unsafe { libc::setuid(getuid().as_raw()) };
            assert_eq!((group, user), (0, 0), "{}", io::Error::last_os_error());
        }
        "chroot" => std::os::unix::fs::chroot(env::args().nth(2).expect("a folder"))?,
        "less" => give_up_raw_sockets(),
        _ => {}
    }
    match WhoamiProxy::builder("whoami").start() {
        Ok(whoami) => {
            println!("object: {:?}", whoami.ids().wait()?);
            println!("raw sockets: {}", whoami.may_use_raw_sockets().wait()?);
        }
        Err(error) => println!("refused: {error:?}"),
    }
    Ok(())
}

/// Runs in a child of this program, before `init()`. Forwards the message from its parent to the
/// same program, once that is set-uid.
fn forge() -> Result<(), Box<dyn Error>> {
    let mut message = vec![0; 1 << 16];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(SPACE))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received =
        recvmsg(rustix::stdio::stdin(), &mut [IoSliceMut::new(&mut message)], &mut ancillary, RecvFlags::empty())?;
    let mut descriptors: Vec<OwnedFd> = Vec::new();
    for part in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = part {
            descriptors.extend(received);
        }
    }
    println!("ready");
    io::stdout().flush()?;
    let program = env::current_exe()?;
    wait_for("the program is set-uid", || {
        fs::metadata(&program).is_ok_and(|file| file.permissions().mode() & 0o4000 != 0)
    });

    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(SPACE))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let borrowed: Vec<_> = descriptors.iter().map(std::os::fd::AsFd::as_fd).collect();
    assert!(ancillary.push(SendAncillaryMessage::ScmRights(&borrowed)));
    sendmsg(&ours, &[io::IoSlice::new(&message[..received.bytes])], &mut ancillary, SendFlags::empty())?;
    // The part before the inode number is the same for every child.
    let marker = env::var(MARKER)?;
    let prefix = marker.rfind(':').map_or("", |colon| &marker[..=colon]);
    let marker = format!("{prefix}{}", rustix::fs::fstat(&theirs)?.st_ino);
    let status = Command::new(program).arg("victim").env(MARKER, marker).stdin(Stdio::from(theirs)).status()?;
    println!("victim: {status}");
    Ok(())
}
