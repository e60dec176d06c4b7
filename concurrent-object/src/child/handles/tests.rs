//! The keys of the table of kept objects.

use std::cell::RefCell;
use std::rc::Rc;

use super::{HandleTable, KeptObject};
use crate::protocol::failure::Failure;

fn kept(value: u32) -> KeptObject {
    KeptObject { object: Rc::new(RefCell::new(value)), run: |_, _, _, _| Err(Failure::none()) }
}

fn value(kept: Option<&KeptObject>) -> Option<u32> {
    kept.map(|kept| *kept.object.downcast_ref::<RefCell<u32>>().expect("a number").borrow())
}

#[test]
fn a_released_key_finds_nothing_even_if_its_place_is_used_again() {
    let mut table = HandleTable::new();
    let first = table.insert(kept(1));
    assert_eq!(value(table.find(first)), Some(1));
    assert!(table.remove(first).is_some());
    let second = table.insert(kept(2));
    assert_eq!((first.index, table.len()), (second.index, 1));
    assert_eq!(value(table.find(first)), None);
    assert!(table.remove(first).is_none());
    assert_eq!(value(table.find(second)), Some(2));
}

#[test]
fn a_key_of_another_process_finds_nothing() {
    let (mut one, mut other) = (HandleTable::new(), HandleTable::new());
    let (key, same_place) = (one.insert(kept(1)), other.insert(kept(2)));
    assert_eq!((key.index, key.generation), (same_place.index, same_place.generation));
    assert_eq!(value(other.find(key)), None);
}

#[test]
fn a_place_whose_generations_are_used_up_is_never_used_again() {
    let mut table = HandleTable::new();
    let mut key = table.insert(kept(1));
    table.entries[0].generation = u32::MAX;
    key.generation = u32::MAX;
    assert!(table.remove(key).is_some());
    assert_eq!(table.insert(kept(2)).index, 1);
    assert_eq!(value(table.find(key)), None);
}
