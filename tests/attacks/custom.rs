//! The attacks that are more than one system call.

use std::fs;
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::process::Command;

use concurrent_object_tests::signals::block_all_signals;

use crate::calls::{call, outcome, result_of};
use crate::{Aim, Outcome, path_of};

pub fn read_secret(aim: &Aim) -> Outcome {
    outcome(fs::read(aim.secret()))
}

pub fn write_file(aim: &Aim) -> Outcome {
    outcome(fs::write(path_of(aim, "new"), "text"))
}

pub fn list_directory(aim: &Aim) -> Outcome {
    outcome(fs::read_dir(&aim.directory))
}

pub fn read_link(_aim: &Aim) -> Outcome {
    outcome(fs::read_link("/proc/self/exe"))
}

pub fn memory_of_parent(aim: &Aim) -> Outcome {
    outcome(fs::OpenOptions::new().read(true).write(true).open(format!("/proc/{}/mem", aim.parent)))
}

pub fn environment_of_parent(aim: &Aim) -> Outcome {
    outcome(fs::read(format!("/proc/{}/environ", aim.parent)))
}

pub fn tcp(aim: &Aim) -> Outcome {
    outcome(TcpStream::connect(("127.0.0.1", aim.port)))
}

pub fn udp(_aim: &Aim) -> Outcome {
    outcome(UdpSocket::bind("127.0.0.1:0"))
}

pub fn unix_socket(_aim: &Aim) -> Outcome {
    outcome(UnixDatagram::unbound())
}

pub fn run_program(_aim: &Aim) -> Outcome {
    outcome(Command::new("/bin/true").status())
}

/// A call while all signals are blocked, so that no handler can report it.
pub fn unseen_socket(_aim: &Aim) -> Outcome {
    block_all_signals();
    call(libc::SYS_socket, [2, 1, 0, 0, 0, 0])
}

/// Signals the parent through the process descriptor that the child has of it.
pub fn signal_through_descriptor(_aim: &Aim) -> Outcome {
    let tried = (3..64).map(|descriptor| call(libc::SYS_pidfd_send_signal, [descriptor, 0, 0, 0, 0, 0]));
    tried.into_iter().find(|&outcome| outcome == Outcome::Done).unwrap_or(Outcome::Refused(libc::EBADF))
}

/// Makes a System V object, and removes it again.
fn make_and_remove(make: i64, arguments: [usize; 6], remove: i64, command_at: usize) -> Outcome {
    match result_of(make, arguments) {
        Ok(made) => {
            let mut removal = [usize::try_from(made).expect("an id"), 0, 0, 0, 0, 0];
            removal[command_at] = libc::IPC_RMID.cast_unsigned() as usize;
            call(remove, removal)
        }
        Err(errno) => Outcome::Refused(errno),
    }
}

pub fn shared_segment(_aim: &Aim) -> Outcome {
    make_and_remove(libc::SYS_shmget, [0, 1 << 20, 0o1600, 0, 0, 0], libc::SYS_shmctl, 1)
}

pub fn semaphore(_aim: &Aim) -> Outcome {
    make_and_remove(libc::SYS_semget, [0, 1, 0o1600, 0, 0, 0], libc::SYS_semctl, 2)
}

pub fn message_queue(_aim: &Aim) -> Outcome {
    make_and_remove(libc::SYS_msgget, [0, 0o1600, 0, 0, 0, 0], libc::SYS_msgctl, 1)
}

/// Memory that becomes executable after it was written.
pub fn executable_later(_aim: &Aim) -> Outcome {
    let page = [0, 4096, 3, 0x22, usize::MAX, 0];
    match result_of(libc::SYS_mmap, page) {
        Ok(address) => call(libc::SYS_mprotect, [usize::try_from(address).expect("an address"), 4096, 5, 0, 0, 0]),
        Err(errno) => Outcome::Refused(errno),
    }
}

pub fn thread(_aim: &Aim) -> Outcome {
    outcome(std::thread::Builder::new().spawn(|| ()).map(|thread| thread.join().is_ok()))
}

pub fn exit(_aim: &Aim) -> Outcome {
    std::process::exit(0)
}
