//! A text generator whose words come while it writes, as those of a language model do.
//!
//! Whoever reads the words decides how many there are: the generator has no limit of its own. When
//! the reader stops, the generator ends its text and is free for the next prompt. Press Enter to
//! stop it earlier.
//!
//! Run it: `cargo run --release --example tokens -- --tokens 60 --pause-ms 40`

use std::collections::HashMap;
use std::io::Write as _;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use concurrent_object::{CallError, Canceller, Items, Progress, concurrent_object};

const TEXT: &str = "the parent writes a call into shared memory and the child reads it in place . the child runs the \
                    method and writes the result into shared memory . the parent reads the result and the slot is free \
                    again . a child that has nothing to do sleeps on its doorbell and the parent rings it . a parent that \
                    waits for a result sleeps too and the child rings its doorbell . if the child dies the parent is told \
                    and the next child serves the calls that wait .";

#[derive(Parser)]
struct Options {
    /// How many words to read before the reader stops.
    #[arg(long, default_value_t = 60)]
    tokens: usize,
    /// How long the generator takes for a word.
    #[arg(long, default_value_t = 40)]
    pause_ms: u64,
}

/// Knows which words follow which.
struct Generator {
    followers: HashMap<&'static str, Vec<&'static str>>,
    pause: Duration,
    written: usize,
}

/// How far a text has come: its words, and its sentences.
type Written = (usize, usize);

#[concurrent_object]
impl Generator {
    pub fn new(pause: Duration) -> Self {
        let words: Vec<_> = TEXT.split_whitespace().collect();
        let mut followers = HashMap::<_, Vec<_>>::new();
        for pair in words.windows(2) {
            followers.entry(pair[0]).or_default().push(pair[1]);
        }
        Self { followers, pause, written: 0 }
    }

    /// Writes a text without end, word by word.
    #[concurrent_object(stream)]
    pub fn write<'g>(&'g mut self, prompt: &'g str, progress: &'g Progress<Written>) -> impl Iterator<Item = &'g str> {
        let (mut word, mut count) = (prompt, (0, 0));
        std::iter::repeat_with(move || {
            thread::sleep(self.pause);
            let followers = self.followers.get(word).map_or(&["the"][..], Vec::as_slice);
            word = followers[fastrand::usize(..followers.len())];
            self.written += 1;
            count = (count.0 + 1, count.1 + usize::from(word == "."));
            progress.set(count);
            word
        })
    }

    /// Returns how many words it has written in all.
    pub fn written(&self) -> usize {
        self.written
    }
}

/// Prints the words as they come, at most `most`. Returns how many there were.
fn print(words: &mut Items<String, Written>, most: usize) -> Result<usize, CallError> {
    let mut printed = 0;
    for word in words.by_ref().take(most) {
        print!("{} ", word?);
        // Standard output may be closed.
        let _flushed = std::io::stdout().flush();
        printed += 1;
    }
    Ok(printed)
}

/// Cancels the text when the user presses Enter.
fn stop_on_enter(canceller: Canceller) {
    thread::spawn(move || {
        let read = std::io::stdin().read_line(&mut String::new());
        if read.is_ok_and(|len| len > 0) {
            canceller.cancel();
        }
    });
}

fn main() -> Result<()> {
    concurrent_object::init();
    let options = Options::parse();
    let generator = GeneratorProxy::builder("generator").start(Duration::from_millis(options.pause_ms))?;

    let mut words = generator.write("the");
    stop_on_enter(words.canceller());
    match print(&mut words, options.tokens) {
        Ok(printed) => println!("\nread {printed} words"),
        Err(CallError::Cancelled { ran_for, .. }) => println!("\nstopped after {ran_for:.1?}"),
        Err(error) => return Err(error.into()),
    }
    let (written, sentences) = words.progress().unwrap_or_default();
    println!("the generator is at word {written}, in sentence {}", sentences + 1);

    // The text has no end. Dropping its words ends it, and the generator takes the next prompt.
    drop(words);
    let more = print(&mut generator.write("child"), 5)?;
    println!("\nthe generator is free again: {more} more words");
    println!("it has written {} words in all", generator.written().wait()?);
    Ok(())
}
