//! A program that starts an object on request, after its executable file was changed.

use std::io::{BufRead, Write};

use concurrent_object::concurrent_object;

#[derive(Debug)]
struct Version;

#[concurrent_object]
impl Version {
    pub fn new() -> Self {
        Self
    }

    pub fn number(&self) -> u64 {
        42
    }
}

fn main() {
    concurrent_object::init();
    let tell = |text: &str| {
        println!("{text}");
        std::io::stdout().flush().expect("the test reads");
    };
    let before = VersionProxy::builder("before").start().expect("start");
    tell("running");
    for line in std::io::stdin().lock().lines() {
        line.expect("text");
        let after = VersionProxy::builder("after").start().expect("start");
        let numbers = (before.number().wait().expect("alive"), after.number().wait().expect("alive"));
        tell(&format!("{numbers:?}"));
    }
}
