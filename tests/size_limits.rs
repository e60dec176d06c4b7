//! Sizes: zero, one byte, exactly the limit, one byte more, and far more.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::path::Path;
use std::time::Duration;

use concurrent_object::{CallError, IntoSize, Payload, PushErrorKind, StartError, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

const MIB: usize = 1 << 20;
const DEFAULT_LIMIT: usize = 64 * MIB + (64 << 10);
/// Debug builds are slow with so many bytes.
const LONG: Duration = Duration::from_secs(180);

/// One byte in a message, 256 bytes in memory.
#[derive(Default, Serialize, Deserialize, Debug, PartialEq)]
pub struct Wide {
    #[serde(default, skip_serializing_if = "is_zero")]
    room: [u64; 32],
}

fn is_zero(room: &[u64; 32]) -> bool {
    *room == [0; 32]
}

pub struct Scale {
    loaded: usize,
}

#[concurrent_object(output_derive(Debug, PartialEq))]
impl Scale {
    pub fn new() -> Self {
        Self { loaded: 0 }
    }

    pub fn load(bytes: &[u8], numbers: Vec<f64>, text: String) -> Self {
        Self { loaded: bytes.len() + numbers.len() * 8 + text.len() }
    }

    pub fn loaded(&self) -> usize {
        self.loaded
    }

    pub fn weigh(&self, bytes: &[u8]) -> usize {
        bytes.len()
    }

    pub fn weigh_both(&self, bytes: &[u8], text: &str) -> usize {
        bytes.len() + text.len()
    }

    pub fn weigh_lists(&self, lists: Vec<Vec<u8>>) -> usize {
        lists.iter().map(Vec::len).sum()
    }

    pub fn make_lists(&self, count: usize) -> Vec<Vec<u8>> {
        vec![vec![1; 65]; count]
    }

    pub fn hold(&self, time: Duration) {
        std::thread::sleep(time);
    }

    pub fn empty_maps(&self, count: usize) -> Vec<Wide> {
        (0..count).map(|_| Wide::default()).collect()
    }

    pub fn weigh_text(&self, text: &str) -> usize {
        text.len()
    }

    pub fn make(&self, size: usize) -> Vec<u8> {
        vec![9; size]
    }

    pub fn make_text(&self, size: usize) -> String {
        "x".repeat(size)
    }

    pub fn increment(&self, bytes: &[u8]) -> Vec<u8> {
        bytes.iter().map(|byte| byte.wrapping_add(1)).collect()
    }
}

fn start(input: impl IntoSize, output: impl IntoSize) -> ScaleProxy {
    ScaleProxy::builder("scale").max_input_size(input).max_output_size(output).start().expect("starts")
}

#[track_caller]
fn assert_too_large<T>(outcome: Result<T, CallError>, expected: Payload, limit_given: usize) -> usize {
    match outcome.map(|_| ()) {
        Err(CallError::TooLarge { payload, needed, limit, .. }) => {
            assert_eq!((payload, limit), (expected, limit_given));
            needed
        }
        other => panic!("not too large: {other:?}"),
    }
}

/// A list of 65 bytes is the shortest that gets a region of its own, and so costs the most padding.
#[test]
fn nested_lists_with_the_most_padding_are_accepted_up_to_the_limit() {
    within(SOON, || {
        let lists = vec![vec![1; 65]; 10_000];
        let small = start(1000, 1000);
        let needed = assert_too_large(small.weigh_lists(lists.clone()).wait(), Payload::Arguments, 1000);
        let returned = assert_too_large(small.make_lists(lists.len()).wait(), Payload::Result, 1000);
        let exact = start(needed, returned);
        assert_eq!(exact.weigh_lists(lists.clone()).wait().expect("it fits"), 650_000);
        assert_eq!(exact.make_lists(lists.len()).wait().expect("it fits"), lists);
    });
}

#[test]
fn four_million_bytes_are_exactly_four_megabytes() {
    within(SOON, || {
        let scale = start("4 MB", "4 MB");
        for size in [0, 1, 3_999_999, 4_000_000] {
            assert_eq!(scale.weigh(&vec![1; size]).wait().expect("it fits"), size);
            assert_eq!(scale.make(size).wait().expect("it fits").len(), size);
        }
        assert_eq!(assert_too_large(scale.weigh(&vec![1; 4_000_001]).wait(), Payload::Arguments, 4_000_000), 4_000_001);
        assert_eq!(assert_too_large(scale.make(4_000_001).wait(), Payload::Result, 4_000_000), 4_000_001);
        assert_eq!(scale.weigh(&[1, 2]).wait().expect("the object still serves"), 2);
    });
}

#[test]
fn limits_are_exact_to_the_byte() {
    within(SOON, || {
        for limit in [16, 100, 4096, 5000] {
            let scale = start(limit, limit);
            for size in limit - 3..=limit {
                assert_eq!(scale.weigh(&vec![1; size]).wait().expect("it fits"), size);
                assert_eq!(scale.make(size).wait().expect("it fits"), vec![9; size]);
            }
            for size in limit + 1..limit + 4 {
                assert_eq!(assert_too_large(scale.weigh(&vec![1; size]).wait(), Payload::Arguments, limit), size);
                assert_eq!(assert_too_large(scale.make(size).wait(), Payload::Result, limit), size);
            }
        }
    });
}

/// Text has a header. The longest text that fits has exactly the limit, header included.
#[test]
fn text_is_counted_with_its_header() {
    within(SOON, || {
        let scale = start(1000_usize, 1000_usize);
        let needed = assert_too_large(scale.weigh_text(&"x".repeat(1001)).wait(), Payload::Arguments, 1000);
        let header = needed - 1001;
        assert!((1..=8).contains(&header), "{header}");
        assert_eq!(scale.weigh_text(&"x".repeat(1000 - header)).wait().expect("it fits"), 1000 - header);
        assert_too_large(scale.weigh_text(&"x".repeat(1001 - header)).wait(), Payload::Arguments, 1000);
        let header = assert_too_large(scale.make_text(1001).wait(), Payload::Result, 1000) - 1001;
        assert_eq!(scale.make_text(1000 - header).wait().expect("it fits").len(), 1000 - header);
        assert_too_large(scale.make_text(1001 - header).wait(), Payload::Result, 1000);
    });
}

#[test]
fn a_push_too_large_is_refused_and_a_result_too_large_is_an_error() {
    within(SOON, || {
        let scale = start(100_usize, 100_usize);
        let refused = scale.push_weigh(&[0; 101]).expect_err("too large");
        assert!(matches!(refused.kind(), PushErrorKind::TooLarge { needed: 101, limit: 100, .. }), "{refused:?}");
        scale.push_make(101).expect("pushed");
        scale.push_make(100).expect("pushed");
        assert_eq!(assert_too_large(scale.wait_pull(), Payload::Result, 100), 101);
        assert_eq!(scale.wait_pull().expect("it fits"), Some(ScaleOutput::Make(vec![9; 100])));
    });
}

#[test]
fn a_result_far_beyond_the_limit_is_only_an_error() {
    within(LONG, || {
        let scale = start(64_usize, "1 KB");
        for _ in 0..3 {
            assert_eq!(assert_too_large(scale.make(50 * MIB).wait(), Payload::Result, 1000), 50 * MIB);
            assert!(assert_too_large(scale.make_text(50 * MIB).wait(), Payload::Result, 1000) > 50 * MIB);
            assert_eq!(scale.make(1000).wait().expect("it fits").len(), 1000);
        }
    });
}

#[test]
fn limits_of_zero_leave_room_only_for_errors() {
    within(SOON, || {
        let scale = start(0_usize, 0_usize);
        assert_too_large(scale.loaded().wait(), Payload::Result, 0);
        assert_too_large(scale.weigh(&[1]).wait(), Payload::Arguments, 0);
        assert_too_large(scale.loaded().wait(), Payload::Result, 0);
    });
}

#[test]
fn sixty_four_mebibytes_go_both_ways_with_default_options() {
    within(LONG, || {
        let scale = ScaleProxy::builder("scale").start().expect("starts");
        let bytes: Vec<u8> = (0..64 * MIB).map(|n| (n % 251) as u8).collect();
        let back = scale.increment(&bytes).wait().expect("it fits");
        assert_eq!(back.len(), bytes.len());
        let differ = bytes.iter().zip(&back).position(|(sent, got)| sent.wrapping_add(1) != *got);
        assert_eq!(differ, None);
        // There is room for the small arguments beside them, too.
        let text = "t".repeat(65_000);
        assert_eq!(scale.weigh_both(&bytes, &text).wait().expect("it fits"), bytes.len() + text.len());
        let over = vec![0; DEFAULT_LIMIT + 1];
        assert_eq!(assert_too_large(scale.weigh(&over).wait(), Payload::Arguments, DEFAULT_LIMIT), over.len());
    });
}

#[test]
fn constructor_arguments_have_no_limit() {
    within(LONG, || {
        let options = ScaleProxy::builder("scale").max_input_size(16_usize);
        let empty = options.clone().start_load(&[], vec![], String::new()).expect("starts");
        assert_eq!(empty.loaded().wait().expect("loaded"), 0);
        let (bytes, numbers, text) = (vec![1; 100 * MIB], vec![0.5; MIB], "t".repeat(3 * MIB));
        let scale = options.start_load(&bytes, numbers, text).expect("starts");
        assert_eq!(scale.loaded().wait().expect("loaded"), 111 * MIB);
    });
}

#[test]
fn a_backing_directory_works_and_keeps_no_file() {
    within(SOON, || {
        let directory = tempfile::tempdir().expect("a directory");
        let builder = ScaleProxy::builder("scale").slots(2).backing_dir(directory.path());
        let scale = builder.max_input_size("1 MiB").max_output_size("1 MiB").start().expect("starts");
        for _ in 0..3 {
            assert_eq!(scale.increment(&vec![7; MIB]).wait().expect("it fits"), vec![8; MIB]);
        }
        assert_eq!(std::fs::read_dir(directory.path()).expect("it is there").count(), 0);
        assert_eq!(assert_too_large(scale.make(MIB + 1).wait(), Payload::Result, MIB), MIB + 1);
    });
}

#[test]
fn a_backing_directory_without_enough_room_fails_at_start() {
    within(SOON, || {
        let directory = tempfile::tempdir().expect("a directory");
        let room = rustix::fs::statvfs(directory.path()).expect("it is there");
        let free = usize::try_from(room.f_bfree * room.f_frsize).expect("it can be counted");
        let builder = ScaleProxy::builder("scale").slots(1).backing_dir(directory.path());
        let error = builder.max_input_size(1_usize).max_output_size(2 * free).start().expect_err("no room");
        let StartError::NoRoom { directory: named, needed, .. } = &error else { panic!("another error: {error:?}") };
        assert_eq!((named.as_path(), *needed > free), (directory.path(), true));
        assert!(error.to_string().contains(&*directory.path().to_string_lossy()), "{error}");
        let room_after = rustix::fs::statvfs(directory.path()).expect("it is there");
        assert!(room_after.f_bfree * room_after.f_frsize > room.f_bfree * room.f_frsize / 2, "the room is free again");
    });
}

#[test]
fn a_backing_directory_that_is_not_a_directory_fails_at_start() {
    within(SOON, || {
        for directory in [Path::new("/nowhere/at/all"), Path::new("/dev/null")] {
            let builder = ScaleProxy::builder("scale").backing_dir(directory);
            let error = builder.max_input_size(1_usize).max_output_size(1_usize).start().expect_err("no directory");
            assert!(matches!(error, StartError::System { .. }), "{error:?}");
        }
    });
}

#[test]
fn a_result_that_needs_too_much_memory_is_an_error_with_the_option() {
    within(SOON, || {
        let builder = || ScaleProxy::builder("scale").max_output_size(10_000_usize);
        let scale = builder().start().expect("starts");
        // 16 times 10,000 bytes hold 625 elements.
        assert_eq!(scale.empty_maps(625).wait().expect("it fits").len(), 625);
        let error = scale.empty_maps(626).wait().expect_err("too much");
        assert!(matches!(error, CallError::Decode { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("160000") && text.contains("`max_decoded_size`"), "{text}");
        assert_eq!(scale.loaded().wait().expect("alive"), 0);
        let scale = builder().max_decoded_size("1 GiB").start().expect("starts");
        assert_eq!(scale.empty_maps(9000).wait().expect("it fits").len(), 9000);
    });
}

#[test]
fn arguments_beyond_the_limit_are_refused_exactly_while_the_only_slot_is_busy() {
    within(SOON, || {
        let builder = ScaleProxy::builder("scale").slots(1).max_input_size("1 MB");
        let scale = builder.start().expect("starts");
        let busy = scale.hold(Duration::from_millis(300));
        let (bytes, text) = (vec![1; 20 * MIB], "t".repeat(20 * MIB));
        assert_eq!(assert_too_large(scale.weigh(&bytes).wait(), Payload::Arguments, 1_000_000), bytes.len());
        assert_eq!(assert_too_large(scale.weigh_text(&text).wait(), Payload::Arguments, 1_000_000), text.len() + 5);
        let both = assert_too_large(scale.weigh_both(&bytes, &text).wait(), Payload::Arguments, 1_000_000);
        assert_eq!(both, bytes.len() + text.len() + 5);
        busy.wait().expect("it is held");
        assert_eq!(scale.weigh(&bytes[..1_000_000]).wait().expect("it fits"), 1_000_000);
    });
}
