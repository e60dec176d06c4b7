//! An object that crashes now and then restarts each time, with the state that it had.
//!
//! The next instance serves the calls that had not started, and runs idempotent calls again. The
//! hook reports each death.
//!
//! Run it: `cargo run --release --example supervised`

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use concurrent_object::{CallError, RestartPolicy, concurrent_object};

/// Stands for a parser in another language that crashes on some documents.
struct Parser {
    dictionary: BTreeSet<String>,
    texts: u64,
}

#[concurrent_object]
impl Parser {
    /// Creates a parser. The library keeps the arguments: each process gets the same ones.
    pub fn new(words: Vec<String>) -> Self {
        Self { dictionary: words.into_iter().collect(), texts: 0 }
    }

    /// Returns the state. The parent keeps it after each call.
    #[concurrent_object(snapshot)]
    fn save(&self) -> (&BTreeSet<String>, u64) {
        (&self.dictionary, self.texts)
    }

    /// Each later process starts from this state. It also gets the constructor's arguments.
    #[concurrent_object(restore)]
    fn load(state: (BTreeSet<String>, u64), _words: Vec<String>) -> Self {
        let (dictionary, texts) = state;
        Self { dictionary, texts }
    }

    /// Adds a word to the known ones.
    pub fn learn(&mut self, word: String) {
        self.dictionary.insert(word);
    }

    /// Returns the number of texts that were counted.
    pub fn texts(&self) -> u64 {
        self.texts
    }

    /// Returns the number of known words in the text.
    pub fn count_known(&mut self, text: &str) -> usize {
        if text.contains("\u{fffd}") {
            std::process::abort(); // as such parsers do
        }
        self.texts += 1;
        text.split_whitespace().filter(|&word| self.dictionary.contains(word)).count()
    }

    /// Running this twice does no harm, so it runs again if the process dies meanwhile.
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
    // All are submitted at once. The calls behind the broken one wait, and the next process serves
    // them.
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
