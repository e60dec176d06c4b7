//! The room for items: bounded, and shared with the other calls of the object.

use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, Payload};
use concurrent_object_tests::deadline::{SOON, within};

use super::{SourceProxy, all, start, until_error};

#[test]
fn a_consumer_that_stops_stops_the_method() {
    within(SOON, || {
        let source = start();
        let mut items = source.endless();
        items.next().expect("an item").expect("no error");
        thread::sleep(Duration::from_millis(100));
        drop(items);
        let made = source.made().wait().expect("served");
        // Each takes 16 bytes of a window of 1 MiB, and the consumer copies at most 16 KiB out of
        // it.
        assert!(made <= (1 << 20) / 16 + 1100, "{made} items were made ahead");
    });
}

#[test]
fn an_item_larger_than_half_the_ring_is_refused_and_says_what_to_do() {
    within(SOON, || {
        let source = SourceProxy::builder("source").max_output_size(100_000_usize).start().expect("starts");
        let fits = 32_000;
        assert_eq!(all(source.blocks(20, fits)).len(), 20);
        let (items, error) = until_error(source.frames(&[10, 40_000, 10]));
        assert_eq!(items.len(), 1);
        let CallError::TooLarge { payload, needed, limit, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*payload, *limit), (Payload::Item, 32_768));
        assert!(*needed >= 40_000, "{needed}");
        let text = error.to_string();
        assert!(text.contains("its item needs") && text.contains("`max_output_size`"), "{text}");
        assert_eq!(all(source.count(2)), [1, 2]);
    });
}

#[test]
fn the_smallest_ring_is_enough_for_small_items() {
    within(SOON, || {
        let source = SourceProxy::builder("source").max_output_size(1_usize).start().expect("starts");
        assert_eq!(all(source.count(10_000)).len(), 10_000);
        let (_, error) = until_error(source.panicking(7));
        assert!(matches!(error, CallError::Panicked { .. }), "{error:?}");
    });
}

/// Each call needs the slot in which the items of the one before are unread.
#[test]
fn a_slot_that_another_call_needs_is_emptied() {
    within(SOON, || {
        let source = SourceProxy::builder("source").slots(1_usize).start().expect("starts");
        let numbers = source.count(1000);
        let blocks = source.blocks(5, 50_000);
        assert_eq!(source.made().wait().expect("served"), 0);
        let (mut panicking, mut more) = (source.panicking(3), source.count(4));
        assert_eq!(source.made().wait().expect("served"), 0);
        assert_eq!(panicking.next().expect("an item").expect("no error"), 0);
        assert_eq!(more.next().expect("an item").expect("no error"), 1);
        assert_eq!(all(numbers), (1..=1000).collect::<Vec<_>>());
        assert_eq!(all(blocks), (0..5).map(|number| vec![number; 50_000]).collect::<Vec<_>>());
        assert_eq!(until_error(panicking).0, [1, 2]);
        assert_eq!(all(more), [2, 3, 4]);
    });
}

#[test]
fn many_streams_of_one_object_are_read_in_any_order() {
    within(SOON, || {
        let source = SourceProxy::builder("source").slots(3_usize).start().expect("starts");
        let mut streams: Vec<_> = (0..20).map(|to| (to, source.count(to))).collect();
        streams.rotate_left(7);
        // The last of them is in the backlog behind the others, which are all short.
        for (to, items) in streams {
            assert_eq!(all(items), (1..=to).collect::<Vec<_>>());
        }
    });
}

#[test]
fn a_pushed_call_waits_for_a_stream_and_is_served() {
    within(SOON, || {
        let source = start();
        let items = source.count(200_000);
        source.push_made().expect("room");
        assert_eq!(all(items).len(), 200_000);
        assert!(source.wait_pull().expect("served").is_some());
    });
}
