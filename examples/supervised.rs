//! An object that crashes now and then is made anew each time, with the state that it had. What it had not begun is served by its
//! successor; what can be repeated is; and the deaths are told of.
//!
//! Run it: `cargo run --release --example supervised`

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use concurrent_object::{CallError, RestartPolicy, concurrent_object};

/// Stands for a parser in another language that some documents bring down.
struct Parser {
    dictionary: BTreeSet<String>,
    texts: u64,
}

#[concurrent_object]
impl Parser {
    /// The arguments are kept: each process gets the same ones.
    pub fn new(words: Vec<String>) -> Self {
        Self { dictionary: words.into_iter().collect(), texts: 0 }
    }

    /// What is worth keeping: the parent does, after each call.
    #[concurrent_object(snapshot)]
    fn save(&self) -> (&BTreeSet<String>, u64) {
        (&self.dictionary, self.texts)
    }

    /// Each further process begins with that. What the constructor was given comes too.
    #[concurrent_object(restore)]
    fn load(state: (BTreeSet<String>, u64), _words: Vec<String>) -> Self {
        let (dictionary, texts) = state;
        Self { dictionary, texts }
    }

    /// One more word that is known.
    pub fn learn(&mut self, word: String) {
        self.dictionary.insert(word);
    }

    /// How many texts were counted.
    pub fn texts(&self) -> u64 {
        self.texts
    }

    /// How many words of the text are known.
    pub fn count_known(&mut self, text: &str) -> usize {
        if text.contains("\u{fffd}") {
            std::process::abort(); // as such parsers do
        }
        self.texts += 1;
        text.split_whitespace().filter(|&word| self.dictionary.contains(word)).count()
    }

    /// Does no harm if it is done twice, so it is done again if the process dies meanwhile.
    #[concurrent_object(idempotent)]
    pub fn is_known(&self, word: &str) -> bool {
        self.dictionary.contains(word)
    }
}

fn main() -> Result<()> {
    concurrent_object::init();
    let words = ["the", "quick", "brown", "fox"].map(str::to_owned).to_vec();
    let parser = ParserProxy::builder("parser")
        .restart(
            RestartPolicy::on_death()
                .max(3)
                .within(Duration::from_secs(10))
                .backoff(Duration::ZERO..Duration::from_secs(1)),
        )
        .on_death(|death| println!("died:    {death}"))
        .start(words)?;

    parser.learn("bread".into()).wait()?;
    let texts = ["the quick fox", "a broken \u{fffd} text", "brown bread", "the end"];
    // All at once: what stands behind the broken one waits, and is served by the next process.
    let calls = texts.map(|text| (text, parser.count_known(text)));
    for (text, call) in calls {
        match call.wait() {
            Ok(known) => println!("{known} known: {text}"),
            Err(CallError::Died { .. }) => println!("broken:  {text}"),
            Err(other) => return Err(other.into()),
        }
    }
    println!("fox is known: {}", parser.is_known("fox").wait()?);
    println!("bread is known: {}, texts: {}", parser.is_known("bread").wait()?, parser.texts().wait()?);
    println!("processes: {}", parser.handle().incarnation());
    parser.terminate()?;
    Ok(())
}
