//! Tests of the checks of options.

use std::time::Duration;

use super::checks::{MAX_STACK_SIZE, MIN_STACK_SIZE};
use super::*;

fn layout(options: Options) -> Result<Layout, StartError> {
    options.check().map(|settings| settings.layout)
}

#[test]
fn sizes_are_numbers_or_text_with_a_unit() {
    let sizes = [("512 KB", 512_000), ("4 MB", 4_000_000), ("1 GiB", 1 << 30), ("1.5 KiB", 1536), ("7", 7)];
    for (text, bytes) in sizes {
        assert_eq!(layout(Options::new("x").max_input_size(text)).expect(text).input_limit, bytes, "{text}");
    }
    assert_eq!(layout(Options::new("x").max_output_size(4096)).expect("number").output_limit, 4096);
}

#[test]
fn text_that_is_not_a_size_is_quoted() {
    for text in ["", "much", "-4 MB", "4 parsecs", "99999999999999 TB"] {
        let error = layout(Options::new("x").max_output_size(text)).expect_err(text);
        let quoted = format!("{text:?}");
        assert!(error.to_string().contains(&quoted), "{error}");
    }
}

#[test]
fn times_are_durations_or_text_with_a_unit() {
    let times = [("250ms", 250), ("2 s", 2000), ("1m 30s", 90_000), ("0s", 0)];
    for (text, millis) in times {
        let settings = Options::new("x").timeout(text).grace(text.to_owned()).check().expect(text);
        let time = Duration::from_millis(millis);
        assert_eq!((settings.limits.timeout, settings.grace), (Some(time), time), "{text}");
    }
    for (option, options) in [
        ("timeout", Options::new("x").timeout("soon")),
        ("queue_timeout", Options::new("x").queue_timeout("soon")),
        ("cancel_grace", Options::new("x").cancel_grace("soon")),
        ("ready_timeout", Options::new("x").ready_timeout("soon")),
        ("grace", Options::new("x").grace("soon")),
    ] {
        let error = options.check().expect_err("no time").to_string();
        assert!(error.contains(&format!("`{option}` is not a time: \"soon\"")), "{error}");
    }
}

#[test]
fn names_that_a_process_list_cannot_show_are_refused() {
    for name in ["", "a\0b", &"x".repeat(256)] {
        assert!(matches!(layout(Options::new(name)), Err(StartError::InvalidName { .. })), "{name:?}");
    }
}

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
#[test]
fn a_backing_directory_requires_both_sizes() {
    let options = || Options::new("x").backing_dir("/tmp").max_input_size(1);
    assert!(matches!(layout(options()), Err(StartError::SizesNeeded)));
    assert!(layout(options().max_output_size(1)).is_ok());
}

#[test]
fn no_slots_or_too_many_are_refused() {
    for slots in [0, 4095, usize::MAX] {
        assert!(matches!(layout(Options::new("x").slots(slots)), Err(StartError::InvalidLayout { .. })), "{slots}");
    }
    assert!(layout(Options::new("x").slots(4094)).is_ok());
}

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
#[test]
fn default_results_fit_into_any_memory_limit() {
    for slots in [1, 2, 3, 7, 16, 64] {
        for limit in [1 << 20, 3_000_001, 64 << 20, 1 << 30, 1 << 40] {
            let layout = layout(Options::new("x").slots(slots).memory_limit(limit)).expect("the default fits");
            assert!(layout.control_file_size() <= limit, "{slots} slots, {limit} bytes");
            assert!(
                layout.output_limit >= 4096 || limit / slots < 64 << 10,
                "{slots} slots, {limit} bytes: {layout:?}"
            );
        }
    }
    assert_eq!(layout(Options::new("x").memory_limit(1 << 40)).expect("fits").output_limit, (64 << 20) + (64 << 10));
    let error = layout(Options::new("x").memory_limit(1 << 16)).expect_err("16 slots need more");
    assert!(matches!(error, StartError::MemoryLimit { .. }), "{error}");
}

#[test]
fn impossible_stack_sizes_are_refused_and_name_the_option() {
    for size in [0, MIN_STACK_SIZE - 1, MAX_STACK_SIZE + 1, usize::MAX] {
        let error = layout(Options::new("x").stack_size(size)).expect_err("no stack");
        assert!(matches!(error, StartError::InvalidStackSize { size: refused, .. } if refused == size), "{error}");
        assert!(error.to_string().contains("`stack_size`"), "{error}");
    }
    let error = layout(Options::new("x").stack_size("much")).expect_err("no size");
    assert!(matches!(error, StartError::InvalidSize { option: "stack_size", .. }), "{error}");
    for size in [MIN_STACK_SIZE, 64 << 20, MAX_STACK_SIZE] {
        let settings = Options::new("x").stack_size(size).check().expect("possible");
        assert_eq!(settings.stack_size, Some(size));
    }
    assert_eq!(Options::new("x").check().expect("possible").stack_size, None);
}
