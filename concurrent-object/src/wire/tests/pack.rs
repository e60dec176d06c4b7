//! Leaves and headers are the same bytes as `rmp-serde` writes.

use std::fmt::Debug;

use serde::Serialize;

use super::Message;

/// A struct of one field is not a plain scalar, so all of it is MessagePack.
#[derive(Serialize, Debug)]
struct Inside<T> {
    value: T,
}

#[track_caller]
fn assert_packed_alike<T: Serialize + Debug>(value: T) {
    let value = Inside { value };
    let theirs = rmp_serde::to_vec_named(&value).expect("MessagePack");
    assert_eq!(Message::one(&value).structured, theirs, "{value:?}");
}

/// The same, except for the numbers whose short form is the marker of a shape.
#[track_caller]
fn assert_packed_as_signed<T: Serialize + Debug + Into<i64> + Copy>(value: T) {
    if !(-32..-16).contains(&value.into()) {
        return assert_packed_alike(value);
    }
    let message = Message::one(&Inside { value });
    assert_eq!(message.structured[message.structured.len() - 2..], [0xd0, value.into() as u8], "{value:?}");
}

#[test]
fn numbers_are_written_in_their_shortest_form() {
    let edges = (0..64).flat_map(|bit| [-1, 0, 1].map(|near| (1_u64 << bit).wrapping_add_signed(near)));
    for number in edges.chain([u64::MAX]) {
        assert_packed_alike(number);
        assert_packed_alike(number as u32);
        assert_packed_alike(number as u16);
        assert_packed_alike(number as u8);
        let number = number.cast_signed();
        for number in [number, number.wrapping_neg(), !number] {
            assert_packed_as_signed(number);
            assert_packed_as_signed(number as i32);
            assert_packed_as_signed(number as i16);
            assert_packed_as_signed(number as i8);
        }
        assert_packed_alike(i128::from(number));
        assert_packed_alike(number as u128);
    }
}

#[test]
fn other_leaves_are_the_same_bytes() {
    for truth in [false, true] {
        assert_packed_alike(truth);
    }
    assert_packed_alike(1.5_f32);
    assert_packed_alike(-0.1_f64);
    assert_packed_alike('a');
    assert_packed_alike('\u{10ffff}');
    assert_packed_alike(());
    assert_packed_alike(None::<u8>);
    assert_packed_alike(Some(1_u8));
}

#[test]
fn lengths_are_written_in_their_shortest_form() {
    for len in [0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536] {
        assert_packed_alike("t".repeat(len));
        assert_packed_alike(vec![Some(true); len]);
        assert_packed_alike((0..len).map(|key| (key, ())).collect::<std::collections::BTreeMap<_, _>>());
    }
}
