//! Functions and closures that capture nothing, as arguments.
#![allow(unsafe_code, reason = "functions of C libraries are unsafe")]

use std::ffi::{CStr, c_char};

use concurrent_object::{CallError, RestartPolicy, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};

concurrent_object::init_before_main!();

#[derive(Debug)]
pub struct Names {
    names: Vec<String>,
    /// What was set last.
    rank: fn(&str) -> usize,
}

#[concurrent_object]
impl Names {
    pub fn new(rank: fn(&str) -> usize) -> Self {
        Self { names: ["wren", "crow", "robin"].map(str::to_owned).to_vec(), rank }
    }

    pub fn retain<F>(&mut self, mut keep: F) -> usize
    where
        F: FnMut(&str) -> bool + Send,
    {
        self.names.retain(|name| keep(name));
        self.names.len()
    }

    pub fn map(&self, change: impl Fn(&str) -> String) -> Vec<String> {
        self.names.iter().map(|name| change(name)).collect()
    }

    pub fn fold(&self, first: u64, add: impl FnOnce(u64, &[String]) -> u64 + 'static) -> u64 {
        add(first, &self.names)
    }

    pub fn first(&self, choose: &dyn for<'a> Fn(&'a [String]) -> Option<&'a String>) -> Option<&String> {
        choose(&self.names)
    }

    pub fn visit<F: FnMut(&str)>(&mut self, visit: &mut F, other: &mut dyn FnMut(&mut String)) -> Vec<String> {
        self.names.iter().for_each(|name| visit(name));
        self.names.iter_mut().for_each(other);
        self.names.clone()
    }

    pub fn each_of(&self, changes: Vec<fn(&str) -> String>, last: Option<fn(String) -> String>) -> Vec<String> {
        let last = last.unwrap_or(|text| text);
        self.names.iter().zip(changes).map(|(name, change)| last(change(name))).collect()
    }

    pub fn set_rank(&mut self, rank: fn(&str) -> usize) {
        self.rank = rank;
    }

    pub fn ranks(&self) -> Vec<usize> {
        self.names.iter().map(|name| (self.rank)(name)).collect()
    }

    pub fn measure(&self, text: &CStr, with: unsafe extern "C" fn(*const c_char) -> usize) -> usize {
        // SAFETY: the tests pass functions that read a text up to its end.
        unsafe { with(text.as_ptr()) }
    }

    pub fn die(&self) {
        std::process::abort()
    }
}

fn shout(name: &str) -> String {
    name.to_uppercase()
}

/// Counts the bytes of a text, as the C library does.
///
/// # Safety
/// The text ends with a zero.
unsafe extern "C" fn count(text: *const c_char) -> usize {
    // SAFETY: the caller passes such a text.
    unsafe { CStr::from_ptr(text) }.count_bytes()
}

fn start() -> NamesProxy {
    NamesProxy::builder("names").restart(RestartPolicy::on_death()).start(|name| name.len()).expect("it starts")
}

#[test]
fn functions_and_closures_that_capture_nothing_run_in_the_child() {
    within(SOON, || {
        let names = start();
        assert_eq!(names.map(shout).wait().expect("it answers"), ["WREN", "CROW", "ROBIN"]);
        assert_eq!(names.map(|name| name[1..].to_owned()).wait().expect("it answers"), ["ren", "row", "obin"]);
        assert_eq!(names.map(|_| std::process::id().to_string()).wait().expect("it answers")[0], pid(&names));
        assert_eq!(names.fold(7, |first, names| first + names.len() as u64).wait().expect("it answers"), 10);
        assert_eq!(names.first(|names| names.last()).wait().expect("it answers").as_deref(), Some("robin"));
        let changed =
            names.visit(|name| assert!(name.len() < 10), |name| name.insert(0, 'a')).wait().expect("it answers");
        assert_eq!(changed, ["awren", "acrow", "arobin"]);
        assert_eq!(names.map(|name| name[1..].to_owned()).wait().expect("it answers"), ["wren", "crow", "robin"]);
        assert_eq!(names.retain(|name| name.contains("r") && !name.starts_with("ar")).wait().expect("it answers"), 2);
        assert_eq!(names.ranks().wait().expect("it answers"), [5, 5]);
    });
}

fn pid(names: &NamesProxy) -> String {
    names.handle().pid().to_string()
}

#[test]
fn functions_are_nested_kept_and_pushed() {
    within(SOON, || {
        let names = start();
        let changes: Vec<fn(&str) -> String> = vec![shout, |name| name.repeat(2)];
        assert_eq!(names.each_of(changes.clone(), None).wait().expect("it answers"), ["WREN", "crowcrow"]);
        let last = names.each_of(changes, Some(|text| text + "!")).wait().expect("it answers");
        assert_eq!(last, ["WREN!", "crowcrow!"]);
        names.push_set_rank(|name| name.len() * 10).expect("there is a free slot");
        assert_eq!(names.ranks().wait().expect("it answers"), [40, 40, 50]);
    });
}

/// A later process has the function at the same place of the file.
#[test]
fn a_function_of_the_constructor_is_there_after_a_restart() {
    within(SOON, || {
        let names = start();
        let kept: fn(&str) -> usize = |name| name.len() + 1;
        names.set_rank(kept).wait().expect("it answers");
        assert_eq!(names.ranks().wait().expect("it answers"), [5, 5, 6]);
        names.die().wait().expect_err("it dies");
        assert_eq!(names.ranks().wait().expect("it is restarted"), [4, 4, 5]);
        names.set_rank(kept).wait().expect("it answers");
        assert_eq!(names.ranks().wait().expect("it answers"), [5, 5, 6]);
    });
}

#[test]
fn a_function_of_a_shared_library_is_refused_with_a_remedy() {
    within(SOON, || {
        let names = start();
        assert_eq!(names.measure(c"wren", count).wait().expect("it answers"), 4);
        let refused = names.measure(c"wren", libc::strlen).wait().expect_err("it is in the C library");
        assert!(matches!(refused, CallError::Encode { .. }), "{refused}");
        assert!(refused.to_string().contains("pass a function of the program itself"), "{refused}");
        assert_eq!(names.measure(c"wren", count).wait().expect("it answers"), 4);
    });
}
