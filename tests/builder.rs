//! Every option of the builder, with valid and invalid values.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use concurrent_object::{CallError, OnPanic, StartError, State, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

concurrent_object::init_before_main!();

pub struct Probe {
    text: String,
}

#[concurrent_object]
impl Probe {
    pub fn new(text: String) -> Self {
        Self { text }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn variable(&self, name: &str) -> Option<Vec<u8>> {
        std::env::var_os(name).map(|value| value.as_bytes().to_vec())
    }

    pub fn size(&self, bytes: &[u8]) -> usize {
        bytes.len()
    }

    pub fn panic(&self) {
        panic!("no");
    }
}

fn builder() -> ProbeProxyBuilder {
    ProbeProxy::builder("probe")
}

fn refusal(builder: ProbeProxyBuilder) -> StartError {
    let error = builder.start(String::new()).map(|_| ()).expect_err("an impossible option");
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    error
}

#[test]
fn error_for_an_invalid_size_quotes_it_and_names_its_option() {
    within(SOON, || {
        for text in ["", "much", "-4 MB", "4 parsecs", "4,5 MB", "99999999999999999999 TB", "4 MB more"] {
            let options = [
                ("max_input_size", builder().max_input_size(text)),
                ("max_output_size", builder().max_output_size(text)),
            ];
            for (option, builder) in options {
                let error = refusal(builder);
                assert!(matches!(&error, StartError::InvalidSize { text: quoted, .. } if quoted == text), "{error:?}");
                let message = error.to_string();
                assert!(message.contains(&format!("{text:?}")) && message.contains(option), "{message}");
            }
        }
    });
}

#[test]
fn sizes_may_be_numbers_or_text() {
    within(SOON, || {
        let probe = builder()
            .max_input_size("2 KB".to_owned())
            .max_output_size(100_usize)
            .start(String::new())
            .expect("starts");
        assert_eq!(probe.size(&[0; 2000]).wait().expect("it fits"), 2000);
        let error = probe.size(&[0; 2001]).wait().expect_err("too large");
        assert!(matches!(error, CallError::TooLarge { limit: 2000, .. }), "{error:?}");
        let probe = builder().max_input_size("1 KiB").start(String::new()).expect("starts");
        let error = probe.size(&[0; 1025]).wait().expect_err("too large");
        assert!(matches!(error, CallError::TooLarge { limit: 1024, .. }), "{error:?}");
    });
}

#[test]
fn slots_and_sizes_beyond_the_address_space_are_refused() {
    within(SOON, || {
        let too_many = [builder().slots(0), builder().slots(usize::MAX), builder().max_input_size(usize::MAX)];
        for builder in too_many
            .into_iter()
            .chain([builder().max_output_size("10 PB"), builder().slots(4000).max_input_size("1 TB")])
        {
            let error = refusal(builder);
            assert!(matches!(error, StartError::InvalidLayout { .. }), "{error:?}");
        }
    });
}

#[test]
fn names_that_a_process_list_cannot_show_are_refused() {
    within(SOON, || {
        for name in ["", "a\0b", &"x".repeat(256)] {
            let error = refusal(ProbeProxy::builder(name));
            assert!(matches!(&error, StartError::InvalidName { name: reported, .. } if reported == name), "{error:?}");
        }
        for name in ["ä [b]\n", &"x".repeat(255)] {
            let probe = ProbeProxy::builder(name).start(String::new()).expect("starts");
            assert_eq!(probe.handle().name(), name);
            probe.wait_until_ready().expect("ready");
        }
    });
}

#[test]
fn a_backing_directory_requires_both_sizes() {
    within(SOON, || {
        let sized = || builder().backing_dir(std::env::temp_dir());
        for builder in [sized(), sized().max_input_size(1_usize), sized().max_output_size(1_usize)] {
            assert!(matches!(refusal(builder), StartError::SizesNeeded));
        }
    });
}

#[test]
fn the_environment_reaches_the_child_and_only_the_child() {
    within(SOON, || {
        let odd = OsStr::from_bytes(b"\xff");
        let probe =
            builder().env("PROBE_A", "1").env("PROBE_B", odd).env("PROBE_A", "2").start(String::new()).expect("starts");
        assert_eq!(probe.variable("PROBE_A").wait().expect("answered"), Some(b"2".to_vec()));
        assert_eq!(probe.variable("PROBE_B").wait().expect("answered"), Some(vec![0xff]));
        assert_eq!(probe.variable("PROBE_C").wait().expect("answered"), None);
        assert_eq!(std::env::var_os("PROBE_A"), None);
        let other = builder().start(String::new()).expect("starts");
        assert_eq!(other.variable("PROBE_A").wait().expect("answered"), None);
    });
}

#[test]
fn a_builder_starts_again_from_its_clone() {
    within(SOON, || {
        let builder = builder().slots(1).max_input_size(10_usize).env("PROBE_A", "1");
        let probes: Vec<_> = (0..3).map(|n| builder.clone().start(n.to_string()).expect("starts")).collect();
        for (n, probe) in probes.iter().enumerate() {
            assert_eq!(probe.text().wait().expect("answered"), n.to_string());
            assert_eq!(probe.variable("PROBE_A").wait().expect("answered"), Some(b"1".to_vec()));
            assert!(probe.size(&[0; 11]).wait().is_err());
        }
        let mut pids: Vec<_> = probes.iter().map(|probe| probe.handle().pid()).collect();
        pids.dedup();
        assert_eq!(pids.len(), 3);
    });
}

#[test]
fn a_panic_ends_the_object_with_on_panic_terminate() {
    within(SOON, || {
        let probe = builder().on_panic(OnPanic::Terminate).start(String::new()).expect("starts");
        let error = probe.panic().wait().expect_err("a panic");
        assert!(matches!(error, CallError::Panicked { .. }), "{error:?}");
        wait_for("the object ends", || probe.status().state == State::Ended);
        assert!(probe.text().wait().expect_err("it is gone").object_gone());
        let probe = builder().on_panic(OnPanic::Continue).start("on".into()).expect("starts");
        assert!(probe.panic().wait().is_err());
        assert_eq!(probe.text().wait().expect("it still serves"), "on");
    });
}

#[test]
fn a_grace_period_may_be_zero_or_unlimited() {
    within(SOON, || {
        for grace in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
            let probe = builder().grace(grace).start(String::new()).expect("starts");
            probe.wait_until_ready().expect("ready");
            probe.terminate().expect("terminated");
            assert_eq!(probe.status().state, State::Ended);
        }
    });
}

#[test]
fn a_builder_does_not_show_the_values_of_variables() {
    let shown = format!("{:?}", builder().env("PASSWORD", "s3cret").max_input_size("4 MB"));
    assert!(shown.contains("4 MB") && !shown.contains("s3cret"), "{shown}");
}
