//! An object with several impl blocks: one with the constructors, and its parts. A part can stand
//! in another module, and can be the impl of a trait.

use std::time::Duration;

use concurrent_object::{CallError, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};

concurrent_object::init_before_main!();

#[path = "impl_parts/limits.rs"]
mod limits;

#[derive(Debug)]
pub struct Script {
    lines: Vec<String>,
    limit: usize,
}

#[concurrent_object(parts(eval, limits = limits::ScriptLimitsOutput, run), output_derive(Debug, PartialEq))]
impl Script {
    pub fn new(line: &str) -> Self {
        Self { lines: vec![line.to_owned()], limit: 10 }
    }

    pub fn line(&self, at: usize) -> Option<&str> {
        self.lines.get(at).map(String::as_str)
    }

    pub fn add(&mut self, line: String) -> usize {
        self.lines.push(line);
        self.lines.len()
    }
}

#[concurrent_object(part = eval, output_derive(Debug, PartialEq))]
impl Script {
    /// Returns the number of words of each line.
    pub fn count(&self) -> Vec<usize> {
        self.lines.iter().map(|line| line.split_whitespace().count()).collect()
    }

    #[concurrent_object(timeout = "200ms")]
    pub fn spin(&self) -> u8 {
        loop {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub fn fill(&self, buffer: &mut Vec<u8>) -> usize {
        buffer.extend_from_slice(self.lines[0].as_bytes());
        buffer.len()
    }

    pub fn into_text(self) -> String {
        self.lines.join("\n")
    }
}

pub trait Run {
    fn run(&self, times: usize) -> String;
}

#[concurrent_object(part = run, output_derive(Debug, PartialEq))]
impl Run for Script {
    fn run(&self, times: usize) -> String {
        self.lines.concat().repeat(times)
    }
}

fn script() -> ScriptProxy {
    ScriptProxy::builder("script").start("one two").expect("it starts")
}

#[test]
fn methods_of_all_blocks_are_on_one_proxy_and_see_one_object() {
    within(SOON, || {
        let script = script();
        assert_eq!(script.add("three".to_owned()).wait().expect("it answers"), 2);
        assert_eq!(script.count().wait().expect("it answers"), [2, 1]);
        assert_eq!(script.run(2).wait().expect("it answers"), "one twothreeone twothree");
        script.set_limit(3).wait().expect("it answers");
        assert_eq!(script.limit().wait().expect("it answers"), 3);
        let mut buffer = vec![b'>'];
        assert_eq!(script.fill(&mut buffer).wait().expect("it answers"), 8);
        assert_eq!(buffer, b">one two");
    });
}

#[test]
fn a_pull_yields_the_outputs_of_all_blocks_in_order() {
    within(SOON, || {
        let script = script();
        script.push_add("three".to_owned()).expect("a slot is free");
        script.push_count().expect("a slot is free");
        script.push_run(1).expect("a slot is free");
        script.push_limit().expect("a slot is free");
        let pulled: Vec<_> = (0..4).map(|_| script.wait_pull().expect("it answers").expect("one is left")).collect();
        let expected = [
            ScriptOutput::Add(2),
            ScriptOutput::Eval(ScriptEvalOutput::Count(vec![2, 1])),
            ScriptOutput::Run(ScriptRunOutput::Run("one twothree".to_owned())),
            ScriptOutput::Limits(limits::ScriptLimitsOutput::Limit(10)),
        ];
        assert_eq!(pulled, expected);
    });
}

#[test]
fn a_part_can_consume_the_object() {
    within(SOON, || {
        let script = script();
        script.add("three".to_owned()).wait().expect("it answers");
        assert_eq!(script.into_text().wait().expect("it answers"), "one two\nthree");
    });
}

#[test]
fn the_options_of_a_method_hold_in_a_part_and_errors_name_it() {
    within(SOON, || {
        let error = script().spin().wait().expect_err("it is over its limit");
        assert!(matches!(error, CallError::TimedOut { .. }), "{error}");
        assert!(error.to_string().contains("spin"), "{error}");
        let error = script().fail().wait().expect_err("it panics");
        assert!(error.to_string().contains("fail"), "{error}");
    });
}
