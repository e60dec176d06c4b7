//! What a caller relies on first: errors and panics of methods, the order of pushes, sizes, and the
//! cost of an idle object.
//!
//! Each test covers a fault that the predecessor of this crate had.

use concurrent_object::{CallError, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::home::process_of;
use concurrent_object_tests::mortal::{DivideError, MortalOutput, MortalProxy};
use concurrent_object_tests::processes::{context_switches, cpu_ticks, is_off_the_processor};

concurrent_object::init_before_main!();

#[test]
fn error_of_a_method_arrives_unchanged_and_the_object_serves_on() {
    within(SOON, || {
        let object = MortalProxy::builder("divider").start().expect("start");
        object.add(40).wait().expect("alive");

        assert_eq!(object.divide(7, 0).wait().expect("data, not an error of ours"), Err(DivideError::ByZero(7)));
        object.push_divide(8, 0).expect("push");
        assert!(matches!(object.wait_pull(), Ok(Some(MortalOutput::Divide(Err(DivideError::ByZero(8)))))));

        assert_eq!(object.divide(84, 2).wait().expect("alive"), Ok(42));
        assert_eq!(object.add(2).wait().expect("the same object"), 42);
    });
}

/// Panics at a line that the test finds in this file.
#[derive(Debug)]
pub struct Panicky(u32);

#[concurrent_object]
impl Panicky {
    /// Starts with this count of panics.
    pub fn new(falls: u32) -> Self {
        Self(falls)
    }

    /// Counts a panic, and panics.
    pub fn fall(&mut self, text: &str) {
        self.0 += 1;
        panic!("fell over {text}");
    }

    /// Returns the number of panics.
    pub fn falls(&self) -> u32 {
        self.0
    }
}

#[test]
fn panic_is_an_error_with_its_place_and_the_object_serves_on() {
    within(SOON, || {
        let (before, _) = include_str!("call_semantics.rs").split_once("panic!(\"fell over").expect("it stands above");
        let line = u32::try_from(before.lines().count()).expect("lines");
        let column = u32::try_from(before.lines().last().expect("a line").len() + 1).expect("columns");
        let object = PanickyProxy::builder("panicky").start(0).expect("start");

        for (count, text) in [(1, "a stone"), (2, "a cat")] {
            let error = object.fall(text).wait().expect_err("it panics");

            let CallError::Panicked { ref panic, .. } = error else { panic!("{error}") };
            assert_eq!((panic.line, panic.column), (line, column));
            assert_eq!(panic.message, format!("fell over {text}"));
            assert!(panic.file.ends_with("call_semantics.rs"), "{}", panic.file);
            assert_eq!((error.method(), error.object_gone()), (Some("fall"), false));
            assert_eq!(object.falls().wait().expect("it still serves"), count);
        }
        object.push_fall("itself").expect("push");
        assert!(matches!(object.wait_pull(), Err(CallError::Panicked { .. })));
        assert!(object.handle().is_alive());
    });
}

#[test]
fn outcomes_are_pulled_in_the_order_of_the_pushes() {
    within(SOON, || {
        let object = MortalProxy::builder("ordered").start().expect("start");
        object.push_add(1).expect("push");
        object.push_divide(9, 3).expect("push");

        // Both are answered before the first is pulled. The predecessor lost one of the two then.
        assert_eq!(object.add(1).wait().expect("alive"), 2);
        assert!(matches!(object.pull(), Ok(Some(MortalOutput::Add(1)))));
        assert!(matches!(object.pull(), Ok(Some(MortalOutput::Divide(Ok(3))))));
        assert!(matches!(object.pull(), Ok(None)));
    });
}

#[test]
fn small_input_may_have_a_large_output() {
    within(SOON, || {
        let builder = MortalProxy::builder("growing").max_input_size("1 KB").max_output_size("1 MB");
        let object = builder.start().expect("start");

        let grown = object.repeat_sum(&[1; 990], 1_000_000 / size_of::<u64>()).wait().expect("it fits");

        assert_eq!(grown.len() * size_of::<u64>(), 1_000_000);
        assert!(grown.iter().all(|&sum| sum == 990));
    });
}

#[test]
fn idle_object_uses_no_processor_time_and_never_wakes_up() {
    within(SOON, || {
        let object = MortalProxy::builder("lazy").start().expect("start");
        assert_eq!(object.add(1).wait().expect("alive"), 1);
        let pid = process_of(&object.handle());
        // One thread serves, the other watches the parent. The watching thread may not have run at
        // all when the first call ends.
        wait_for("both its threads have left the processor", || is_off_the_processor(pid, 2));
        let before = (cpu_ticks(pid), context_switches(pid));

        // The period of the measurement, and not a wait for something to settle.
        std::thread::sleep(std::time::Duration::from_secs(2));

        assert_eq!((cpu_ticks(pid), context_switches(pid)), before);
        assert_eq!(object.add(1).wait().expect("it wakes when it is called"), 2);
    });
}
