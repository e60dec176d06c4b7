//! Replaces `skip` on each function by `skip_unsupported` on the block, and finds the methods that
//! cannot be called then.

use crate::block::Block;
use crate::message::Place;
use crate::scratch::{Finding, Scratch};

/// In each round at least one function is skipped, or one block keeps its skips.
const MAX_ROUNDS: usize = 40;

/// Returns the names of the methods of each block that cannot be called. The blocks compile before.
///
/// # Panics
/// If there is no end.
pub(crate) fn settle(scratch: &Scratch, blocks: &mut [Block]) -> Vec<Vec<String>> {
    for block in blocks.iter_mut() {
        block.share();
        block.is_settled = true;
    }
    for _ in 0..MAX_ROUNDS {
        let modules: Vec<_> = blocks.iter().map(|block| (block.name.as_str(), block.probed_text())).collect();
        let findings = scratch.check(&modules);
        if !blocks.iter_mut().any(|block| answer(block, &findings)) {
            let lost = |block: &Block| {
                let names = block.lost(|line| is_at(block, &findings, line));
                names.into_iter().map(str::to_owned).collect()
            };
            return blocks.iter().map(lost).collect();
        }
    }
    panic!("errors are left after {MAX_ROUNDS} rounds");
}

/// Skips the functions that `skip_unsupported` does not leave out. Returns `false` if there are no
/// errors outside the probes.
fn answer(block: &mut Block, findings: &[Finding]) -> bool {
    let positions = findings.iter().filter_map(|finding| finding.places.first());
    let own = positions.filter(|position| position.module == block.name && !block.is_probe(position.line));
    let places: Vec<_> = own.map(|position| block.place(position.line, position.column)).collect();
    let mut is_answered = false;
    for place in &places {
        is_answered |= matches!(place, Place::Function(number) if block.skip(*number));
    }
    if !places.is_empty() && !is_answered {
        assert!(block.is_settled, "{} compiled before", block.name);
        block.is_settled = false;
    }
    !places.is_empty()
}

fn is_at(block: &Block, findings: &[Finding], line: usize) -> bool {
    let mut positions = findings.iter().filter_map(|finding| finding.places.first());
    positions.any(|position| position.module == block.name && position.line == line)
}
