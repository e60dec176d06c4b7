//! Plays the states of one target, and counts them.
//!
//! Invariant: a failure prints the input that leads to it, and the same seed finds it again.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;
use std::{env, fmt, fs};

use super::corpus::CORPUS;
use super::mutator::{Random, mutated};

/// How many states are played if the environment says nothing: few enough for each test run.
const FEW: u64 = 60_000;

/// The most inputs that a run keeps.
const MAX_KEPT: usize = 4096;

/// A part of the parent, and how its inputs are judged.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// Its part of all states, of 1000.
    pub(crate) share: u64,
    /// Inputs to begin with.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
    /// Plays one input. Panics if the parent does not do as the judge says.
    pub(crate) play: fn(&[u8], &mut Outcomes),
}

/// The outcomes of an input in the parent.
#[derive(Default)]
pub(crate) struct Outcomes {
    states: u64,
    kinds: DefaultHasher,
}

impl Outcomes {
    /// Notes one state, and what kind of outcome it had.
    pub(crate) fn note(&mut self, kind: impl Hash) {
        self.states += 1;
        kind.hash(&mut self.kinds);
    }
}

/// Plays the target: the corpus first, then mutated inputs.
pub(crate) fn run(target: &Target) {
    if let Some(input) = chosen("FUZZ_INPUT") {
        (target.play)(&from_hex(&input), &mut Outcomes::default());
        return;
    }
    let number = |name| chosen(name).map(|text| text.parse().expect("a number"));
    let wanted = number("FUZZ_STATES").unwrap_or(FEW) * target.share / 1000;
    let seed = number("FUZZ_SEED").unwrap_or(1);
    let last = chosen("FUZZ_LAST").map(|path| File::create(format!("{path}/{}.last", target.name)).expect("created"));
    let mut session = Session { target, last, seed, states: 0, seen: HashSet::new(), kept: Vec::new() };
    let began = Instant::now();
    let of_target = CORPUS.iter().filter(|(name, _)| *name == target.name).map(|(_, input)| from_hex(input));
    let first: Vec<_> = (target.seeds)().into_iter().chain(of_target).collect();
    session.kept.push(Vec::new());
    first.into_iter().for_each(|input| session.play(input, true));
    let from_corpus = session.kept.len();
    let mut random = Random(seed ^ target.name.bytes().fold(0, |sum, byte| sum * 31 + u64::from(byte)));
    while session.states < wanted {
        // The parent refused most inputs that are kept. So half of the new ones are mutations of
        // the corpus, of which many are sound.
        let of_given = random.below(2) == 0;
        let input = mutated(&mut random, if of_given { &session.kept[..from_corpus] } else { &session.kept });
        session.play(input, false);
    }
    println!(
        "fuzz {}: {} states, {} kinds of outcomes, {} inputs kept of which {from_corpus} are given, seed {seed}, {:.1} s",
        target.name,
        session.states,
        session.seen.len(),
        session.kept.len(),
        began.elapsed().as_secs_f64(),
    );
    if let Some(path) = chosen("FUZZ_KEEP") {
        let lines = session.kept.iter().skip(from_corpus).map(|input| format!("{} {}\n", target.name, Hex(input)));
        fs::write(format!("{path}/{}.kept", target.name), lines.collect::<String>()).expect("written");
    }
}

struct Session<'t> {
    target: &'t Target,
    /// Its first line is the present input, in case that ends this process.
    last: Option<File>,
    seed: u64,
    states: u64,
    seen: HashSet<u64>,
    kept: Vec<Vec<u8>>,
}

impl Session<'_> {
    fn play(&mut self, input: Vec<u8>, is_given: bool) {
        if let Some(file) = &self.last {
            file.write_all_at(format!("{}\n", Hex(&input)).as_bytes(), 0).expect("written");
        }
        let mut outcomes = Outcomes::default();
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| (self.target.play)(&input, &mut outcomes))) {
            let (name, seed, states) = (self.target.name, self.seed, self.states);
            eprintln!("fuzz {name}: found after {states} states with seed {seed}: FUZZ_INPUT={}", Hex(&input));
            resume_unwind(payload);
        }
        self.states += outcomes.states;
        let is_new = self.seen.insert(outcomes.kinds.finish());
        if is_given || (is_new && self.kept.len() < MAX_KEPT) {
            self.kept.push(input);
        }
    }
}

fn chosen(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}

struct Hex<'b>(&'b [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("digits"));
    digits.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal digits")).collect()
}
