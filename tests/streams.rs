//! Methods that stream: their items come while they run, in order, each once.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "streams/awaited.rs"]
mod awaited;
#[path = "streams/ends.rs"]
mod ends;
#[path = "streams/processes.rs"]
mod processes;
#[path = "streams/room.rs"]
mod room;

use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, Items, Shared, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::{self, Gate};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub number: u32,
    pub pixels: Vec<u8>,
    pub name: String,
}

fn frame(number: u32, size: usize) -> Frame {
    Frame { number, pixels: vec![number as u8; size], name: format!("frame {number}") }
}

/// A source of items, which knows how many it has made.
#[derive(Default)]
pub struct Source {
    words: Vec<String>,
    made: u64,
}

#[concurrent_object]
impl Source {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn with_words(words: Vec<String>) -> Self {
        Self { words, made: 0 }
    }

    pub fn made(&self) -> u64 {
        self.made
    }

    #[concurrent_object(stream)]
    pub fn count(&self, to: u64) -> impl Iterator<Item = u64> {
        1..=to
    }

    #[concurrent_object(stream)]
    pub fn endless(&mut self) -> impl Iterator<Item = u64> + '_ {
        std::iter::repeat_with(|| {
            self.made += 1;
            self.made
        })
    }

    #[concurrent_object(stream)]
    pub fn frames(&mut self, sizes: &[usize]) -> impl Iterator<Item = Frame> {
        sizes.iter().zip(0..).map(|(&size, number)| frame(number, size))
    }

    #[concurrent_object(stream)]
    pub fn beginning_with<'i>(&'i self, prefix: &'i str) -> impl Iterator<Item = &'i str> + 'i {
        self.words.iter().map(String::as_str).filter(move |word| word.starts_with(prefix))
    }

    #[concurrent_object(stream)]
    pub fn boxed<'i>(&'i self) -> Box<dyn Iterator<Item = &'i String> + 'i> {
        Box::new(self.words.iter())
    }

    #[concurrent_object(stream, result = impl Iterator<Item = String>)]
    pub fn take(&mut self) -> std::vec::Drain<'_, String> {
        self.words.drain(..)
    }

    #[concurrent_object(stream)]
    pub fn list(&self) -> impl IntoIterator<Item = (usize, char)> {
        self.words.iter().enumerate().filter_map(|(at, word)| Some((at, word.chars().next()?))).collect::<Vec<_>>()
    }

    #[concurrent_object(stream)]
    pub fn parsed(&self) -> impl Iterator<Item = Result<u32, std::num::ParseIntError>> {
        self.words.iter().map(|word| word.parse())
    }

    #[concurrent_object(stream)]
    pub fn units(&self, count: usize) -> impl Iterator<Item = ()> {
        std::iter::repeat_n((), count)
    }

    #[concurrent_object(stream)]
    pub fn blocks(&self, count: usize, size: usize) -> impl Iterator<Item = Vec<u8>> {
        (0..count).map(move |number| vec![number as u8; size])
    }

    #[concurrent_object(stream)]
    pub fn shared(&self) -> impl Iterator<Item = Shared<[u32]>> {
        (0..3_u32).map(|number| Shared::new(&vec![number; 5000]).expect("memory"))
    }

    #[concurrent_object(stream)]
    pub fn halting(&self, gate: &Path) -> impl Iterator<Item = u32> {
        (0..4).inspect(move |&number| {
            if number == 2 {
                gate::pass(gate);
            }
        })
    }

    #[concurrent_object(stream)]
    pub fn panicking(&self, after: u32) -> impl Iterator<Item = u32> {
        (0..).inspect(move |&number| assert_ne!(number, after, "out of items"))
    }

    #[concurrent_object(stream)]
    pub fn dying(&self, after: u32) -> impl Iterator<Item = u32> {
        (0..).inspect(move |&number| {
            if number == after {
                std::process::abort();
            }
        })
    }

    #[concurrent_object(stream, timeout = "50ms")]
    pub fn slow(&self) -> impl Iterator<Item = u32> {
        (0..).inspect(|_| thread::sleep(Duration::from_millis(5)))
    }

    #[concurrent_object(stream)]
    pub fn stuck(&self) -> impl Iterator<Item = u32> {
        (0..).inspect(|&number| {
            if number == 3 {
                loop {
                    thread::sleep(Duration::from_millis(5));
                }
            }
        })
    }
}

pub fn start() -> SourceProxy {
    SourceProxy::builder("source").start().expect("starts")
}

pub fn with_words(words: &[&str]) -> SourceProxy {
    let words = words.iter().map(|&word| word.to_owned()).collect();
    SourceProxy::builder("source").start_with_words(words).expect("starts")
}

/// Takes all items, which must be followed by no error.
pub fn all<T>(items: Items<T>) -> Vec<T> {
    items.map(|item| item.expect("no error")).collect()
}

/// Takes the items before the first error, and the error.
pub fn until_error<T>(items: Items<T>) -> (Vec<T>, CallError) {
    let mut taken = Vec::new();
    let mut items = items;
    for item in items.by_ref() {
        match item {
            Ok(item) => taken.push(item),
            Err(error) => {
                assert!(items.next().is_none(), "an error is the end");
                return (taken, error);
            }
        }
    }
    panic!("{} items and no error", taken.len());
}

#[test]
fn items_come_in_order_and_the_object_serves_on() {
    within(SOON, || {
        let source = start();
        for to in [0, 1, 2, 1000, 100_000] {
            assert_eq!(all(source.count(to)), (1..=to).collect::<Vec<_>>());
        }
        assert_eq!(source.made().wait().expect("served"), 0);
    });
}

#[test]
fn the_first_items_come_before_the_method_has_ended() {
    within(SOON, || {
        let (source, gate) = (start(), Gate::new());
        let mut items = source.halting(gate.path());
        assert_eq!(items.next().expect("an item").expect("no error"), 0);
        assert_eq!(items.next().expect("an item").expect("no error"), 1);
        gate.wait_until_reached();
        assert!(items.try_next().is_none());
        assert!(items.next_timeout(Duration::from_millis(20)).is_none());
        gate.open();
        assert_eq!(all(items), [2, 3]);
    });
}

#[test]
fn iterators_of_every_form_are_streamed() {
    within(SOON, || {
        let words = ["apple", "apricot", "", "7", "pear"];
        let source = with_words(&words);
        assert_eq!(all(source.beginning_with("ap")), ["apple", "apricot"]);
        assert_eq!(all(source.boxed()), words);
        assert_eq!(all(source.list()), [(0, 'a'), (1, 'a'), (3, '7'), (4, 'p')]);
        let parsed: Vec<_> =
            all(source.parsed()).into_iter().map(|number| number.map_err(|error| error.to_string())).collect();
        assert_eq!(parsed[3], Ok(7));
        assert_eq!(parsed[0], Err("invalid digit found in string".to_owned()));
        assert_eq!(all(source.units(3)), [(), (), ()]);
        assert_eq!(all(source.take()), words);
        assert_eq!(all(source.take()), [""; 0]);
        let shared = all(source.shared());
        assert_eq!(
            shared.iter().map(|list| (list.len(), list[4999])).collect::<Vec<_>>(),
            [(5000, 0), (5000, 1), (5000, 2)]
        );
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn items_of_all_sizes_arrive_whole(sizes in prop::collection::vec(prop_oneof![0..100_usize, 60..70_usize, 0..20_000_usize, 100_000..400_000_usize], 0..60), limit in 20..23_u32) {
        within(SOON, move || {
            let source = SourceProxy::builder("source").max_output_size(1_usize << limit).start().expect("starts");
            let expected: Vec<_> = sizes.iter().zip(0..).map(|(&size, number)| frame(number, size)).collect();
            assert_eq!(all(source.frames(&sizes)), expected);
        });
    }
}

#[test]
fn items_may_be_sent_to_another_thread() {
    within(SOON, || {
        let source = start();
        let items = source.count(1000);
        let sum = thread::spawn(move || items.map(|item| item.expect("no error")).sum::<u64>());
        assert_eq!(sum.join().expect("no panic"), 500_500);
    });
}

#[test]
fn items_may_outlive_the_proxy_as_a_call_may() {
    within(SOON, || {
        let source = start();
        let items = source.count(10);
        source.made().wait().expect("the method has ended");
        drop(source);
        assert_eq!(all(items), (1..=10).collect::<Vec<_>>());
    });
}

#[test]
fn an_error_of_the_standard_library_travels_in_an_item() {
    let error: io::Error = io::ErrorKind::NotFound.into();
    within(SOON, move || {
        let source = with_words(&["1", "x"]);
        let results = all(source.parsed());
        assert_eq!(results.len(), 2, "{error}");
        assert!(format!("{:?}", source.parsed()).contains("parsed"));
        assert!(source.count(1).id().is_some());
    });
}
