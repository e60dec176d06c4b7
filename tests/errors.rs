//! The error types: conversions, `Send` and `Sync`, and messages. Also the example that motivated
//! the design, unchanged.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};

use concurrent_object::{CallError, Error, PushError, PushErrorKind, StartError, Status, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::home::process_of;
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

#[derive(Debug)]
pub struct LoadError;

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such model")
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    place: (u32, u32),
    sureness: f32,
}

pub struct Detector {
    threshold: f32,
}

#[concurrent_object]
impl Detector {
    pub fn new(model: &Path, threshold: f32) -> Result<Self, LoadError> {
        if model.extension().is_some() { Ok(Self { threshold }) } else { Err(LoadError) }
    }

    pub fn detect(&mut self, frame: &[u8], size: (u32, u32)) -> Vec<Detection> {
        assert_eq!(frame.len() as u32, size.0 * size.1, "the size is not the frame's\n\nreally");
        let bright = (0..).zip(frame).filter(|&(_, &pixel)| f32::from(pixel) / 255.0 > self.threshold);
        bright
            .map(|(at, &pixel)| Detection { place: (at % size.0, at / size.0), sureness: f32::from(pixel) / 255.0 })
            .collect()
    }

    pub fn threshold(&self) -> f32 {
        self.helper();
        self.threshold
    }

    fn helper(&self) {}

    pub fn exit(&self, code: i32) {
        std::process::exit(code)
    }

    pub fn checked(&self, fine: bool) -> Result<u8, String> {
        if fine { Ok(1) } else { Err("not fine".into()) }
    }
}

fn start() -> DetectorProxy {
    DetectorProxy::builder("detector").max_input_size("1 KB").start(Path::new("a.model"), 0.5).expect("starts")
}

fn is_sendable<E: StdError + Send + Sync + 'static>(_: &E) {}

/// The example from the documentation.
fn detect(model: PathBuf, frame: Vec<u8>) -> Result<usize, Box<dyn StdError>> {
    let detector =
        DetectorProxy::builder("detector").max_input_size("4 MB").max_output_size("1 MB").start(&model, 0.5)?;
    detector.wait_until_ready()?;

    detector.push_detect(&frame, (640, 480))?;
    let mut seen = 0;
    wait_for("the detections are there", || {
        let Status { can_pull, .. } = detector.status();
        can_pull
    });
    if let Some(DetectorOutput::Detect(found)) = detector.pull()? {
        seen += found.len();
    }

    let found = detector.detect(&frame, (640, 480)).wait()?;
    let call = detector.detect(&frame, (640, 480));
    seen += found.len() + call.wait()?.len();
    detector.terminate()?;
    Ok(seen)
}

#[test]
fn the_design_example_works_unchanged() {
    within(SOON, || {
        let mut frame = vec![0; 640 * 480];
        (frame[7], frame[8]) = (200, 250);
        assert_eq!(detect("a.model".into(), frame.clone()).map_err(|error| error.to_string()), Ok(6));
        let error = detect("a".into(), frame).expect_err("no such model");
        assert_eq!(error.to_string(), "the constructor failed: no such model");
        let panicked = detect("a.model".into(), vec![1]).expect_err("it panics");
        assert!(panicked.is::<CallError>(), "{panicked}");
    });
}

#[test]
fn every_error_is_send_static_and_displayable() {
    within(SOON, || {
        let detector = start();
        let call = detector.detect(&[1], (2, 2)).wait().expect_err("it panics");
        is_sendable(&call);
        let push = detector.push_detect(&[0; 2000], (2, 2)).expect_err("too large");
        is_sendable(&push);
        is_sendable(push.kind());
        let start = DetectorProxy::builder("").start(Path::new(""), 0.5).map(|_| ()).expect_err("no name");
        is_sendable(&start);
        is_sendable(&Error::from(start.clone()));
        let printed = format!("{:?}", Error::from(start.clone()));
        let (first, causes) = printed.split_once('\n').unwrap_or((&printed, ""));
        assert_eq!(first, Error::from(start.clone()).to_string());
        assert!(causes.lines().all(|line| line.starts_with("  caused by: ")), "{printed}");
        // `unwrap` prints the same text.
        assert_eq!([format!("{start:?}"), format!("{push:?}")], [start.to_string(), push.to_string()]);
        assert_eq!(format!("{call:?}"), call.to_string());
        let all = [call.to_string(), push.to_string(), start.to_string(), Error::from(call).to_string()];
        for shown in all {
            assert_eq!(shown.lines().count(), 1, "{shown:?}");
            let first = shown.chars().next().expect("not empty");
            assert!(!first.is_uppercase() && !shown.ends_with('.'), "{shown:?}");
        }
    });
}

/// Only types are checked: the arguments need be neither `Debug` nor `'static` nor `Send`.
#[test]
fn a_refused_push_is_an_error_whatever_its_arguments_are() {
    struct Opaque;
    fn show<A>(error: &PushError<A>) -> String {
        fn is_error<E: StdError>(error: &E) -> String {
            format!("{error:?} {error}")
        }
        is_error(error)
    }
    fn convert<A>(error: PushError<A>) -> Error {
        error.into()
    }
    let _: fn(&PushError<Opaque>) -> String = show;
    let _: fn(PushError<&'static Opaque>) -> Error = convert;
    within(SOON, || {
        let refused = start().push_detect(&[0; 2000], (2, 2)).expect_err("too large");
        assert!(show(&refused).contains("2000") || show(&refused).contains("1000"), "{}", show(&refused));
        assert!(matches!(convert(refused), Error::Push(PushErrorKind::TooLarge { .. })));
    });
}

#[test]
fn one_question_mark_serves_start_push_pull_and_call() {
    fn run(name: &str, frame: &[u8], code: i32) -> Result<f32, Error> {
        let detector = DetectorProxy::builder(name).max_input_size("1 KB").start(Path::new("a.model"), 0.25)?;
        detector.wait_until_ready()?;
        detector.push_detect(frame, (2, 2))?;
        detector.wait_pull()?;
        if code != 0 {
            detector.exit(code).wait()?;
        }
        let threshold = detector.threshold().wait()?;
        detector.close()?;
        Ok(threshold)
    }
    within(SOON, || {
        assert!(run("detector", &[0; 4], 0).is_ok_and(|threshold| threshold == 0.25));
        assert!(matches!(run("", &[0; 4], 0), Err(Error::Start(StartError::InvalidName { .. }))));
        assert!(matches!(run("detector", &[0; 2000], 0), Err(Error::Push(PushErrorKind::TooLarge { .. }))));
        assert!(matches!(run("detector", &[0; 5], 0), Err(Error::Call(CallError::Panicked { .. }))));
        assert!(matches!(run("detector", &[0; 4], 3), Err(Error::Call(CallError::Died { .. }))));
    });
}

#[test]
fn the_error_of_a_death_has_name_pid_method_and_exit() {
    within(SOON, || {
        let detector = start();
        let pid = process_of(&detector.handle());
        let error = detector.exit(3).wait().expect_err("it exits");
        let message = error.to_string();
        for part in ["detector", &pid.to_string(), "exit code 3", "`exit`", "had started"] {
            assert!(message.contains(part), "{part:?} is missing: {message}");
        }
        assert_eq!(
            (error.method(), error.call().map_or(0, concurrent_object::CallId::get), error.info().pid),
            (Some("exit"), 1, pid)
        );
    });
}

#[test]
fn an_err_of_the_method_is_data() {
    within(SOON, || {
        let detector = start();
        assert_eq!(detector.checked(false).wait().expect("it returned"), Err("not fine".into()));
        assert_eq!(detector.checked(true).wait().expect("it returned"), Ok(1));
        detector.push_checked(false).expect("pushed");
        assert!(matches!(detector.wait_pull(), Ok(Some(DetectorOutput::Checked(Err(text)))) if text == "not fine"));
    });
}
