//! The target for shared files: descriptors of any kind that a child sends in place of one.

use std::io::ErrorKind;
use std::os::fd::OwnedFd;

use rustix::fs::{FallocateFlags, MemfdFlags, SealFlags, fallocate, fcntl_add_seals, ftruncate, memfd_create};

use super::choices::Choices;
use super::runner::{Outcomes, Target, run};
use crate::memory::sealed::Sealed;
use crate::shared::file::open;

const FILES: Target = Target { name: "files", share: 15, seeds, play };

const SEALS: [SealFlags; 5] =
    [SealFlags::WRITE, SealFlags::SHRINK, SealFlags::GROW, SealFlags::SEAL, SealFlags::FUTURE_WRITE];

fn seeds() -> Vec<Vec<u8>> {
    vec![vec![0, 0, 100, 7, 0, 100, 1, 1, 1, 1, 0], vec![0, 1, 4, 0, 0, 0, 1, 1, 0, 0, 0], vec![9, 1]]
}

#[test]
fn files_are_sealed_and_have_all_their_pages_or_are_refused() {
    run(&FILES);
}

fn play(input: &[u8], outcomes: &mut Outcomes) {
    let mut choices = Choices::new(input);
    if choices.byte() == 9 {
        let file = other_file(choices.byte());
        let refused = Sealed::map(&file).map(drop).map_err(|error| error.kind());
        assert_eq!(refused, Err(ErrorKind::InvalidData));
        return outcomes.note(refused.is_ok());
    }
    let size = choices.number(4096) % (1 << 40);
    let room = choices.number(size).min(1 << 20);
    let file = memfd_create("test", MemfdFlags::ALLOW_SEALING | MemfdFlags::CLOEXEC).expect("a memory file");
    if room > 0 {
        // It may reach beyond the end of the file: such pages are not in it.
        fallocate(&file, FallocateFlags::KEEP_SIZE, 0, room).expect("room");
    }
    ftruncate(&file, size).expect("a size");
    let seals = SEALS.into_iter().filter(|_| choices.flag()).fold(SealFlags::empty(), |seals, seal| seals | seal);
    fcntl_add_seals(&file, seals).expect("sealed");
    let is_frozen = seals.contains(SealFlags::WRITE | SealFlags::SHRINK);
    let has_pages = room.next_multiple_of(4096).min(size.next_multiple_of(4096)) >= size;
    let mapped = Sealed::map(&file);
    assert_eq!(mapped.is_ok(), is_frozen && has_pages, "{size} bytes, room for {room}, {seals:?}");
    outcomes.note((is_frozen, has_pages, size == 0));
    if let Ok(mapped) = mapped {
        assert_eq!(mapped.bytes().len() as u64, size);
        assert!(mapped.bytes().first().is_none_or(|byte| *byte == 0));
        let shared = open(file).expect("it was mapped just now");
        assert_eq!(shared.bytes().len() as u64, size);
    }
}

/// A descriptor of no memory file.
fn other_file(kind: u8) -> OwnedFd {
    match kind % 4 {
        0 => std::fs::File::open("/dev/null").expect("it exists").into(),
        1 => std::fs::File::open("/proc/self/exe").expect("it exists").into(),
        2 => std::io::pipe().expect("a pipe").0.into(),
        _ => rustix::event::eventfd(0, rustix::event::EventfdFlags::CLOEXEC).expect("an event"),
    }
}
