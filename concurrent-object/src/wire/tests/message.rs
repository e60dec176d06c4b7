//! Whole messages: the forms at top level, the counting of bytes, and how another MessagePack
//! reader decodes them.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::{Foreign, Message, assert_returns, only};
use crate::wire::{Decoder, EncodeError, Encoder, Extent, Raw};

#[test]
fn scalars_are_their_bytes_and_nothing_else() {
    let message = Message::of(|encoder| {
        encoder.put(&1_u64)?;
        encoder.put(&2_i16)?;
        encoder.put(&())?;
        encoder.put(&true)?;
        encoder.put(&'x')
    });
    let message = message.expect("scalars");
    let expected = [&1_u64.to_ne_bytes()[..], &2_i16.to_ne_bytes(), &[1], &u32::from('x').to_ne_bytes()].concat();
    assert_eq!(message.structured, expected);
    let mut decoder = message.foreign();
    assert_eq!(decoder.take::<u64>(), Ok(1));
    assert_eq!(decoder.take::<i16>(), Ok(2));
    assert_eq!(decoder.take::<()>(), Ok(()));
    assert_eq!(decoder.take::<bool>(), Ok(true));
    assert_eq!(decoder.take::<char>(), Ok('x'));
    assert_eq!(decoder.finish(), Ok(()));
}

#[test]
fn values_return_in_order() {
    let list = vec![1.5_f32; 100];
    let message = Message::of(|encoder| {
        encoder.put(&list[..])?;
        encoder.put("text")?;
        encoder.put(&7_u8)?;
        encoder.put(&Some(&list))?;
        encoder.put(&list)
    });
    let message = message.expect("values");
    let mut decoder = message.trusted();
    assert_eq!(*decoder.take_held::<[f32]>().expect("a list"), list);
    assert_eq!(decoder.take_held::<str>(), Ok("text"));
    assert_eq!(*decoder.take_held::<u8>().expect("a number"), 7);
    assert_eq!(*decoder.take_held::<Option<Vec<f32>>>().expect("an option"), Some(list.clone()));
    assert_eq!(decoder.take::<Vec<f32>>(), Ok(list));
    assert_eq!(decoder.finish(), Ok(()));
}

#[test]
fn system_strings_need_not_be_utf_8() {
    let path = Path::new(OsStr::from_bytes(b"/a/\xff"));
    let c_text = c"a\xff";
    let message = Message::of(|encoder| {
        encoder.put(path)?;
        encoder.put(&path.to_path_buf())?;
        encoder.put(path.as_os_str())?;
        encoder.put(&path.as_os_str().to_owned())?;
        encoder.put(c_text)?;
        encoder.put(&c_text.to_owned())
    });
    let message = message.expect("system strings");
    let mut held = message.trusted();
    assert_eq!(held.take_held::<Path>(), Ok(path));
    assert_eq!(*held.take_held::<PathBuf>().expect("a path"), *path);
    assert_eq!(held.take_held::<OsStr>(), Ok(path.as_os_str()));
    assert_eq!(*held.take_held::<OsString>().expect("a string"), *path.as_os_str());
    assert_eq!(held.take_held::<CStr>(), Ok(c_text));
    assert_eq!(*held.take_held::<CString>().expect("a string"), *c_text);
    assert_eq!(held.finish(), Ok(()));
    let mut owned = message.foreign();
    assert_eq!(owned.take(), Ok(path.to_path_buf()));
    assert_eq!(owned.take(), Ok(path.to_path_buf()));
    assert_eq!(owned.take(), Ok(path.as_os_str().to_owned()));
}

#[test]
fn slices_of_structured_values_are_held() {
    let list = ["a".to_owned(), "b".to_owned()];
    let message = Message::one(&list[..]);
    assert_eq!(*message.trusted().take_held::<[String]>().expect("a list"), list);
}

fn counted<T: Serialize + ?Sized>(value: &T) -> usize {
    Message::one(value).extent.counted
}

#[test]
fn counting_is_exact() {
    assert_eq!(counted(&[0_u8; 4_000_000][..]), 4_000_000);
    assert_eq!(counted(&vec![0.0_f64; 1000]), 8000);
    assert_eq!(counted(&Vec::<u8>::new()), 0);
    assert_eq!(counted(&vec![1_u8]), 1);
    assert_eq!(counted(&7_u64), 8);
    assert_eq!(counted("abc"), 4);
    assert_eq!(counted(&Some(vec![1_u8; 300])), 300);
    assert_eq!(counted(&Some(vec![1_u8; 64])), 64 + 4);
    assert_eq!(counted(&(vec![1_u8; 65], vec![1_u32; 65])), 1 + 65 + 4 * 65);
}

#[test]
fn regions_are_aligned_and_end_where_they_say() {
    let message = Message::of(|encoder| {
        encoder.put(&vec![1_u8; 65])?;
        encoder.put(&vec![2_u8; 3])?;
        encoder.put(&Vec::<u8>::new())
    });
    let message = message.expect("lists");
    assert_eq!(message.extent, Extent { counted: 68, raw_end: 192 });
    assert_eq!(message.raw()[64..67], [1, 0, 0]);
    assert_eq!(message.raw()[128..131], [2, 2, 2]);
}

#[test]
fn bytes_that_do_not_fit_are_counted_and_dropped() {
    let mut memory = [0_u8; 100];
    // SAFETY: the region is the whole array, which is not used again before the last use of the
    // region.
    #[expect(unsafe_code, reason = "a region takes a pointer to memory")]
    let mut region = unsafe { crate::memory::Region::new(std::ptr::NonNull::from(&mut memory).cast(), 100) };
    let mut structured = Vec::new();
    let mut encoder = Encoder::new(&mut structured, &mut region);
    encoder.put(&vec![1_u8; 30]).expect("it fits");
    encoder.put(&vec![2_u8; 40]).expect("it is dropped");
    assert_eq!(encoder.finish(), Extent { counted: 70, raw_end: 104 });
    assert_eq!(memory[..30], [1; 30]);
    assert_eq!(memory[30..], [0; 70]);
}

#[test]
fn bytes_already_in_the_vector_are_kept_and_not_counted() {
    let (mut structured, mut raw) = (vec![9; 5], Vec::new());
    let mut encoder = Encoder::new(&mut structured, &mut raw);
    encoder.put(&1_u8).expect("a number");
    assert_eq!(encoder.finish().counted, 1);
    assert_eq!(structured, [9, 9, 9, 9, 9, 1]);
}

#[test]
fn bytes_after_the_last_value_are_malformed() {
    let message = Message::one(&(1_u8, 2_u8));
    let mut structured = message.structured.clone();
    structured.push(0);
    let mut decoder = Decoder::new(&structured, Raw::Foreign(Foreign::of(&[])));
    assert_eq!(decoder.take(), Ok((1_u8, 2_u8)));
    assert!(decoder.finish().is_err());
}

#[test]
fn other_readers_of_message_pack_agree() {
    let value = serde_json::json!({"a": [1, -200, 70_000, 0.5, null, true], "b": {"c": "x".repeat(300)}});
    let message = Message::one(&value);
    assert_eq!(rmp_serde::from_slice::<serde_json::Value>(&message.structured).expect("MessagePack"), value);
    let theirs = rmp_serde::to_vec_named(&value).expect("MessagePack");
    assert_eq!(message.structured, theirs);
}

/// A list that announces more or fewer elements than it has. `serde_json` allows this.
struct WrongLength(usize, Vec<u32>);

impl Serialize for WrongLength {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0))?;
        self.1.iter().try_for_each(|item| list.serialize_element(item))?;
        list.end()
    }
}

#[test]
fn a_wrong_length_that_a_type_announces_is_corrected() {
    for (announced, len) in [(0, 3), (5, 3), (3, 100_000), (100_000, 3)] {
        let list: Vec<u32> = (0..len).collect();
        let message = Message::one(&(
            WrongLength(announced, list.clone()),
            vec![1_u8; 100],
            WrongLength(announced, list.clone()),
        ));
        assert_eq!(only(message.foreign()), Ok((list.clone(), vec![1_u8; 100], list)));
    }
}

/// A list whose `Serialize` ignores the errors of its elements.
struct IgnoresErrors;

impl Serialize for IgnoresErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(2))?;
        let _ = list.serialize_element(&(1_u8, AlwaysFails));
        list.serialize_element(&2_u8)?;
        list.end()
    }
}

struct AlwaysFails;

impl Serialize for AlwaysFails {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("not me"))
    }
}

#[test]
fn an_error_of_an_element_is_returned_even_if_the_type_ignores_it() {
    let refused = EncodeError::Refused { reason: "not me".into() };
    let outcome = Message::of(|encoder| encoder.put(&IgnoresErrors)).err();
    assert_eq!(outcome, Some(refused));
}

struct OddMap;

impl Serialize for OddMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("a", &1)?;
        map.serialize_key("b")?;
        map.end()
    }
}

#[test]
fn maps_of_odd_length_are_refused() {
    assert!(Message::of(|encoder| encoder.put(&OddMap)).is_err());
}

#[test]
fn sequences_of_unknown_length_return() {
    struct Unknown(Vec<String>);
    impl Serialize for Unknown {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(self.0.iter().filter(|text| !text.is_empty()))
        }
    }
    let message = Message::one(&(Unknown(vec!["a".into(), String::new(), "b".into()]), 1_u8));
    assert_eq!(only(message.foreign()), Ok((vec!["a".to_owned(), "b".to_owned()], 1_u8)));
    assert_returns(&Vec::<String>::new());
}
