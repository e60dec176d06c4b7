//! Damages inputs: bits, bytes, numbers, and parts that are removed, repeated, or taken from other
//! inputs.

/// Random numbers (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }
}

/// The longest input.
const MAX_INPUT: usize = 1024;

/// Returns an input that differs from one of the corpus in a few places.
pub(crate) fn mutated(random: &mut Random, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut input = corpus[random.below(corpus.len())].clone();
    for _ in 0..1 + random.below(4) {
        mutate(random, &mut input, corpus);
    }
    input.truncate(MAX_INPUT);
    input
}

fn mutate(random: &mut Random, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
    let at = random.below(input.len() + 1);
    let span = at..(at + 1 + random.below(16)).min(input.len());
    match random.below(10) {
        0 => input.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << random.below(8)),
        1 => input.get_mut(at).into_iter().for_each(|byte| *byte = random.next() as u8),
        2 => input
            .get_mut(at)
            .into_iter()
            .for_each(|byte| *byte = byte.wrapping_add(random.below(5) as u8).wrapping_sub(2)),
        3 => put_number(random, input, at),
        4 => drop(input.drain(span)),
        5 => {
            let part = input[span].to_vec();
            input.splice(at..at, part);
        }
        6 => {
            let other = &corpus[random.below(corpus.len())];
            let part = &other[random.below(other.len() + 1)..];
            input.splice(at.., part.iter().copied());
        }
        7 => {
            let other = &corpus[random.below(corpus.len())];
            let part = &other[random.below(other.len() + 1)..];
            input.splice(at..at, part[..random.below(part.len() + 1)].iter().copied());
        }
        8 => input.truncate(at),
        _ => {
            let count = 1 + random.below(24);
            input.splice(at..at, std::iter::repeat_with(|| random.next() as u8).take(count));
        }
    }
}

/// Overwrites one, two, four or eight bytes with a number that is likely to be a limit.
fn put_number(random: &mut Random, input: &mut [u8], at: usize) {
    let base = match random.below(4) {
        0 => 0,
        1 => u64::MAX,
        2 => 1 << random.below(64),
        _ => random.next(),
    };
    let number = base.wrapping_add(random.below(5) as u64).wrapping_sub(2);
    let (little, big) = (number.to_le_bytes(), number.to_be_bytes());
    let len = 1 << random.below(4);
    let bytes = if random.below(2) == 0 { &little[..len] } else { &big[8 - len..] };
    input[at..].iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
}
