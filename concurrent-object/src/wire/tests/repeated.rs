//! Structs in lists. A message has their keys once, and every `Deserialize` sees all keys.

use std::collections::{BTreeMap, HashMap};

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::{Message, assert_returns, only};
use crate::wire::{DecodeError, Decoder, Raw};

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone, Copy)]
struct Rgb {
    red: u8,
    green: u8,
    blue: u8,
}

fn rgb(red: u8) -> Rgb {
    Rgb { red, green: red / 2, blue: 255 - red }
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Particle {
    position: Point,
    velocity: Point,
    color: Option<Rgb>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone, Copy)]
struct Point {
    x: f32,
    y: f32,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Skips {
    first: u8,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    maybe: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    other: Option<Rgb>,
    #[serde(rename = "dernier")]
    last: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Tree {
    name: i8,
    below: Vec<Tree>,
}

fn size<T: Serialize>(value: &T) -> usize {
    Message::one(value).structured.len()
}

#[test]
fn a_list_of_structs_takes_no_more_than_one_of_arrays() {
    let structs: Vec<_> = (0..10_000).map(|at| rgb(at as u8)).collect();
    let arrays: Vec<_> = structs.iter().map(|rgb| (rgb.red, rgb.green, rgb.blue)).collect();
    assert!(size(&structs) < size(&arrays));
    // A byte of marker, and the bytes of the three numbers.
    assert!(size(&structs) < 4 * structs.len() + 40);
    assert_returns(&structs);
    let maps: BTreeMap<_, _> = structs.iter().enumerate().map(|(at, &rgb)| (at, rgb)).collect();
    assert!(size(&maps) < size(&structs) + 4 * structs.len());
    assert_returns(&maps);
}

#[test]
fn structs_in_structs_in_lists_have_shapes_of_their_own() {
    let point = |x| Point { x, y: -x };
    let particle = |at: u8| Particle {
        position: point(f32::from(at)),
        velocity: point(0.5),
        color: at.is_multiple_of(2).then(|| rgb(at)),
    };
    let particles: Vec<_> = (0..100).map(particle).collect();
    // A point takes one byte of marker and two floats.
    assert!(size(&particles) < 100 * (1 + 2 * 11 + 1 + 6) + 100);
    assert_returns(&particles);
    assert_returns(&HashMap::from([("key".to_owned(), (particles.clone(), particles))]));
}

#[test]
fn structs_that_skip_fields_return() {
    let skips = |at: u8| Skips {
        first: at,
        maybe: at.is_multiple_of(3).then_some(at),
        other: (at % 3 == 1).then(|| rgb(at)),
        last: format!("{at}"),
    };
    assert_returns(&(0..20).map(skips).collect::<Vec<_>>());
    assert_returns(&(0..20).rev().map(skips).collect::<Vec<_>>());
}

#[test]
fn a_recursive_struct_returns() {
    let leaf = |name| Tree { name, below: Vec::new() };
    let tree = (0..20).fold(leaf(-20), |below, name| Tree { name: -name, below: vec![leaf(name), below, leaf(-17)] });
    assert_returns(&tree);
    assert_returns(&vec![tree; 3]);
}

#[test]
fn more_kinds_of_structs_than_there_are_shapes_return() {
    #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
    enum Many {
        A { a: u8 },
        B { b: u8 },
        C { c: i8 },
        D { d: (), e: Vec<Many> },
    }
    macro_rules! wrapped {
        ($value:expr; $($name:ident)*) => {{
            let value = $value;
            $(
                #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
                struct $name<T> { $name: T }
                #[allow(non_snake_case)]
                let value = vec![$name { $name: value.clone() }, $name { $name: value }];
            )*
            value
        }};
    }
    let many = vec![Many::A { a: 1 }, Many::B { b: 2 }, Many::C { c: -20 }, Many::D { d: (), e: vec![] }];
    let many = vec![Many::D { d: (), e: many.clone() }, Many::D { d: (), e: many }];
    assert_returns(&many);
    #[allow(non_camel_case_types)]
    let value = wrapped!(many; a b c d e f g h i j k l m n);
    assert_returns(&value);
}

#[test]
fn readers_that_do_not_name_the_struct_see_its_keys() {
    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(untagged)]
    enum Guessed {
        Color(Rgb),
    }
    #[derive(Deserialize, PartialEq, Debug)]
    struct Flat {
        red: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }
    #[derive(Deserialize, PartialEq, Debug)]
    struct Less {
        blue: u8,
    }
    let colors = [rgb(1), rgb(2), rgb(3)];
    let message = Message::one(&colors.to_vec());
    assert_eq!(only::<Vec<Guessed>>(message.foreign()), Ok(colors.map(Guessed::Color).into()));
    assert_eq!(only::<Vec<Less>>(message.foreign()), Ok(colors.map(|rgb| Less { blue: rgb.blue }).into()));
    let flat = |rgb: Rgb| Flat {
        red: rgb.red,
        rest: BTreeMap::from([("green".to_owned(), rgb.green), ("blue".to_owned(), rgb.blue)]),
    };
    assert_eq!(only::<Vec<Flat>>(message.foreign()), Ok(colors.map(flat).into()));
    assert_eq!(only::<(Rgb, serde::de::IgnoredAny, Rgb)>(message.foreign()).map(|read| read.2), Ok(colors[2]));
    let shown: serde_json::Value = only(message.foreign()).expect("anything");
    assert_eq!(shown, serde_json::to_value(colors).expect("JSON"));
}

#[test]
fn a_struct_of_one_field_may_be_read_as_a_variant() {
    #[derive(Serialize)]
    struct Like {
        apple: u8,
    }
    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "lowercase")]
    enum Fruit {
        Apple(u8),
    }
    let message = Message::one(&vec![Like { apple: 1 }, Like { apple: 2 }]);
    assert_eq!(only::<Vec<Fruit>>(message.foreign()), Ok(vec![Fruit::Apple(1), Fruit::Apple(2)]));
}

#[test]
fn a_struct_that_announces_more_fields_than_it_writes_returns() {
    /// A struct that announces three fields, and writes the first `usize` of them.
    #[derive(Clone, Copy)]
    struct WrongCount(usize);
    impl Serialize for WrongCount {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut fields = serializer.serialize_struct("WrongCount", 3)?;
            for name in ["a", "b", "c"].into_iter().take(self.0) {
                fields.serialize_field(name, &[rgb(1); 2])?;
            }
            fields.end()
        }
    }
    let message =
        Message::one(&[WrongCount(3), WrongCount(3), WrongCount(2), WrongCount(0), WrongCount(3), WrongCount(1)]);
    let read = only::<Vec<BTreeMap<String, Vec<Rgb>>>>(message.foreign()).expect("maps");
    assert_eq!(read.iter().map(BTreeMap::len).collect::<Vec<_>>(), [3, 3, 2, 0, 3, 1]);
    assert!(read.iter().flat_map(BTreeMap::values).all(|colors| *colors == [rgb(1); 2]));
}

#[test]
fn invalid_shapes_are_malformed() {
    let huge = [&[0x92, 0xc1, 0x81, 0xd9, 200][..], &[b'k'; 200], &[1, 0xe0, 1]].concat();
    let cases: [(&str, &[u8]); 7] = [
        ("unknown", &[0xe0, 1]),
        ("unknown as well", &[0x92, 0xc1, 0x81, 0xa1, b'k', 1, 0xe1, 1]),
        ("inside itself", &[0xc1, 0x81, 0xa1, b'k', 0xe0, 1]),
        ("no map", &[0xc1, 0x91, 1]),
        ("marked twice", &[0xc1, 0xc1, 0x81, 0xa1, b'k', 1]),
        ("a key that is not a string", &[0xc1, 0x81, 1, 1]),
        ("too many bytes of keys", &huge),
    ];
    for (case, bytes) in cases {
        let read = only::<serde_json::Value>(Decoder::new(bytes, Raw::Trusted(&[])));
        assert!(matches!(read, Err(DecodeError::Malformed { .. })), "{case}: {read:?}");
    }
}
