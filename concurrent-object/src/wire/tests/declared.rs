//! Lists of declared types lie in messages as in memory. Readers of other types get them element by
//! element.

use std::any::type_name;
use std::collections::VecDeque;
use std::fmt::Debug;

use bytemuck::{Pod, Zeroable};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Decoder, Lines, Message, Raw, aligned, assert_returns, assert_returns_everywhere, only};
use crate::Shared;
use crate::memory::Foreign;
use crate::wire::parameter::Slice;
use crate::wire::{DecodeError, Encoder};

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable, Serialize, Deserialize, PartialEq, Debug)]
struct Pixel {
    red: u8,
    green: u8,
    blue: u8,
}

/// A declared type that is aligned to sixteen bytes, the widest alignment of a number.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable, Serialize, Deserialize, PartialEq, Debug)]
struct Pair {
    key: u128,
    value: i128,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable, Serialize, Deserialize, PartialEq, Debug)]
struct Other {
    red: u8,
    green: u8,
    depth: u8,
}

#[repr(transparent)]
#[derive(Clone, Copy, Pod, Zeroable, Serialize, Deserialize, PartialEq, Debug)]
struct Undeclared(u8);

crate::plain!(Pixel, Pair, Other, [f64; 16]);

fn pixels(len: usize) -> Vec<Pixel> {
    (0..len).map(|at| Pixel { red: at as u8, green: 1, blue: (at >> 8) as u8 }).collect()
}

/// Asserts that the list is raw, is borrowed if it is long, and returns from every container.
#[track_caller]
fn assert_is_raw<T: Serialize + DeserializeOwned + Clone + PartialEq + Debug>(list: &[T]) {
    assert_returns_everywhere(&list.to_vec());
    assert_returns_everywhere(&list.to_vec().into_boxed_slice());
    let message = Message::one(list);
    let is_long = size_of_val(list) > 128;
    assert_eq!(message.raw().len(), if is_long { size_of_val(list) } else { 0 }, "{}", type_name::<T>());
    let mut decoder = message.trusted();
    let held = decoder.take_held::<[T]>().expect("a list");
    assert!(!is_long || matches!(held, Slice::Borrowed(_)), "{}", type_name::<T>());
    assert_eq!(*held, *list);
    assert_eq!(*message.foreign().take_held::<[T]>().expect("a list"), *list);
}

#[test]
fn lists_of_declared_types_return_as_raw_memory() {
    for len in [0, 1, 4, 5, 42, 43, 1000] {
        assert_is_raw(&pixels(len));
        assert_is_raw(&vec![Pair { key: u128::MAX - 1, value: -5 }; len]);
        assert_is_raw(&vec![[0.5_f32, 1.5, 2.5, -0.0]; len]);
        assert_is_raw(&vec![[1_u8, 2, 3]; len]);
        assert_is_raw(&vec![[0.25_f64; 16]; len]);
    }
}

#[test]
fn lists_of_other_types_are_encoded_by_their_serialize() {
    let message = Message::one(&vec![Undeclared(7); 1000]);
    assert!(message.raw().is_empty());
    assert_returns(&vec![Undeclared(7); 1000]);
    assert_returns(&vec![[1_u64; 5]; 100]);
    assert_returns(&VecDeque::from(pixels(100)));
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Around<T> {
    name: String,
    #[serde(flatten)]
    image: Image<T>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Image<T> {
    lines: Vec<Vec<T>>,
    icon: Option<Vec<T>>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(untagged)]
enum Any<T> {
    Text(String),
    List(Vec<T>),
}

#[test]
fn types_that_serde_buffers_get_each_element() {
    for len in [1, 3, 100] {
        let image = Image { lines: vec![pixels(len); 3], icon: Some(pixels(len)) };
        assert_returns(&Around { name: "flat".to_owned(), image });
        assert_returns(&[Any::Text("text".to_owned()), Any::List(pixels(len))].to_vec());
        assert_returns(&Any::List(vec![[1.5_f32, 2.0]; len]));
        let pairs: VecDeque<Pair> =
            only(Message::one(&vec![Pair { key: 1, value: -2 }; len]).foreign()).expect("pairs");
        assert_eq!(pairs, vec![Pair { key: 1, value: -2 }; len]);
        let shown: serde_json::Value = only(Message::one(&Some(pixels(len))).foreign()).expect("anything");
        assert_eq!(shown, serde_json::to_value(pixels(len)).expect("JSON"));
        let queue: VecDeque<Pixel> = only(Message::one(&Some(pixels(len))).trusted()).expect("a sequence");
        assert_eq!(queue, pixels(len));
    }
}

#[test]
fn one_type_is_never_read_as_another_of_its_size() {
    let message = Message::one(&pixels(100));
    let error = only::<Vec<Other>>(message.trusted()).expect_err("it has other fields");
    assert!(error.to_string().contains("depth"), "{error}");
    assert!(message.trusted().take_held::<[Other]>().is_err());
    assert!(message.trusted().take_held::<[u8]>().is_err());
    assert!(only::<Vec<u8>>(message.foreign()).is_err());
}

#[test]
fn hostile_lengths_and_types_are_malformed() {
    let message = Message::one(&pixels(100));
    let lines = aligned(message.raw());
    let raw = lines.as_flattened_bytes();
    let last = message.structured.len() - 1;
    for (at, byte) in [(last, 43), (last, 1), (last - 7, 255), (4, !message.structured[4])] {
        let mut structured = message.structured.clone();
        structured[at] = byte;
        for raw in [Raw::Trusted(raw), Raw::Foreign(Foreign::of(raw))] {
            let error = only::<Vec<Pixel>>(Decoder::new(&structured, raw)).expect_err("malformed");
            assert!(matches!(error, DecodeError::Malformed { .. }), "{error}");
            assert!(Decoder::new(&structured, raw).take_held::<[Pixel]>().is_err());
        }
    }
}

#[test]
fn a_shared_list_of_a_type_that_is_not_declared_is_refused() {
    let shared = Shared::<[Undeclared]>::new(&[Undeclared(1); 1000]).expect("memory");
    let (mut structured, mut raw) = (Vec::new(), Vec::new());
    let error = Encoder::new(&mut structured, &mut raw).put(&(1, shared)).expect_err("not declared");
    assert!(error.to_string().contains("plain!(") && error.to_string().contains("Undeclared"), "{error}");
    let shared = Shared::<[Pixel]>::new(&pixels(1000)).expect("memory");
    assert_returns(&shared);
    assert_eq!(Message::one(&shared).raw().len(), 3000);
}
