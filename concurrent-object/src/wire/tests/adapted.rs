//! Adapters: types of the standard library, what serde reads of them, and hostile bytes.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::fmt::Debug;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Message, only};
use crate::wire::{Adapted, Composite, DecodeError, Itself, ReadAs, Reads, Standard, Writes};

type One = Composite<(Standard,)>;
type List = Composite<(Itself,)>;

/// Decodes what the value's message contains with the adapter `A`.
fn read<T, A: for<'m> Reads<'m, T>>(value: &(impl Serialize + ?Sized)) -> Result<T, DecodeError> {
    only::<ReadAs<T, A>>(Message::one(value).foreign()).map(ReadAs::into_inner)
}

#[track_caller]
fn assert_adapted<T, A>(value: T)
where
    T: PartialEq + Debug,
    A: Writes<T> + for<'m> Reads<'m, T>,
{
    let message = Message::one(&Adapted::<T, A>::new(&value));
    let back = |decoder| only::<ReadAs<T, A>>(decoder).map(ReadAs::into_inner);
    assert_eq!(back(message.trusted()).as_ref(), Ok(&value));
    assert_eq!(back(message.foreign()).as_ref(), Ok(&value));
}

/// Asserts that an adapter and the type's own serde read what the other writes.
#[track_caller]
fn assert_compatible<T, A>(value: T)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
    A: Writes<T> + for<'m> Reads<'m, T>,
{
    let (adapted, own) = (Message::one(&Adapted::<T, A>::new(&value)), Message::one(&value));
    assert_eq!(only::<T>(adapted.foreign()).as_ref(), Ok(&value));
    assert_eq!(only::<ReadAs<T, A>>(own.foreign()).map(ReadAs::into_inner).as_ref(), Ok(&value));
    assert_adapted::<T, A>(value);
}

#[test]
fn containers_have_the_form_that_serde_gives_them() {
    let numbers = || (0..200).collect::<Vec<u16>>();
    assert_compatible::<_, List>(numbers());
    assert_compatible::<_, List>(Some(numbers()));
    assert_compatible::<Option<Option<u8>>, Composite<(Composite<(Itself,)>,)>>(Some(None));
    assert_compatible::<_, List>(numbers().into_iter().collect::<VecDeque<_>>());
    assert_compatible::<_, List>(numbers().into_iter().collect::<LinkedList<_>>());
    assert_compatible::<_, List>(numbers().into_iter().collect::<BTreeSet<_>>());
    assert_compatible::<_, List>(numbers().into_iter().collect::<HashSet<_>>());
    assert_compatible::<_, Composite<(List,)>>(numbers().into_boxed_slice());
    assert_compatible::<_, List>([7_u64; 32]);
    assert_compatible::<_, List>([PathBuf::from("a"), PathBuf::from("b")]);
    assert_compatible::<Result<u8, String>, Composite<(Itself, Itself)>>(Err("no".to_owned()));
    assert_compatible::<_, Composite<(Itself, Itself)>>(BTreeMap::from([("key".to_owned(), 1)]));
    assert_compatible::<_, Composite<(Itself, Itself)>>(HashMap::from([("key".to_owned(), numbers())]));
    assert_compatible::<_, Composite<(Itself, List, Itself)>>((1, Some('x'), "y".to_owned()));
    let heap = BinaryHeap::from(numbers());
    let message = Message::one(&Adapted::<_, List>::new(&heap));
    assert_eq!(only::<Vec<u16>>(message.foreign()).map(|list| list.len()), Ok(200));
}

#[test]
fn types_without_serde_return() {
    for order in [Ordering::Less, Ordering::Equal, Ordering::Greater] {
        assert_adapted::<_, Standard>(order);
        assert_adapted::<_, One>(Some(order));
        assert_adapted::<_, Composite<(Standard, Itself)>>(ControlFlow::<_, u8>::Break(order));
    }
    assert_adapted::<_, Standard>(Instant::now());
    assert_adapted::<_, List>([0.5_f32; 1000]);
    assert_adapted::<_, List>(Arc::new("text".to_owned()));
    assert_adapted::<Arc<str>, List>("text".into());
    assert_adapted::<Arc<[u8]>, Composite<(List,)>>(vec![1; 1000].into());
}

#[test]
fn numbers_of_a_long_array_lie_in_a_raw_region() {
    let message = Message::one(&Adapted::<_, List>::new(&[1_u32; 1000]));
    assert_eq!(message.extent.raw_end, 4000);
    let message = Message::one(&Adapted::<_, Composite<(List, Standard)>>::new(&(vec![1_u8; 1000], Ordering::Less)));
    assert_eq!(message.extent.raw_end, 1000);
}

#[test]
fn numbers_that_are_no_value_are_refused() {
    assert!(read::<Ordering, Standard>(&(2,)).is_err());
    for number in [2_i8, -2, i8::MIN, i8::MAX] {
        assert!(matches!(read::<Vec<Ordering>, One>(&vec![number]), Err(DecodeError::Refused { .. })));
    }
    for time in [i128::MAX, i128::MIN] {
        assert!(matches!(read::<(Instant,), One>(&(time,)), Err(DecodeError::Refused { .. })));
    }
    assert!(read::<Option<ExitStatus>, One>(&Some(i64::MAX)).is_err());
    assert!(read::<Option<ControlFlow<u8, u8>>, Composite<(Composite<(Itself, Itself)>,)>>(&Some("Neither")).is_err());
}

#[test]
fn arrays_of_another_length_are_refused() {
    for len in [0, 39, 41, 1000] {
        let error = read::<[u8; 40], List>(&vec![0_u8; len]).expect_err("another length");
        assert!(error.to_string().contains("an array of 40 elements"), "{error}");
    }
    assert!(read::<[Ordering; 2], One>(&[0_i8; 3]).is_err());
    assert!(read::<[Ordering; 2], One>("text").is_err());
}
