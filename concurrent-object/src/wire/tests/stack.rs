//! Values that need much stack. A thread with too little gets an error; it never overflows its
//! stack.

use std::thread;

use serde::{Deserialize, Serialize};

use super::{Message, only};
use crate::wire::{DecodeError, EncodeError};

/// A value of 16 KiB, in arrays that serde implements.
type Large = [[[u8; 32]; 32]; 16];

#[derive(Serialize, Deserialize, Clone)]
struct Fat {
    body: Option<Large>,
    below: Option<Box<Fat>>,
}

#[derive(Serialize, Deserialize, Clone)]
enum Variants {
    End,
    Named { body: Option<Large>, below: Box<Variants> },
    Tuple(Option<Large>, Box<Variants>),
}

/// A small value whose `Serialize` and `Deserialize` have large stack frames.
struct Hungry(Option<Box<Hungry>>);

impl Serialize for Hungry {
    #[inline(never)]
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let frame = std::hint::black_box([1_u8; 16 << 10]);
        let done = (&self.0, frame[100]).serialize(serializer);
        std::hint::black_box(frame);
        done
    }
}

impl<'de> Deserialize<'de> for Hungry {
    #[inline(never)]
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let frame = std::hint::black_box([1_u8; 16 << 10]);
        let done = <(Option<Box<Self>>, u8)>::deserialize(deserializer).map(|(below, _)| Self(below));
        std::hint::black_box(frame);
        done
    }
}

const LEVELS: usize = 60;
const SIZES: [usize; 4] = [256 << 10, 1 << 20, 2 << 20, 64 << 20];

fn fat() -> Box<Fat> {
    (0..LEVELS).fold(Box::new(Fat { body: None, below: None }), |below, _| {
        let mut outer = Box::new(Fat { body: None, below: None });
        outer.below = Some(below);
        outer
    })
}

fn variants() -> Box<Variants> {
    (0..LEVELS).fold(Box::new(Variants::End), |below, level| match level % 2 {
        0 => Box::new(Variants::Named { body: None, below }),
        _ => Box::new(Variants::Tuple(None, below)),
    })
}

fn hungry() -> Hungry {
    (0..LEVELS).fold(Hungry(None), |below, _| Hungry(Some(Box::new(below))))
}

fn on_a_stack<T: Send + 'static>(size: usize, body: impl FnOnce() -> T + Send + 'static) -> T {
    thread::Builder::new().stack_size(size).spawn(body).expect("a thread").join().expect("no panic")
}

/// Encodes on a stack of 64 MiB, and decodes on each of `SIZES`.
fn check_reading<T: Serialize + serde::de::DeserializeOwned + 'static>(value: fn() -> T) {
    for size in SIZES {
        let structured = on_a_stack(64 << 20, move || Message::one(&value()).structured);
        let read = on_a_stack(size, move || {
            let decoder = crate::wire::Decoder::new(&structured, crate::wire::Raw::Trusted(&[]));
            only::<T>(decoder).map(|value| std::mem::forget(value))
        });
        match read {
            Ok(()) => assert!(size > 256 << 10, "{size} bytes cannot be enough"),
            Err(DecodeError::Refused { reason }) => {
                assert!(reason.contains("more stack than the thread has left"), "{reason}");
                assert!(size < 64 << 20, "{size} bytes are enough");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn reading_ends_with_an_error_before_the_stack_does() {
    check_reading(fat);
    check_reading(variants);
    check_reading(|| Box::new(hungry()));
}

#[test]
fn writing_ends_with_an_error_before_the_stack_does() {
    for size in SIZES {
        let written = on_a_stack(size, || {
            let value = hungry();
            Message::of(|encoder| encoder.put(&value)).map(drop)
        });
        match written {
            Ok(()) => assert!(size > 256 << 10, "{size} bytes cannot be enough"),
            Err(EncodeError::Refused { reason }) => {
                assert!(reason.contains("more stack than the thread has left"), "{reason}");
                assert!(size < 64 << 20, "{size} bytes are enough");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_small_stack_is_enough_for_small_values() {
    on_a_stack(128 << 10, || {
        let list = vec![Some(vec![(1_u8, "text".to_owned())]); 3];
        super::assert_returns(&list);
    });
}

#[test]
fn a_list_that_is_nested_exactly_to_the_limit_returns() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    enum List {
        Nil,
        Cons(u8, Box<List>),
        Also { header: u8, tail: Box<List> },
    }
    let list = |len| {
        (0..len).fold(List::Nil, |tail, at| match at % 2 {
            0 => List::Cons(1, Box::new(tail)),
            _ => List::Also { header: 1, tail: Box::new(tail) },
        })
    };
    super::assert_returns(&list(crate::wire::MAX_DEPTH));
    let error = Message::of(|encoder| encoder.put(&list(crate::wire::MAX_DEPTH + 1))).err();
    assert_eq!(error, Some(EncodeError::TooDeep { limit: crate::wire::MAX_DEPTH }));
}
