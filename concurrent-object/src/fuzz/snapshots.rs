//! The target for snapshots: the files that a child leaves, with any header and any size.

use super::choices::Choices;
use super::runner::{Outcomes, Target, run};
use crate::memory::sealed::Unsealed;
use crate::memory::snapshot_buffer::{BODY, Contents, SnapshotBuffer};

const SNAPSHOTS: Target = Target { name: "snapshots", share: 15, seeds, play };

const PAGE: usize = 4096;

const MAGICS: [u64; 2] = [u64::from_ne_bytes(*b"snapshot"), u64::from_ne_bytes(*b"no state")];

fn seeds() -> Vec<Vec<u8>> {
    vec![vec![0, 1, 0, 3, 0, 0, 9, 3, 40, 1], vec![1, 1, 0, 3, 0, 0, 9, 3, 40, 1]]
}

#[test]
fn headers_of_snapshots_fit_their_files_or_are_refused() {
    run(&SNAPSHOTS);
}

fn play(input: &[u8], outcomes: &mut Outcomes) {
    let mut choices = Choices::new(input);
    let kind = choices.below(2);
    let magic = if choices.below(8) == 7 { choices.word() } else { MAGICS[kind] };
    let (sequence, cut, end) = (choices.number(1), choices.number(0), choices.number(64));
    let honest = sequence.rotate_left(48) ^ cut.rotate_left(24) ^ end ^ !MAGICS[0];
    let check = if choices.below(8) == 7 { choices.word() } else { honest };
    let size = choices.number(end.wrapping_add(BODY as u64)) as usize % (1 << 24);
    let header = [magic, sequence, cut, end, check].map(u64::to_ne_bytes);
    let bytes = header.as_flattened();
    let file = Unsealed::new("test").expect("a memory file");
    file.write(0, &bytes[..size.min(bytes.len())]).expect("written");
    if size > bytes.len() {
        file.write(size - 1, b"x").expect("written");
    }
    let is_whole = size >= bytes.len() && check == honest && cut <= end;
    let is_sound = is_whole && end.checked_add(BODY as u64).is_some_and(|whole| whole <= size as u64);
    // Only the first and the last page are written.
    let stored = if size > 2 * PAGE { PAGE } else { size };
    let is_stored = is_sound && end + BODY as u64 <= stored as u64;
    let buffer = SnapshotBuffer::of(file.seal().expect("sealed"));
    let (contents, reason) = (buffer.contents().expect("readable"), buffer.reason().expect("readable"));
    let expected = Contents { sequence, cut: cut as usize, end: end as usize };
    assert_eq!(contents, (is_stored && magic == MAGICS[0]).then_some(expected), "{magic:x} {cut} {end} of {size}");
    assert_eq!(reason.is_some(), is_sound && magic == MAGICS[1]);
    assert!(reason.as_ref().is_none_or(|reason| reason.len() <= 3 * 4096));
    outcomes.note((contents.is_some(), reason.is_some(), is_whole, is_stored, size >= bytes.len()));
}
